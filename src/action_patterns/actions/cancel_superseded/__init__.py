"""cancel-superseded: older runs of this workflow that still wait, and that this run makes unnecessary."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from action_patterns.action.contract import Action, Finish
from action_patterns.action.input_checks import choice_problems
from action_patterns.action.reach import Reach
from action_patterns.action.session import open_session
from action_patterns.actions.cancel_superseded.decide import Facts, decide, is_superseded, of_status, statuses
from action_patterns.actions.cancel_superseded.interface import (
    FACTS,
    REASONS,
    CancelSupersededInputs,
    CancelSupersededOutputs,
)
from action_patterns.errors import (
    ActionPatternsError,
    AnswerLostError,
    ConflictError,
    InputError,
    NotFoundError,
    PermissionDeniedError,
    Problem,
    RateLimitedError,
    UnavailableError,
)
from action_patterns.escape import inline, link
from action_patterns.ports.bundle import Ports
from action_patterns.ports.github import GitHub
from action_patterns.ports.log import Annotation
from action_patterns.ports.workflow_run import WorkflowRun
from action_patterns.ports.workflow_runs import WorkflowRuns

MOST_TRIES = 3
"""Requests for one run whose answers are lost."""
_SHOWN = 20
"""Runs that the summary lists."""


@dataclass
class Progress:
    """The work so far, which an outage does not undo."""

    cancelled: list[WorkflowRun] = field(default_factory=list)
    refused: list[WorkflowRun] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)
    """Ids of the runs that need no further look."""
    left: int = 0
    ended_by: ActionPatternsError | None = None


def run(inputs: CancelSupersededInputs, ports: Ports) -> Finish[CancelSupersededOutputs]:
    """List the runs, decide, and cancel one after the other."""
    validate(inputs)
    here = ports.context.repository
    github = open_session(
        ports,
        inputs.credentials(),
        USES[: -1 if inputs.dry_run else None],
        seconds=60 * inputs.max_minutes,
        reach=Reach((here,)),
        narrowed=(here,),
    )
    progress = Progress()
    try:
        apply(inputs, github, ports, progress)
    except (UnavailableError, RateLimitedError) as error:
        progress.ended_by = error
    except PermissionDeniedError as error:
        if not ports.context.from_fork:
            raise
        progress.ended_by = error
    return _finish(inputs, progress, ports)


def validate(inputs: CancelSupersededInputs) -> None:
    """Raise InputError if `same` names no fact, or one that there is not."""
    problems = list(choice_problems("same", inputs.same, FACTS))
    if "workflow" in inputs.same and len(inputs.same) > 1:
        problems.append(
            Problem(
                "`same` has `workflow` and another fact.",
                "Leave `workflow` out: the workflow is always the same. Alone it means every run of the workflow.",
            )
        )
    if problems:
        raise InputError(*problems)


def gather(inputs: CancelSupersededInputs, github: GitHub, us: WorkflowRun, ports: Ports) -> Facts:
    """Return this run and the others that have not ended, as far as they can be superseded."""
    wanted = statuses(in_progress=inputs.in_progress)
    narrowed = {}
    if "branch" in inputs.same and us.branch is not None:
        narrowed["branch"] = us.branch
    if "event" in inputs.same:
        narrowed["event"] = us.event
    listed = [
        each
        for status in sorted(wanted)
        for each in github.runs.list_runs(ports.context.repository, us.workflow_id, status, **narrowed)
    ]
    return Facts(us, tuple(of_status(listed).values()), frozenset(inputs.same), wanted)


def apply(inputs: CancelSupersededInputs, github: GitHub, ports: Ports, progress: Progress) -> None:
    """Cancel in rounds until a list shows no further run: GitHub lists 1,000, and lists shift while they are read."""
    repository = ports.context.repository
    us = github.runs.show(repository, ports.context.run_id)
    while True:
        facts = gather(inputs, github, us, ports)
        superseded = [each for each in decide(facts) if each.id not in progress.seen]
        if not superseded:
            return
        for place, each in enumerate(superseded):
            progress.left = len(superseded) - place
            if len(progress.cancelled) >= inputs.limit:
                return
            if inputs.dry_run:
                progress.cancelled.append(each)
            else:
                _cancel(each, facts, github, ports, progress)
            progress.seen.add(each.id)
        progress.left = 0


def _cancel(superseded: WorkflowRun, facts: Facts, github: GitHub, ports: Ports, progress: Progress) -> None:
    """Cancel one run. It is looked at right before: one that has begun meanwhile is cancelled only if that is asked."""
    repository = ports.context.repository
    for _ in range(MOST_TRIES):
        now = _shown(github, repository, superseded.id)
        if now is None or now.attempt != superseded.attempt or not is_superseded(now, facts):
            ports.log.info(f"Run {superseded.number} has ended or begun meanwhile. It stays as it is.")
            return
        try:
            github.runs.cancel(repository, superseded.id)
        except AnswerLostError as error:
            ports.log.info(f"{error.message} Looking before sending again.")
            after = _shown(github, repository, superseded.id)
            if after is not None and after.conclusion == "cancelled":
                progress.cancelled.append(superseded)
                return
            continue
        except NotFoundError:
            return
        except ConflictError as error:
            after = _shown(github, repository, superseded.id)
            if after is not None and after.status != "completed":
                ports.log.info(f"Run {superseded.number} stays: {error.message}")
                progress.refused.append(superseded)
            return
        ports.log.info(f"Run {superseded.number} ({superseded.status}) is cancelled: {superseded.url}")
        progress.cancelled.append(superseded)
        return
    progress.refused.append(superseded)


def _shown(github: GitHub, repository: str, run_id: int) -> WorkflowRun | None:
    """Return a run. None: a person deleted it."""
    try:
        return github.runs.show(repository, run_id)
    except NotFoundError:
        return None


def _end(inputs: CancelSupersededInputs, progress: Progress) -> tuple[str, str]:
    """Return outcome and reason."""
    error = progress.ended_by
    if isinstance(error, PermissionDeniedError):
        return "skipped", "fork"
    if error is not None:
        return "deferred", error.category
    if progress.left:
        return "deferred", "limit"
    if progress.cancelled:
        return "planned" if inputs.dry_run else "updated", "cancelled"
    return "unchanged", "refused" if progress.refused else "nothing-superseded"


def _finish(inputs: CancelSupersededInputs, progress: Progress, ports: Ports) -> Finish[CancelSupersededOutputs]:
    outcome, reason = _end(inputs, progress)
    row = next(each for each in REASONS if (each.code, each.outcome) == (reason, outcome))
    outputs = CancelSupersededOutputs(
        cancelled=_listed(progress.cancelled),
        count=len(progress.cancelled),
        left=progress.left,
        refused=_listed(progress.refused),
        outcome=outcome,
        reason=reason,
    )
    would = "would be " if inputs.dry_run else ""
    title = f"{len(progress.cancelled)} superseded runs {would}cancelled: {outcome} ({reason})"
    ports.log.info(title)
    annotations = []
    if outcome in ("deferred", "skipped") or progress.refused:
        error = progress.ended_by
        why = f"{error.message}\n{error.remediation}\n" if error and outcome == "deferred" else ""
        message = f"{why}{row.meaning}\n{row.remedy}"
        if progress.refused:
            message += f"\nRefused: {', '.join(each.url for each in progress.refused)}"
        annotations.append(Annotation(level="warning", message=message, title=title))
    lines = [f"### {title}", ""]
    lines += [
        f"- {link(f'run {each.number}', each.url, ports.context.server_url)}, {inline(each.status)}"
        for each in progress.cancelled[:_SHOWN]
    ]
    if len(progress.cancelled) > _SHOWN:
        lines.append(f"- and {len(progress.cancelled) - _SHOWN} more: see the output `cancelled`")
    return Finish(outputs=outputs, summary="\n".join(lines) + "\n", annotations=tuple(annotations))


def _listed(runs: list[WorkflowRun]) -> str:
    return json.dumps(
        [
            {"id": each.id, "number": each.number, "attempt": each.attempt, "status": each.status, "url": each.url}
            for each in runs
        ]
    )


USES = (WorkflowRuns.show, WorkflowRuns.list_runs, WorkflowRuns.cancel)
"""The last one writes: a dry run does without it."""
ACTION = Action(
    name="cancel-superseded",
    title="Cancel superseded runs",
    description="Cancel older runs of this workflow that still wait and that this run makes unnecessary: never this"
    " run, never a newer one, and none that has begun unless you ask for it.",
    patterns=("Work Avoidance",),
    since="0.1.0",
    inputs=CancelSupersededInputs,
    outputs=CancelSupersededOutputs,
    run=run,
    icon="x-circle",
    color="orange",
    reasons=REASONS,
    uses=USES,
)
__all__ = ["ACTION", "apply", "decide", "gather", "run"]
