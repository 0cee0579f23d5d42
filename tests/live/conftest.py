"""The same product against real GitHub. Needs LIVE_TOKEN and LIVE_REPOSITORY; leaves the repository as it was.

    LIVE_TOKEN=… LIVE_REPOSITORY=owner/name make live

The default branch is never written. Every test works under a key of its own; afterwards its pull requests are closed
and its branches deleted (a pull request itself cannot be deleted: closed ones remain, titled `[live]`).
LIVE_API_URL, LIVE_GRAPHQL_URL and LIVE_SERVER_URL name another server than github.com.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from action_patterns.contracts import TargetResult
from action_patterns.github_api.client import Client
from action_patterns.github_api.transport.transport import Transport
from action_patterns.ports.credentials import Credentials
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.upsert import Assignment, upsert
from action_patterns.runner.clock import SystemClock
from support.in_process import Address
from support.stage import RecordingLog, context_of, desired_state


@dataclass
class Live:
    """One repository of the real GitHub, and what this test has made in it."""

    repository: str
    transport: Transport
    gateway: Client
    clock: SystemClock = field(default_factory=SystemClock)
    branches: set[str] = field(default_factory=set)

    def desired_state(self, files: dict[str, str | bytes | None] | None = None, **fields: Any) -> Desired:
        """A desired state below a folder of its own, under a key of its own."""
        files = {"hello.txt": "hello\n"} if files is None else files
        key = fields.pop("key", self.key)
        desired = desired_state(
            {f"action-patterns-live/{key}/{path}": data for path, data in files.items()},
            **{"key": key, "title": "[live] action-patterns", "body": "A test; it closes itself.", **fields},
        )
        self.branches.add(desired.branch)
        return desired

    key: str = field(default_factory=lambda: f"live-{secrets.token_hex(4)}")

    def upsert(self, desired: Desired) -> TargetResult:
        """One run."""
        return upsert(
            desired,
            Assignment(plan_id="live", index=0, attempt=1, repository=self.repository),
            self.gateway,
            self.clock,
            dry_run=False,
        )

    def rest(self, method: str, path: str, body: object = None) -> Any:
        """A request of the test's own, below the repository."""
        reading = method == "GET"
        kind, lane = ("read", "read") if reading else ("repeatable", "write")
        return self.transport.send(
            kind, lane, method, f"/repos/{self.repository}{path}", body, scope=self.repository
        ).data

    def pulls(self, branch: str) -> list[Any]:
        """All pull requests of a branch, newest first."""
        owner = self.repository.partition("/")[0]
        found: list[Any] = self.rest("GET", f"/pulls?head={owner}:{branch}&state=all")
        return found

    def clean(self) -> None:
        """Close what is open and delete what was pushed."""
        for branch in sorted(self.branches):
            for pull in self.pulls(branch):
                if pull["state"] == "open":
                    self.rest("PATCH", f"/pulls/{pull['number']}", {"state": "closed"})
            if self.gateway.git.read_branch(self.repository, branch) is not None:
                self.rest("DELETE", f"/git/refs/heads/{branch}")


@pytest.fixture(scope="session")
def connection() -> tuple[str, Transport]:
    token, repository = os.environ.get("LIVE_TOKEN", ""), os.environ.get("LIVE_REPOSITORY", "")
    if not (token and repository):
        pytest.skip("Set LIVE_TOKEN and LIVE_REPOSITORY: these tests write to a real repository.")
    server = Address(
        os.environ.get("LIVE_SERVER_URL", "https://github.com"),
        os.environ.get("LIVE_API_URL", "https://api.github.com"),
        os.environ.get("LIVE_GRAPHQL_URL", "https://api.github.com/graphql"),
    )
    context = context_of(
        server,
        write_spacing_seconds=float(os.environ.get("ACTION_PATTERNS_WRITE_SPACING_SECONDS", "1.0")),
    )
    return repository, Transport(Credentials(token), context, SystemClock(), RecordingLog())


@pytest.fixture
def live(connection: tuple[str, Transport]) -> Iterator[Live]:
    repository, transport = connection
    found = Live(repository, transport, Client(transport))
    yield found
    found.clean()
