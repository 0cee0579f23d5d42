"""Scripted trouble: which request it hits (``Fault``'s filters), when, and what happens to it.

A fault matches a request when every filter it sets matches. Its ``nth`` matching request is the first to be hit,
``times`` requests in a row are. ``before``: the action replaces the effect; ``after``: the effect happens and the
action replaces the answer, which is how an answer gets lost. A delay alone only slows the request down.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from github_sandbox.errors import DOCS


@dataclass
class Fault:
    """One rule. Set ``status`` (with ``body``, ``headers``), or ``reset`` (cut the connection), or only ``delay``."""

    when: str = "before"
    method: str | None = None
    path: str | None = None
    """Regular expression searched in the path without ``/api/v3``."""
    graphql_operation: str | None = None
    """Operation name, or the root field of a document without one."""
    token_login: str | None = None
    kind: str | None = None
    """``read`` or ``write``."""
    nth: int = 1
    times: int = 1
    status: int | None = None
    body: Mapping[str, Any] | str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    reset: bool = False
    delay: float = 0.0
    """Seconds."""
    seen: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.when not in ("before", "after"):
            raise ValueError(f"when must be 'before' or 'after', not {self.when!r}")
        if self.status is None and not self.reset and not self.delay:
            raise ValueError("a fault needs one of status, reset, delay")
        if self.path is not None:
            re.compile(self.path)

    @classmethod
    def bad_gateway(cls, **filters: Any) -> Fault:
        return cls(status=502, body={"message": "Server Error"}, **filters)

    @classmethod
    def too_many(cls, retry_after_seconds: int = 1, **filters: Any) -> Fault:
        """429 with Retry-After."""
        return cls(status=429, body=_secondary(429), headers={"Retry-After": str(retry_after_seconds)}, **filters)

    @classmethod
    def secondary_limit(cls, retry_after_seconds: int = 1, **filters: Any) -> Fault:
        """403 with Retry-After, GitHub's other form of the same refusal."""
        return cls(status=403, body=_secondary(403), headers={"Retry-After": str(retry_after_seconds)}, **filters)

    @classmethod
    def connection_reset(cls, **filters: Any) -> Fault:
        return cls(reset=True, **filters)

    def matches(self, call: Occasion) -> bool:
        return (
            (self.method is None or self.method.upper() == call.method)
            and (self.path is None or re.search(self.path, call.path) is not None)
            and (self.graphql_operation is None or self.graphql_operation in call.graphql_names)
            and (self.token_login is None or self.token_login == call.token_login)
            and (self.kind is None or self.kind == call.kind)
        )


def _secondary(status: int) -> dict[str, str]:
    return {
        "message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
        "documentation_url": f"{DOCS}/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits",
        "status": str(status),
    }


@dataclass(frozen=True)
class Occasion:
    """What a fault's filters are compared with."""

    method: str
    path: str
    kind: str
    token_login: str | None = None
    graphql_names: frozenset[str] = frozenset()


class FaultScript:
    """The faults in force. Each counts every request it matches, whether or not another fault hits it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def due(self, call: Occasion) -> Fault | None:
        """Count this request and give the first fault that hits it."""
        if not self._faults:
            return None
        with self._lock:
            hit: Fault | None = None
            for fault in self._faults:
                if fault.matches(call):
                    fault.seen += 1
                    if hit is None and fault.nth <= fault.seen < fault.nth + fault.times:
                        hit = fault
            return hit
