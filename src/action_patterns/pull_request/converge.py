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
from action_patterns.pull_request.look import keeps_commits
from action_patterns.pull_request.marker import block_of, compose, text_hash
from action_patterns.pull_request.observed import Observed, PullRequest
from action_patterns.pull_request.preflight import Check
from action_patterns.pull_request.steps import (
    FIELD_OF,
    AddAssignees,
    AddLabels,
    DeleteBranch,
    DeleteComment,
    MakeDraft,
    OpenPullRequest,
    RemoveAssignees,
    RemoveLabel,
    Reopen,
    RequestReviewers,
    RestoreBranch,
    SetAutoMerge,
    SetIssueFields,
    SetMilestone,
    Step,
    UpdatePullRequest,
    WriteBranch,
    WriteComment,
    needs_blob,
    requests_of,
    tree_chunks,
    tree_entry,
)
from action_patterns.pull_request.trailers import Trailers
from action_patterns.pull_request.trailers import render as render_trailers

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


@dataclass(slots=True)
class _Progress:
    """What this run has done so far, across rounds."""

    before: str | None = None
    after: str | None = None
    verified: bool | None = None
    first: Decision | None = None
    """The first decision of which something was written."""
    continuing: bool = False
    """The round before ended as planned, with more to do."""
    opened: bool = False
    branch_made: bool = False
    """The bot branch was not there, and this run made it."""
    swap_refused: bool = False
    pull: PullRequest | None = None
    changed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    checks: tuple[Check, ...] = ()


def converge(
    desired: Desired, repository: str, github: GitHub, *, dry_run: bool, pause: Callable[[float], None]
) -> Convergence:
    """One target, to the end. `pause` sleeps for that many seconds between rounds.

    Raises:
        ActionPatternsError: the target could not be read, so there is nothing to say about it.
    """
    progress = _Progress()
    for round_number in range(1, MAX_ROUNDS + 1):
        observed = _observe(desired, repository, github)
        decision = decide(desired, observed)
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
            _carry_out(decision, observed, github, progress)
        except (LostRaceError, AnswerLostError) as error:
            if round_number == MAX_ROUNDS:
                return _failed(error, decision, desired, progress)
            pause(2.0 ** (round_number - 1))
        except _RefusedForGoodError as refused:
            return _blocked(refused, decision, desired, observed, progress, github)
        except ActionPatternsError as error:
            return _failed(error, decision, desired, progress)
        else:
            if not decision.again:
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
    paths = {change.path for change in changes}
    for change in changes:
        parts = change.path.split("/")
        paths.update("/".join(parts[:depth]) for depth in range(1, len(parts)))
    return tuple(sorted(paths))


class _RefusedForGoodError(Exception):
    """A step that everything else hangs on was refused; `reason` is what that means for the target."""

    def __init__(self, reason: str, error: ActionPatternsError) -> None:
        super().__init__(str(error))
        self.reason = reason
        self.error = error


def _carry_out(decision: Decision, observed: Observed, github: GitHub, progress: _Progress) -> None:
    for step in decision.steps:
        _send(step, observed, github, progress)
        progress.first = progress.first or decision
    progress.changed += decision.changed_fields


def _send(step: Step, observed: Observed, github: GitHub, progress: _Progress) -> None:
    """Send one step. A field that GitHub refuses costs that field, never the pull request."""
    try:
        _send_strictly(step, observed, github, progress)
    except (RefusedError, PermissionDeniedError, NotFoundError) as error:
        if isinstance(step, SetIssueFields):
            _one_by_one(step, observed, github, progress)
        elif isinstance(step, WriteBranch | RestoreBranch) and isinstance(error, RefusedError):
            if not progress.swap_refused:
                # The branch may have gone to another commit and back while this one was on its way: look once more.
                progress.swap_refused = True
                raise LostRaceError(
                    error.message, remediation=error.remediation, request_id=error.request_id
                ) from error
            raise _RefusedForGoodError("branch-refused", error) from error
        elif isinstance(step, Reopen):
            raise _RefusedForGoodError("reopen-refused", error) from error
        elif isinstance(step, SetAutoMerge):
            # To disable what is disabled is refused too: a request that was sent twice, say.
            if step.method is not None:
                progress.refused.append(f"auto-merge:{step.method}")
        elif isinstance(step, SetMilestone):
            progress.refused.append(f"milestone:{step.milestone}")
        elif isinstance(step, DeleteBranch) and not isinstance(error, RefusedError):
            raise  # Whether it is there could not be seen: that is no rule against deleting it.
        elif type(step) in FIELD_OF:
            progress.refused.append(FIELD_OF[type(step)])
        else:
            raise


def _one_by_one(step: SetIssueFields, observed: Observed, github: GitHub, progress: _Progress) -> None:
    """One of them was refused, and GitHub does not say which."""
    if step.labels:
        _send(AddLabels(step.labels), observed, github, progress)
    if step.assignees:
        _send(AddAssignees(step.assignees), observed, github, progress)
    if step.milestone is not None:
        _send(SetMilestone(step.milestone), observed, github, progress)


