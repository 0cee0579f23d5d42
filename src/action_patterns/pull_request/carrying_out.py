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
    tree_chunks,
    tree_entry,
)
from action_patterns.pull_request.trailers import Trailers
from action_patterns.pull_request.trailers import render as render_trailers


@dataclass(slots=True)
class Progress:
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
    for step in decision.steps:
        _send(step, observed, github, progress)
        progress.first = progress.first or decision
    progress.changed += decision.changed_fields


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
                progress.refused.append(f"auto-merge:{step.method}")
        elif isinstance(step, SetMilestone):
            progress.refused.append(f"milestone:{step.wished}")
        elif isinstance(step, DeleteBranch) and not isinstance(error, RefusedError):
            raise  # Whether it is there could not be seen: that is no rule against deleting it.
        elif type(step) in FIELD_OF:
            progress.refused.append(FIELD_OF[type(step)])
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
        progress.refused += names
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


def _send_strictly(step: Step, observed: Observed, github: GitHub, progress: Progress) -> None:  # noqa: C901, PLR0912 - a table of steps
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
            _patch(dict(fields), github.update_pull(repository, number, dict(fields)), progress)
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


def _patch(fields: dict[str, str], head: str, progress: Progress) -> None:
    """GitHub's answer tells where the branch is. Elsewhere: another run's content has our text now, or ours has theirs.
    To look once more, and write all of ours, costs a read, also where GitHub is only slow to notice our own move.
    """
    if "state" not in fields and progress.after is not None and head != progress.after:
        raise LostRaceError(
            f"The branch is at {head[:12]}, not at {progress.after[:12]}: another run wrote at the same time.",
            remediation="Have `concurrency` keep runs with different wishes apart; then run again.",
        )


def _write_branch(step: WriteBranch, observed: Observed, github: GitHub, progress: Progress) -> None:
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
        message=render_trailers(step.message, trailers, signer, parents=step.parents),
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


def _open(step: OpenPullRequest, observed: Observed, github: GitHub, progress: Progress) -> None:
    try:
        try:
            progress.pull = github.create_pull(observed.repository, step.new)
        except RefusedError as error:
            if not step.new.draft or "draft" not in error.message.lower():
                raise
            # Drafts are not to be had in every repository (GitHub docs, "About pull requests").
            progress.pull = github.create_pull(observed.repository, replace(step.new, draft=False))
            progress.refused.append("draft")
        progress.opened = True
    except AnswerLostError:
        # It may exist. The next round sees it as ours and goes on with its fields.
        progress.opened = True
        raise
    except (RefusedError, PermissionDeniedError, NotFoundError) as error:
        if isinstance(error, RefusedError) and "already exists" in error.message:
            # Another run was faster; the next round finds its pull request and goes on from there.
            raise LostRaceError(error.message, remediation=error.remediation, request_id=error.request_id) from error
        raise RefusedForGoodError("pull-request-refused", error) from error


def _note_ignored(wished: tuple[str, ...], present: tuple[str, ...], progress: Progress) -> None:
    """GitHub leaves out a login that cannot be assigned without saying so."""
    there = {name.lower() for name in present}
    progress.refused += [f"assignee:{name}" for name in wished if name.lower() not in there]


def _request_reviewers(step: RequestReviewers, repository: str, github: GitHub, progress: Progress) -> None:
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
