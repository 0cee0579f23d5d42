"""Records on GitHub: refs outside of tags, each on a commit of the empty tree that carries a text.

Two ways to write exclude a lost update. `updateRefs` replaces exactly the commit that was read. A server without it
gets a commit whose parent is the one that was read, and the ref moves forward only. A ref that is elsewhere meanwhile
is no ancestor of that commit, so GitHub refuses.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from action_patterns.content.blob import EMPTY_TREE
from action_patterns.errors import ActionPatternsError, LostRaceError, NotFoundError, RefusedError
from action_patterns.github_api.graphql import ref_store as graphql
from action_patterns.github_api.graphql.decode import moment
from action_patterns.github_api.graphql_fallback import GraphQLFallback
from action_patterns.github_api.ref_text import TOMBSTONE
from action_patterns.github_api.refs import Move, update_ref, update_refs
from action_patterns.github_api.rest import ref_store as rest
from action_patterns.github_api.transport.calls import Calls
from action_patterns.ports.ref_store import RefChange, StoredRef

_BRANCHES_ONLY = (
    " If this server takes branches and tags only, set `store: branches` in every workflow that shares the records."
)


class RefStoreClient:
    """ports.RefStore."""

    def __init__(self, calls: Calls, fallback: GraphQLFallback) -> None:
        self._calls = calls
        self._fallback = fallback
        self._without_swaps: set[str] = set()
        self._gate = threading.Lock()

    def read(self, repository: str, name: str) -> StoredRef:
        def over_graphql() -> StoredRef:
            found, swaps = graphql.read(self._calls, repository, name)
            self._learn(repository, swaps=swaps)
            return found

        return self._fallback.read(repository, over_graphql, lambda: rest.read(self._calls, repository, name))

    def poll(self, repository: str, name: str, etag: str) -> str | None:
        try:
            found = self._calls.poll(repository, f"/git/{quote(name.replace('refs/', 'ref/', 1))}", etag)
        except NotFoundError:
            return ""
        return None if found is None else found[1]

    def list(self, repository: str, prefix: str) -> tuple[StoredRef, ...]:
        def over_graphql() -> list[StoredRef]:
            found, swaps = graphql.matching(self._calls, repository, prefix)
            self._learn(repository, swaps=swaps)
            return found

        found = self._fallback.read(repository, over_graphql, lambda: rest.matching(self._calls, repository, prefix))
        return tuple(ref for ref in found if ref.oid is not None)

    def update(self, repository: str, before: StoredRef, message: str | None) -> StoredRef:
        return self.update_all(repository, (RefChange(before, message),))[0]

    def update_all(self, repository: str, changes: Sequence[RefChange]) -> tuple[StoredRef, ...]:
        swaps = self._has_swaps(repository)
        try:
            return self._update(repository, changes, swaps=swaps)
        except LostRaceError:
            raise
        except ActionPatternsError:
            # A step that knows the version reads nothing before, so the refusal is the first sign of such a server.
            # The refs were read since, and are where they were.
            if not swaps or self._has_swaps(repository):
                raise
        return self._update(repository, changes, swaps=False)

    def _update(self, repository: str, changes: Sequence[RefChange], *, swaps: bool) -> tuple[StoredRef, ...]:
        if len(changes) > 1 and not swaps:
            raise RefusedError(
                f"{len(changes)} refs are to change together, and this server changes one at a time. Nothing was"
                " written.",
                remediation="Use a token and a server with GraphQL and its mutation `updateRefs`.",
            )
        now = tuple(self._written(repository, change, swaps=swaps) for change in changes)
        moves = [Move(at.name, _oid(change.before), _oid(at)) for at, change in zip(now, changes, strict=True)]
        try:
            self._move(repository, changes[0].before.repository_id, moves, swaps=swaps)
        except LostRaceError:
            raise
        except RefusedError as refused:
            if any(move.before is None and not move.name.startswith("refs/heads/") for move in moves):
                refused.remediation += _BRANCHES_ONLY
            raise
        return now

    def _move(self, repository: str, repository_id: str, moves: Sequence[Move], *, swaps: bool) -> None:
        moves = [move for move in moves if move.before != move.after]  # To delete what is absent sends nothing.
        if not moves:
            return
        if swaps:
            update_refs(self._calls, repository, repository_id, moves, read=lambda name: self._at(repository, name))
            return
        (move,) = moves
        update_ref(
            self._calls,
            repository,
            repository_id,
            move.name,
            before=move.before,
            after=move.after,
            read=lambda: self._at(repository, move.name),
            compare_and_swap=False,
        )

    def _written(self, repository: str, change: RefChange, *, swaps: bool) -> StoredRef:
        """Return the ref as it will be: its commit is made, and no ref is moved yet."""
        before, message = change
        at = _oid(before)
        now = replace(before, oid=None, message="", written_at=None, tombstone_oid=None)
        if message is None and (swaps or at is None):
            return now
        # Two runs may write the same text in the same second. With the same commit both would find their own
        # commit there, and both would believe they had won.
        text = f"{TOMBSTONE if message is None else message}\nNonce: {secrets.token_hex(8)}\n"
        parents = [] if swaps or at is None else [at]
        body = {"message": text, "tree": EMPTY_TREE, "parents": parents}
        commit = self._calls.rest("idempotent", "write", "POST", repository, "/git/commits", body)
        oid = commit["sha"].text()
        if message is None:
            return replace(now, tombstone_oid=oid)
        # The commit names no date, so GitHub's clock gives it one.
        written_at = moment(commit["committer"]["date"])
        return replace(now, oid=oid, message=message, written_at=written_at, read_at=written_at)

    def _at(self, repository: str, name: str) -> str | None:
        return _oid(self.read(repository, name))

    def _has_swaps(self, repository: str) -> bool:
        account = self._calls.transport.account(repository)
        return self._fallback.has_graphql(repository) and account not in self._without_swaps

    def _learn(self, repository: str, *, swaps: bool) -> None:
        if not swaps:
            with self._gate:
                self._without_swaps.add(self._calls.transport.account(repository))


def _oid(ref: StoredRef) -> str | None:
    """Return the commit that a ref is at, be it a tombstone."""
    return ref.oid or ref.tombstone_oid
