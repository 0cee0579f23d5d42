"""Bring one target to the wished state: observe, decide, write, and on a lost race or a lost answer look again.

Nothing is remembered between rounds but what this run has written: every round starts from the remote state alone,
which is also why a run that died at any point is finished by the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from action_patterns.content.changes import FileChange
from action_patterns.errors import (
    ActionPatternsError,
    AnswerLostError,
    LostRaceError,
    NotFoundError,
    PermissionDeniedError,
    RefusedError,
)
from action_patterns.ports import GitHub
from action_patterns.pull_request.decide import Decision, decide
from action_patterns.pull_request.desired import Desired
from action_patterns.pull_request.fields import refusable
from action_patterns.pull_request.marker import compose
from action_patterns.pull_request.observed import Observed, PullRequest
from action_patterns.pull_request.steps import (
    AddAssignees,
    AddLabels,
    DeleteBranch,
    OpenPullRequest,
    RemoveAssignees,
    RemoveLabel,
    RequestReviewers,
    SetIssueFields,
    Step,
    UpdatePullRequest,
    WriteBranch,
    needs_blob,
    requests_of,
    tree_chunks,
    tree_entry,
)
from action_patterns.pull_request.trailers import Trailers
from action_patterns.pull_request.trailers import render as render_trailers

MAX_ROUNDS = 4
"""How often a lost race or a lost answer is looked into before giving up; a rerun is always safe."""


@dataclass(frozen=True, slots=True)
class Convergence:
    """How it ended, and what this run did on the way."""

    decision: Decision
    pull_request: PullRequest | None
    branch: str | None
    before_oid: str | None
    after_oid: str | None
    refused_fields: tuple[str, ...] = ()
    planned_requests: tuple[str, ...] = ()
    error: ActionPatternsError | None = None
    """What stopped it, where it was not a decision: what was written before it is found again by the next run."""


@dataclass(slots=True)
class _Progress:
    """What this run has done so far, across rounds."""

    first: Decision | None = None
    opened: bool = False
    before: str | None = None
    after: str | None = None
    pull: PullRequest | None = None
    refused: list[str] = field(default_factory=list)
    wrote: bool = False


def converge(
    desired: Desired, repository: str, github: GitHub, *, dry_run: bool, pause: Callable[[float], None]
) -> Convergence:
    """One target, to the end. `pause` sleeps for that many seconds between rounds.

    Raises:
        ActionPatternsError: the target could not be read, so there is nothing to say about it.
    """
    progress = _Progress()
    for round_number in range(1, MAX_ROUNDS + 1):
        observed = github.observe(
            repository, branch=desired.branch, base=desired.base, paths=observed_paths(desired.changes)
        )
        decision = decide(desired, observed)
        if round_number == 1:
            progress.first = decision
            progress.before = progress.after = observed.branch_tip.oid if observed.branch_tip else None
        progress.pull = decision.pull_request or progress.pull
        if dry_run or not decision.steps:
            break
        try:
            for step in decision.steps:
                _send(step, observed, github, progress)
                progress.wrote = True
            break
        except (LostRaceError, AnswerLostError) as error:
            if round_number == MAX_ROUNDS:
                return _failed(error, decision, desired, progress)
            pause(2.0 ** (round_number - 1))
        except _PullRequestRefusedError as refused:
            return _blocked(refused.error, desired, observed, progress, github)
        except ActionPatternsError as error:
            return _failed(error, decision, desired, progress)
    return _finish(decision, desired, observed, progress, github, dry_run=dry_run)


def observed_paths(changes: tuple[FileChange, ...]) -> tuple[str, ...]:
    """The changed paths and the directories above them: what stands in a file's way must be seen before it is lost."""
    paths = {change.path for change in changes}
    for change in changes:
        parts = change.path.split("/")
        paths.update("/".join(parts[:depth]) for depth in range(1, len(parts)))
    return tuple(sorted(paths))


