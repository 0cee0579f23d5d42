"""Bring one target to the wished state: observe, decide, write, and on a lost race or a lost answer look again.

Nothing is remembered between rounds but what this run has written: every round starts from the remote state alone,
which is also why a run that died at any point is finished by the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from action_patterns.content.changes import FileChange, above
from action_patterns.errors import (
    ActionPatternsError,
    AnswerLostError,
    LostRaceError,
)
from action_patterns.ports import GitHub
from action_patterns.pull_request.carrying_out import carry_out
from action_patterns.pull_request.decide import decide
from action_patterns.pull_request.decision import Decision
from action_patterns.pull_request.desired import Desired
from action_patterns.pull_request.dry_run import requests_of
from action_patterns.pull_request.look import keeps_commits
from action_patterns.pull_request.observed import Observed, ObservedFile, PullRequest
from action_patterns.pull_request.performing import RefusedForGoodError
from action_patterns.pull_request.preflight import Check
from action_patterns.pull_request.progress import Progress
from action_patterns.pull_request.steps import FIELDS, DeleteComment, WriteBranch, WriteComment

MAX_ROUNDS = 10
"""How often a lost race is looked into before giving up; a rerun is always safe. Runs with different wishes at once
take turns at overwriting each other, until one has the time to finish.
"""
MAX_ROUNDS_WITHOUT_AN_ANSWER = 5
"""The same for an answer that was lost: GitHub is unwell, not busy with others."""
LONGEST_PAUSE_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Convergence:
    """How it ended, and what this run did on the way."""

    decision: Decision
    pull_request: PullRequest | None
    branch: str | None
    before_oid: str | None
    after_oid: str | None
    verified: bool | None = None
    """Whether GitHub shows the bot branch's tip as verified; None = there is none, or it was not told."""
    refused_fields: tuple[str, ...] = ()
    planned_requests: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    """The preflight of the first writes."""
    error: ActionPatternsError | None = None
    """What stopped it, where it was not a decision: what was written before it is found again by the next run."""


def converge(
    desired: Desired, repository: str, github: GitHub, *, dry_run: bool, pause: Callable[[float], None]
) -> Convergence:
    """One target, to the end. `pause` sleeps for about that many seconds between rounds.

    Raises:
        ActionPatternsError: the target could not be read, so there is nothing to say about it.
    """
    progress = Progress(desired.key)
    for round_number in range(1, MAX_ROUNDS + 1):
        observed = _observe(desired, repository, github)
        decision = decide(desired, observed, progress.learnt)
        progress.tip = observed.branch_tip
        if decision.pull_request is not None:
            progress.learnt = progress.learnt.and_body(desired.key, decision.pull_request.body)
        if round_number == 1:
            progress.before = progress.tip.oid if progress.tip else None
        progress.pull = decision.pull_request or progress.pull
        progress.checks = progress.checks or decision.checks
        if dry_run:
            return _planned(decision, desired, observed, progress)
        if not decision.steps:
            break
        try:
            carry_out(decision, observed, github, progress)
            progress.continuing = True
            if _is_done(decision, desired, observed, progress):
                break
            if not observed.leases:
                # Nothing was shown, so a look must tell; what others are doing shows only once they had time for it.
                pause(_seconds(round_number))
        except (LostRaceError, AnswerLostError) as error:
            most = MAX_ROUNDS_WITHOUT_AN_ANSWER if isinstance(error, AnswerLostError) else MAX_ROUNDS
            if round_number >= most:
                return _failed(error, decision, desired, progress)
            pause(_seconds(round_number))
        except RefusedForGoodError as refused:
            return _blocked(refused, decision, desired, observed, progress, github)
        except ActionPatternsError as error:
            return _failed(error, decision, desired, progress)
    else:
        return _failed(_came_between(progress.pull), decision, desired, progress)
    return _finish(decision, desired, progress)


def _seconds(round_number: int) -> float:
    return min(2.0 ** (round_number - 1), LONGEST_PAUSE_SECONDS)


def _is_done(decision: Decision, desired: Desired, observed: Observed, progress: Progress) -> bool:
    """Whether the steps of a round have left nothing to do, by what GitHub showed after the last of them.

    Whoever writes last has then seen its own wish whole, after everything it wrote. So of two runs at once, with
    different wishes, one wins whole.

    Raises:
        LostRaceError: another run came between, or GitHub is slow to notice our own write; a look will tell.
    """
    refused = progress.learnt.refused
    if not decision.again <= {name.partition(":")[0] for name in refused}:
        return False
    if decision.outcome not in ("created", "updated"):
        return True
    if progress.shown is None or any(isinstance(step, WriteComment | DeleteComment) for step in decision.steps):
        return False  # No answer shows the comments.
    after = _as_shown(progress.shown, decision, observed, progress)
    left = decide(desired, after, progress.learnt)
    if progress.tip is not None and progress.shown.head_oid == progress.tip.oid and not left.steps:
        return left.outcome == "unchanged"
    if refused:
        return False  # What was refused is to be remembered.
    raise _came_between(progress.shown)


def _came_between(pull: PullRequest | None) -> LostRaceError:
    return LostRaceError(
        f"{f'#{pull.number}' if pull else 'The branch'} is not as this run wrote it: another writes at the same time.",
        remediation="Have `concurrency` keep runs with different wishes apart; then run again.",
    )


