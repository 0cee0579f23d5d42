"""GraphQL answers into this product's models. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from action_patterns.content.changes import Mode
from action_patterns.contracts import Target
from action_patterns.github_api.transport.token_kind import TokenFacts
from action_patterns.ports.git import ObservedFile, RefRule, Tip
from action_patterns.ports.pull_requests import (
    Comment,
    Milestone,
    Observed,
    PullRequest,
    PullRequestState,
    ReviewDecision,
)


def target(node: Mapping[str, Any]) -> Target:
    """A repository of a listing."""
    branch = node.get("defaultBranchRef")
    language = node.get("primaryLanguage")
    return Target(
        repository=node["nameWithOwner"],
        default_branch=branch["name"] if branch else None,
        head_oid=branch["target"]["oid"] if branch and branch.get("target") else None,
        topics=tuple(sorted(item["topic"]["name"] for item in node["repositoryTopics"]["nodes"])),
        language=language["name"] if language else None,
        archived=node["isArchived"],
        fork=node["isFork"],
        empty=node["isEmpty"],
        private=node["isPrivate"],
    )


def observed(
    data: Mapping[str, Any],
    files: dict[str, ObservedFile | None],
    comments: Mapping[int, Sequence[Mapping[str, Any]]],
    token: TokenFacts,
) -> Observed:
    """An Observe answer, with all its files and comments (which may have taken several answers)."""
    node = data["repository"]
    holder = data.get("holder") or node
    base, bot = node.get("base"), holder.get("bot")
    permission = holder["viewerPermission"]
    name = holder["nameWithOwner"]
    pulls = (*_nodes(bot or {}, "open"), *_nodes(node, "ended"))
    parent = holder.get("parent")
    return Observed(
        repository=node["nameWithOwner"],
        repository_id=node["id"],
        archived=node["isArchived"],
        disabled=node["isDisabled"],
        empty=node["isEmpty"],
        can_push=permission not in {"READ", "TRIAGE"} if token.a_persons and permission else None,
        base=base["name"] if base else None,
        base_tip=_tip(base),
        files=files,
        branch_tip=_tip(bot),
        pull_requests=tuple(pull_request(item, name, comments.get(item["number"], ())) for item in pulls),
        head_repository=name,
        head_repository_id=holder["id"],
        head_parent=parent["nameWithOwner"] if parent else None,
        parent_on_base=_parent_on_base(bot),
        stacked=tuple(item["number"] for item in _nodes(holder, "stacked")),
        branch_clash=_clash(holder),
        base_rule=_rule(base),
        branch_rule=_rule(bot),
        milestones=tuple(Milestone(item["number"], item["title"]) for item in _nodes(node, "milestones")),
        auto_merge_allowed=node["autoMergeAllowed"],
        compare_and_swap=data.get("swaps") is not None,
        may_change_workflows=token.may_change_workflows,
        signs=token.signs,
    )


def _parent_on_base(bot: Mapping[str, Any] | None) -> bool | None:
    """Return whether the tip is the only commit that the base lacks. A merge does not show it: None."""
    tip, compared = _tip(bot), (bot or {}).get("compared")
    return None if compared is None or tip is None or len(tip.parents) != 1 else compared["behindBy"] <= 1


def _clash(holder: Mapping[str, Any]) -> str | None:
    above = (ref["name"] for alias, ref in holder.items() if alias.startswith("above") and ref)
    below = (f"…/{ref['name']}" for ref in _nodes(holder, "below"))
    return next(above, None) or next(below, None)


def _rule(ref: Mapping[str, Any] | None) -> RefRule:
    rule = (ref or {}).get("refUpdateRule")
    if not rule:
        return RefRule()
    return RefRule(rule["viewerCanPush"], rule["allowsForcePushes"], rule["requiresSignatures"])


def files(commit: Mapping[str, Any] | None, paths: Sequence[str]) -> dict[str, ObservedFile | None]:
    """The aliases f0, f1, … of a commit, by path."""
    found: dict[str, ObservedFile | None] = {}
    for index, path in enumerate(paths):
        entry = (commit or {}).get(f"f{index}")
        # GitHub gives the mode as a decimal number: 33188 is 0o100644.
        found[path] = ObservedFile(entry["oid"], cast("Mode", f"{entry['mode']:06o}")) if entry else None
    return found


def is_from(node: Mapping[str, Any], holder: str) -> bool:
    """Whether a pull request's branch is in that repository."""
    return ((node.get("headRepository") or {}).get("nameWithOwner") or "").lower() == holder.lower()


