"""A GitHub App with installations on the sandbox, and the product run as it; one clock for both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from action_patterns.contracts import TargetResult
from action_patterns.github_api.client import Client
from action_patterns.github_api.transport.tokens import AccessToken, Authorization
from action_patterns.github_api.transport.transport import Response, Transport
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Allowance, AppKey, Credentials
from action_patterns.ports.permissions import needed
from action_patterns.pull_request.upsert import USES, Assignment, upsert
from github_sandbox import Sandbox
from github_sandbox.clock import VirtualClock
from support import editions
from support.job_variables import job_variables
from support.stage import RecordingLog, context_of, desired_state

CLIENT_ID = "Iv23liFLEET"
GRANTED = {"contents": "write", "pull_requests": "write", "metadata": "read"}


def seed(installations: Mapping[str, Any], repositories: Sequence[str], **app: Any) -> dict[str, Any]:
    """An App of acme's, installed as told; every repository is private, so that a token is needed to see it."""
    owners = dict.fromkeys(name.partition("/")[0] for name in repositories)
    return {
        "organizations": {owner: {} for owner in {**owners, "acme": {}}},
        "apps": {
            "fleet": {
                "client-id": CLIENT_ID,
                "owner": "acme",
                "permissions": GRANTED,
                "installations": dict(installations),
                **app,
            }
        },
        "repositories": [{"name": name, "private": True, "files": {"README.md": "x\n"}} for name in repositories],
    }


@dataclass
class SharedClock:
    """ports.Clock on the sandbox's clock."""

    clock: VirtualClock

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)

    def monotonic(self) -> float:
        return self.clock()

    def sleep(self, seconds: float) -> None:
        self.clock.advance(seconds)


class WatchedTransport(Transport):
    """Notes which token went with which request, and that it was hidden before."""

    def __init__(self, credentials: Credentials, context: Context, clock: SharedClock, allowance: Allowance) -> None:
        self.said = RecordingLog()
        self.sent: list[tuple[str, str]] = []
        super().__init__(credentials, context, clock, self.said, allowance)

    def exchange(self, method: str, url: str, body: object, auth: Authorization) -> Response:
        if isinstance(auth, AccessToken):
            assert auth.token in self.said.hidden, "a token was used before it was masked"
            self.sent.append((auth.token, url))
        return super().exchange(method, url, body, auth)


@dataclass
class Fleet:
    """The sandbox, and everything that was minted on it."""

    sandbox: Sandbox
    clock: VirtualClock
    context: Context
    key: AppKey
    transports: list[WatchedTransport] = field(default_factory=list)

    def gateway(self, repositories: Sequence[str] = (), **allowance: Any) -> Client:
        """The product's client as this App, narrowed as an action narrows it."""
        wanted = {"repositories": tuple(repositories), "permissions": needed(USES), **allowance}
        credentials = Credentials("", app=self.key)
        transport = WatchedTransport(credentials, self.context, SharedClock(self.clock), Allowance(**wanted))
        self.transports.append(transport)
        return Client(transport)

    def upsert(self, gateway: Client, repository: str, **fields: Any) -> TargetResult:
        assignment = Assignment(plan_id="plan-1", index=0, attempt=1, repository=repository)
        return upsert(
            desired_state({"ci.txt": "x\n"}, **fields), assignment, gateway, SharedClock(self.clock), dry_run=False
        )

    @property
    def minted(self) -> list[str]:
        """Tokens that were masked, in order; each must have been minted by the product."""
        return [token for transport in self.transports for token in transport.said.hidden]

    def alive(self) -> list[str]:
        """Installation tokens that still work."""
        return [value for value, token in self.sandbox.tokens.items() if token.kind == "installation"]

    def reach(self, token: str) -> set[str]:
        """The repositories a living token was narrowed to."""
        ids = self.sandbox.tokens[token].repository_ids
        assert ids is not None
        return {self.sandbox.world.by_id[number].full_name for number in ids}


def variables(scene: Fleet, folder: Path, **inputs: str) -> dict[str, str]:
    """The environment of an action that is given the App. Set an input to "" to leave it out."""
    (folder / "temp").mkdir(exist_ok=True)
    (folder / "output").touch()
    # Every repository is private here, and the tests read names.
    shown = {"reveal_private": "true"}
    given = {"app_client_id": scene.key.client_id, "app_private_key": scene.key.private_key, **shown, **inputs}
    return {
        **job_variables(scene.context, folder),
        **{f"INPUT_{name.upper()}": value for name, value in given.items()},
    }


@contextmanager
def fleet(data: Mapping[str, Any], **context: Any) -> Iterator[Fleet]:
    """Serve it. Time passes only when a test, or a wait of the product, lets it; the App signs by the same clock."""
    clock = VirtualClock()
    sandbox = Sandbox.from_seed(dict(data), clock=clock)
    editions.set_up(sandbox)
    key = AppKey(CLIENT_ID, sandbox.app("fleet").private_key)
    with sandbox.serve(port=0) as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr("github.Auth.time", SimpleNamespace(time=clock))
        made = context_of(server, **context)
        yield Fleet(sandbox, clock, made, key)
