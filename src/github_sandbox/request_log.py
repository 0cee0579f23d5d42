"""The requests to the sandbox, in order, for assertions such as "a no-op is one read and no write"."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

READ, WRITE = "read", "write"
GRAPHQL, SEARCH, CONTENT = "graphql", "search", "content-creating"
CLASSES = (READ, WRITE, CONTENT, SEARCH, GRAPHQL)


@dataclass(frozen=True, kw_only=True)
class RequestRecord:
    """One request.

    ``path``: without ``/api/v3``. ``route``: the template that the path matched. ``operation``: GitHub's
    operationId.
    ``kind``: read or write. ``status``: as sent; 0: the server cut the connection. ``classes``: ``kind``, and those of
    content-creating, search and graphql that apply. ``fault``: the name of the fault that hit it.
    """

    method: str
    path: str
    query: str
    route: str | None
    operation: str | None
    kind: str
    status: int
    token_login: str | None
    graphql_operation: str | None = None
    classes: tuple[str, ...] = ()
    fault: str | None = None


class RequestLog:
    """A thread-safe list of RequestRecord: iterate, index, len, ``clear``. Each view is a copy."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: list[RequestRecord] = []

    def append(self, record: RequestRecord) -> None:
        with self._lock:
            self._records.append(record)

    def clear(self) -> None:
        with self._lock:
            self._records.clear()

    def all(self) -> list[RequestRecord]:
        with self._lock:
            return list(self._records)

    def reads(self) -> list[RequestRecord]:
        return [r for r in self.all() if r.kind == READ]

    def writes(self) -> list[RequestRecord]:
        return [r for r in self.all() if r.kind == WRITE]

    def counters(self) -> dict[str, int]:
        """Return the number of requests of each class; a request may have several, so the sum is not the total."""
        seen = Counter(name for record in self.all() for name in record.classes or (record.kind,))
        return {name: seen[name] for name in CLASSES}

    def as_json(self) -> dict[str, Any]:
        records, counters = self.all(), self.counters()
        return {
            "read": counters[READ],
            "write": counters[WRITE],
            "total": len(records),
            "counters": counters,
            "requests": [asdict(r) for r in records],
        }

    def __iter__(self) -> Iterator[RequestRecord]:
        return iter(self.all())

    def __len__(self) -> int:
        return len(self.all())

    def __getitem__(self, index: int) -> RequestRecord:
        return self.all()[index]

    def __repr__(self) -> str:
        return f"RequestLog({self.all()!r})"
