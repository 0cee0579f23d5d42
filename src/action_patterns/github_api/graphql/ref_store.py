"""Markers on GitHub: refs outside of branches and tags, each on a commit of the empty tree that carries a text."""

from __future__ import annotations

import secrets
from typing import Any

from action_patterns.content.blob import EMPTY_TREE
from action_patterns.errors import RefusedError
from action_patterns.github_api.graphql import queries
from action_patterns.github_api.refs import update_ref
from action_patterns.github_api.transport import error_mapping
from action_patterns.github_api.transport.calls import PAGE_SIZE, Calls
from action_patterns.github_api.transport.transport import GraphQLUnservedError
from action_patterns.ports.ref_store import StoredRef

_TARGET = "target { oid ... on Commit { message } }"
MARKER = f"""
query Marker($owner: String!, $name: String!, $ref: String!) {{
  repository(owner: $owner, name: $name) {{ id ref(qualifiedName: $ref) {{ {_TARGET} }} }}
  {queries.SWAPS}
}}
"""
MARKERS = f"""
query Markers($owner: String!, $name: String!, $prefix: String!, $first: Int!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    id
    refs(refPrefix: $prefix, first: $first, after: $after) {{
      pageInfo {{ hasNextPage endCursor }}
      nodes {{ prefix name {_TARGET} }}
    }}
  }}
  {queries.SWAPS}
}}
"""


class RefStoreClient:
    """ports.RefStore."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def read(self, repository: str, name: str) -> StoredRef:
        found = self._repository(repository, MARKER, ref=name)
        target = found["ref"]["target"] if found["ref"] else None
        return _stored(found["id"], name, target)

    def list(self, repository: str, prefix: str) -> tuple[StoredRef, ...]:
        markers: list[StoredRef] = []
        after: str | None = None
        while True:
            found = self._repository(repository, MARKERS, prefix=prefix, first=PAGE_SIZE, after=after)
            page = found["refs"]
            # GitHub splits a full name into prefix and name where it likes; the prefix asked for is what counts.
            markers += (
                _stored(found["id"], prefix + f"{node['prefix']}{node['name']}".removeprefix(prefix), node["target"])
                for node in page["nodes"]
            )
            if not page["pageInfo"]["hasNextPage"]:
                return tuple(markers)
            after = page["pageInfo"]["endCursor"]

    def update(self, repository: str, before: StoredRef, message: str | None) -> str | None:
        after: str | None = None
        if message is not None:
            # Two runs may write the same text in the same second. With the same commit both would find their own
            # commit there, and both would believe they had won.
            body = {"message": f"{message}\nNonce: {secrets.token_hex(8)}\n", "tree": EMPTY_TREE, "parents": []}
            after = str(self._calls.rest("idempotent", "write", "POST", repository, "/git/commits", body)["sha"])
        update_ref(
            self._calls,
            repository,
            before.repository_id,
            before.name,
            before=before.oid,
            after=after,
            read=lambda: self.read(repository, before.name).oid,
        )
        return after

    def _repository(self, repository: str, document: str, **variables: Any) -> Any:
        owner, _, name = repository.partition("/")
        variables |= {"owner": owner, "name": name}
        try:
            data = self._calls.query(document, variables, scope=repository)
        except GraphQLUnservedError as refused:
            raise _no_swaps(refused.error.message) from refused
        found = data["repository"]
        if found is None:  # A marker that could not be read must never look absent.
            raise error_mapping.from_response(404, {}, {"message": "Not Found"}, f"repository {repository}")
        if data["swaps"] is None:
            raise _no_swaps("This server does not know `updateRefs`.")
        return found


def _no_swaps(why: str) -> RefusedError:
    return RefusedError(
        f"{why} Nothing else makes sure that of two runs only one begins, so nothing was written.",
        remediation="Use a token and a server with GraphQL and its mutation `updateRefs`.",
    )


def _stored(repository_id: str, name: str, target: Any) -> StoredRef:
    if target is None:
        return StoredRef(repository_id=repository_id, name=name, oid=None, message="")
    return StoredRef(repository_id=repository_id, name=name, oid=target["oid"], message=target.get("message") or "")