class _PullRequestRefusedError(Exception):
    """The pull request was refused for good."""

    def __init__(self, error: ActionPatternsError) -> None:
        super().__init__(str(error))
        self.error = error


_FIELD_STEPS: dict[type, str] = {
    SetIssueFields: "labels and assignees",
    AddLabels: "labels",
    RemoveLabel: "labels",
    AddAssignees: "assignees",
    RemoveAssignees: "assignees",
}


def _send(step: Step, observed: Observed, github: GitHub, progress: _Progress) -> None:
    """Send one step. A field that GitHub refuses costs that field, never the pull request."""
    try:
        _send_strictly(step, observed, github, progress)
    except (RefusedError, PermissionDeniedError, NotFoundError):
        if type(step) not in _FIELD_STEPS:
            raise
        progress.refused.append(_FIELD_STEPS[type(step)])


def _send_strictly(step: Step, observed: Observed, github: GitHub, progress: _Progress) -> None:
    repository = observed.repository
    number = progress.pull.number if progress.pull else 0
    match step:
        case WriteBranch():
            progress.after = _write_branch(step, observed, github)
        case DeleteBranch(branch=branch, before=before):
            github.swap_branch(repository, observed.repository_id, branch, before=before, after=None)
            progress.after = None
        case OpenPullRequest():
            _open(step, observed, github, progress)
        case SetIssueFields(labels=labels, assignees=assignees):
            present = github.set_issue_fields(repository, number, labels=labels, assignees=assignees)
            _note_ignored(assignees, present, progress)
        case UpdatePullRequest(fields=fields):
            github.update_pull(repository, number, dict(fields))
        case AddLabels(labels=labels):
            github.add_labels(repository, number, labels)
        case RemoveLabel(label=label):
            github.remove_label(repository, number, label)
        case AddAssignees(assignees=assignees):
            _note_ignored(assignees, github.add_assignees(repository, number, assignees), progress)
        case RemoveAssignees(assignees=assignees):
            github.remove_assignees(repository, number, assignees)
        case RequestReviewers():
            _request_reviewers(step, repository, github, progress)


def _write_branch(step: WriteBranch, observed: Observed, github: GitHub) -> str:
    """Objects first, invisible to everybody, then one compare-and-swap of the ref."""
    for change in step.changes:
        if needs_blob(change):
            github.create_blob(observed.repository, change.content)
    tree = step.parent_tree
    for chunk in tree_chunks(step.changes):
        tree = github.create_tree(observed.repository, tree, [tree_entry(change) for change in chunk])
    commit = github.create_commit(
        observed.repository,
        message=render_trailers(step.message, Trailers(step.key, step.digest, tree)),
        tree=tree,
        parents=[step.parent],
    )
    github.swap_branch(observed.repository, observed.repository_id, step.branch, before=step.before, after=commit)
    return commit


def _open(step: OpenPullRequest, observed: Observed, github: GitHub, progress: _Progress) -> None:
    try:
        progress.pull = github.create_pull(observed.repository, step.new)
        progress.opened = True
    except AnswerLostError:
        # It may exist. The next round sees it as ours and goes on with its fields.
        progress.opened = True
        raise
    except (RefusedError, PermissionDeniedError, NotFoundError) as error:
        if isinstance(error, RefusedError) and "already exists" in error.message:
            # Another run was faster; the next round finds its pull request and goes on from there.
            raise LostRaceError(error.message, remediation=error.remediation, request_id=error.request_id) from error
        raise _PullRequestRefusedError(error) from error


def _note_ignored(wished: tuple[str, ...], present: tuple[str, ...], progress: _Progress) -> None:
    """GitHub leaves out a login that cannot be assigned without saying so."""
    there = {name.lower() for name in present}
    progress.refused += [f"assignee:{name}" for name in wished if name.lower() not in there]


