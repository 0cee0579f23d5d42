"""The output of a dry run: the exact writes that each step would send. Pure."""

from __future__ import annotations

from action_patterns.ports.pull_requests import Observed
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
)


def requests_of(  # noqa: C901, PLR0912 - one row for each step
    step: Step, observed: Observed, number: int | str
) -> list[str]:
    """The exact write requests a step sends, in order, as `METHOD /path`."""
    repo, holder = f"/repos/{observed.repository}", f"/repos/{observed.holder}"
    issue, pull = f"{repo}/issues/{number}", f"{repo}/pulls/{number}"
    match step:
        case WriteBranch(branch=branch, changes=changes):
            return [
                *(f"POST {holder}/git/blobs ({change.path})" for change in changes if needs_blob(change)),
                *(f"POST {holder}/git/trees ({len(chunk)} paths)" for chunk in tree_chunks(changes)),
                f"POST {holder}/git/commits",
                _swap(branch, holder, existing=step.before is not None, compare_and_swap=step.compare_and_swap),
            ]
        case RestoreBranch(branch=branch):
            return [_swap(branch, holder, existing=step.before is not None, compare_and_swap=step.compare_and_swap)]
        case DeleteBranch(branch=branch):
            return [f"POST /graphql updateRefs (delete {branch})"]
        case OpenPullRequest():
            return [f"POST {repo}/pulls"]
        case Reopen():
            return [_edit(pull, number, "state", observed)]
        case SetIssueFields() | SetMilestone():
            return [f"PATCH {issue}"]
        case UpdatePullRequest(fields=fields):
            return [_edit(pull, number, ", ".join(name for name, _ in fields), observed)]
        case AddLabels():
            return [f"POST {issue}/labels"]
        case RemoveLabel(label=label):
            return [f"DELETE {issue}/labels/{label}"]
        case AddAssignees():
            return [f"POST {issue}/assignees"]
        case RemoveAssignees():
            return [f"DELETE {issue}/assignees"]
        case RequestReviewers():
            return [f"POST {pull}/requested_reviewers"]
        case MakeDraft():
            return [f"POST /graphql convertPullRequestToDraft (#{number})"]
        case SetAutoMerge(method=method):
            verb = "enablePullRequestAutoMerge" if method else "disablePullRequestAutoMerge"
            return [f"POST /graphql {verb} (#{number})"]
        case WriteComment(part=part, id=None):
            return [f"POST {issue}/comments ({part})"]
        case WriteComment(part=part, id=comment):
            return [f"PATCH {repo}/issues/comments/{comment} ({part})"]
        case DeleteComment(id=comment):
            return [f"DELETE {repo}/issues/comments/{comment}"]


def _edit(pull: str, number: int | str, fields: str, observed: Observed) -> str:
    if observed.graphql:
        return f"POST /graphql updatePullRequest (#{number}: {fields})"
    return f"PATCH {pull} ({fields})"


def _swap(branch: str, holder: str, *, existing: bool, compare_and_swap: bool) -> str:
    if compare_and_swap:
        return f"POST /graphql updateRefs ({branch})"
    return f"PATCH {holder}/git/refs/heads/{branch}" if existing else f"POST {holder}/git/refs ({branch})"
