"""The compare-and-swap of a ref, and what to make of its answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from action_patterns.errors import (
    ActionPatternsError,
    AuthenticationError,
    DefectError,
    LostRaceError,
    RateLimitedError,
)
from action_patterns.github_api.graphql.queries import UPDATE_REFS, UPDATE_REFS_AND_SHOW
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import Calls

ABSENT = "0" * 40
"""The oid GitHub takes for "must not exist" and "delete" (GraphQL docs, input object RefUpdate)."""


def update_ref(
    calls: Calls,
    repository: str,
    repository_id: str,
    name: str,
    *,
    before: str | None,
    after: str | None,
    read: Callable[[], str | None],
    compare_and_swap: bool = True,
    pull_id: str = "",
) -> Answer | None:
    """Move the ref of this full name from `before` to `after`; None = absent. `read` says where it is.

    After any answer, or none, the ref itself says what happened; the message of the answer is never parsed.

    Returns:
        The pull request `pull_id` as it is afterwards, as GraphQL tells it; None where GitHub did not show it.

    Raises:
        LostRaceError: it is at neither now.
    """
    try:
        if compare_and_swap:
            update = {"name": name, "beforeOid": before or ABSENT, "afterOid": after or ABSENT, "force": True}
            fields = {"repositoryId": repository_id, "refUpdates": [update]}
            if not pull_id:
                calls.mutate("unsafe", UPDATE_REFS, fields, scope=repository)
            else:
                aside = {"shown": {"pullRequestId": pull_id}}
                data = calls.mutate("unsafe", UPDATE_REFS_AND_SHOW, fields, scope=repository, aside=aside)
                return data["shown"]["pullRequest"] if data["shown"] else None
        else:
            _advance(calls, repository, name, before, after)
    except (AuthenticationError, RateLimitedError):
        raise
    except ActionPatternsError as error:
        now = read()
        if now == after:
            return None
        if now == before:
            raise error from None
        raise LostRaceError(
            f"{name} of {repository} moved while it was being written.",
            remediation="Nothing was overwritten. Run again: the new state is read first.",
            request_id=error.request_id,
        ) from error
    return None


class Move(NamedTuple):
    """A ref's full name, its commit, and the one it shall be at; None = absent."""

    name: str
    before: str | None
    after: str | None


def update_refs(
    calls: Calls, repository: str, repository_id: str, moves: Sequence[Move], *, read: Callable[[str], str | None]
) -> None:
    """Move all refs or none. `read` says where a ref is, by its full name. Each `after` is a commit of this call.

    After any answer, or none, the refs themselves say what happened; the message of the answer is never parsed.

    Raises:
        LostRaceError: one is neither where it was nor where it was to go.
    """
    updates = [
        {"name": move.name, "beforeOid": move.before or ABSENT, "afterOid": move.after or ABSENT, "force": True}
        for move in moves
    ]
    fields = {"repositoryId": repository_id, "refUpdates": updates}
    try:
        calls.mutate("unsafe", UPDATE_REFS, fields, scope=repository)
    except (AuthenticationError, RateLimitedError):
        raise
    except ActionPatternsError as error:
        now = [read(move.name) for move in moves]
        # GitHub moves all or none, and no other run has our commit: one ref at it proves that all were moved.
        if any(at == move.after for at, move in zip(now, moves, strict=True) if move.after):
            return
        if all(at == move.after for at, move in zip(now, moves, strict=True)):
            return
        if all(at == move.before for at, move in zip(now, moves, strict=True)):
            raise error from None
        names = ", ".join(move.name for at, move in zip(now, moves, strict=True) if at != move.before)
        raise LostRaceError(
            f"{names} of {repository} moved while it was being written.",
            remediation="Nothing was overwritten. Run again: the new state is read first.",
            request_id=error.request_id,
        ) from error


def _advance(calls: Calls, repository: str, name: str, before: str | None, after: str | None) -> None:
    """Without updateRefs: to make a ref fails where it exists, and to move it without force fails where it is not an
    ancestor of `after`, which descends from `before`. Nothing guards a deletion, so there is none.
    """
    if after is None:
        raise DefectError("A ref was to be deleted without a lease.", remediation="Report it.")
    body: dict[str, Any]
    if before is None:
        body = {"ref": name, "sha": after}
        calls.rest("unsafe", "write", "POST", repository, "/git/refs", body)
    else:
        body = {"sha": after, "force": False}
        calls.rest("unsafe", "write", "PATCH", repository, f"/git/{quote(name)}", body)
