"""A sandbox that is reached without a socket: the same requests and answers, at a third of the time.

What is about HTTP itself (answers cut short, redirects, threads, time-outs) has its sandbox served instead.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests

from action_patterns.github_api.transport.clients import IfNoneMatch
from action_patterns.github_api.transport.tokens import Authorization
from action_patterns.github_api.transport.transport import Response, Transport, decode
from github_sandbox import Sandbox
from github_sandbox.dispatch import Dispatcher
from github_sandbox.http_messages import HttpRequest

_REACHED: dict[str, Dispatcher] = {}
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Address:
    """What a `Server` says of itself."""

    url: str
    api_url: str
    graphql_url: str


@contextmanager
def reached(sandbox: Sandbox, at: str | None = None) -> Iterator[Address]:
    """The sandbox is at the address, for a `StageTransport`; by default at a new one."""
    url = at or f"http://github-{next(_NUMBERS)}.invalid"
    assert url not in _REACHED, "two sandboxes at one address"
    sandbox.world.base_url = url
    _REACHED[url] = Dispatcher(sandbox.services)
    try:
        yield Address(url, f"{url}/api/v3", f"{url}/api/graphql")
    finally:
        del _REACHED[url]


class StageTransport(Transport):
    """Straight into the sandbox where it is `reached`, over HTTP where it is served."""

    def exchange(self, method: str, url: str, body: object, auth: Authorization) -> Response:
        server = self._context.server_url
        dispatcher = _REACHED.get(server)
        if dispatcher is None:
            return super().exchange(method, url, body, auth)
        path, _, query = (url if url == self.graphql_url else f"{self._context.api_url}{url}").partition("?")
        headers = {"authorization": f"{auth.token_type} {auth.token}", "content-type": "application/json"}
        if isinstance(body, IfNoneMatch):
            headers["if-none-match"] = body.etag
            body = None
        data = b"" if body is None else json.dumps(body).encode()
        answer = dispatcher.handle(
            HttpRequest(method=method, path=path.removeprefix(server), query=query, headers=headers, body=data)
        )
        if answer.cut:
            raise requests.ConnectionError
        text = answer.body.decode() if answer.sent is None else answer.body[: answer.sent].decode(errors="replace")
        return Response(answer.status, {k.lower(): v for k, v in answer.headers.items()}, decode(answer.status, text))
