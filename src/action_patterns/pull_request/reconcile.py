"""Bring one target to the desired state: observe, decide, write; after a lost race or a lost answer, observe again.

A round remembers only the writes of this run: every round starts from the remote state alone. So the next run finishes
a run that died at any point.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from action_patterns.checks.check import Finding
from action_patterns.content.changes import FileChange
from action_patterns.errors import ActionPatternsError, AnswerLostError, LostRaceError
from action_patterns.ports.git import ObservedFile
from action_patterns.ports.github import GitHub
from action_patterns.ports.pull_requests import Observed, PullRequest
from action_patterns.pull_request.decide.decide import decide
from action_patterns.pull_request.decide.decision import Decision
from action_patterns.pull_request.execute.execute import execute
from action_patterns.pull_request.execute.reconcile_state import ReconcileState
from action_patterns.pull_request.observation import Observation, observe
from action_patterns.pull_request.ownership.source import Source
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.steps.branch import WriteBranch
from action_patterns.pull_request.steps.comments import DeleteComment, WriteComment
from action_patterns.pull_request.steps.step import FIELDS, RefusedForGoodError

MAX_ROUNDS = 10
"""Rounds after a lost race before giving up; a rerun is always safe. Runs at once with different desired states
overwrite each other in turns, until one has the time to finish.
"""
MAX_ROUNDS_WITHOUT_AN_ANSWER = 5
"""The same for an answer that was lost: GitHub is unwell, not busy with others."""
LONGEST_PAUSE_SECONDS = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """How it ended, and what this run did on the way."""

    decision: Decision
    pull_request: PullRequest | None
    branch: str | None
    before_oid: str | None
    after_oid: str | None
    verified: bool | None = None
    """Whether GitHub shows the bot branch's tip as verified. None: there is none, or it is not known."""
    refused_fields: tuple[str, ...] = ()
    planned_requests: tuple[str, ...] = ()
    checks: tuple[Finding, ...] = ()
    """The preflight of the first writes."""
    error: ActionPatternsError | None = None
    """The error that stopped it. None: a decision ended it. The next run finds what this one wrote before the error."""
    notes: tuple[str, ...] = ()
    """Sentences about files that stay as they are."""
    observed: Observed | None = None
    """The state that a dry run read. None: a real run."""
    changes: tuple[FileChange, ...] = ()
    """The desired content that a dry run compared with it."""


def reconcile(
    desired: Desired,
    repository: str,
    github: GitHub,
    *,
    dry_run: bool,
    pause: Callable[[float], None],
    first: Observation | None = None,
) -> Reconciliation:
    """One target, to the end. `pause` sleeps for about that many seconds between rounds. The first round decides by
    `first`, where the caller has just observed the target.

    Raises:
        ActionPatternsError: the target could not be read, so there is nothing to say about it.
    """
    state, asked_for = ReconcileState(key=desired.key), desired
    for round_number in range(1, MAX_ROUNDS + 1):
        seen = first if first is not None and round_number == 1 else None
        desired, observed, state.notes = seen or observe(asked_for, repository, github, state.memory)
        decision = decide(desired, observed, state.memory)
        if decision.unordered:
            observed = replace(observed, newer_commits=_newer(decision.unordered, desired.source, github))
            decision = decide(desired, observed, state.memory)
        leaves = state.replacements.look(observed.branch_tip, state.tip, decision)
        state.tip = observed.branch_tip
        if decision.pull_request is not None:
            state.memory = state.memory.and_body(desired.key, decision.pull_request.body)
        if round_number == 1:
            state.before = state.tip.oid if state.tip else None
        state.pull = decision.pull_request or state.pull
        state.checks = state.checks or decision.checks
        if dry_run:
            return _planned(decision, desired, observed, state)
        if not decision.steps:
            break
        if leaves and not observed.compare_and_swap:
            return _failed(_replaced(state), decision, desired, state)
        try:
            execute(decision, observed, github, state)
            state.continuing = True
            if _is_done(decision, desired, observed, state):
                break
            if not observed.compare_and_swap:
                # Nothing was shown, so a look must tell; what others are doing shows only once they had time for it.
                pause(_seconds(round_number))
        except (LostRaceError, AnswerLostError) as error:
            most = MAX_ROUNDS_WITHOUT_AN_ANSWER if isinstance(error, AnswerLostError) else MAX_ROUNDS
            if round_number >= most:
                return _failed(error, decision, desired, state)
            pause(_seconds(round_number))
        except RefusedForGoodError as refused:
            return _blocked(refused, decision, desired, observed, state, github)
        except ActionPatternsError as error:
            return _failed(error, decision, desired, state)
    else:
        return _failed(_came_between(state.pull), decision, desired, state)
    return _finish(decision, desired, state)


