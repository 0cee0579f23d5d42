"""Pull requests and their parts."""

from __future__ import annotations

from typing import Any

from github_sandbox import pull_states, pulls
from github_sandbox.clock import stamp
from github_sandbox.graphql_api.connections import connect
from github_sandbox.graphql_api.objects import CommitNode, RefNode, TeamNode
from github_sandbox.graphql_api.repository_types import pull_state
from github_sandbox.model import PullRequest, Repository
from github_sandbox.node_ids import encode
from github_sandbox.rest import pull_shapes


def _mergeable(pull: PullRequest, info: Any) -> str:
    answer = pulls.mergeable(pull)
    return "UNKNOWN" if answer is None else "MERGEABLE" if answer else "CONFLICTING"


def _requests(pull: PullRequest, info: Any, **args: Any) -> Any:
    asked: list[Any] = [*pull.reviewers, *(TeamNode(pull.repository.owner, slug) for slug in pull.team_reviewers)]
    return connect(asked, "reviewRequests", args, lambda who: {"who": who})


def _ref(repository: Repository | None, branch: str) -> RefNode | None:
    oid = repository.tip(branch) if repository else None
    return RefNode(repository=repository, name=f"refs/heads/{branch}", oid=oid) if repository and oid else None


def _commits(pull: PullRequest, info: Any, **args: Any) -> Any:
    records = [c for oid in pulls.commits(pull) if (c := pull.repository.git.commit(oid))]
    return connect(records, "commits", args, lambda c: {"commit": CommitNode(pull.repository, c)})


def _at(name: str) -> Any:
    def resolve(item: Any, info: Any) -> str | None:
        seconds = getattr(item, name)
        return stamp(seconds) if seconds else None

    return resolve


FIELDS: dict[str, dict[str, Any]] = {
    "PullRequest": {
        "id": lambda p, info: encode("PR", p.id),
        "databaseId": lambda p, info: p.id,
        "number": lambda p, info: p.number,
        "url": lambda p, info: f"{p.repository.world.base_url}/{p.repository.full_name}/pull/{p.number}",
        "state": lambda p, info: pull_state(p),
        "title": lambda p, info: p.title,
        "body": lambda p, info: p.body or "",
        "isDraft": lambda p, info: p.draft,
        "closed": lambda p, info: p.state == "closed",
        "merged": lambda p, info: p.merged,
        "mergeable": _mergeable,
        "mergeStateStatus": lambda p, info: pull_states.merge_status(p).upper(),
        "locked": lambda p, info: p.locked,
        "maintainerCanModify": lambda p, info: p.maintainer_can_modify,
        "repository": lambda p, info: p.repository,
        "baseRefName": lambda p, info: p.base,
        "baseRefOid": lambda p, info: p.repository.tip(p.base) or p.base_oid,
        "baseRef": lambda p, info: _ref(p.repository, p.base),
        "headRefName": lambda p, info: p.head,
        "headRefOid": lambda p, info: p.head_oid,
        "headRef": lambda p, info: _ref(p.head_repository, p.head),
        "headRepository": lambda p, info: p.head_repository,
        "headRepositoryOwner": lambda p, info: p.head_repository.owner if p.head_repository else None,
        "isCrossRepository": lambda p, info: p.cross_repository,
        "author": lambda p, info: p.author,
        "viewerDidAuthor": lambda p, info: p.author is info.context.token.account,
        "viewerCanUpdate": lambda p, info: info.context.token.may_write(p.repository),
        "labels": lambda p, info, **args: connect(p.labels, "labels", args),
        "assignees": lambda p, info, **args: connect(p.assignees, "assignees", args),
        "reviewRequests": _requests,
        "reviewDecision": lambda p, info: pull_states.review_decision(p),
        "reviews": lambda p, info, **args: connect(
            [{"review": review, "pull": p} for review in p.reviews], "reviews", args
        ),
        "latestReviews": lambda p, info, **args: connect(
            [{"review": review, "pull": p} for review in pulls.latest_reviews(p)], "latestReviews", args
        ),
        "milestone": lambda p, info: p.milestone,
        "autoMergeRequest": lambda p, info: p.auto_merge,
        "comments": lambda p, info, **args: connect(
            p.comments, "comments", args, lambda comment: {"comment": comment, "pull": p}
        ),
        "commits": _commits,
        "mergeCommit": lambda p, info: (
            None if not p.merge_oid else CommitNode(p.repository, p.repository.git.commit(p.merge_oid))
        ),
        "createdAt": _at("created_at"),
        "updatedAt": _at("updated_at"),
        "closedAt": _at("closed_at"),
        "mergedAt": _at("merged_at"),
    },
    "ReviewRequest": {"requestedReviewer": lambda r, info: r["who"]},
    "PullRequestReview": {
        "id": lambda r, info: encode("PRR", r["review"].id),
        "author": lambda r, info: r["review"].author,
        "state": lambda r, info: r["review"].state,
        "onBehalfOf": lambda r, info, **args: connect(
            [TeamNode(r["pull"].repository.owner, slug) for slug in r["review"].on_behalf_of], "onBehalfOf", args
        ),
    },
    "PullRequestCommit": {"commit": lambda c, info: c["commit"]},
    "AutoMergeRequest": {
        "enabledAt": _at("enabled_at"),
        "mergeMethod": lambda a, info: a.method,
        "enabledBy": lambda a, info: a.enabled_by,
    },
    "IssueComment": {
        "id": lambda c, info: encode("IC", c["comment"].id),
        "databaseId": lambda c, info: c["comment"].id,
        "body": lambda c, info: c["comment"].body,
        "author": lambda c, info: c["comment"].author,
        "viewerDidAuthor": lambda c, info: c["comment"].author is info.context.token.account,
        "url": lambda c, info: pull_shapes.comment(c["pull"].repository, c["pull"], c["comment"])["html_url"],
        "createdAt": lambda c, info: stamp(c["comment"].created_at),
        "updatedAt": lambda c, info: stamp(c["comment"].updated_at),
    },
}
