"""Carry out a decision step by step, and say of each refusal what it costs: a field, the round, or the target."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from action_patterns.errors import (
    ActionPatternsError,
    AnswerLostError,
    LostRaceError,
    NotFoundError,
    PermissionDeniedError,
    RefusedError,
)
from action_patterns.ports import GitHub
from action_patterns.pull_request.decide import Decision
from action_patterns.pull_request.learnt import NOTHING, Learnt
from action_patterns.pull_request.observed import IssueFields, Observed, PullRequest, Tip
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
    fields_of,
    needs_blob,
    tree_chunks,
    tree_entry,
)
from action_patterns.pull_request.trailers import Trailers
from action_patterns.pull_request.trailers import render as render_trailers


@dataclass(slots=True)
class Progress:
    """What this run has done so far, across rounds."""

    key: str
    before: str | None = None
    """Where the bot branch was when the run began."""
    tip: Tip | None = None
    """What the bot branch ends with, as far as this run knows."""
    shown: PullRequest | None = None
    """The pull request as GitHub showed it after the last write; None = it did not."""
    writes: int = 0
    """Steps that were carried out."""
    first: Decision | None = None
    """The first decision of which something was written."""
    continuing: bool = False
    """The round before ended as planned, with more to do."""
    opened: bool = False
    branch_made: bool = False
    """The bot branch was not there, and this run made it."""
    swap_refused: bool = False
    pull: PullRequest | None = None
    """As it was read, or opened."""
    learnt: Learnt = NOTHING
    changed: set[str] = field(default_factory=set)
    checks: tuple[Check, ...] = ()

    def refuse(self, *names: str) -> None:
        self.learnt = self.learnt.and_refused(*names)


class RefusedForGoodError(Exception):
    """A step that everything else hangs on was refused; `reason` is what that means for the target."""

    def __init__(self, reason: str, error: ActionPatternsError) -> None:
        super().__init__(str(error))
        self.reason = reason
        self.error = error


def carry_out(decision: Decision, observed: Observed, github: GitHub, progress: Progress) -> None:
    """Every step of a decision, in order.

    Raises:
        LostRaceError, AnswerLostError: look again, and decide anew.
        RefusedForGoodError: it cannot be had in this target.
        ActionPatternsError: anything else that stopped it.
    """
    progress.shown = decision.pull_request
    for step in decision.steps:
        before = progress.writes
        _send(step, observed, github, progress)
        if progress.writes > before:
            progress.first = progress.first or decision
            # A body that is written only to remember something is no change that anybody asked for.
            progress.changed.update(set(fields_of(step)) & set(decision.changed_fields))


def _send(step: Step, observed: Observed, github: GitHub, progress: Progress) -> None:
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
            raise RefusedForGoodError("branch-refused", error) from error
        elif isinstance(step, Reopen):
            raise RefusedForGoodError("reopen-refused", error) from error
        elif isinstance(step, UpdatePullRequest) and isinstance(error, RefusedError):
            _field_by_field(step, error, observed, github, progress)
        elif isinstance(step, SetAutoMerge):
            # To disable what is disabled is refused too: a request that was sent twice, say.
            if step.method is not None:
                progress.refuse(f"auto-merge:{step.method}")
        elif isinstance(step, SetMilestone):
            progress.refuse(f"milestone:{step.wished}")
        elif isinstance(step, DeleteBranch) and not isinstance(error, RefusedError):
            raise  # Whether it is there could not be seen: that is no rule against deleting it.
        elif type(step) in FIELD_OF:
            progress.refuse(FIELD_OF[type(step)])
        else:
            raise


def _field_by_field(
    step: UpdatePullRequest, error: RefusedError, observed: Observed, github: GitHub, progress: Progress
) -> None:
    """GitHub takes all of a PATCH or nothing, and one of its fields was refused."""
    names = [name for name, _ in step.fields]
    if names == ["base"]:
        raise RefusedForGoodError("base-refused", error) from error
    if "state" in names:
        raise error
    if len(names) == 1:
        progress.refuse(*names)
        return
    for pair in step.fields:
        _send(UpdatePullRequest((pair,)), observed, github, progress)


def _one_by_one(step: SetIssueFields, observed: Observed, github: GitHub, progress: Progress) -> None:
    """One of them was refused, and GitHub does not say which."""
    if step.labels:
        _send(AddLabels(step.labels), observed, github, progress)
    if step.assignees:
        _send(AddAssignees(step.assignees), observed, github, progress)
    if step.milestone is not None:
        _send(SetMilestone(step.milestone, step.milestone_wished), observed, github, progress)


def _send_strictly(step: Step, observed: Observed, github: GitHub, progress: Progress) -> None:
    shown = _perform(step, observed, github, progress)
    progress.learnt = progress.learnt.and_body(progress.key, shown.body if shown else None)
    if isinstance(shown, IssueFields):
        # It leaves out where the branch is, and need not say: a run that moved it since, and wishes for anything else
        # than this one, goes on to write its own body. Either that is in this answer, or that run will see this write.
        shown = progress.shown and replace(
            progress.shown,
            title=shown.title,
            body=shown.body,
            labels=shown.labels,
            assignees=shown.assignees,
            milestone=shown.milestone,
        )
    elif shown is not None and progress.pull is not None:
        progress.pull = replace(progress.pull, state=shown.state, draft=shown.draft)
    progress.shown = shown
    progress.writes += 1


def _perform(  # noqa: C901, PLR0912 - a table of steps
    step: Step, observed: Observed, github: GitHub, progress: Progress
) -> PullRequest | IssueFields | None:
    """Returns the pull request as far as GitHub's answer shows it."""
    repository = observed.repository
    number, pull_id = (progress.pull.number, progress.pull.id) if progress.pull else (0, "")
    match step:
        case WriteBranch():
            return _write_branch(step, observed, github, progress)
        case RestoreBranch(branch=branch, before=before, after=after, leases=leases):
            github.swap_branch(observed.holder, observed.holder_id, branch, before=before, after=after, leases=leases)
            progress.tip, progress.branch_made = Tip(after, ""), before is None
        case DeleteBranch(branch=branch, before=before):
            github.swap_branch(observed.holder, observed.holder_id, branch, before=before, after=None)
            progress.tip, progress.learnt = None, progress.learnt.and_deleted(before)
        case OpenPullRequest():
            return _open(step, observed, github, progress)
        case Reopen():
            return _edit({"state": "open"}, observed, github, progress)
        case SetIssueFields(labels=labels, assignees=assignees, milestone=milestone):
            fields = github.set_issue_fields(
                repository, number, labels=labels, assignees=assignees, milestone=milestone
            )
            _note_ignored(assignees, fields, progress)
            return fields
        case UpdatePullRequest(fields=patch):
            return _edit(dict(patch), observed, github, progress)
        case AddLabels(labels=labels):
            github.add_labels(repository, number, labels)
        case RemoveLabel(label=label):
            github.remove_label(repository, number, label)
        case AddAssignees(assignees=assignees):
            fields = github.add_assignees(repository, number, assignees)
            _note_ignored(assignees, fields, progress)
            return fields
        case RemoveAssignees(assignees=assignees):
            return github.remove_assignees(repository, number, assignees)
        case SetMilestone(milestone=milestone):
            return github.set_milestone(repository, number, milestone)
        case RequestReviewers():
            return _request_reviewers(step, repository, github, progress)
        case MakeDraft():
            return github.convert_to_draft(repository, pull_id)
        case SetAutoMerge(method=method):
            github.set_auto_merge(repository, pull_id, method)
        case WriteComment(id=None, body=body):
            github.create_pull_comment(repository, number, body)
        case WriteComment(id=int(comment), body=body):
            github.update_pull_comment(repository, comment, body)
        case DeleteComment(id=comment):
            github.delete_pull_comment(repository, comment)
    return None