def _seconds(round_number: int) -> float:
    return min(2.0 ** (round_number - 1), LONGEST_PAUSE_SECONDS)


def _is_done(decision: Decision, desired: Desired, observed: Observed, state: ReconcileState) -> bool:
    """Whether the steps of a round have left nothing to do, by what GitHub showed after the last of them.

    The run that writes last has then seen its whole desired state, after everything it wrote. So if two runs with
    different desired states go at once, one of them wins in every part.

    Raises:
        LostRaceError: another run came between, or GitHub is slow to notice our own write; a look will tell.
    """
    refused = state.memory.refused
    if not decision.recheck <= {name.partition(":")[0] for name in refused}:
        return False
    if decision.outcome not in ("created", "updated"):
        return True
    if state.shown is None or any(isinstance(step, WriteComment | DeleteComment) for step in decision.steps):
        return False  # No answer shows the comments.
    after = _as_shown(state.shown, decision, observed, state)
    left = decide(desired, after, state.memory)
    if state.tip is not None and state.shown.head_oid == state.tip.oid and not left.steps:
        return left.outcome == "unchanged"
    if refused:
        return False  # The refusal must be remembered.
    raise _came_between(state.shown)


def _came_between(pull: PullRequest | None) -> LostRaceError:
    return LostRaceError(
        f"Another run changed {f'#{pull.number}' if pull else 'the branch'} while this run was writing it.",
        remediation="Set `concurrency` so that runs with different content do not overlap; then run again.",
    )


def _replaced(state: ReconcileState) -> LostRaceError:
    return LostRaceError(
        f"Another run with different content replaced this run's content"
        f" {f'of #{state.pull.number} ' if state.pull else ''}{state.replacements.times} times. The other run's content"
        " stands, and this run's is not there.",
        remediation="Set `concurrency` so that runs with different content do not overlap, or give each its own `key`;"
        " then run again the one that counts. Do not run both again at once.",
    )


def _as_shown(shown: PullRequest, decision: Decision, observed: Observed, state: ReconcileState) -> Observed:
    """Return the observed state, updated by this round's writes and by the pull request that GitHub showed since."""
    pull = state.pull or shown
    pull = replace(
        shown, reviewed=pull.reviewed, knows_teams=pull.knows_teams, comments=pull.comments, by_us=pull.by_us
    )
    others = (other for other in observed.pull_requests if other.number != pull.number)
    files = observed.branch_files
    for step in decision.steps:
        if files is not None and isinstance(step, WriteBranch):
            files = files | {change.path: _written(change) for change in step.changes}
    return replace(observed, branch_tip=state.tip, branch_files=files, pull_requests=(pull, *others))


def _written(change: FileChange) -> ObservedFile | None:
    return ObservedFile(change.oid, change.mode) if change.mode and change.oid else None


def _newer(commits: tuple[str, ...], source: Source, github: GitHub) -> dict[str, bool | None]:
    """Return for each commit whether this run's commit is its ancestor. None: the token cannot compare them."""
    found: dict[str, bool | None] = dict.fromkeys(commits)
    for commit in commits:
        with suppress(ActionPatternsError):
            compared = github.git.compare(source.name, commit, source.run.commit if source.run else "")
            found[commit] = compared.ahead_by == 0 if compared else None
    return found