def pull_request(node: Mapping[str, Any], holder: str, comments: Sequence[Mapping[str, Any]] = ()) -> PullRequest:
    """A pull request of an Observe answer; `holder` = the repository of the bot branch, `comments` = further ones."""
    requested = [item["requestedReviewer"] for item in _nodes(node, "reviewRequests") if item["requestedReviewer"]]
    # From all reviews, not each person's latest: a later review may have no request of the team.
    teams = (team["combinedSlug"] for review in _nodes(node, "reviews") for team in _nodes(review, "onBehalfOf"))
    people = (_login(review["author"]) for review in _nodes(node, "latestReviews") if review.get("author"))
    return PullRequest(
        number=node["number"],
        url=node["url"],
        state=cast("PullRequestState", node["state"]),
        title=node["title"],
        body=node["body"] or "",
        base=node["baseRefName"],
        head_oid=node["headRefOid"],
        draft=node["isDraft"],
        conflicting=node["mergeable"] == "CONFLICTING",
        id=node["id"],
        foreign_head=not is_from(node, holder),
        author=_login(node["author"]) if node.get("author") else "",
        by_us=node["viewerDidAuthor"],
        labels=tuple(item["name"] for item in _nodes(node, "labels")),
        assignees=tuple(item["login"] for item in _nodes(node, "assignees")),
        requested=tuple(_login(item) if item.get("login") else item.get("combinedSlug") or "" for item in requested),
        reviewed=tuple(dict.fromkeys((*people, *teams))),
        milestone=Milestone(milestone["number"], milestone["title"]) if (milestone := node.get("milestone")) else None,
        auto_merge=merging["mergeMethod"].lower() if (merging := node.get("autoMergeRequest")) else None,
        review=cast("ReviewDecision | None", node.get("reviewDecision")),
        comments=tuple(
            Comment(item["databaseId"], item["url"], item["body"])
            for item in (*_nodes(node, "comments"), *comments)
            if item["viewerDidAuthor"]
        ),
    )


def written(node: Mapping[str, Any]) -> PullRequest:
    """A pull request of ours as the answer to a write shows it: without reviews and comments. Its branch itself says
    where it is: what GitHub notes of that in the pull request follows a while later.
    """
    head = (node.get("headRef") or {}).get("target") or {}
    return replace(pull_request(node, ""), head_oid=head.get("oid", ""), foreign_head=False)


def _nodes(node: Mapping[str, Any], connection: str) -> list[Mapping[str, Any]]:
    value = node.get(connection)
    return [item for item in value["nodes"] if item] if value else []


def _login(actor: Mapping[str, Any]) -> str:
    """Return an actor's login as REST spells it: GraphQL gives an App's without the suffix `[bot]`."""
    name = str(actor["login"])
    return name if actor.get("__typename") != "Bot" or name.endswith("[bot]") else f"{name}[bot]"


def _tip(ref: Mapping[str, Any] | None) -> Tip | None:
    commit = ref.get("target") if ref else None
    if not commit or "oid" not in commit:
        return None
    author = commit.get("author") or {}
    return Tip(
        oid=commit["oid"],
        tree=commit["tree"]["oid"],
        message=commit.get("message", ""),
        parents=tuple(parent["oid"] for parent in _nodes(commit, "parents")),
        author=f"{author.get('name', '')} <{author.get('email', '')}>" if author else "",
        verified=bool((commit["signature"] or {}).get("isValid")) if "signature" in commit else None,
    )
