"""Repository and its direct parts."""

from __future__ import annotations

from typing import Any

from github_sandbox import pull_refs
from github_sandbox.clock import stamp
from github_sandbox.graphql_api.connections import Connection, connect
from github_sandbox.graphql_api.objects import RefNode, git_object
from github_sandbox.graphql_api.root_types import missing
from github_sandbox.model import PullRequest, Repository
from github_sandbox.rest.shapes import repository_node_id
from github_sandbox.tokens import may_read


def _ref(repository: Repository, name: str) -> RefNode | None:
    full = name if name.startswith("refs/") else f"refs/heads/{name}"
    oid = pull_refs.find(repository, full)
    return RefNode(repository=repository, name=full, oid=oid) if oid else None


def _refs(repository: Repository, info: Any, refPrefix: str, query: str | None = None, **args: Any) -> Any:
    asked = refPrefix[: refPrefix.rfind("/") + 1]
    found = [
        RefNode(repository=repository, name=name, oid=oid, asked=asked)
        for name, oid in repository.git.refs(refPrefix).items()
    ]
    if query:
        found = [r for r in found if query.lower() in r.name.lower()]
    return connect(found, "refs", args)


def pull_state(pull: PullRequest) -> str:
    return "MERGED" if pull.merged else pull.state.upper()


def chosen_pulls(found: list[PullRequest], kind: str, args: dict[str, Any]) -> Connection:
    """Return the pull requests that the arguments of a connection select, in the order that they request."""
    if states := args.get("states"):
        found = [p for p in found if pull_state(p) in states]
    if (head := args.get("headRefName")) is not None:
        found = [p for p in found if p.head == head]
    if (base := args.get("baseRefName")) is not None:
        found = [p for p in found if p.base == base]
    if labels := args.get("labels"):
        found = [p for p in found if {x.name.lower() for x in p.labels} & {x.lower() for x in labels}]
    order = args.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    field = "updated_at" if order["field"] == "UPDATED_AT" else "created_at"
    found.sort(key=lambda p: (getattr(p, field), p.number), reverse=order["direction"] == "DESC")
    return connect(found, kind, args)


def _pulls(repository: Repository, info: Any, **args: Any) -> Connection:
    return chosen_pulls(list(repository.pulls.values()), "pullRequests", args)


def _milestones(repository: Repository, info: Any, **args: Any) -> Connection:
    """Return the milestones; ``query`` is part of the title, in any case."""
    found, text, states = list(repository.contents.milestones.values()), args.get("query") or "", args.get("states")
    found = [m for m in found if text.lower() in m.title.lower() and (not states or m.state.upper() in states)]
    return connect(found, "milestones", args)


def _parent(repository: Repository, info: Any) -> Repository | None:
    parent = repository.parent
    return parent if parent and may_read(info.context.token, parent) else None


def _pull(repository: Repository, info: Any, number: int) -> PullRequest:
    pull = repository.pulls.get(number)
    if pull is None:
        raise missing(f"Could not resolve to a PullRequest with the number of {number}.")
    return pull


FIELDS: dict[str, dict[str, Any]] = {
    "Repository": {
        "id": lambda r, info: repository_node_id(r),
        "databaseId": lambda r, info: r.id,
        "name": lambda r, info: r.name,
        "nameWithOwner": lambda r, info: r.full_name,
        "description": lambda r, info: r.description,
        "owner": lambda r, info: r.owner,
        "url": lambda r, info: f"{r.world.base_url}/{r.full_name}",
        "isArchived": lambda r, info: r.archived,
        "isDisabled": lambda r, info: r.disabled,
        "isEmpty": lambda r, info: r.empty,
        "isFork": lambda r, info: r.fork,
        "isLocked": lambda r, info: False,
        "isPrivate": lambda r, info: r.private,
        "isTemplate": lambda r, info: r.template,
        "autoMergeAllowed": lambda r, info: r.auto_merge_allowed,
        "isMirror": lambda r, info: False,
        "parent": _parent,
        "visibility": lambda r, info: r.visibility.upper(),
        "viewerPermission": lambda r, info: info.context.token.level(r),
        "viewerCanAdminister": lambda r, info: info.context.token.level(r) == "ADMIN",
        "diskUsage": lambda r, info: 1,
        "createdAt": lambda r, info: stamp(r.created_at),
        "updatedAt": lambda r, info: stamp(r.pushed_at),
        "pushedAt": lambda r, info: None if r.empty else stamp(r.pushed_at),
        "primaryLanguage": lambda r, info: {"name": r.language} if r.language else None,
        "repositoryTopics": lambda r, info, **args: connect(
            r.topics, "repositoryTopics", args, lambda t: {"topic": {"name": t}}
        ),
        "defaultBranchRef": lambda r, info: _ref(r, r.default_branch),
        "ref": lambda r, info, qualifiedName: _ref(r, qualifiedName),
        "refs": _refs,
        "object": lambda r, info, oid=None, expression=None: git_object(r, oid or r.git.resolve(expression or "HEAD")),
        "pullRequest": _pull,
        "pullRequests": _pulls,
        "milestones": _milestones,
        "label": lambda r, info, name: r.contents.labels.get(name.lower()),
        "labels": lambda r, info, **args: connect(list(r.contents.labels.values()), "labels", args),
    },
    "RepositoryTopic": {"topic": lambda t, info: t["topic"]},
    "Topic": {"name": lambda t, info: t["name"]},
    "Language": {"name": lambda x, info: x["name"]},
}