def _as_shown(shown: PullRequest, decision: Decision, observed: Observed, progress: Progress) -> Observed:
    """What was read, with what this round wrote laid over it, and the pull request as GitHub has shown it since."""
    pull = progress.pull or shown
    pull = replace(shown, reviewed=pull.reviewed, comments=pull.comments, by_us=pull.by_us)
    others = (other for other in observed.pull_requests if other.number != pull.number)
    files = observed.branch_files
    for step in decision.steps:
        if files is not None and isinstance(step, WriteBranch):
            files = files | {change.path: _written(change) for change in step.changes}
    return replace(observed, branch_tip=progress.tip, branch_files=files, pull_requests=(pull, *others))


def _written(change: FileChange) -> ObservedFile | None:
    return ObservedFile(change.oid, change.mode) if change.mode and change.oid else None


def _observe(desired: Desired, repository: str, github: GitHub) -> Observed:
    paths = observed_paths(desired.changes)
    observed = github.observe(
        repository,
        branch=desired.branch,
        base=desired.base,
        paths=paths,
        head_repository=desired.head_repository,
        milestone=desired.milestone,
    )
    if observed.branch_tip is not None and keeps_commits(desired, observed):
        there = github.read_files(observed.holder, observed.branch_tip.oid, paths)
        observed = replace(observed, branch_files=there)
    return observed


def observed_paths(changes: tuple[FileChange, ...]) -> tuple[str, ...]:
    """The changed paths and the directories above them: what stands in a file's way must be seen before it is lost."""
    return tuple(sorted({path for change in changes for path in (change.path, *above(change.path))}))


def _blocked(
    refused: RefusedForGoodError,
    decision: Decision,
    desired: Desired,
    observed: Observed,
    progress: Progress,
    github: GitHub,
) -> Convergence:
    """It cannot be had here: take back a branch that this run made, or that no pull request ever used, and say what
    GitHub said.
    """
    stop = Decision("blocked", refused.reason, refused.error.message, files=decision.files, checks=decision.checks)
    unused = all(pull.foreign_head for pull in observed.pull_requests)
    if progress.tip is None or not (progress.branch_made or unused):
        pass
    elif not observed.leases:
        left = f"The branch {desired.branch} is left, as no lease guards its deletion here: delete it by hand."
        stop = replace(stop, message=f"{stop.message} {left}")
    else:
        # Somebody may have committed to it meanwhile, or GitHub cannot be asked: then the next run deletes it. What
        # matters here is why there is no pull request.
        with suppress(ActionPatternsError):
            github.swap_branch(observed.holder, observed.holder_id, desired.branch, before=progress.tip.oid, after=None)
            progress.tip = None
    pull = decision.pull_request
    return _ended(stop, desired, progress, pull_request=pull, error=refused.error)


def _failed(error: ActionPatternsError, decision: Decision, desired: Desired, progress: Progress) -> Convergence:
    return _ended(decision, desired, progress, pull_request=progress.pull, error=error)


def _ended(
    decision: Decision,
    desired: Desired,
    progress: Progress,
    *,
    pull_request: PullRequest | None,
    refused_fields: tuple[str, ...] = (),
    error: ActionPatternsError | None = None,
) -> Convergence:
    return Convergence(
        decision,
        pull_request,
        desired.branch,
        progress.before,
        progress.tip.oid if progress.tip else None,
        progress.tip.verified if progress.tip else None,
        refused_fields,
        (),
        progress.checks,
        error,
    )


def _planned(decision: Decision, desired: Desired, observed: Observed, progress: Progress) -> Convergence:
    """What a real run would send; nothing was."""
    pull = progress.pull
    number = pull.number if pull else "{number}"
    requests = tuple(line for step in decision.steps for line in requests_of(step, observed, number))
    if requests and decision.outcome != "blocked":
        would = {"created": "open a pull request", "updated": "update", "closed": "close"}[decision.outcome]
        subject = f" #{pull.number}" if pull and decision.outcome != "created" else ""
        decision = replace(decision, outcome="planned", message=f"A real run would {would}{subject}.")
    ended = _ended(decision, desired, progress, pull_request=pull, refused_fields=decision.refused)
    return replace(ended, planned_requests=requests)


def _finish(decision: Decision, desired: Desired, progress: Progress) -> Convergence:
    pull, marker = progress.pull, decision.marker
    told = tuple(dict.fromkeys((*progress.learnt.refused, *decision.refused)))
    lost = {name.partition(":")[0] for name in told}
    changed = tuple(name for name in FIELDS if name in progress.changed and name not in lost)
    first = progress.first
    if decision.reason == "fields" and not changed:  # All that was tried was refused.
        first = None if first is decision else first
        decision = replace(decision, outcome="unchanged", reason="up-to-date")
    decision = replace(decision, changed_fields=changed)
    if progress.opened:
        decision = replace(decision, outcome="created", reason="opened", changed_fields=())
    elif (
        first is not None and decision.outcome != "blocked" and (decision.outcome == "unchanged" or progress.continuing)
    ):
        # This round only finished, or found finished, what another began. A pull request that another run opened
        # meanwhile on our branch was not created by this one.
        if first.outcome == "created":
            decision = replace(decision, outcome="updated", reason="content")
        else:
            decision = replace(decision, outcome=first.outcome, reason=first.reason)
    refused = (*(marker.refused if marker is not None else ()), *told)
    return _ended(decision, desired, progress, pull_request=pull, refused_fields=tuple(dict.fromkeys(refused)))
