"""Scripted trouble: which request it hits (``Fault``'s filters), when, and what happens to it.

A fault matches a request when every filter it sets matches. Its ``nth`` matching request is the first that may be hit;
``times`` requests are (with ``probability``: so many of those the dice choose, without ``times`` no end of them).
``before``: the trouble replaces the effect; ``after``: the effect happens and the trouble replaces the answer, which
is how an answer gets lost. Actions that spoil an answer (``truncate``, ``slow_seconds``, ``null_field``) and those
that change how a request is executed (``duplicate``, ``stale``) let it happen in any case.
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from github_sandbox.fault_kinds import KINDS

FOREVER = 1_000_000_000


@dataclass
class Fault:
    """One rule: filters, counting, and at least one action."""

    when: str = "before"
    method: str | None = None
    path: str | None = None
    """Regular expression searched in the path without ``/api/v3``."""
    route: str | None = None
    """Regular expression searched in the route's template, for example ``/pulls/{number}$`` escaped."""
    operation: str | None = None
    """REST operationId (``pulls/create``), or a GraphQL operation's name or root field."""
    graphql_operation: str | None = None
    """Operation name, or the root field of a document without one."""
    token_login: str | None = None
    kind: str | None = None
    """``read``, ``write``, ``content-creating``, ``search`` or ``graphql``."""
    nth: int = 1
    times: int | None = None
    """How many requests are hit; None = 1, or no end of them with ``probability``."""
    probability: float | None = None
    seed: int = 0
    """With ``probability``: the same seed hits the same ones of a sequence of requests."""

    status: int | None = None
    body: Mapping[str, Any] | str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    reset_in_seconds: int | None = None
    """With ``status``: the headers of a budget that is used up and comes back so much later on the sandbox's clock."""
    reset: bool = False
    """Cut the connection instead of answering."""
    delay: float = 0.0
    """Seconds before anything happens (``before``) or before the answer leaves (``after``)."""
    hold_seconds: float = 0.0
    """Keep the client waiting this long, then cut: longer than its own time limit. Ends when the server closes."""
    truncate: float | None = None
    """Send this share (0 to 1) of the body, under the full Content-Length, and close."""
    slow_seconds: float = 0.0
    """Trickle the body over this time."""
    duplicate: bool = False
    """Execute the request twice, as a proxy that retried would; the second answer is sent."""
    stale: bool = False
    """Answer a read from the state before the last write."""
    null_field: str | None = None
    """GraphQL: this field of ``data`` (dotted response path) becomes null, with an error that names it."""
    error_type: str = "SERVICE_UNAVAILABLE"
    name: str | None = None
    """For the request log; by default the kind it was made from, or its action."""
    seen: int = field(default=0, init=False)
    hits: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        if self.when not in ("before", "after"):
            raise ValueError(f"when must be 'before' or 'after', not {self.when!r}")
        if not self.actions():
            raise ValueError(f"a fault needs one of {', '.join(ACTIONS)}")
        for pattern in (self.path, self.route):
            try:
                re.compile(pattern or "")
            except re.error as error:
                raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
        if self.probability is not None and not 0 <= self.probability <= 1:
            raise ValueError(f"probability must be between 0 and 1, not {self.probability!r}")
        self.name = self.name or self.actions()[0].removesuffix("_seconds")
        self._dice = random.Random(self.seed)  # noqa: S311 - reproducible, not secret

    def actions(self) -> list[str]:
        """What it does, by field name."""
        return [name for name in ACTIONS if getattr(self, name) not in (None, False, 0.0)]

    @classmethod
    def of(cls, fault: str, /, **arguments: Any) -> Fault:
        """A fault by the name of its kind (see ``fault_kinds``), with filters and the kind's own arguments."""
        name = fault.replace("-", "_")
        if name not in KINDS:
            raise ValueError(f"no fault {fault!r}; known: {', '.join(sorted(KINDS))}")
        made = KINDS[name](arguments)
        return cls(**({"name": name} | made | arguments))

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Fault:
        """One JSON object of the control endpoint: ``{"fault": kind, ...}`` or plain fields."""
        fields = dict(data)
        kind = fields.pop("fault", None)
        return cls(**fields) if kind is None else cls.of(str(kind), **fields)

    @classmethod
    def bad_gateway(cls, **filters: Any) -> Fault:
        return cls.of("bad_gateway", **filters)

    @classmethod
    def too_many(cls, retry_after_seconds: int | None = 1, **filters: Any) -> Fault:
        """429; ``retry_after_seconds`` None = without Retry-After."""
        return cls.of("too_many", retry_after_seconds=retry_after_seconds, **filters)

    @classmethod
    def secondary_limit(cls, retry_after_seconds: int | None = 1, **filters: Any) -> Fault:
        """403, GitHub's other form of the same refusal."""
        return cls.of("secondary_limit", retry_after_seconds=retry_after_seconds, **filters)

    @classmethod
    def connection_reset(cls, **filters: Any) -> Fault:
        return cls.of("connection_reset", **filters)

    @classmethod
    def timeout(cls, **filters: Any) -> Fault:
        """No answer until the client gives up or the server closes."""
        return cls.of("timeout", **filters)

    def matches(self, call: Occasion) -> bool:
        return (
            (self.method is None or self.method.upper() == call.method)
            and (self.path is None or re.search(self.path, call.path) is not None)
            and (self.route is None or re.search(self.route, call.route or "") is not None)
            and (self.operation is None or self.operation in call.names)
            and (self.graphql_operation is None or self.graphql_operation in call.names)
            and (self.token_login is None or self.token_login == call.token_login)
            and (self.kind is None or self.kind in call.classes)
        )

    def strikes(self) -> bool:
        """Count one matching request, and decide."""
        self.seen += 1
        most = self.times if self.times is not None else (1 if self.probability is None else FOREVER)
        lucky = self.probability is not None and self._dice.random() >= self.probability
        if self.probability is None:
            hit = self.nth <= self.seen < self.nth + most
        else:
            hit = self.seen >= self.nth and self.hits < most and not lucky
        self.hits += hit
        return hit

    def as_json(self) -> dict[str, Any]:
        """Every field that is not at its default, and the counts."""
        plain = Fault(delay=1)
        shown = {k: v for k, v in asdict(self).items() if k in ACTIONS or v != getattr(plain, k)}
        shown = {k: v for k, v in shown.items() if v not in (None, False, 0.0)}
        return shown | {"name": self.name, "when": self.when, "seen": self.seen, "hits": self.hits}


