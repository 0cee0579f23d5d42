"""GraphQL answers into this product's models. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from action_patterns.content.changes import Mode
from action_patterns.contracts import Target
from action_patterns.pull_request.observed import Observed, ObservedFile, PullRequest, PullRequestState, Tip


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


def observed(node: Mapping[str, Any], files: dict[str, ObservedFile | None], *, person: bool) -> Observed:
    """The repository of an Observe answer, with all its files (which may have taken several answers).

    `person` = the token acts as a person: only then does the viewer's permission say anything about the token.
    """
    base = node.get("base")
    base_tip = _tip(base)
    bot = node.get("bot")
    return Observed(
        repository=node["nameWithOwner"],
        repository_id=node["id"],
        archived=node["isArchived"],
        disabled=node["isDisabled"],
        empty=node["isEmpty"],
        can_push=node["viewerPermission"] not in {"READ", "TRIAGE"} if person and node["viewerPermission"] else None,
        base=base["name"] if base else None,
        base_tip=base_tip,
        files=files,
        branch_tip=_tip(bot),
        pull_requests=tuple(pull_request(item) for item in (*_nodes(bot or {}, "open"), *_nodes(node, "ended"))),
    )


def files(commit: Mapping[str, Any] | None, paths: Sequence[str]) -> dict[str, ObservedFile | None]:
    """The aliases f0, f1, … of a commit, by path."""
    found: dict[str, ObservedFile | None] = {}
    for index, path in enumerate(paths):
        entry = (commit or {}).get(f"f{index}")
        # GitHub gives the mode as a decimal number: 33188 is 0o100644.
        found[path] = ObservedFile(entry["oid"], cast("Mode", f"{entry['mode']:06o}")) if entry else None
    return found


def pull_request(node: Mapping[str, Any]) -> PullRequest:
    """A pull request of an Observe answer."""
    requested = [item["requestedReviewer"] for item in _nodes(node, "reviewRequests") if item["requestedReviewer"]]
    reviewed: list[str] = []
    for review in _nodes(node, "latestReviews"):
        if review.get("author"):
            reviewed.append(review["author"]["login"])
        reviewed += [team["combinedSlug"] for team in _nodes(review, "onBehalfOf")]
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
        cross_repository=node["isCrossRepository"],
        author=node["author"]["login"] if node.get("author") else "",
        labels=tuple(item["name"] for item in _nodes(node, "labels")),
        assignees=tuple(item["login"] for item in _nodes(node, "assignees")),
        requested=tuple(item.get("login") or item.get("combinedSlug") or "" for item in requested),
        reviewed=tuple(reviewed),
    )


def _nodes(node: Mapping[str, Any], connection: str) -> list[Mapping[str, Any]]:
    value = node.get(connection)
    return [item for item in value["nodes"] if item] if value else []


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
    )
