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
from action_patterns.pull_request.carrying_out import Progress, RefusedForGoodError, carry_out
from action_patterns.pull_request.decide import Decision, decide
from action_patterns.pull_request.desired import Desired
from action_patterns.pull_request.fields import refusable
from action_patterns.pull_request.look import keeps_commits
from action_patterns.pull_request.marker import block_of, compose, text_hash
from action_patterns.pull_request.observed import Observed, PullRequest
from action_patterns.pull_request.preflight import Check
from action_patterns.pull_request.steps import UpdatePullRequest, requests_of

MAX_ROUNDS = 5
"""How often a lost race or a lost answer is looked into before giving up; a rerun is always safe."""


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
    """One target, to the end. `pause` sleeps for that many seconds between rounds.

    Raises:
        ActionPatternsError: the target could not be read, so there is nothing to say about it.
    """
    progress = Progress()
    for round_number in range(1, MAX_ROUNDS + 1):
        observed = _observe(desired, repository, github)
        decision = decide(desired, observed, frozenset(progress.refused))
        tip = observed.branch_tip
        if round_number == 1:
            progress.before = tip.oid if tip else None
        progress.after, progress.verified = (tip.oid, tip.verified) if tip else (None, None)
        progress.pull = decision.pull_request or progress.pull
        progress.checks = progress.checks or decision.checks
        if dry_run:
            return _planned(decision, desired, observed, progress)
        if not decision.steps:
            break
        try:
            carry_out(decision, observed, github, progress)
        except (LostRaceError, AnswerLostError) as error:
            if round_number == MAX_ROUNDS:
                return _failed(error, decision, desired, progress)
            pause(2.0 ** (round_number - 1))
        except RefusedForGoodError as refused:
            return _blocked(refused, decision, desired, observed, progress, github)
        except ActionPatternsError as error:
            return _failed(error, decision, desired, progress)
        else:
            if decision.again <= {name.partition(":")[0] for name in progress.refused}:
                break
            progress.continuing = True
    return _finish(decision, desired, observed, progress, github)


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
    if progress.after is None or not (progress.branch_made or unused):
        pass
    elif not observed.leases:
        left = f"The branch {desired.branch} is left, as no lease guards its deletion here: delete it by hand."
        stop = replace(stop, message=f"{stop.message} {left}")
    else:
        # Somebody may have committed to it meanwhile, or GitHub cannot be asked: then the next run deletes it. What
        # matters here is why there is no pull request.
        with suppress(ActionPatternsError):
            github.swap_branch(observed.holder, observed.holder_id, desired.branch, before=progress.after, after=None)
            progress.after = progress.verified = None
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
        progress.after,
        progress.verified,
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


def _finish(
    decision: Decision, desired: Desired, observed: Observed, progress: Progress, github: GitHub
) -> Convergence:
    pull, marker = progress.pull, decision.marker
    told = tuple(dict.fromkeys((*progress.refused, *decision.refused)))
    remembered = tuple(name for name in progress.refused if name in refusable(desired))
    if pull is not None and marker is not None and not set(remembered) <= set(marker.refused):
        # Remembered in the pull request itself, so that the next run does not ask again, for ever, in vain.
        marker = replace(marker, refused=tuple(sorted({*marker.refused, *remembered})))
        body = _body_after(decision, pull)
        block = block_of(body) or ""
        body = compose(replace(marker, block=text_hash(block)), block, body)
        with suppress(ActionPatternsError):  # Then the next run asks once more, and remembers.
            github.update_pull(observed.repository, pull.number, {"body": body})
    lost = {name.partition(":")[0] for name in told}
    changed = tuple(name for name in dict.fromkeys(progress.changed) if name not in lost)
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


def _body_after(decision: Decision, pull: PullRequest) -> str:
    """The body as the steps of this run left it."""
    patches = (dict(step.fields) for step in decision.steps if isinstance(step, UpdatePullRequest))
    return next((fields["body"] for fields in patches if "body" in fields), pull.body)
