"""Faults by name: each kind turns its arguments into the fields of a ``Fault``, with GitHub's message if one is known.

A function removes the arguments it knows from the mapping; the remaining ones are filters.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from github_sandbox.errors import DOCS

HELD_SECONDS = 3600.0
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
WENT_WRONG = (
    "Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug."
    " Please include `{request_id}` when reporting this issue."
)
REQUEST_ID = "5A4D:31337:C0FFEE:5EED"

Arguments = dict[str, Any]
Fields = dict[str, Any]


def refusal(message: str, status: int) -> dict[str, str]:
    """Return the body of a rate limit's refusal."""
    page = f"{DOCS}/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits"
    return {"message": message, "documentation_url": page, "status": str(status)}


def timed_out() -> dict[str, Any]:
    """Return GitHub's answer to a query that exceeded its time limit."""
    return {"data": None, "errors": [{"message": WENT_WRONG.format(request_id=REQUEST_ID)}]}


def _limited(arguments: Arguments, status: int, message: str) -> Fields:
    """Take ``retry_after_seconds`` (None: no header) and ``reset_in_seconds`` (adds a used up budget's headers)."""
    after, reset = arguments.pop("retry_after_seconds", 1), arguments.pop("reset_in_seconds", None)
    headers = {} if after is None else {"Retry-After": str(after)}
    return {"status": status, "body": refusal(message, status), "headers": headers, "reset_in_seconds": reset}


def _bad_gateway(_: Arguments) -> Fields:
    return {"status": 502, "body": {"message": "Server Error"}}


def _server_error(arguments: Arguments) -> Fields:
    """Take ``status`` (default 500); the body is an HTML page, as from a proxy."""
    status = int(arguments.pop("status", 500))
    return {"status": status, "body": f"<html><head><title>{status}</title></head><body>Unicorn!</body></html>"}


def _too_many(arguments: Arguments) -> Fields:
    return _limited(arguments, 429, SECONDARY)


def _secondary_limit(arguments: Arguments) -> Fields:
    return _limited(arguments, 403, SECONDARY)


def _primary_limit(arguments: Arguments) -> Fields:
    arguments = {"retry_after_seconds": None, "reset_in_seconds": 1} | _taken(arguments)
    return _limited(arguments, 403, "API rate limit exceeded for user ID 1.")


def _taken(arguments: Arguments) -> Arguments:
    return {k: arguments.pop(k) for k in ("retry_after_seconds", "reset_in_seconds") if k in arguments}


def _rate_limited(_: Arguments) -> Fields:
    error = {"type": "RATE_LIMITED", "message": "API rate limit exceeded for user ID 1."}
    return {"status": 200, "body": {"errors": [error]}, "kind": "graphql"}


def _graphql_timeout(arguments: Arguments) -> Fields:
    """Take ``status`` (default 502; GitHub also sends 200)."""
    return {"status": int(arguments.pop("status", 502)), "body": timed_out(), "kind": "graphql"}


def _partial_data(arguments: Arguments) -> Fields:
    """Take ``field``, a dotted response path."""
    return {"null_field": str(arguments.pop("field")), "kind": "graphql"}


def _connection_reset(_: Arguments) -> Fields:
    return {"reset": True}


def _timeout(arguments: Arguments) -> Fields:
    return {"hold_seconds": float(arguments.pop("seconds", HELD_SECONDS))}


def _truncated_body(arguments: Arguments) -> Fields:
    return {"truncate": float(arguments.pop("share", 0.5))}


def _slow_body(arguments: Arguments) -> Fields:
    return {"slow_seconds": float(arguments.pop("seconds", 1.0))}


def _duplicate_delivery(_: Arguments) -> Fields:
    return {"duplicate": True}


def _stale_read(_: Arguments) -> Fields:
    return {"stale": True, "kind": "read"}


def _incomplete_search(_: Arguments) -> Fields:
    return {"incomplete": True, "kind": "search"}


KINDS: dict[str, Callable[[Arguments], Fields]] = {
    "bad_gateway": _bad_gateway,
    "server_error": _server_error,
    "too_many": _too_many,
    "secondary_limit": _secondary_limit,
    "primary_limit": _primary_limit,
    "rate_limited": _rate_limited,
    "graphql_timeout": _graphql_timeout,
    "partial_data": _partial_data,
    "connection_reset": _connection_reset,
    "timeout": _timeout,
    "truncated_body": _truncated_body,
    "slow_body": _slow_body,
    "duplicate_delivery": _duplicate_delivery,
    "stale_read": _stale_read,
    "incomplete_search": _incomplete_search,
}
