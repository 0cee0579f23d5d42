"""GraphQL answers into this product's models. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast, get_args

from action_patterns.content import presence
from action_patterns.content.blob import blob_oid
from action_patterns.content.changes import Mode
from action_patterns.contracts.target import PERMISSIONS, Permission, Visibility
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.token_kind import TokenFacts
from action_patterns.ports.git import DIRECTORY, ObservedFile, RefRule, Tip
from action_patterns.ports.pull_requests import (
    Comment,
    Milestone,
    Observed,
    PullRequest,
    PullRequestState,
    ReviewDecision,
)
from action_patterns.ports.repositories import NO_MORE_FACTS, FactsNeeded

if TYPE_CHECKING:
    from action_patterns.contracts import Target


def target(node: Answer, token: TokenFacts, facts: FactsNeeded = NO_MORE_FACTS) -> Target:
    """A repository of a listing."""
    branch, language = node["defaultBranchRef"], node["primaryLanguage"]
    permission = node["viewerPermission"].hint(str)
    entries = {
        directory: tuple(_entries(node[f"d{index}"]))
        for index, directory in enumerate(presence.directories(facts.has_file, types=facts.types))
    }
    tip = branch["target"] if branch else branch
    from action_patterns.contracts import Target  # a run for one pull request lists none

    return Target(
        repository=node["nameWithOwner"].text(),
        id=node["databaseId"].hint(int),
        default_branch=branch["name"].text() if branch else None,
        head_oid=tip["oid"].text() if tip else None,
        topics=tuple(sorted(item["topic"]["name"].text() for item in node["repositoryTopics"].nodes())),
        language=language["name"].text() if language else None,
        archived=node["isArchived"].flag(),
        fork=node["isFork"].flag(),
        empty=node["isEmpty"].flag(),
        private=node["isPrivate"].flag(),
        visibility=cast("Visibility", node["visibility"].one_of(*(v.upper() for v in get_args(Visibility))).lower()),
        pushed_at=moment(node["pushedAt"]),
        permission=role(permission.lower()) if token.a_persons and permission else None,
        has=presence.holding(facts.has_file, entries),
        types=presence.project_types(entries[""]) if facts.types else (),
        disabled=facts.preflight and node["isDisabled"].flag(),
        may_push=_rule(node["written"]).may_push if facts.preflight and facts.written else None,
        open_pull_request=any(not pull["isCrossRepository"].flag() for pull in _nodes(node, "open")),
    )


def role(name: str) -> Permission | None:
    """Return a role of GitHub's. None: a role that this version does not know."""
    return next((known for known in PERMISSIONS if known == name), None)


