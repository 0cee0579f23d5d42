"""One step, sent to GitHub; and what its answer shows of the pull request."""

from __future__ import annotations

from dataclasses import replace

from action_patterns.errors import (
    ActionPatternsError,
    AnswerLostError,
    LostRaceError,
    NotFoundError,
    PermissionDeniedError,
    RefusedError,
)
from action_patterns.ports import GitHub
from action_patterns.pull_request.observed import IssueFields, Observed, PullRequest, Tip
from action_patterns.pull_request.progress import Progress
from action_patterns.pull_request.steps import (
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
    tree_chunks,
    tree_entry,
)
from action_patterns.pull_request.trailers import Trailers
from action_patterns.pull_request.trailers import render as render_trailers


class RefusedForGoodError(Exception):
    """A step that everything else hangs on was refused; `reason` is what that means for the target."""

    def __init__(self, reason: str, error: ActionPatternsError) -> None:
        super().__init__(str(error))
        self.reason = reason
        self.error = error


def perform(  # noqa: C901, PLR0912 - a table of steps
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