def _blocked(
    refused: RefusedForGoodError,
    decision: Decision,
    desired: Desired,
    observed: Observed,
    state: ReconcileState,
    github: GitHub,
) -> Reconciliation:
    """It cannot be had here: take back a branch that this run made, or that no pull request ever used, and say what
    GitHub said.
    """
    stop = Decision(
        outcome="blocked",
        reason=refused.reason,
        message=refused.error.message,
        files=decision.files,
        checks=decision.checks,
    )
    unused = all(pull.foreign_head for pull in observed.pull_requests) and not observed.stacked
    if state.tip is None or not (state.branch_made or unused):
        pass
    elif not observed.compare_and_swap:
        left = f"The branch {desired.branch} stays: compare-and-swap cannot delete it here. Delete it by hand."
        stop = replace(stop, message=f"{stop.message} {left}")
    else:
        # A person may have committed to it meanwhile, or GitHub does not answer: then the next run deletes it. The
        # result names why there is no pull request.
        with suppress(ActionPatternsError):
            github.git.update_branch(
                observed.holder, observed.holder_id, desired.branch, before=state.tip.oid, after=None
            )
            state.tip = None
    pull = decision.pull_request
    return _ended(stop, desired, state, pull_request=pull, error=refused.error)


def _failed(error: ActionPatternsError, decision: Decision, desired: Desired, state: ReconcileState) -> Reconciliation:
    return _ended(decision, desired, state, pull_request=state.pull, error=error)


def _ended(
    decision: Decision,
    desired: Desired,
    state: ReconcileState,
    *,
    pull_request: PullRequest | None,
    refused_fields: tuple[str, ...] = (),
    error: ActionPatternsError | None = None,
) -> Reconciliation:
    return Reconciliation(
        decision=decision,
        pull_request=pull_request,
        branch=desired.branch,
        before_oid=state.before,
        after_oid=state.tip.oid if state.tip else None,
        verified=state.tip.verified if state.tip else None,
        refused_fields=refused_fields,
        planned_requests=(),
        checks=state.checks,
        error=error,
        notes=state.notes,
    )


def _planned(decision: Decision, desired: Desired, observed: Observed, state: ReconcileState) -> Reconciliation:
    """Return the requests that a real run would send. Sends nothing."""
    pull = state.pull
    number = pull.number if pull else "{number}"
    requests = tuple(line for step in decision.steps for line in step.requests(observed, number))
    if requests and decision.outcome != "blocked":
        would = {"created": "open a pull request", "updated": "update", "closed": "close"}[decision.outcome]
        subject = f" #{pull.number}" if pull and decision.outcome != "created" else ""
        decision = replace(decision, outcome="planned", message=f"A real run would {would}{subject}.")
    ended = _ended(decision, desired, state, pull_request=pull, refused_fields=decision.refused)
    return replace(ended, planned_requests=requests, observed=observed, changes=desired.changes)


def _finish(decision: Decision, desired: Desired, state: ReconcileState) -> Reconciliation:
    pull, marker = state.pull, decision.marker
    told = tuple(dict.fromkeys((*state.memory.refused, *decision.refused)))
    lost = {name.partition(":")[0] for name in told}
    changed = tuple(name for name in FIELDS if name in state.changed and name not in lost)
    first = state.first
    if decision.reason == "fields" and not changed:  # All that was tried was refused.
        first = None if first is decision else first
        decision = replace(decision, outcome="unchanged", reason="up-to-date")
    decision = replace(decision, changed_fields=changed)
    if state.opened:
        decision = replace(decision, outcome="created", reason="opened", changed_fields=())
    elif first is not None and decision.outcome != "blocked" and (decision.outcome == "unchanged" or state.continuing):
        # This round only finished, or found finished, what another began. A pull request that another run opened
        # meanwhile on our branch was not created by this one.
        said = decision.message or first.message
        if first.outcome == "created" and decision.outcome == "unchanged" and not changed:
            opened = f"Another run opened {f'#{pull.number}' if pull else 'it'} with the same content at the same time."
            decision = replace(decision, message=said or opened)
        elif first.outcome == "created":
            decision = replace(decision, outcome="updated", reason="content", message=said)
        else:
            decision = replace(decision, outcome=first.outcome, reason=first.reason, message=said)
    refused = (*(marker.refused if marker is not None else ()), *told)
    return _ended(decision, desired, state, pull_request=pull, refused_fields=tuple(dict.fromkeys(refused)))
