"""REST answers into this product's models: what `reading` makes of GraphQL's. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast, get_args

from action_patterns.content.changes import Mode
from action_patterns.contracts.target import PERMISSIONS, Permission, Visibility
from action_patterns.github_api.graphql.decode import moment, person
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.token_kind import TokenFacts
from action_patterns.ports.git import DIRECTORY, ObservedFile, Tip
from action_patterns.ports.pull_requests import Comment, IssueFields, Milestone, PullRequest, PullRequestState

if TYPE_CHECKING:
    from action_patterns.contracts import Target


def target(node: Answer, token: TokenFacts, *, empty: bool) -> Target:
    """Return a repository of a listing. The listing has no tip, and a tip is not worth a request for each."""
    from action_patterns.contracts import Target  # a run for one pull request lists none

    return Target(
        repository=node["full_name"].text(),
        id=node["id"].hint(int),
        default_branch=None if empty else node["default_branch"].text(),
        topics=tuple(sorted(topic.text() for topic in node["topics"].items())) if node.has("topics") else (),
        language=node["language"].text() if node["language"] else None,
        archived=node["archived"].flag(),
        disabled=node["disabled"].flag() if node.has("disabled") else False,
        fork=node["fork"].flag(),
        empty=empty,
        private=node["private"].flag(),
        visibility=cast("Visibility", node["visibility"].one_of(*get_args(Visibility))) if node["visibility"] else None,
        # A repository without a commit has the time of its creation here.
        pushed_at=None if empty else moment(node["pushed_at"]),
        permission=_permission(node["permissions"]) if token.a_persons else None,
    )


def properties(node: Answer) -> dict[str, str | tuple[str, ...]]:
    """Return custom properties that have a value: a text, or several of `multi_select`."""
    found: dict[str, str | tuple[str, ...]] = {}
    for item in node.items():
        name, value = item["property_name"].text(), item["value"]
        if value:
            several = value.hint(list) is not None
            found[name] = tuple(each.text() for each in value.items()) if several else value.text()
    return found


def _permission(permissions: Answer) -> Permission | None:
    """Return the highest role that is granted. None: GitHub does not say."""
    if permissions.hint(dict) is None:
        return None
    names = {"read": "pull", "write": "push"}
    granted = (role for role in PERMISSIONS if permissions[names.get(role, role)].hint(bool))
    return max(granted, key=PERMISSIONS.index, default=None)


def tip(branch: Answer) -> Tip:
    """The commit of `GET /branches/{branch}`."""
    return commit(branch["commit"], branch["commit"]["commit"])


def commit(node: Answer, inner: Answer) -> Tip:
    """Return a commit; `inner`: the part of it that git itself keeps."""
    return Tip(
        oid=node["sha"].text(),
        tree=inner["tree"]["sha"].text(),
        message=inner["message"].text(),
        # Two tell a merge from what is none; GraphQL is asked for no more either.
        parents=tuple(parent["sha"].text() for parent in node["parents"].items()[:2]),
        author=person(inner["author"]),
        verified=verified(inner),
    )


def verified(node: Answer) -> bool | None:
    """Return whether GitHub shows the signature of a commit as verified. None: it does not say."""
    verification = node["verification"]
    return None if verification.hint(dict) is None else verification["verified"].hint(bool)


def files(entries: Mapping[str, Answer], paths: Sequence[str]) -> dict[str, ObservedFile | None]:
    """Entries of a tree, by path."""
    return {
        path: ObservedFile(entry["sha"].text(), cast("Mode", entry["mode"].one_of(*get_args(Mode), DIRECTORY)))
        if (entry := entries.get(path))
        else None
        for path in paths
    }


def milestone(node: Answer) -> Milestone | None:
    return Milestone(node["number"].number(), node["title"].text()) if node else None


def pull_request(
    node: Answer,
    *,
    holder: str,
    viewer: str | None,
    reviews: Sequence[Answer] = (),
    comments: Sequence[Answer] = (),
    events: Sequence[Answer] | None = (),
) -> PullRequest:
    """Return a pull request, from a list or from a single read.

    `holder`: the repository of the bot branch. `viewer`: the account of the token; None: not known. `events`: the
    timeline of the pull request; None: not known.
    """
    head, merging, base = node["head"], node["auto_merge"], node["base"]
    organization = base["repo"]["owner"]["login"].text()
    teams = [team["slug"].text() for team in node["requested_teams"].items()]
    return PullRequest(
        number=node["number"].number(),
        url=node["html_url"].hint(str) or "",
        state=_state(node),
        title=node["title"].text(),
        body=node["body"].text() if node["body"] else "",
        base=base["ref"].text(),
        head_oid=head["sha"].text(),
        id=node["node_id"].text(),
        draft=node["draft"].flag() if node.has("draft") else False,
        conflicting=node["mergeable"].hint(bool) is False,
        foreign_head=_is_foreign(node, holder),
        author=login(node["user"]),
        by_us=None if viewer is None else _is(node["user"], viewer),
        labels=_labels(node),
        assignees=_logins(node["assignees"]),
        requested=(*_logins(node["requested_reviewers"]), *(f"{organization}/{slug}" for slug in teams)),
        reviewed=(*_people(reviews), *(f"{organization}/{slug}" for slug in _teams(events or (), teams))),
        knows_teams=events is not None,
        milestone=milestone(node["milestone"]),
        auto_merge=merging["merge_method"].one_of("merge", "rebase", "squash") if merging else None,
        comments=tuple(
            Comment(item["id"].number(), item["html_url"].text(), item["body"].text())
            for item in comments
            if _may_be_ours(item, viewer)
        ),
    )


def _is_foreign(node: Answer, holder: str) -> bool:
    repository = node["head"]["repo"]
    if node["state"].value == "open" and not repository:
        # The fork of an ended one may be deleted. The branch of an open one is there, and so is its repository.
        raise repository.error("is null")
    return not repository or repository["full_name"].text().lower() != holder.lower()


def written(node: Answer) -> PullRequest:
    """A pull request of ours as the answer to a write of it shows it: without reviews and comments."""
    return replace(pull_request(node, holder="", viewer=None), foreign_head=False)


def issue_fields(node: Answer) -> IssueFields:
    """A pull request seen as an issue."""
    return IssueFields(
        title=node["title"].text(),
        body=node["body"].text() if node["body"] else "",
        labels=_labels(node),
        assignees=_logins(node["assignees"]),
        milestone=milestone(node["milestone"]),
    )


def login(user: Answer) -> str:
    """Return a login, the one of an App with its suffix `[bot]`. Empty: the account is deleted."""
    return user["login"].text() if user else ""


def _logins(users: Answer) -> tuple[str, ...]:
    return tuple(user["login"].text() for user in users.items())


def _labels(node: Answer) -> tuple[str, ...]:
    return tuple(label["name"].text() for label in node["labels"].items())


def _state(node: Answer) -> PullRequestState:
    if node["state"].one_of("open", "closed") == "open":
        return "OPEN"
    return "MERGED" if node["merged_at"] else "CLOSED"


def _people(reviews: Sequence[Answer]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(login(item["user"]) for item in reviews if item["user"]))


def _teams(events: Sequence[Answer], asked: Sequence[str]) -> tuple[str, ...]:
    """Return teams that have reviewed.

    REST does not say which team a review was for, so this is read from the timeline: a team's request is no longer
    open, without a `review_request_removed` event; or it was made twice, which is no event while a team is `asked`.
    """
    answered: dict[str, None] = {}
    pending: dict[str, None] = {}
    for event in events:
        team, name = event["requested_team"], event["event"].hint(str)
        slug = team["slug"].text() if team else ""
        if slug and name == "review_requested":
            if slug in pending:
                answered[slug] = None
            pending[slug] = None
        elif slug and name == "review_request_removed":
            pending.pop(slug, None)
    return (*answered, *(slug for slug in pending if slug not in {*answered, *asked}))


def _is(user: Answer, viewer: str) -> bool:
    return bool(user) and user["login"].text().lower() == viewer.lower()


def _may_be_ours(comment: Answer, viewer: str | None) -> bool:
    """REST does not tell an App who it is: then a comment of any bot may be ours, and its marker decides."""
    user = comment["user"]
    if viewer is not None:
        return _is(user, viewer)
    return bool(user) and user["type"].text() == "Bot"
