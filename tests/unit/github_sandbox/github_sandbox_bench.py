"""The seed that all sandbox tests share, and short calls to a served sandbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from github_sandbox import RepositoryView, Sandbox, VirtualClock
from github_sandbox.server import Server

SEED: dict[str, Any] = {
    "organizations": {"acme": {"members": ["bot", "alice"], "teams": {"core": ["alice"]}}},
    "users": ["alice", "bot", "stranger"],
    "tokens": {
        "tok-bot": {"login": "bot"},
        "tok-fine": {"login": "bot", "kind": "fine-grained", "repositories": ["acme/other"], "permission": "write"},
        "tok-app": {"login": "acme-app", "kind": "installation"},
        "tok-actions": {"login": "github-actions", "kind": "actions", "repositories": ["acme/closed-door"]},
        "tok-read": {"login": "alice", "kind": "fine-grained", "permission": "read"},
        "tok-poor": {"login": "alice", "rate-limit": 2, "graphql-rate-limit": 1},
    },
    "repositories": [
        {
            "name": "acme/api",
            "topics": ["python"],
            "files": {
                "README.md": "hello\n",
                "bin/run": {"mode": "100755", "content": "#!/bin/sh\n"},
                "logo.bin": {"base64": "AAEC"},
                "link": {"symlink": "README.md"},
                "a/b/c.txt": "deep\n",
            },
            "branches": {"feature": {"files": {"new.txt": "new\n"}}, "conflict": {"files": {"README.md": "other\n"}}},
        },
        {"name": "acme/other", "files": {"README.md": "x"}},
        {"name": "acme/empty"},
        {"name": "acme/secret", "private": True, "files": {"README.md": "x"}},
        {"name": "acme/old", "archived": True, "files": {"README.md": "x"}},
        {"name": "acme/closed-door", "allow-actions-pull-requests": False, "files": {"a": "x"},
         "branches": {"f": {"files": {"b": "y"}}}},
        {"name": "stranger/api", "fork": "acme/api", "branches": {"feature": {"files": {"fork.txt": "x"}}}},
    ],
}  # fmt: skip


@dataclass
class Bench:
    """A served sandbox, and short calls to it."""

    sandbox: Sandbox
    server: Server
    sessions: dict[str | None, requests.Session]

    def send(self, method: str, path: str, *, token: str | None = "tok-bot", **arguments: Any) -> requests.Response:
        session = self.sessions.setdefault(token, requests.Session())
        if token:
            session.headers["Authorization"] = f"token {token}"
        arguments.setdefault("allow_redirects", False)
        arguments.setdefault("timeout", 10)
        return session.request(method, self.server.api_url + path, **arguments)

    def get(self, path: str, **arguments: Any) -> requests.Response:
        return self.send("GET", path, **arguments)

    def post(self, path: str, body: Any, **arguments: Any) -> requests.Response:
        return self.send("POST", path, json=body, **arguments)

    def patch(self, path: str, body: Any, **arguments: Any) -> requests.Response:
        return self.send("PATCH", path, json=body, **arguments)

    def graphql(self, query: str, *, token: str | None = "tok-bot", **variables: Any) -> Any:
        return self.ask(query, token=token, **variables).json()

    def ask(self, query: str, *, token: str | None = "tok-bot", timeout: float = 10, **variables: Any) -> Any:
        """Return the whole response to a GraphQL request."""
        headers = {"Authorization": f"bearer {token}"} if token else {}
        body = {"query": query, "variables": variables}
        return requests.post(self.server.graphql_url, json=body, headers=headers, timeout=timeout)

    @property
    def clock(self) -> VirtualClock:
        assert isinstance(self.sandbox.clock, VirtualClock)
        return self.sandbox.clock

    def repository(self, name: str = "acme/api") -> RepositoryView:
        return self.sandbox.repository(name)


@contextmanager
def served(seed: Mapping[str, Any] = SEED, **changes: Any) -> Iterator[Bench]:
    """Yield a fresh sandbox in virtual time; every REST request and response must fit GitHub's description."""
    sandbox = Sandbox.from_seed({**seed, **changes}, clock=VirtualClock())
    sandbox.contract = True
    with sandbox.serve() as server:
        yield Bench(sandbox, server, {})
    assert not sandbox.violations, "\n".join(sandbox.violations)
