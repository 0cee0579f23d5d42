"""What was asked of the sandbox, in order, for assertions such as "a no-op is one read and no write"."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

READ, WRITE = "read", "write"


@dataclass(frozen=True)
class RequestRecord:
    """One request. ``path`` is without ``/api/v3``; ``route`` the template it matched, ``operation`` GitHub's
    operationId; ``status`` what was sent (0 = the connection was cut instead of an answer).
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


class RequestLog:
    """A thread-safe list of RequestRecord: iterate, index, len, ``clear``; each view is a copy."""

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

    def as_json(self) -> dict[str, Any]:
        records = self.all()
        kinds = Counter(r.kind for r in records)
        return {
            "read": kinds[READ],
            "write": kinds[WRITE],
            "total": len(records),
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