def moment(node: Answer) -> datetime | None:
    """Return a time as GitHub writes it. None: it is null.

    Raises:
        UnexpectedAnswerError: it is no time.
    """
    if not node:
        return None
    try:
        return datetime.fromisoformat(node.text()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise node.error("is no time") from None


def _entries(tree: Answer) -> Iterator[presence.Entry]:
    """Yield the entries of a directory. Nothing has its path, or something that is no directory: none."""
    if tree and tree.has("entries"):
        for entry in tree["entries"].items():
            yield presence.Entry(entry["name"].text(), entry["type"].text())


def observed(
    data: Answer,
    files: dict[str, ObservedFile | None],
    ended: Sequence[Answer],
    comments: Mapping[int, Sequence[Answer]],
    token: TokenFacts,
) -> Observed:
    """An Observe answer, with all its files, ended pull requests and comments, which may have taken several answers."""
    node = data["repository"]
    holder = data["holder"] or node
    base, bot = node["base"], holder["bot"]
    permission = holder["viewerPermission"].hint(str)
    name = holder["nameWithOwner"].text()
    pulls = (*(bot["open"].nodes() if bot else ()), *ended)
    parent = holder["parent"]
    return Observed(
        repository=node["nameWithOwner"].text(),
        repository_id=node["id"].text(),
        archived=node["isArchived"].flag(),
        disabled=node["isDisabled"].flag(),
        empty=node["isEmpty"].flag(),
        can_push=permission not in {"READ", "TRIAGE"} if token.a_persons and permission else None,
        base=base["name"].text() if base else None,
        base_tip=_tip(base),
        files=files,
        branch_tip=_tip(bot),
        pull_requests=tuple(pull_request(item, name, comments.get(item["number"].number(), ())) for item in pulls),
        head_repository=name,
        head_repository_id=holder["id"].text(),
        head_parent=parent["nameWithOwner"].text() if parent else None,
        parent_on_base=_parent_on_base(bot),
        stacked=tuple(item["number"].number() for item in _nodes(holder, "stacked")),
        branch_clash=_clash(holder),
        base_rule=_rule(base),
        branch_rule=_rule(bot),
        milestones=tuple(_milestone(item) for item in (node["milestones"].nodes() if node["milestones"] else ())),
        auto_merge_allowed=node["autoMergeAllowed"].hint(bool),
        compare_and_swap=bool(data["swaps"]),
        may_change_workflows=token.may_change_workflows,
        signs=token.signs,
    )


def _parent_on_base(bot: Answer) -> bool | None:
    """Return whether the tip is the only commit that the base lacks. A merge does not show it: None."""
    tip = _tip(bot)
    if tip is None or len(tip.parents) != 1 or not bot["compared"]:
        return None
    return bot["compared"]["behindBy"].number() <= 1


def _clash(holder: Answer) -> str | None:
    above = (holder[alias]["name"].text() for alias in holder.names() if alias.startswith("above") and holder[alias])
    below = (f"…/{ref['name'].text()}" for ref in _nodes(holder, "below"))
    return next(above, None) or next(below, None)


def _rule(ref: Answer) -> RefRule:
    rule = ref["refUpdateRule"] if ref else ref
    if not rule:
        return RefRule()
    return RefRule(rule["viewerCanPush"].flag(), rule["allowsForcePushes"].flag(), rule["requiresSignatures"].flag())


def files(commit: Answer, paths: Sequence[str]) -> dict[str, ObservedFile | None]:
    """The aliases f0, f1, … of a commit, by path."""
    found: dict[str, ObservedFile | None] = {}
    for index, path in enumerate(paths):
        entry = commit[f"f{index}"] if commit else commit
        # GitHub gives the mode as a decimal number: 33188 is 0o100644.
        found[path] = ObservedFile(entry["oid"].text(), mode(entry["mode"])) if entry else None
    return found


def contents(data: Answer, paths: Sequence[str]) -> dict[str, Any]:
    """The aliases c0, c1, … of both branches: `blobs` and `proposed` of Observed."""
    holder = data["holder"] or data["repository"]
    proposed: dict[str, ObservedFile | None] = {}
    blobs: dict[str, bytes] = {}
    for ref, found in ((data["repository"]["base"], {}), (holder["bot"], proposed)):
        for index, path in enumerate(paths if ref else ()):
            entry = ref["target"][f"c{index}"]
            found[path] = ObservedFile(entry["oid"].text(), mode(entry["mode"])) if entry else None
            text = entry["object"]["text"].hint(str) if entry and entry["object"] else None
            # GitHub shows text in UTF-8, and shortens what is long: only the id tells whether it is the file's.
            if text is not None and blob_oid(content := text.encode(errors="surrogatepass")) == entry["oid"].text():
                blobs[entry["oid"].text()] = content
    return {"proposed": proposed, "blobs": blobs}


def mode(value: Answer) -> Mode:
    """A mode that git gives an entry of a tree."""
    found = f"{value.number():06o}"
    if found not in (*get_args(Mode), DIRECTORY):
        raise value.error(f"is {found}, no mode of git")
    return cast("Mode", found)


def is_from(node: Answer, holder: str) -> bool:
    """Whether a pull request's branch is in that repository."""
    head = node["headRepository"]
    return bool(head) and head["nameWithOwner"].text().lower() == holder.lower()


def _is_foreign(node: Answer, holder: str) -> bool:
    if node["state"].value == "OPEN" and not node["headRepository"]:
        # The fork of an ended one may be deleted. The branch of an open one is there, and so is its repository.
        raise node["headRepository"].error("is null")
    return not is_from(node, holder)


def pull_request(node: Answer, holder: str, comments: Sequence[Answer] = ()) -> PullRequest:
    """A pull request of an Observe answer; `holder` = the repository of the bot branch, `comments` = further ones."""
    requested = [item["requestedReviewer"] for item in _nodes(node, "reviewRequests")]
    # From all reviews, not each person's latest: a later review may have no request of the team.
    teams = (team["combinedSlug"].text() for review in _nodes(node, "reviews") for team in review["onBehalfOf"].nodes())
    people = (_login(review["author"]) for review in _nodes(node, "latestReviews") if review["author"])
    decision = node["reviewDecision"].hint(str)
    milestone, merging, author = node["milestone"], node["autoMergeRequest"], node["author"]
    return PullRequest(
        number=node["number"].number(),
        url=node["url"].hint(str) or "",
        state=cast("PullRequestState", node["state"].one_of("OPEN", "CLOSED", "MERGED")),
        title=node["title"].text(),
        body=node["body"].text(),
        base=node["baseRefName"].text(),
        head_oid=node["headRefOid"].text(),
        draft=node["isDraft"].flag(),
        conflicting=node["mergeable"].hint(str) == "CONFLICTING",
        id=node["id"].text(),
        foreign_head=_is_foreign(node, holder),
        author=_login(author) if author else "",
        by_us=node["viewerDidAuthor"].flag(),
        labels=tuple(item["name"].text() for item in _nodes(node, "labels")),
        assignees=tuple(item["login"].text() for item in _nodes(node, "assignees")),
        requested=tuple(_requested(item) for item in requested if item),
        reviewed=tuple(dict.fromkeys((*people, *teams))),
        milestone=_milestone(milestone) if milestone else None,
        auto_merge=merging["mergeMethod"].one_of("MERGE", "REBASE", "SQUASH").lower() if merging else None,
        review=cast("ReviewDecision | None", decision if decision in get_args(ReviewDecision) else None),
        comments=tuple(
            Comment(item["databaseId"].number(), item["url"].text(), item["body"].text())
            for item in (*_nodes(node, "comments"), *comments)
            if item["viewerDidAuthor"].flag()
        ),
    )


def written(node: Answer) -> PullRequest:
    """A pull request of ours as the answer to a write shows it: without reviews and comments. Its branch itself says
    where it is: what GitHub notes of that in the pull request follows a while later.
    """
    head = node["headRef"]
    oid = head["target"]["oid"].text() if head else ""
    return replace(pull_request(node, ""), head_oid=oid, foreign_head=False)


def _milestone(node: Answer) -> Milestone:
    return Milestone(node["number"].number(), node["title"].text())


def _nodes(node: Answer, connection: str) -> list[Answer]:
    """Return the nodes of a connection that not every document asks for. Null is no list."""
    return node[connection].nodes() if node.has(connection) else []


def _requested(reviewer: Answer) -> str:
    if reviewer.has("login"):
        return _login(reviewer)
    # The document asks a reviewer who is no person, App or team for nothing but the type.
    return reviewer["combinedSlug"].text() if reviewer.has("combinedSlug") else ""


def _login(actor: Answer) -> str:
    """Return an actor's login as REST spells it: GraphQL gives an App's without the suffix `[bot]`."""
    name = actor["login"].text()
    return name if actor["__typename"].hint(str) != "Bot" or name.endswith("[bot]") else f"{name}[bot]"


def _tip(ref: Answer) -> Tip | None:
    if not ref:
        return None
    commit = ref["target"]
    message = commit["message"]
    return Tip(
        oid=commit["oid"].text(),
        tree=commit["tree"]["oid"].text(),
        message=message.text() if commit.has("message") else "",
        parents=tuple(parent["oid"].text() for parent in _nodes(commit, "parents")),
        author=person(commit["author"]),
        verified=_verified(commit),
    )


def person(author: Answer) -> str:
    """`name <email>`, as far as it is known; "" where it is not. It is for messages alone."""
    if author.hint(dict) is None:
        return ""
    return f"{author['name'].hint(str) or ''} <{author['email'].hint(str) or ''}>"


def _verified(commit: Answer) -> bool | None:
    """Return whether GitHub shows a signature as verified; False: there is none. None: not asked, or not known."""
    if not commit.has("signature"):
        return None
    return commit["signature"]["isValid"].hint(bool) if commit["signature"] else False