def _edit(fields: dict[str, str], observed: Observed, github: GitHub, progress: Progress) -> PullRequest | None:
    if progress.pull is None:
        return None
    edited = github.update_pull(observed.repository, progress.pull.number, progress.pull.id, fields)
    progress.learnt = progress.learnt.and_overwritten(progress.key, progress.pull.number, edited.overwritten)
    return edited.after


def _write_branch(step: WriteBranch, observed: Observed, github: GitHub, progress: Progress) -> PullRequest | None:
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
    message = render_trailers(step.message, trailers, signer, parents=step.parents)
    commit = github.create_commit(
        holder,
        message=message,
        tree=tree,
        parents=step.parents,
        author=step.author,
        committer=step.committer,
    )
    shown = github.swap_branch(
        holder,
        observed.holder_id,
        step.branch,
        before=step.before,
        after=commit.oid,
        leases=step.leases,
        pull_id=progress.pull.id if progress.pull else "",
    )
    progress.tip = Tip(commit.oid, tree, message, step.parents, verified=commit.verified)
    progress.branch_made = progress.branch_made or step.before is None
    return shown


def _open(step: OpenPullRequest, observed: Observed, github: GitHub, progress: Progress) -> PullRequest:
    try:
        try:
            progress.pull = github.create_pull(observed.repository, step.new)
        except RefusedError as error:
            if not step.new.draft or "draft" not in error.message.lower():
                raise
            # Drafts are not to be had in every repository (GitHub docs, "About pull requests").
            progress.pull = github.create_pull(observed.repository, replace(step.new, draft=False))
            progress.refuse("draft")
        progress.opened = True
    except AnswerLostError:
        # It may exist. The next round sees it as ours and goes on with its fields.
        progress.opened = True
        raise
    except (RefusedError, PermissionDeniedError, NotFoundError) as error:
        # Another run may have been faster, whose pull request the next round finds, or may have taken the branch away.
        if isinstance(error, RefusedError) and (
            "already exists" in error.message or _moved(step, observed, github, progress)
        ):
            raise LostRaceError(error.message, remediation=error.remediation, request_id=error.request_id) from error
        raise RefusedForGoodError("pull-request-refused", error) from error
    return progress.pull


