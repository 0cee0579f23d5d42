"""The sandbox: a local GitHub that is seeded, served, staged and inspected from Python."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from github_sandbox import load_seed, pulls, seed
from github_sandbox.apps import App
from github_sandbox.edition import Edition
from github_sandbox.faults import FaultScript
from github_sandbox.inspection import RepositoryView
from github_sandbox.lag import Lag
from github_sandbox.limits import Ledger, Limits
from github_sandbox.model import World
from github_sandbox.request_log import RequestLog
from github_sandbox.services import Services
from github_sandbox.snapshot import snapshot
from github_sandbox.tokens import Token

if TYPE_CHECKING:
    from github_sandbox.server import Server


class Sandbox:
    """A local GitHub. It builds the services, and serves them.

    ``clock`` returns seconds since 1970; see ``VirtualClock``.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        world = World(clock, branch_moved=pulls.branch_moved)
        self.services = Services(clock=clock, world=world, ledger=Ledger(Limits(), clock))

    @classmethod
    def from_seed(cls, data: Mapping[str, Any], *, clock: Callable[[], float] = time.time) -> Sandbox:
        """Build a sandbox from a seed. Raises SeedError that names every problem with its key path."""
        checked = seed.check(data)
        sandbox = cls(clock=clock)
        services, world = sandbox.services, sandbox.world
        services.limits = load_seed.limits(checked)
        services.lag = load_seed.lag(checked)
        services.edition = load_seed.edition(checked)
        load_seed.accounts(world, checked)
        load_seed.repositories(world, checked)
        services.tokens = load_seed.tokens(world, checked, services.ledger)
        services.apps = load_seed.apps(world, checked)
        return sandbox

    @classmethod
    def from_seed_file(cls, path: str | Path, *, clock: Callable[[], float] = time.time) -> Sandbox:
        return cls.from_seed(seed.load(path), clock=clock)

    def copied(self) -> Sandbox:
        """Return another sandbox in the same state, without violations. Later changes of one do not reach the other."""
        twin = Sandbox(clock=self.clock)
        with self.world.lock:
            services = self.services.copied()
        services.violations = twin.services.violations
        services.violations.clear()
        twin.services = services
        return twin

    # -- settings ----------------------------------------------------------------------------------------------------

    @property
    def limits(self) -> Limits:
        """The limits in force; assign ``Limits.published()`` to switch every published limit on."""
        return self.services.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self.services.limits = limits

    @property
    def lag(self) -> Lag:
        """The delay of lists and search after writes; none unless set."""
        return self.services.lag

    @lag.setter
    def lag(self, lag: Lag) -> None:
        self.services.lag = lag

    @property
    def edition(self) -> Edition:
        """The parts of the API that this server has; all of them unless set."""
        return self.services.edition

    @edition.setter
    def edition(self, edition: Edition) -> None:
        self.services.edition = edition

    @property
    def contract(self) -> bool:
        """Whether every REST request and response is checked against GitHub's OpenAPI description."""
        return self.services.contract

    @contract.setter
    def contract(self, contract: bool) -> None:
        self.services.contract = contract

    # -- state -------------------------------------------------------------------------------------------------------

    @property
    def clock(self) -> Callable[[], float]:
        return self.services.clock

    @property
    def world(self) -> World:
        return self.services.world

    @property
    def ledger(self) -> Ledger:
        """The requests of each caller, counted against the limits."""
        return self.services.ledger

    @property
    def tokens(self) -> dict[str, Token]:
        """Secret -> token, expired tokens included."""
        return self.services.tokens

    @property
    def requests(self) -> RequestLog:
        """The requests so far (RequestRecord), thread safe; ``requests.counters()`` counts them by class."""
        return self.services.requests

    @property
    def faults(self) -> FaultScript:
        """The faults to come; ``faults.add(Fault(...))``, ``faults.script([...])``, ``faults.during(...)``."""
        return self.services.faults

    @property
    def violations(self) -> list[str]:
        """One line per request or response that breaks GitHub's OpenAPI description (see ``contract``), and one per
        request for something that the sandbox does not serve.
        """
        return self.services.violations

    def app(self, slug: str) -> App:
        """Return a seeded GitHub App: its id, client id, private key, installations. Raises KeyError."""
        return self.services.apps[slug]

    # -- serving, staging, inspection --------------------------------------------------------------------------------

    def serve(self, port: int = 0) -> Server:
        """Start serving on 127.0.0.1; ``port`` 0: any free port. The server is a context manager that stops at once."""
        from github_sandbox.server import Server  # a sandbox that is reached without a socket needs no HTTP server

        return Server(self.services, port)

    def repository(self, full_name: str) -> RepositoryView:
        """Return a view that reads and stages one repository without HTTP. Raises KeyError for an unknown name."""
        with self.world.lock:
            repository = self.world.repository(full_name) or self.world.renamed_from(full_name)
        if repository is None:
            raise KeyError(full_name)
        return RepositoryView(repository)

    def add_repository(self, name: str, **spec: Any) -> RepositoryView:
        """Add a repository as a seed describes it, with underscores for dashes. Search finds it after its lag."""
        details = {"name": name} | {key.replace("_", "-"): value for key, value in spec.items()}
        with self.world.lock:
            load_seed.repositories(self.world, {"repositories": [details]})
            repository = self.world.repository(name)
            assert repository is not None
            repository.created_at = repository.added_at = self.clock()
            return RepositoryView(repository)

    def repositories(self) -> list[RepositoryView]:
        with self.world.lock:
            return [RepositoryView(r) for r in self.world.by_id.values()]

    def snapshot(self) -> dict[str, Any]:
        """Return the end state of all repositories in a form that two runs share: no timestamps, no commit ids."""
        return snapshot(self.world)