ACTIONS = (
    "status", "reset", "hold_seconds", "truncate", "slow_seconds", "duplicate", "stale", "null_field", "delay",
)  # fmt: skip


@dataclass(frozen=True)
class Occasion:
    """What a fault's filters are compared with."""

    method: str
    path: str
    route: str | None = None
    names: frozenset[str] = frozenset()
    classes: tuple[str, ...] = ()
    token_login: str | None = None


class FaultScript:
    """The faults in force. Each counts every request it matches, whether or not another fault hits it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault

    def script(self, faults: Iterable[Fault | Mapping[str, Any]]) -> list[Fault]:
        """Add several, each a Fault or what the control endpoint takes; none when one is wrong (ValueError)."""
        parsed = [f if isinstance(f, Fault) else Fault.parse(f) for f in faults]
        return [self.add(fault) for fault in parsed]

    @contextmanager
    def during(self, *faults: Fault | Mapping[str, Any]) -> Iterator[list[Fault]]:
        """In force inside the block only."""
        added = self.script(faults)
        try:
            yield added
        finally:
            with self._lock:
                self._faults = [f for f in self._faults if not any(f is a for a in added)]

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def all(self) -> list[Fault]:
        with self._lock:
            return list(self._faults)

    def due(self, call: Occasion) -> Fault | None:
        """Count this request and give the first fault that hits it."""
        if not self._faults:
            return None
        with self._lock:
            struck = [fault for fault in self._faults if fault.matches(call) and fault.strikes()]
            return struck[0] if struck else None
