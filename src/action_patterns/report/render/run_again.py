"""How to run only the failures again: the red jobs of the same run, or a new run with their names."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from action_patterns.contracts import RunReport
from action_patterns.contracts.repository import is_repository
from action_patterns.contracts.result import FAILING
from action_patterns.contracts.wording import counted
from action_patterns.report.render.view import Page, number_of, wrong

INPUT_CHARACTERS = 60_000
"""GitHub docs, "Manually running a workflow": the inputs of a dispatch hold at most 65,535 characters together."""

RED_JOBS_ONLY = "It repeats the red jobs; a target of a green job (deferred, or let pass by `fail-on`) needs a new run."
WHOLE_RUN = (
    "start the workflow again; it leaves what is done as it is. Not every target here has a name that `only` takes."
)

_PULL_REQUEST = re.compile(r"[0-9]+/merge")


class Way(NamedTuple):
    """One way to run the targets again."""

    title: str
    text: str
    """The instruction, up to the verbatim text."""
    verbatim: str = ""
    """A command, or the value of an input. Empty: there is none."""
    after: str = ""


def title(report: RunReport) -> str:
    """Return the title of the ways."""
    return f"Run only the targets again that {wrong(report)}"


def ways(report: RunReport, page: Page) -> list[Way]:
    """Return each way to run the targets again that failed, are deferred or were held back. Empty: there are none."""
    left = FAILING | {"deferred"}
    again = [result.target for result in report.results if result.outcome in left or result.is_held_back]
    found = []
    # A terminal has no jobs.
    if number_of(report.counts, FAILING) and report.run_id:
        command = f"gh run rerun {report.run_id} --repo {_repository(page)} --failed"
        text = 'same commit and roster; what passed keeps its result: press "Re-run failed jobs", or'
        found.append(Way("Same run", f", {text}", command, RED_JOBS_ONLY))
    if again:
        found.append(Way("New run", *_new_run(again, report, page)))
    return found


def _new_run(targets: Sequence[str], report: RunReport, page: Page) -> tuple[str, str]:
    these, listed = counted(len(targets), report.kind), ",".join(targets)  # as `only` takes names
    if report.kind == "item":
        return f" of these {these}: set the input `only` of discover to", "\n".join(targets)
    if report.kind == "directory":
        patterns = "\n".join(f"{target.partition(':')[2]}/" for target in targets)
        return f" of these {these}: set the input `components` of discover to", patterns
    if not all(map(is_repository, targets)):
        return f": {WHOLE_RUN}", ""
    if not report.run_id:
        return f" of these {these}: give the same command `--only`:", f"action-patterns apply --only {listed}"
    if len(listed) > INPUT_CHARACTERS:
        return f": the list of {these} is longer than a workflow input may be; take it from `run-report.json`.", ""
    if page.distributes:
        # Whether the calling workflow hands an input on is not known.
        to = "of `distribute.yml`, of the root action or of discover to"
        return f" of these {these}: set the input `only` {to}", listed
    return f" of these {these}, if the workflow hands an input `only` to discover:", _dispatch(listed, page)


def _dispatch(listed: str, page: Page) -> str:
    """Return the command that starts the workflow with these targets."""
    context = page.context
    ref = ""
    # Left out, gh takes the default branch. A pull request's ref is neither branch nor tag: nothing runs on it.
    if context.ref_name not in ("", context.default_branch) and not _PULL_REQUEST.fullmatch(context.ref_name):
        ref = f" --ref={shlex.quote(context.ref_name)}"
    # A workflow without a name is called by its path, of which gh takes the last part. `--`: a name may begin with "-".
    workflow = shlex.quote(context.workflow.removeprefix(".github/workflows/"))
    return f"gh workflow run --repo {_repository(page)}{ref} -f only={shlex.quote(listed)} -- {workflow}"


def _repository(page: Page) -> str:
    context = page.context
    host = urlsplit(context.server_url).netloc
    return shlex.quote(context.repository if host == "github.com" else f"{host}/{context.repository}")
