"""The sandbox itself: a world, its tokens and apps, limits, faults and request log, and the server over them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from github_sandbox import planting, seed
from github_sandbox.edition import Edition
from github_sandbox.faults import FaultScript
from github_sandbox.inspection import RepositoryView
from github_sandbox.lag import Lag
from github_sandbox.limits import Ledger, Limits
from github_sandbox.model import World
from github_sandbox.request_log import RequestLog
from github_sandbox.snapshot import snapshot
from github_sandbox.tokens import Token

if TYPE_CHECKING:
    from github_sandbox.apps import App
    from github_sandbox.server import Server


class Sandbox:
    """A GitHub of one's own.

    Attributes:
        requests: what was asked so far (RequestRecord), thread safe; ``requests.counters()`` by class.
        faults: the trouble to come; ``faults.add(Fault(...))``, ``faults.script([...])``, ``faults.during(...)``.
        limits: what is enforced; assign ``Limits.published()`` to switch every published limit on.
        lag: how far lists and search are behind writes; off unless set.
        edition: which parts of the API this server has; all of them unless set.
        contract: True = check every REST exchange against GitHub's OpenAPI description; see ``violations``.
        violations: one line per exchange that breaks the description.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.world = World(clock)
        self.ledger = Ledger(Limits(), clock)
        self.lag = Lag()
        self.edition = Edition()
        self.tokens: dict[str, Token] = {}
        self.apps: dict[str, App] = {}
        self.requests = RequestLog()
        self.faults = FaultScript()
        self.contract = False
        self.violations: list[str] = []

    @classmethod
    def from_seed(cls, data: Mapping[str, Any], *, clock: Callable[[], float] = time.time) -> Sandbox:
        """Raises SeedError naming every problem with its key path."""
        checked = seed.check(data)
        sandbox = cls(clock=clock)
        sandbox.limits = planting.limits(checked)
        sandbox.lag = planting.lag(checked)
        sandbox.edition = planting.edition(checked)
        planting.accounts(sandbox.world, checked)
        planting.repositories(sandbox.world, checked)
        sandbox.tokens = planting.tokens(sandbox.world, checked, sandbox.ledger)
        sandbox.apps = planting.apps(sandbox.world, checked)
        return sandbox

    @classmethod
    def from_seed_file(cls, path: str | Path, *, clock: Callable[[], float] = time.time) -> Sandbox:
        return cls.from_seed(seed.load(path), clock=clock)

    @property
    def limits(self) -> Limits:
        return self.ledger.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        """What was used so far is forgotten; limits a token was seeded with stay."""
        overrides = self.ledger.overrides
        self.ledger = Ledger(limits, self.clock)
        self.ledger.overrides = overrides

    def token(self, secret: str) -> Token | None:
        """The token of that value, unless it has expired."""
        found = self.tokens.get(secret)
        if found is None or (found.expires_at is not None and found.expires_at <= self.clock()):
            return None
        return found

    def app(self, slug: str) -> App:
        """A seeded GitHub App: its id, client id, private key, installations. Raises KeyError."""
        return self.apps[slug]

    def serve(self, port: int = 0) -> Server:
        """Start serving on 127.0.0.1 (``port`` 0 = any free one). A context manager; ``close()`` stops at once."""
        from github_sandbox.server import Server

        return Server(self, port)

    def repository(self, full_name: str) -> RepositoryView:
        """Look at (and stage) one repository without HTTP. Raises KeyError for a name that never existed."""
        with self.world.lock:
            found = self.world.repository(full_name) or self.world.renamed_from(full_name)
        if found is None:
            raise KeyError(full_name)
        return RepositoryView(found)

    def add_repository(self, name: str, **spec: Any) -> RepositoryView:
        """One more repository, as in a seed (dashes as underscores); search learns of it after its lag."""
        details = {"name": name} | {key.replace("_", "-"): value for key, value in spec.items()}
        with self.world.lock:
            planting.repositories(self.world, {"repositories": [details]})
            made = self.world.repository(name)
            assert made is not None
            made.created_at = made.changed_at = self.clock()
            return RepositoryView(made)

    def repositories(self) -> list[RepositoryView]:
        with self.world.lock:
            return [RepositoryView(r) for r in self.world.by_id.values()]

    def snapshot(self) -> dict[str, Any]:
        """Comparable end state of all repositories: no timestamps, no commit ids."""
        return snapshot(self.world)
