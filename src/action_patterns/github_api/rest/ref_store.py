"""Refs that carry a text, read over REST: two requests for a ref, and one more for each ref of a list."""

from __future__ import annotations

from urllib.parse import quote

from action_patterns.errors import NotFoundError
from action_patterns.github_api.graphql.decode import moment
from action_patterns.github_api.ref_text import absent, at_commit, at_object
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import Calls
from action_patterns.ports.ref_store import StoredRef


def read(calls: Calls, repository: str, name: str) -> StoredRef:
    """Return a ref."""
    try:
        ref = calls.read(repository, f"/git/{quote(name.replace('refs/', 'ref/', 1))}")
    except NotFoundError:
        # A repository that this token may not see answers the same way. It must never look absent.
        return absent("", name, calls.read(repository, "").answered_at())
    return _stored(calls, repository, name, ref)


def matching(calls: Calls, repository: str, prefix: str) -> list[StoredRef]:
    """Return all refs whose full name begins with the prefix."""
    path = quote(prefix.removeprefix("refs/").rstrip("/"))
    refs = calls.listing(f"/repos/{repository}/git/matching-refs/{path}", scope=repository)
    named = [(ref["ref"].text(), ref) for ref in refs]
    return [_stored(calls, repository, name, ref) for name, ref in named if name.startswith(prefix)]


def _stored(calls: Calls, repository: str, name: str, ref: Answer) -> StoredRef:
    oid = ref["object"]["sha"].text()
    if ref["object"]["type"].text() != "commit":
        return at_object("", name, oid, ref.answered_at())
    commit = calls.read(repository, f"/git/commits/{oid}")
    return at_commit("", name, oid, commit["message"].text(), moment(commit["committer"]["date"]), commit.answered_at())
