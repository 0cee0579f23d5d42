"""REST answers into this product's models: what `reading` makes of GraphQL's. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from action_patterns.content.changes import Mode
from action_patterns.contracts import Target
from action_patterns.ports.git import ObservedFile, Tip
from action_patterns.ports.pull_requests import Comment, IssueFields, Milestone, PullRequest, PullRequestState

Node = Mapping[str, Any]


def target(node: Node, *, empty: bool) -> Target:
    """Return a repository of a listing. The listing has no tip, and a tip is not worth a request for each."""
    return Target(
        repository=node["full_name"],
        default_branch=None if empty else node["default_branch"],
        topics=tuple(sorted(node.get("topics") or ())),
        language=node["language"],
        archived=bool(node["archived"]),
        fork=node["fork"],
        empty=empty,
        private=node["private"],
    )


def tip(branch: Node) -> Tip:
    """The commit of `GET /branches/{branch}`."""
    return commit(branch["commit"], branch["commit"]["commit"])


def commit(node: Node, inner: Node) -> Tip:
    """Return a commit; `inner`: the part of it that git itself keeps."""
    author, verification = inner.get("author"), inner.get("verification")
    return Tip(
        oid=node["sha"],
        tree=inner["tree"]["sha"],
        message=inner["message"],
        # Two tell a merge from what is none; GraphQL is asked for no more either.
        parents=tuple(parent["sha"] for parent in node["parents"][:2]),
        author=f"{author['name']} <{author['email']}>" if author else "",
        verified=bool(verification["verified"]) if verification else None,
    )


def files(entries: Mapping[str, Node], paths: Sequence[str]) -> dict[str, ObservedFile | None]:
    """Entries of a tree, by path."""
    return {
        path: ObservedFile(entry["sha"], cast("Mode", entry["mode"])) if (entry := entries.get(path)) else None
        for path in paths
    }


def milestone(node: Node | None) -> Milestone | None:
    return Milestone(node["number"], node["title"]) if node else None


def pull_request(
    node: Node,
    *,
    holder: str,
    viewer: str | None,
    reviews: Sequence[Node] = (),
    comments: Sequence[Node] = (),
    events: Sequence[Node] = (),
) -> PullRequest:
    """Return a pull request, from a list or from a single read.

    `holder`: the repository of the bot branch. `viewer`: the account of the token; None: not known. `events`: the
    timeline of the pull request.
    """
    head, merging = node["head"], node.get("auto_merge")
    organization = node["base"]["repo"]["owner"]["login"]
    teams = [team["slug"] for team in node["requested_teams"] or ()]
    return PullRequest(
        number=node["number"],
        url=node["html_url"],
        state=_state(node),
        title=node["title"],
        body=node["body"] or "",
        base=node["base"]["ref"],
        head_oid=head["sha"],
        id=node["node_id"],
        draft=bool(node.get("draft")),
        conflicting=node.get("mergeable") is False,
        foreign_head=not head["repo"] or head["repo"]["full_name"].lower() != holder.lower(),
        author=login(node["user"]),
        by_us=None if viewer is None else _is(node["user"], viewer),
        labels=tuple(label["name"] for label in node["labels"]),
        assignees=tuple(login(user) for user in node["assignees"] or ()),
        requested=(
            *(login(user) for user in node["requested_reviewers"] or ()),
            *(f"{organization}/{slug}" for slug in teams),
        ),
        reviewed=(*_people(reviews), *(f"{organization}/{slug}" for slug in _teams(events, teams))),
        milestone=milestone(node["milestone"]),
        auto_merge=merging["merge_method"].lower() if merging else None,
        comments=tuple(
            Comment(item["id"], item["html_url"], item["body"]) for item in comments if _may_be_ours(item, viewer)
        ),
    )


def written(node: Node) -> PullRequest:
    """A pull request of ours as the answer to a write of it shows it: without reviews and comments."""
    pull = pull_request(node, holder=(node["head"]["repo"] or {}).get("full_name", ""), viewer=None)
    return replace(pull, foreign_head=False)


def issue_fields(node: Node) -> IssueFields:
    """A pull request seen as an issue."""
    return IssueFields(
        title=node["title"],
        body=node["body"] or "",
        labels=tuple(label["name"] for label in node["labels"]),
        assignees=tuple(login(user) for user in node["assignees"] or ()),
        milestone=milestone(node["milestone"]),
    )


def login(user: Node | None) -> str:
    """Return a login, the one of an App with its suffix `[bot]`. Empty: the account is deleted."""
    return "" if user is None else str(user["login"])


def _state(node: Node) -> PullRequestState:
    if node["state"] == "open":
        return "OPEN"
    return "MERGED" if node["merged_at"] else "CLOSED"


def _people(reviews: Sequence[Node]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(login(item["user"]) for item in reviews if item["user"]))


def _teams(events: Sequence[Node], asked: Sequence[str]) -> tuple[str, ...]:
    """Return teams that have reviewed.

    REST does not say which team a review was for, so this is read from the timeline: a team's request is no longer
    open, without a `review_request_removed` event; or it was made twice, which is no event while a team is `asked`.
    """
    answered: dict[str, None] = {}
    pending: dict[str, None] = {}
    for event in events:
        slug = (event.get("requested_team") or {}).get("slug")
        if slug and event["event"] == "review_requested":
            if slug in pending:
                answered[slug] = None
            pending[slug] = None
        elif slug and event["event"] == "review_request_removed":
            pending.pop(slug, None)
    return (*answered, *(slug for slug in pending if slug not in {*answered, *asked}))


def _is(user: Node | None, viewer: str) -> bool:
    return user is not None and str(user["login"]).lower() == viewer.lower()


def _may_be_ours(comment: Node, viewer: str | None) -> bool:
    """REST does not tell an App who it is: then a comment of any bot may be ours, and its marker decides."""
    user = comment["user"]
    if viewer is not None:
        return _is(user, viewer)
    return user is not None and user.get("type") == "Bot"
