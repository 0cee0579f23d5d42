"""Markers on GitHub: refs outside of branches and tags, each on a commit of the empty tree that carries a text."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from action_patterns.content.blob import EMPTY_TREE
from action_patterns.errors import NotFoundError, RefusedError
from action_patterns.github_api.graphql import queries
from action_patterns.github_api.graphql.decode import moment
from action_patterns.github_api.refs import Move, update_refs
from action_patterns.github_api.transport import error_mapping
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import PAGE_SIZE, Calls, following
from action_patterns.github_api.transport.transport import GraphQLUnservedError
from action_patterns.ports.ref_store import RefChange, StoredRef

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


class RefStoreClient:
    """ports.RefStore."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def read(self, repository: str, name: str) -> StoredRef:
        found = self._repository(repository, MARKER, ref=name)
        target = found["ref"]["target"] if found["ref"] else None
        return _stored(found, name, target)

    def poll(self, repository: str, name: str, etag: str) -> str | None:
        try:
            found = self._calls.poll(repository, f"/git/{quote(name.replace('refs/', 'ref/', 1))}", etag)
        except NotFoundError:
            return ""
        return None if found is None else found[1]

    def list(self, repository: str, prefix: str) -> tuple[StoredRef, ...]:
        def ask(after: str | None) -> Answer:
            return self._repository(repository, MARKERS, prefix=prefix, first=PAGE_SIZE, after=after)

        first = ask(None)
        # GitHub splits a full name into prefix and name where it likes; the prefix asked for is what counts.
        return tuple(
            _stored(
                first,
                prefix + f"{node['prefix'].text()}{node['name'].text()}".removeprefix(prefix),
                node["target"],
            )
            for page in following(first["refs"], lambda after: ask(after)["refs"])
            for node in page.nodes()
        )

    def update(self, repository: str, before: StoredRef, message: str | None) -> StoredRef:
        return self.update_all(repository, (RefChange(before, message),))[0]

    def update_all(self, repository: str, changes: Sequence[RefChange]) -> tuple[StoredRef, ...]:
        now = tuple(self._written(repository, change) for change in changes)
        update_refs(
            self._calls,
            repository,
            changes[0].before.repository_id,
            [Move(at.name, change.before.oid, at.oid) for at, change in zip(now, changes, strict=True)],
            read=lambda name: self.read(repository, name).oid,
        )
        return now

    def _written(self, repository: str, change: RefChange) -> StoredRef:
        """Return the ref as it will be: its commit is made, and no ref is moved yet."""
        before, message = change
        if message is None:
            return replace(before, oid=None, message="", written_at=None)
        # Two runs may write the same text in the same second. With the same commit both would find their own
        # commit there, and both would believe they had won.
        body = {"message": f"{message}\nNonce: {secrets.token_hex(8)}\n", "tree": EMPTY_TREE, "parents": []}
        commit = self._calls.rest("idempotent", "write", "POST", repository, "/git/commits", body)
        # The commit names no date, so GitHub's clock gives it one.
        written_at = moment(commit["committer"]["date"])
        return replace(before, oid=commit["sha"].text(), message=message, written_at=written_at, read_at=written_at)

    def _repository(self, repository: str, document: str, **variables: Any) -> Answer:
        owner, _, name = repository.partition("/")
        variables |= {"owner": owner, "name": name}
        try:
            data = self._calls.query(document, variables, scope=repository)
        except GraphQLUnservedError as refused:
            raise _no_swaps(refused.error.message) from refused
        found = data["repository"]
        if not found:  # A marker that could not be read must never look absent.
            raise error_mapping.from_response(404, {}, {"message": "Not Found"}, f"repository {repository}")
        if not data["swaps"]:
            raise _no_swaps("This server does not know `updateRefs`.")
        return found


def _no_swaps(why: str) -> RefusedError:
    return RefusedError(
        f"{why} Nothing else makes sure that of two runs only one wins, so nothing was written.",
        remediation="Use a token and a server with GraphQL and its mutation `updateRefs`.",
    )


def _stored(repository: Answer, name: str, target: Answer | None) -> StoredRef:
    found = StoredRef(
        repository_id=repository["id"].text(), name=name, oid=None, message="", read_at=repository.answered_at()
    )
    if target is None:
        return found
    if not target.has("message"):  # Another object than a commit has none.
        return replace(found, oid=target["oid"].text())
    return replace(
        found,
        oid=target["oid"].text(),
        message=target["message"].text(),
        written_at=moment(target["committedDate"]),
    )
