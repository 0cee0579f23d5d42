"""Cursor paging (``first``, ``after``, ``last``, ``before``) over a complete list."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from github_sandbox.errors import ApiError

MAX_PAGE = 100


@dataclass(frozen=True, kw_only=True)
class Connection:
    """One page. ``start``: the index of its first item."""

    items: Sequence[Any]
    start: int
    total: int
    kind: str

    def cursor(self, index: int) -> str:
        return base64.b64encode(f"cursor:v2:{index}".encode()).decode()

    def page_info(self) -> dict[str, Any]:
        end = self.start + len(self.items)
        return {
            "hasNextPage": end < self.total,
            "hasPreviousPage": self.start > 0,
            "startCursor": self.cursor(self.start) if self.items else None,
            "endCursor": self.cursor(end - 1) if self.items else None,
        }


def connect(
    items: Sequence[Any], kind: str, args: dict[str, Any], wrap: Callable[[Any], Any] | None = None
) -> Connection:
    """Return one page. Raises ApiError unless exactly one of first and last is given, 1 to 100, as on GitHub."""
    first, last = args.get("first"), args.get("last")
    size = first if first is not None else last
    if size is None:
        raise ApiError(
            200,
            f"You must provide a `first` or `last` value to properly paginate the `{kind}` connection.",
            graphql_type="MISSING_PAGINATION_BOUNDARIES",
        )
    if not 0 <= size <= MAX_PAGE:
        raise ApiError(
            200,
            f"Requesting {size} records on the `{kind}` connection exceeds the `first` limit of {MAX_PAGE} records.",
            graphql_type="EXCESSIVE_PAGINATION",
        )
    low = _index(args["after"]) + 1 if args.get("after") else 0
    high = _index(args["before"]) if args.get("before") else len(items)
    if first is not None:
        high = min(high, low + first)
    else:
        low = max(low, high - size)
    shown = items[low:high]
    return Connection(items=[wrap(i) for i in shown] if wrap else shown, start=low, total=len(items), kind=kind)


def _index(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor).decode().rpartition(":")[2])
    except ValueError:
        raise ApiError(
            200, f"`{cursor}` does not appear to be a valid cursor.", graphql_type="INVALID_CURSOR_ARGUMENTS"
        ) from None