def _request_reviewers(step: RequestReviewers, repository: str, github: GitHub, progress: _Progress) -> None:
    """All at once; when GitHub refuses the lot (one is no collaborator, one is the author), one by one."""
    if progress.pull is None:
        return
    author = progress.pull.author.lower()
    asked = [("reviewer", name) for name in step.reviewers if name.lower() != author]
    asked += [("team", name) for name in step.team_reviewers]
    if not asked:
        return
    attempts = [asked] if len(asked) == 1 else [asked, *([one] for one in asked)]
    for attempt in attempts:
        try:
            github.request_reviewers(
                repository,
                progress.pull.number,
                reviewers=[name for kind, name in attempt if kind == "reviewer"],
                team_reviewers=[name.rpartition("/")[2] for kind, name in attempt if kind == "team"],
            )
        except (RefusedError, PermissionDeniedError, NotFoundError):
            if len(attempt) == 1:
                progress.refused += [f"{kind}:{name}" for kind, name in attempt]
        else:
            if len(attempt) == len(asked):
                return


def _blocked(
    error: ActionPatternsError, desired: Desired, observed: Observed, progress: _Progress, github: GitHub
) -> Convergence:
    """No pull request can be had here: take back a branch that no pull request ever used, and say what GitHub said."""
    decision = Decision("blocked", "pull-request-refused", error.message, files=tuple(c.path for c in desired.changes))
    if progress.after is not None and all(pull.cross_repository for pull in observed.pull_requests):
        try:
            github.swap_branch(
                observed.repository, observed.repository_id, desired.branch, before=progress.after, after=None
            )
            progress.after = None
        except ActionPatternsError:
            # Somebody committed to it meanwhile, or GitHub cannot be asked: then the next run deletes it. What matters
            # here is why there is no pull request.
            pass
    return Convergence(decision, None, desired.branch, progress.before, progress.after, error=error)


def _failed(error: ActionPatternsError, decision: Decision, desired: Desired, progress: _Progress) -> Convergence:
    return Convergence(decision, progress.pull, desired.branch, progress.before, progress.after, error=error)


def _finish(
    decision: Decision, desired: Desired, observed: Observed, progress: _Progress, github: GitHub, *, dry_run: bool
) -> Convergence:
    pull = progress.pull
    if dry_run:
        number = pull.number if pull else "{number}"
        requests = tuple(line for step in decision.steps for line in requests_of(step, observed.repository, number))
        if requests:
            would = {"created": "open a pull request", "updated": "update", "closed": "close"}[decision.outcome]
            subject = f" #{pull.number}" if pull and decision.outcome != "created" else ""
            decision = replace(decision, outcome="planned", message=f"A real run would {would}{subject}.")
        return Convergence(decision, pull, desired.branch, progress.before, progress.before, planned_requests=requests)
    told = tuple(dict.fromkeys(progress.refused))
    refused = tuple(name for name in told if name in refusable(desired))
    marker = decision.marker
    if pull is not None and marker is not None and not set(refused) <= set(marker.refused):
        # Remembered in the pull request itself, so that the next run does not ask again, for ever, in vain.
        marker = replace(marker, refused=tuple(sorted({*marker.refused, *refused})))
        body = compose(marker, desired.block, pull.body)
        with suppress(ActionPatternsError):  # Then the next run asks once more, and remembers.
            github.update_pull(observed.repository, pull.number, {"body": body})
    lost = {name for step in told for name in step.split(" and ")}
    decision = replace(decision, changed_fields=tuple(n for n in decision.changed_fields if n not in lost))
    if progress.opened:
        decision = replace(decision, outcome="created", reason="opened")
    elif progress.wrote and decision.outcome == "unchanged" and progress.first is not None:
        decision = replace(decision, outcome=progress.first.outcome, reason=progress.first.reason)
    return Convergence(
        decision,
        pull,
        desired.branch,
        progress.before,
        progress.after,
        refused_fields=tuple(dict.fromkeys((*(marker.refused if marker is not None else ()), *told))),
    )
