"""The quiet end of the job summary: what was left as it is, how to run the failures again, what it cost."""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from action_patterns.contracts import RunReport, TargetResult
from action_patterns.contracts.result import FAILING
from action_patterns.escape import CODE_CHARACTERS, clip, code_fence, code_span
from action_patterns.report.render.markdown.tables import pull_request
from action_patterns.report.render.view import Detail, Page, limited, number_of, repositories, span, wrong

INPUT_CHARACTERS = 60_000
"""GitHub docs, "Manually running a workflow": the inputs of a dispatch hold at most 65,535 characters together."""

RED_JOBS_ONLY = "It repeats the red jobs; a target of a green job (deferred, or let pass by `fail-on`) needs a new run."
WHOLE_RUN = "start the workflow again. It has the targets of its distribution file, and leaves what is done as it is."

_PULL_REQUEST = re.compile(r"[0-9]+/merge")


def left_alone(report: RunReport, page: Page, detail: Detail) -> list[str]:
    """Unchanged and skipped targets, and excluded repositories, each with its reason."""
    sections = []
    for outcome in ("unchanged", "skipped"):
        reasons = [(r.reason, r.target, _named(r, page)) for r in report.results if r.outcome == outcome]
        sections += _by_reason(outcome.capitalize(), reasons, detail)
    excluded = [(each.reason, each.repository, code_span(each.repository)) for each in report.excluded]
    return sections + _by_reason("Excluded by discovery", excluded, detail)


def _named(result: TargetResult, page: Page) -> str:
    merged = f" ({pull_request(result, page)})" if result.pull_request_state == "merged" else ""
    return f"{code_span(result.target)}{merged}"


def _by_reason(title: str, reasons: Sequence[tuple[str, str, str]], detail: Detail) -> list[str]:
    if not reasons:
        return []
    groups: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for reason, name, text in reasons:
        groups[reason].append((name, text))
    largest_first = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    shown, note = limited(largest_first, detail.cause_rows)
    lines = "\n".join(_reason_line(reason, names, detail) for reason, names in shown)
    more = f", {len(groups):,} reasons{note}" if note else ""
    summary = f"<details><summary>{title} ({len(reasons):,}{more})</summary>"
    return [summary, lines, "</details>"] if lines else [f"{title}: {len(reasons):,}."]


def _reason_line(reason: str, names: Iterable[tuple[str, str]], detail: Detail) -> str:
    ordered = sorted(names)
    shown, note = limited(ordered, detail.names)
    listed = ": " + ", ".join(text for _, text in shown) if shown else ""
    return f"- {code_span(clip(reason, CODE_CHARACTERS)) or 'no reason'} ({len(ordered):,}{note}){listed}"


def run_again(report: RunReport, page: Page) -> list[str]:
    """How to run only the failures again: the same run's red jobs, or a new run with their list."""
    again = [result.target for result in report.results if result.outcome in FAILING or result.outcome == "deferred"]
    if not again:
        return []
    new_run = run_of(again, page)
    sections = [f"<details><summary>Run only the targets again that {wrong(report.counts)}</summary>"]
    if number_of(report.counts, FAILING):
        sections += [
            "**Same run**, same commit and roster; what passed keeps its result: *Re-run failed jobs*, or",
            code_fence(rerun_failed(report, page)),
            RED_JOBS_ONLY,
        ]
    these = repositories(len(again))
    if not page.takes_names:
        sections.append(f"**New run**: {WHOLE_RUN}")
    elif new_run is None:
        sections.append(
            f"**New run**: the list of {these} is longer than a workflow input may be; take it from `run-report.json`."
        )
    else:
        sections += [
            f"**New run** of these {these}, if the workflow hands an input `repositories` to discover:",
            code_fence(new_run),
        ]
    return [*sections, "</details>"]


def rerun_failed(report: RunReport, page: Page) -> str:
    """Return the command that repeats the red jobs of the reported run."""
    return f"gh run rerun {report.run_id} --repo {_repository(page)} --failed"


def run_of(targets: Sequence[str], page: Page) -> str | None:
    """The command that starts a new run of these targets; None where no workflow input can hold them."""
    listed = ",".join(targets)  # as discover's input `repositories` takes names
    if len(listed) > INPUT_CHARACTERS:
        return None
    context = page.context
    ref = ""
    # Left out, gh takes the default branch. A pull request's ref is neither branch nor tag: nothing runs on it.
    if context.ref_name not in ("", context.default_branch) and not _PULL_REQUEST.fullmatch(context.ref_name):
        ref = f" --ref={shlex.quote(context.ref_name)}"
    # A workflow without a name is called by its path, of which gh takes the last part. `--`: a name may begin with "-".
    workflow = shlex.quote(context.workflow.removeprefix(".github/workflows/"))
    return f"gh workflow run --repo {_repository(page)}{ref} -f repositories={shlex.quote(listed)} -- {workflow}"


def _repository(page: Page) -> str:
    context = page.context
    host = urlsplit(context.server_url).netloc
    return shlex.quote(context.repository if host == "github.com" else f"{host}/{context.repository}")


def cost(report: RunReport) -> str:
    """Return the number of visible repositories, and the run's use of the API."""
    usage = report.usage
    waited = f", waited {span(timedelta(seconds=usage.seconds_waited))} for limits" if usage.seconds_waited else ""
    api = f"API cost: {usage.requests:,} requests, {usage.writes:,} of them writes{waited}"
    visible, *records = seen(report)
    return " · ".join((visible, api, *records))


def seen(report: RunReport) -> list[str]:
    """Return the number of visible repositories, and the records that do not count."""
    visible = f"{repositories(report.visible)} visible to this token"
    told = [f"{visible}, {report.counts.total:,} in the roster, {len(report.excluded):,} excluded"]
    if ignored := report.ignored_records:
        told.append(f"{ignored:,} {'record' if ignored == 1 else 'records'} of another plan or attempt not counted")
    if twice := report.duplicate_records:
        word = "record" if twice == 1 else "records"
        told.append(f"{twice:,} more {word} of one target and attempt: the worst counts")
    return told
