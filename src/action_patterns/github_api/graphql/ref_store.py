"""Refs that carry a text, read over GraphQL: one request for a ref, and one for a hundred."""

from __future__ import annotations

from typing import Any

from action_patterns.github_api.graphql import queries
from action_patterns.github_api.graphql.decode import moment
from action_patterns.github_api.ref_text import absent, at_commit, at_object
from action_patterns.github_api.transport import error_mapping
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import PAGE_SIZE, Calls, following
from action_patterns.ports.ref_store import StoredRef

_TARGET = "target { oid ... on Commit { message committedDate } }"
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


def read(calls: Calls, repository: str, name: str) -> tuple[StoredRef, bool]:
    """Return a ref, and whether the server knows `updateRefs`."""
    found, swaps = _repository(calls, repository, MARKER, ref=name)
    return _stored(found, name, found["ref"]["target"] if found["ref"] else None), swaps


def matching(calls: Calls, repository: str, prefix: str) -> tuple[list[StoredRef], bool]:
    """Return all refs whose full name begins with the prefix, and whether the server knows `updateRefs`."""

    def ask(after: str | None) -> tuple[Answer, bool]:
        return _repository(calls, repository, MARKERS, prefix=prefix, first=PAGE_SIZE, after=after)

    first, swaps = ask(None)
    # GitHub splits a full name into prefix and name where it likes; the prefix asked for is what counts.
    return [
        _stored(first, prefix + f"{node['prefix'].text()}{node['name'].text()}".removeprefix(prefix), node["target"])
        for page in following(first["refs"], lambda after: ask(after)[0]["refs"])
        for node in page.nodes()
    ], swaps


def _repository(calls: Calls, repository: str, document: str, **variables: Any) -> tuple[Answer, bool]:
    owner, _, name = repository.partition("/")
    data = calls.query(document, variables | {"owner": owner, "name": name}, scope=repository)
    found = data["repository"]
    if not found:  # A ref that could not be read must never look absent.
        raise error_mapping.from_response(404, {}, {"message": "Not Found"}, f"repository {repository}")
    return found, bool(data["swaps"])


def _stored(repository: Answer, name: str, target: Answer | None) -> StoredRef:
    repository_id, read_at = repository["id"].text(), repository.answered_at()
    if target is None:
        return absent(repository_id, name, read_at)
    oid = target["oid"].text()
    if not target.has("message"):  # Another object than a commit has none.
        return at_object(repository_id, name, oid, read_at)
    written_at = moment(target["committedDate"])
    return at_commit(repository_id, name, oid, target["message"].text(), written_at, read_at)
