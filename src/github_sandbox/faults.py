"""Scripted faults: filters that select requests, a count, and the effects on a selected request.

A fault matches a request if every filter that is set matches. It may hit from the ``nth`` matching request on, and
hits ``times`` requests. With ``probability`` it hits at random, and without ``times`` it has no last hit.
``before``: the fault replaces the effect. ``after``: the effect happens and the fault replaces the response, so the
answer is lost. The effect always happens for faults that damage a response (``truncate``, ``slow_seconds``,
``null_field``) and for those that change how a request is executed (``duplicate``, ``stale``).
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


@dataclass(kw_only=True)
class Fault:
    """One rule: filters, a count, and at least one effect."""

    when: str = "before"
    method: str | None = None
    path: str | None = None
    """Regular expression, searched in the path without ``/api/v3``."""
    route: str | None = None
    """Regular expression, searched in the route's template; for example ``/pulls/{number}$``, escaped."""
    operation: str | None = None
    """REST operationId (``pulls/create``), or the name or a root field of a GraphQL operation."""
    graphql_operation: str | None = None
    """Name of the GraphQL operation, or the root field of an unnamed one."""
    token_login: str | None = None
    kind: str | None = None
    """``read``, ``write``, ``content-creating``, ``search`` or ``graphql``."""
    nth: int = 1
    times: int | None = None
    """Number of requests that the fault hits; None: 1, or unlimited with ``probability``."""
    probability: float | None = None
    seed: int = 0
    """Seed of ``probability``: the same seed hits the same requests of a sequence."""

    status: int | None = None
    body: Mapping[str, Any] | str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    reset_in_seconds: int | None = None
    """With ``status``: adds the headers of a used up budget that renews after so many seconds of the sandbox's clock.
    """
    reset: bool = False
    """Whether the server cuts the connection instead of answering."""
    delay: float = 0.0
    """Seconds before the effect (``before``) or before the response (``after``)."""
    hold_seconds: float = 0.0
    """Seconds that the client waits before the server cuts the connection; more than its time limit. A closing server
    ends the wait.
    """
    truncate: float | None = None
    """Share (0 to 1) of the body that the server sends under the full Content-Length before it closes."""
    slow_seconds: float = 0.0
    """Seconds over which the server sends the body."""
    duplicate: bool = False
    """Whether the request is executed twice, as a retrying proxy does; the client receives the second response."""
    stale: bool = False
    """Whether a read is answered from the state before the last write."""
    null_field: str | None = None
    """Dotted response path of a GraphQL field that becomes null, with an error that names it."""
    error_type: str = "SERVICE_UNAVAILABLE"
    incomplete: bool = False
    """Whether a search ends early: half of its results, and ``incomplete_results``."""
    name: str | None = None
    """Name in the request log; None: the kind that the fault was made from, or its first effect."""
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
                raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
        if self.probability is not None and not 0 <= self.probability <= 1:
            raise ValueError(f"probability must be between 0 and 1, not {self.probability!r}")
        self.name = self.name or self.actions()[0].removesuffix("_seconds")
        self._random = random.Random(self.seed)  # noqa: S311 - reproducible, not secret

    def actions(self) -> list[str]:
        """Return the effects that are set, by field name."""
        return [name for name in ACTIONS if getattr(self, name) not in (None, False, 0.0)]

    @classmethod
    def of(cls, fault: str, /, **arguments: Any) -> Fault:
        """Return a fault by the name of its kind (see ``fault_kinds``), with filters and the kind's arguments."""
        name = fault.replace("-", "_")
        if name not in KINDS:
            raise ValueError(f"no fault {fault!r}; known: {', '.join(sorted(KINDS))}")
        made = KINDS[name](arguments)
        return cls(**({"name": name} | made | arguments))

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Fault:
        """Return the fault of one JSON object of the control endpoint: ``{"fault": kind, ...}`` or plain fields."""
        fields = dict(data)
        kind = fields.pop("fault", None)
        return cls(**fields) if kind is None else cls.of(str(kind), **fields)

    @classmethod
    def bad_gateway(cls, **filters: Any) -> Fault:
        return cls.of("bad_gateway", **filters)

    @classmethod
    def too_many(cls, retry_after_seconds: int | None = 1, **filters: Any) -> Fault:
        """Return a 429; ``retry_after_seconds`` None: without Retry-After."""
        return cls.of("too_many", retry_after_seconds=retry_after_seconds, **filters)

    @classmethod
    def secondary_limit(cls, retry_after_seconds: int | None = 1, **filters: Any) -> Fault:
        """Return a 403, GitHub's other form of the same refusal."""
        return cls.of("secondary_limit", retry_after_seconds=retry_after_seconds, **filters)

    @classmethod
    def connection_reset(cls, **filters: Any) -> Fault:
        return cls.of("connection_reset", **filters)

    @classmethod
    def timeout(cls, **filters: Any) -> Fault:
        """Return a fault that sends nothing until the client gives up or the server closes."""
        return cls.of("timeout", **filters)

    def matches(self, request: RequestFacts) -> bool:
        return (
            (self.method is None or self.method.upper() == request.method)
            and (self.path is None or re.search(self.path, request.path) is not None)
            and (self.route is None or re.search(self.route, request.route or "") is not None)
            and (self.operation is None or self.operation in request.names)
            and (self.graphql_operation is None or self.graphql_operation in request.names)
            and (self.token_login is None or self.token_login == request.token_login)
            and (self.kind is None or self.kind in request.classes)
        )

    def hit(self) -> bool:
        """Count one matching request, and return whether the fault hits it."""
        self.seen += 1
        most = self.times if self.times is not None else (1 if self.probability is None else FOREVER)
        missed = self.probability is not None and self._random.random() >= self.probability
        if self.probability is None:
            hits = self.nth <= self.seen < self.nth + most
        else:
            hits = self.seen >= self.nth and self.hits < most and not missed
        self.hits += hits
        return hits

    def as_json(self) -> dict[str, Any]:
        """Return every field that differs from its default, and the counts."""
        plain = Fault(delay=1)
        shown = {k: v for k, v in asdict(self).items() if k in ACTIONS or v != getattr(plain, k)}
        shown = {k: v for k, v in shown.items() if v not in (None, False, 0.0)}
        return shown | {"name": self.name, "when": self.when, "seen": self.seen, "hits": self.hits}


ACTIONS = (
    "status", "reset", "hold_seconds", "truncate", "slow_seconds", "duplicate", "stale", "null_field", "incomplete",
    "delay",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RequestFacts:
    """The facts about a request that a fault's filters select by."""

    method: str
    path: str
    route: str | None = None
    names: frozenset[str] = frozenset()
    classes: tuple[str, ...] = ()
    token_login: str | None = None


class FaultScript:
    """The active faults. Each counts every request it matches, even if another fault hits that request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault

    def script(self, faults: Iterable[Fault | Mapping[str, Any]]) -> list[Fault]:
        """Add several faults, each a Fault or an object of the control endpoint. A wrong one raises ValueError and adds
        none.
        """
        parsed = [f if isinstance(f, Fault) else Fault.parse(f) for f in faults]
        return [self.add(fault) for fault in parsed]

    @contextmanager
    def during(self, *faults: Fault | Mapping[str, Any]) -> Iterator[list[Fault]]:
        """Activate faults inside the block only."""
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

    def due(self, request: RequestFacts) -> Fault | None:
        """Count this request, and return the first fault that hits it."""
        if not self._faults:
            return None
        with self._lock:
            hitting = [fault for fault in self._faults if fault.matches(request) and fault.hit()]
            return hitting[0] if hitting else None
