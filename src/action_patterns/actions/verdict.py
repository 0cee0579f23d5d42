"""verdict: the results of the jobs before it as one required check that no skip, cancel or typing error turns green."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from action_patterns.action.contract import Action, Finish
from action_patterns.action.inputs import Inputs, Outputs
from action_patterns.action.reason import Reason
from action_patterns.content.bounded_json import loads
from action_patterns.contracts.document import compact_json
from action_patterns.contracts.wording import closest
from action_patterns.errors import EXIT_FAILED, InputError, Problem
from action_patterns.escape import cell_code
from action_patterns.input_types import NameList
from action_patterns.ports.bundle import Ports
from action_patterns.ports.log import Annotation
from action_patterns.report.model.job_results import RESULTS

Code = Literal["succeeded", "failed", "cancelled", "not-concerned", "allowed", "skipped"]
_FAILING = frozenset({"failed", "cancelled", "skipped"})


class VerdictInputs(Inputs):
    """Inputs of verdict."""

    needs: str = Field(description="`${{ toJSON(needs) }}` of the job, which needs every job that counts.")
    groups: str | None = Field(
        default=None,
        description="Output `groups` of detect-changes. A job of a group's name may be skipped if the group is not"
        " concerned, and may not if it is.",
    )
    may_be_skipped: NameList = Field(
        default=(),
        description="Jobs that may be skipped, one a line: those whose `if` has nothing to do with `groups`.",
    )


class VerdictOutputs(Outputs):
    """Outputs of verdict."""

    passed: bool = Field(description="Whether every job succeeded, or had a reason to be skipped.")
    jobs: str = Field(description="JSON object: the code of each job (see the table of reasons).")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The inputs as they were read."""

    results: Mapping[str, str]
    groups: Mapping[str, bool]
    may_be_skipped: tuple[str, ...]


def run(inputs: VerdictInputs, ports: Ports) -> Finish[VerdictOutputs]:
    """Judge the results. Asks GitHub nothing."""
    facts = gather(inputs)
    codes = decide(facts)
    wrong = [job for job, code in codes.items() if code in _FAILING]
    for job, code in codes.items():
        ports.log.info(f"{job}: {code}")
    lines = [f"### Verdict: {'failed' if wrong else 'passed'}", "", "| Job | Result |", "| --- | --- |"]
    lines += [f"| {cell_code(job)} | {code} |" for job, code in codes.items()]
    return Finish(
        outputs=VerdictOutputs(passed=not wrong, jobs=compact_json(codes)),
        summary="\n".join(lines) + "\n",
        annotations=tuple(_said(job, codes[job], facts) for job in wrong),
        exit_code=EXIT_FAILED if wrong else 0,
    )


def gather(inputs: VerdictInputs) -> Facts:
    """Return the results and groups.

    Raises:
        InputError: everything that is wrong with them.
    """
    problems: list[Problem] = []
    needs, groups = _object(inputs.needs), _object(inputs.groups or "{}")
    results = {job: str(each.get("result")) for job, each in (needs or {}).items() if isinstance(each, dict)}
    if needs is None or len(results) != len(needs):
        problems.append(Problem("`needs` is no JSON of the jobs before this one.", "Write `${{ toJSON(needs) }}`."))
    elif not results:
        problems.append(Problem("`needs` names no job, so it would always pass.", "Give this job `needs:`."))
    if groups is None or any(not isinstance(each, bool) for each in groups.values()):
        what = "`groups` is no JSON object of booleans."
        problems.append(Problem(what, "Pass the output `groups` of detect-changes as it is."))
    for job in inputs.may_be_skipped:
        if needs is not None and job not in needs:
            near = closest(job, needs)
            fix = f"Write `{near}`." if near else "Name a job of `needs`, or remove it."
            problems.append(Problem(f"`may-be-skipped` names {job!r}, which is no job of `needs`.", fix))
    if problems or groups is None:
        raise InputError(*problems)
    return Facts(
        results=results,
        groups={name: bool(each) for name, each in groups.items()},
        may_be_skipped=inputs.may_be_skipped,
    )


def decide(facts: Facts) -> dict[str, Code]:
    """Return the code of each job."""
    return {job: _code(job, result, facts) for job, result in facts.results.items()}


def _code(job: str, result: str, facts: Facts) -> Code:
    if result == "success":
        return "succeeded"
    if result == "skipped":
        concerned = facts.groups.get(job)
        if concerned is None:
            return "allowed" if job in facts.may_be_skipped else "skipped"
        return "skipped" if concerned else "not-concerned"
    # GitHub documents four results. Another one is no success.
    return "cancelled" if result == "cancelled" else "failed"


def _object(text: str) -> dict[str, object] | None:
    try:
        found = loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _said(job: str, code: Code, facts: Facts) -> Annotation:
    if code != "skipped":
        shown = facts.results[job] if facts.results[job] in RESULTS else f"{facts.results[job]!r}, which is unknown"
        return Annotation(level="error", title="verdict", message=f"The job {job!r} ended with {shown}.")
    if facts.groups.get(job):
        why = f"The job {job!r} was skipped, although its group is concerned."
        fix = f"Correct its `if`: `fromJSON(needs.<job>.outputs.groups)['{job}']`. A job before it may have failed."
    else:
        why = f"The job {job!r} was skipped, and nothing says that it may be."
        fix = "Give `groups` with a group of its name, or name it in `may-be-skipped`."
    return Annotation(level="error", title="verdict", message=f"{why}\n{fix}")


def _reasons() -> Iterator[Reason]:
    yield Reason("succeeded", "passed", "The job succeeded.", "Nothing.")
    yield Reason("not-concerned", "passed", "The job was skipped, and its group is not concerned.", "Nothing.")
    yield Reason("allowed", "passed", "The job was skipped, and `may-be-skipped` names it.", "Nothing.")
    yield Reason("failed", "failed", "The job failed.", "See its log.")
    yield Reason("cancelled", "failed", "The job was cancelled, so nothing is known of its work.", "Run it again.")
    yield Reason(
        "skipped",
        "failed",
        "The job was skipped, although its group is concerned or without a reason that is known here.",
        "Correct its `if`, or give the reason: `groups`, or `may-be-skipped`.",
    )


ACTION = Action(
    name="verdict",
    title="Verdict",
    description="The results of all jobs as one required check: red for a failure, a cancel, and a skip that nothing"
    " explains.",
    patterns=("Change Detection",),
    since="0.1.0",
    inputs=VerdictInputs,
    outputs=VerdictOutputs,
    run=run,
    icon="check-square",
    color="purple",
    reasons=tuple(_reasons()),
)
