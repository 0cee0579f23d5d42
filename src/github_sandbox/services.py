"""The services that every request handler takes. ``Sandbox`` builds them, and ``Server`` serves them."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from github_sandbox.apps import App
from github_sandbox.edition import Edition
from github_sandbox.faults import FaultScript
from github_sandbox.lag import Lag
from github_sandbox.limits import Ledger, Limits
from github_sandbox.model import World
from github_sandbox.request_log import RequestLog
from github_sandbox.tokens import Token

_LOCKS: dict[type, Callable[[], object]] = {type(make()): make for make in (threading.Lock, threading.RLock)}


@dataclass(kw_only=True)
class Services:
    """The state and the settings of one sandbox. The properties of ``Sandbox`` document them."""

    clock: Callable[[], float]
    world: World
    ledger: Ledger
    tokens: dict[str, Token] = field(default_factory=dict)
    """Secret -> token, expired tokens included; see ``token``."""
    apps: dict[str, App] = field(default_factory=dict)
    """Slug -> app."""
    lag: Lag = field(default_factory=Lag)
    edition: Edition = field(default_factory=Edition)
    requests: RequestLog = field(default_factory=RequestLog)
    faults: FaultScript = field(default_factory=FaultScript)
    contract: bool = False
    violations: list[str] = field(default_factory=list)

    @property
    def limits(self) -> Limits:
        return self.ledger.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        """Enforce other limits from now on, with new budgets; the seed's limits of single tokens stay."""
        overrides = self.ledger.overrides
        self.ledger = Ledger(limits, self.clock)
        self.ledger.overrides = overrides

    def copied(self) -> Services:
        """Return services in the same state, which then go separate ways. The caller holds the world's lock."""
        locks = (
            (id(lock), _LOCKS[type(lock)]())
            for holder in (self.world, self.ledger, self.requests, self.faults)
            for lock in vars(holder).values()
            if type(lock) in _LOCKS
        )
        return copy.deepcopy(self, dict(locks))

    def token(self, secret: str) -> Token | None:
        """Return the token of that secret; None: unknown or expired."""
        token = self.tokens.get(secret)
        if token is None or (token.expires_at is not None and token.expires_at <= self.clock()):
            return None
        return token