def _send_strictly(step: Step, observed: Observed, github: GitHub, progress: _Progress) -> None:  # noqa: C901, PLR0912 - a table of steps
    repository = observed.repository
    number, pull_id = (progress.pull.number, progress.pull.id) if progress.pull else (0, "")
    match step:
        case WriteBranch():
            _write_branch(step, observed, github, progress)
        case RestoreBranch(branch=branch, before=before, after=after, leases=leases):
            github.swap_branch(observed.holder, observed.holder_id, branch, before=before, after=after, leases=leases)
            progress.after, progress.branch_made = after, before is None
        case DeleteBranch(branch=branch, before=before):
            github.swap_branch(observed.holder, observed.holder_id, branch, before=before, after=None)
            progress.after = progress.verified = None
        case OpenPullRequest():
            _open(step, observed, github, progress)
        case Reopen():
            github.update_pull(repository, number, {"state": "open"})
        case SetIssueFields(labels=labels, assignees=assignees, milestone=milestone):
            present = github.set_issue_fields(
                repository, number, labels=labels, assignees=assignees, milestone=milestone
            )
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
        case SetMilestone(milestone=milestone):
            github.set_milestone(repository, number, milestone)
        case RequestReviewers():
            _request_reviewers(step, repository, github, progress)
        case MakeDraft():
            github.convert_to_draft(repository, pull_id)
        case SetAutoMerge(method=method):
            github.set_auto_merge(repository, pull_id, method)
        case WriteComment(id=None, body=body):
            github.create_pull_comment(repository, number, body)
        case WriteComment(id=int(comment), body=body):
            github.update_pull_comment(repository, comment, body)
        case DeleteComment(id=comment):
            github.delete_pull_comment(repository, comment)


def _write_branch(step: WriteBranch, observed: Observed, github: GitHub, progress: _Progress) -> None:
    """Objects first, invisible to everybody, then one compare-and-swap of the ref."""
    holder = observed.holder
    for change in step.changes:
        if needs_blob(change):
            github.create_blob(holder, change.content)
    tree = step.parent_tree
    for chunk in tree_chunks(step.changes):
        tree = github.create_tree(holder, tree, [tree_entry(change) for change in chunk])
    trailers = Trailers(step.key, step.digest, tree, step.kept)
    signer = str(step.signed_off_by) if step.signed_off_by else None
    commit = github.create_commit(
        holder,
        message=render_trailers(step.message, trailers, signer),
        tree=tree,
        parents=step.parents,
        author=step.author,
        committer=step.committer,
    )
    github.swap_branch(
        holder, observed.holder_id, step.branch, before=step.before, after=commit.oid, leases=step.leases
    )
    progress.after, progress.verified = commit.oid, commit.verified
    progress.branch_made = progress.branch_made or step.before is None


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
        raise _RefusedForGoodError("pull-request-refused", error) from error


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
    refused: _RefusedForGoodError,
    decision: Decision,
    desired: Desired,
    observed: Observed,
    progress: _Progress,
    github: GitHub,
) -> Convergence:
    """It cannot be had here: take back a branch that this run made, or that no pull request ever used, and say what
    GitHub said.
    """
    stop = Decision("blocked", refused.reason, refused.error.message, files=decision.files, checks=decision.checks)
    unused = all(pull.foreign_head for pull in observed.pull_requests)
    if progress.after is not None and (progress.branch_made or unused) and observed.leases:
        # Somebody may have committed to it meanwhile, or GitHub cannot be asked: then the next run deletes it. What
        # matters here is why there is no pull request.
        with suppress(ActionPatternsError):
            github.swap_branch(observed.holder, observed.holder_id, desired.branch, before=progress.after, after=None)
            progress.after = progress.verified = None
    pull = decision.pull_request
    return _ended(stop, desired, progress, pull_request=pull, error=refused.error)


def _failed(error: ActionPatternsError, decision: Decision, desired: Desired, progress: _Progress) -> Convergence:
    return _ended(decision, desired, progress, pull_request=progress.pull, error=error)


def _ended(
    decision: Decision,
    desired: Desired,
    progress: _Progress,
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


def _planned(decision: Decision, desired: Desired, observed: Observed, progress: _Progress) -> Convergence:
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
    decision: Decision, desired: Desired, observed: Observed, progress: _Progress, github: GitHub
) -> Convergence:
    pull, marker = progress.pull, decision.marker
    told = tuple(dict.fromkeys((*progress.refused, *decision.refused)))
    remembered = tuple(name for name in told if name in refusable(desired))
    if pull is not None and marker is not None and not set(remembered) <= set(marker.refused):
        # Remembered in the pull request itself, so that the next run does not ask again, for ever, in vain.
        marker = replace(marker, refused=tuple(sorted({*marker.refused, *remembered})))
        body = _body_after(decision, pull)
        block = block_of(body) or ""
        body = compose(replace(marker, block=text_hash(block)), block, body)
        with suppress(ActionPatternsError):  # Then the next run asks once more, and remembers.
            github.update_pull(observed.repository, pull.number, {"body": body})
    lost = {name for step in told for name in (step.partition(":")[0], *step.split(" and "))}
    changed = tuple(name for name in dict.fromkeys(progress.changed) if name not in lost)
    decision = replace(decision, changed_fields=changed)
    first = progress.first
    if progress.opened:
        decision = replace(decision, outcome="created", reason="opened", changed_fields=())
    elif first is not None and (decision.outcome == "unchanged" or progress.continuing):
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