def _moved(step: OpenPullRequest, observed: Observed, github: GitHub, progress: Progress) -> bool:
    return progress.tip is None or github.read_branch(observed.holder, step.new.head) != progress.tip.oid


def _note_ignored(wished: tuple[str, ...], fields: IssueFields, progress: Progress) -> None:
    """GitHub leaves out a login that cannot be assigned without saying so."""
    there = {name.lower() for name in fields.assignees}
    progress.refuse(*(f"assignee:{name}" for name in wished if name.lower() not in there))


def _request_reviewers(
    step: RequestReviewers, repository: str, github: GitHub, progress: Progress
) -> PullRequest | None:
    """All at once; when GitHub refuses the lot (one is no collaborator, one is the author), one by one."""
    if progress.pull is None:
        return None
    shown = progress.shown
    author = progress.pull.author.lower()
    asked = [("reviewer", name) for name in step.reviewers if name.lower() != author]
    asked += [("team", name) for name in step.team_reviewers]
    if not asked:
        return shown
    attempts = [asked] if len(asked) == 1 else [asked, *([one] for one in asked)]
    for attempt in attempts:
        try:
            shown = github.request_reviewers(
                repository,
                progress.pull.number,
                reviewers=[name for kind, name in attempt if kind == "reviewer"],
                team_reviewers=[name.rpartition("/")[2] for kind, name in attempt if kind == "team"],
            )
        except (RefusedError, PermissionDeniedError, NotFoundError):
            if len(attempt) == 1:
                progress.refuse(*(f"{kind}:{name}" for kind, name in attempt))
        else:
            if len(attempt) == len(asked):
                break
    return shown
