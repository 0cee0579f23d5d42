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
from action_patterns.ports.git import Tip
from action_patterns.ports.github import GitHub
from action_patterns.ports.pull_requests import IssueFields, Observed, PullRequest
from action_patterns.pull_request.execute.reconcile_state import ReconcileState
from action_patterns.pull_request.ownership.trailers import Trailers
from action_patterns.pull_request.ownership.trailers import render as render_trailers
from action_patterns.pull_request.steps.steps import (
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


class RefusedForGoodError(Exception):
    """A step that everything else hangs on was refused; `reason` is what that means for the target."""

    def __init__(self, reason: str, error: ActionPatternsError) -> None:
        super().__init__(str(error))
        self.reason = reason
        self.error = error


def perform(  # noqa: C901, PLR0912 - a table of steps
    step: Step, observed: Observed, github: GitHub, state: ReconcileState
) -> PullRequest | IssueFields | None:
    """Returns the pull request as far as GitHub's answer shows it."""
    repository = observed.repository
    number, pull_id = (state.pull.number, state.pull.id) if state.pull else (0, "")
    match step:
        case WriteBranch():
            return _write_branch(step, observed, github, state)
        case RestoreBranch(branch=branch, before=before, after=after, compare_and_swap=compare_and_swap):
            github.git.update_branch(
                observed.holder,
                observed.holder_id,
                branch,
                before=before,
                after=after,
                compare_and_swap=compare_and_swap,
            )
            state.tip, state.branch_made = Tip(oid=after, tree=""), before is None
        case DeleteBranch(branch=branch, before=before):
            github.git.update_branch(observed.holder, observed.holder_id, branch, before=before, after=None)
            state.tip, state.memory = None, state.memory.and_deleted(before)
        case OpenPullRequest():
            return _open(step, observed, github, state)
        case Reopen():
            return _edit({"state": "open"}, observed, github, state)
        case SetIssueFields(labels=labels, assignees=assignees, milestone=milestone):
            fields = github.pulls.set_issue_fields(
                repository, number, labels=labels, assignees=assignees, milestone=milestone
            )
            _note_ignored(assignees, fields, state)
            return fields
        case UpdatePullRequest(fields=patch):
            return _edit(dict(patch), observed, github, state)
        case AddLabels(labels=labels):
            github.pulls.add_labels(repository, number, labels)
        case RemoveLabel(label=label):
            github.pulls.remove_label(repository, number, label)
        case AddAssignees(assignees=assignees):
            fields = github.pulls.add_assignees(repository, number, assignees)
            _note_ignored(assignees, fields, state)
            return fields
        case RemoveAssignees(assignees=assignees):
            return github.pulls.remove_assignees(repository, number, assignees)
        case SetMilestone(milestone=milestone):
            return github.pulls.set_milestone(repository, number, milestone)
        case RequestReviewers():
            return _request_reviewers(step, repository, github, state)
        case MakeDraft():
            return github.pulls.convert_to_draft(repository, pull_id)
        case SetAutoMerge(method=method):
            github.pulls.set_auto_merge(repository, pull_id, method)
        case WriteComment(id=None, body=body):
            github.pulls.create_comment(repository, number, body)
        case WriteComment(id=int(comment), body=body):
            github.pulls.update_comment(repository, comment, body)
        case DeleteComment(id=comment):
            github.pulls.delete_comment(repository, comment)
    return None


def _edit(fields: dict[str, str], observed: Observed, github: GitHub, state: ReconcileState) -> PullRequest | None:
    if state.pull is None:
        return None
    edited = github.pulls.update(observed.repository, state.pull.number, state.pull.id, fields)
    state.memory = state.memory.and_overwritten(state.key, state.pull.number, edited.overwritten)
    return edited.after


def _write_branch(step: WriteBranch, observed: Observed, github: GitHub, state: ReconcileState) -> PullRequest | None:
    """Objects first, invisible to everybody, then one compare-and-swap of the ref."""
    holder = observed.holder
    for change in step.changes:
        if needs_blob(change):
            github.git.create_blob(holder, change.content)
    tree = step.parent_tree
    for chunk in tree_chunks(step.changes):
        tree = github.git.create_tree(holder, tree, [tree_entry(change) for change in chunk])
    trailers = Trailers(key=step.key, digest=step.digest, tree=tree, kept=step.kept)
    signer = str(step.signed_off_by) if step.signed_off_by else None
    message = render_trailers(step.message, trailers, signer, parents=step.parents)
    commit = github.git.create_commit(
        holder,
        message=message,
        tree=tree,
        parents=step.parents,
        author=step.author,
        committer=step.committer,
    )
    shown = github.git.update_branch(
        holder,
        observed.holder_id,
        step.branch,
        before=step.before,
        after=commit.oid,
        compare_and_swap=step.compare_and_swap,
        pull_id=state.pull.id if state.pull else "",
    )
    state.tip = Tip(oid=commit.oid, tree=tree, message=message, parents=step.parents, verified=commit.verified)
    state.branch_made = state.branch_made or step.before is None
    return shown


def _open(step: OpenPullRequest, observed: Observed, github: GitHub, state: ReconcileState) -> PullRequest:
    try:
        try:
            state.pull = github.pulls.create(observed.repository, step.new)
        except RefusedError as error:
            if not step.new.draft or "draft" not in error.message.lower():
                raise
            # Not every repository has drafts (GitHub docs, "About pull requests").
            state.pull = github.pulls.create(observed.repository, replace(step.new, draft=False))
            state.refuse("draft")
        state.opened = True
    except AnswerLostError:
        # It may exist. The next round sees it as ours and goes on with its fields.
        state.opened = True
        raise
    except (RefusedError, PermissionDeniedError, NotFoundError) as error:
        # Another run may have been faster, whose pull request the next round finds, or may have taken the branch away.
        if isinstance(error, RefusedError) and (
            "already exists" in error.message or _moved(step, observed, github, state)
        ):
            raise LostRaceError(error.message, remediation=error.remediation, request_id=error.request_id) from error
        raise RefusedForGoodError("pull-request-refused", error) from error
    return state.pull


def _moved(step: OpenPullRequest, observed: Observed, github: GitHub, state: ReconcileState) -> bool:
    return state.tip is None or github.git.read_branch(observed.holder, step.new.head) != state.tip.oid


def _note_ignored(asked_for: tuple[str, ...], fields: IssueFields, state: ReconcileState) -> None:
    """GitHub leaves out a login that cannot be assigned without saying so."""
    there = {name.lower() for name in fields.assignees}
    state.refuse(*(f"assignee:{name}" for name in asked_for if name.lower() not in there))


def _request_reviewers(
    step: RequestReviewers, repository: str, github: GitHub, state: ReconcileState
) -> PullRequest | None:
    """All at once; when GitHub refuses the lot (one is no collaborator, one is the author), one by one."""
    if state.pull is None:
        return None
    shown = state.shown
    author = state.pull.author.lower()
    asked = [("reviewer", name) for name in step.reviewers if name.lower() != author]
    asked += [("team", name) for name in step.team_reviewers]
    if not asked:
        return shown
    attempts = [asked] if len(asked) == 1 else [asked, *([one] for one in asked)]
    for attempt in attempts:
        try:
            shown = github.pulls.request_reviewers(
                repository,
                state.pull.number,
                reviewers=[name for kind, name in attempt if kind == "reviewer"],
                team_reviewers=[name.rpartition("/")[2] for kind, name in attempt if kind == "team"],
            )
        except (RefusedError, PermissionDeniedError, NotFoundError):
            if len(attempt) == 1:
                state.refuse(*(f"{kind}:{name}" for kind, name in attempt))
        else:
            if len(attempt) == len(asked):
                break
    return shown
