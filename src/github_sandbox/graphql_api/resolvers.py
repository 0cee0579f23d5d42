"""The table of all answered fields: type -> field -> function. The trimmed schema keeps exactly these."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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


def resolve_field(source: Any, info: Any, **args: Any) -> Any:
    """Resolve one field: by the table, otherwise from a mapping."""
    if isinstance(source, Connection) and info.field_name in _CONNECTION:
        return _CONNECTION[info.field_name](source, info)
    resolver = RESOLVERS.get(info.parent_type.name, {}).get(info.field_name)
    if isinstance(source, Repository) and info.field_name in NEEDS:
        require_read(info.context.token, source, NEEDS[info.field_name])
    if resolver is not None:
        return resolver(source, info, **args)
    return source.get(info.field_name) if isinstance(source, dict) else None


def resolve_type(value: Any, info: Any, abstract: Any) -> str | None:
    if isinstance(value, Account):
        return value.type
    if isinstance(value, dict):  # the only mapping of an abstract type is a signature
        return "GpgSignature"
    return _KINDS.get(type(value))
