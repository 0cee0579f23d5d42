"""The table of all answered fields: type -> field -> function. The trimmed schema keeps exactly these."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, is_introspection_type

from github_sandbox.graphql_api import git_types, mutations, pull_mutations, pull_types, repository_types, root_types
from github_sandbox.graphql_api.connections import Connection
from github_sandbox.graphql_api.objects import BlobNode, CommitNode, EntryNode, RefNode, TeamNode, TreeNode
from github_sandbox.model import Account, Label, Milestone, PullRequest, Repository, Review
from github_sandbox.tokens import require_read

Resolver = Callable[..., Any]
RESOLVERS: dict[str, dict[str, Resolver]] = {}
for _module in (root_types, repository_types, git_types, pull_types, mutations, pull_mutations):
    for _type, _fields in _module.FIELDS.items():
        RESOLVERS.setdefault(_type, {}).update(_fields)

_CONNECTION: dict[str, Resolver] = {
    "totalCount": lambda c, info: c.total,
    "pageInfo": lambda c, info: c.page_info(),
    "nodes": lambda c, info: c.items,
    "edges": lambda c, info: [{"cursor": c.cursor(c.start + n), "node": item} for n, item in enumerate(c.items)],
}
_KINDS: dict[type, str] = {
    Repository: "Repository", PullRequest: "PullRequest", RefNode: "Ref", CommitNode: "Commit", TreeNode: "Tree",
    BlobNode: "Blob", EntryNode: "TreeEntry", TeamNode: "Team", Label: "Label", Milestone: "Milestone",
    Review: "PullRequestReview",
}  # fmt: skip

NEEDS = {
    "pullRequest": "pull_requests=read", "pullRequests": "pull_requests=read", "object": "contents=read",
    "ref": "contents=read", "refs": "contents=read", "defaultBranchRef": "contents=read",
    "milestones": "issues=read; pull_requests=read", "label": "issues=read; pull_requests=read",
    "labels": "issues=read; pull_requests=read",
}  # fmt: skip
"""Permissions that a field of a private Repository needs, in the notation of ``permissions``. Others need metadata
only.
"""


def kept_fields(type_name: str) -> set[str]:
    """Return the fields of a type that have a resolver; ``schemas.refresh`` keeps these."""
    if type_name.endswith("Connection"):
        return set(_CONNECTION)
    if type_name.endswith("Edge"):
        return {"cursor", "node"}
    return set(RESOLVERS.get(type_name, {}))


def _of_mapping(name: str) -> Resolver:
    return lambda source, info, **_: source.get(name) if isinstance(source, dict) else None


def _readable(resolver: Resolver, needs: str) -> Resolver:
    def resolve(source: Repository, info: Any, **args: Any) -> Any:
        require_read(info.context.token, source, needs)
        return resolver(source, info, **args)

    return resolve


def _of_connection(own: Resolver, other: Resolver) -> Resolver:
    return lambda source, info, **args: (
        own(source, info) if isinstance(source, Connection) else other(source, info, **args)
    )


def bind(schema: GraphQLSchema) -> None:
    """Give each field of a schema its function: that of the table, otherwise one that looks it up in a mapping."""
    for kind in schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType) or is_introspection_type(kind):
            continue
        for name, field in kind.fields.items():
            resolver = RESOLVERS.get(kind.name, {}).get(name) or _of_mapping(name)
            if kind.name == "Repository" and name in NEEDS:
                resolver = _readable(resolver, NEEDS[name])
            if name in _CONNECTION:
                resolver = _of_connection(_CONNECTION[name], resolver)
            field.resolve = resolver


def resolve_type(value: Any, info: Any, abstract: Any) -> str | None:
    if isinstance(value, Account):
        return value.type
    if isinstance(value, dict):  # the only mapping of an abstract type is a signature
        return "GpgSignature"
    return _KINDS.get(type(value))
