"""The HTTP clients of one thread: requests for GraphQL, PyGithub's requester for REST. One request, one answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import requests

from action_patterns.github_api.transport.certificates import trust
from action_patterns.github_api.transport.deadline import LateError, Worker
from action_patterns.github_api.transport.exchange import Connection, PlainConnection, exchange, session

if TYPE_CHECKING:
    from github import Github

    from action_patterns.github_api.transport.tokens import Authorization
    from action_patterns.ports.context import Context

Answer: TypeAlias = tuple[int, Mapping[str, str], str]
"""Status, headers with lower-case names, body."""

API_VERSION = "2022-11-28"
MAX_SECONDS = 120.0
"""For one request and its whole answer. GitHub gives itself ten seconds (docs, "Troubleshooting the REST API")."""
USER_AGENT = "action-patterns"


NOT_MODIFIED = 304


class IfNoneMatch(NamedTuple):
    """The condition of a GET: it has one in place of a body."""

    etag: str


class Clients:
    """Send requests. Neither client is thread-safe: each thread has its clients, and a worker that runs them.

    A run that only reads over GraphQL never imports PyGithub, which costs more start-up time than everything else.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        trust(context.authorities)
        self._local = threading.local()

    def send(
        self, method: str, url: str, body: object, authorization: Authorization, *, seconds: float = MAX_SECONDS
    ) -> Answer:
        """Send one request: GraphQL to its absolute URL, REST to a path below the API's.

        Raises:
            requests.RequestException: no whole answer came within `seconds`, or within two minutes.
            UnexpectedAnswerError: the address leads to another server.
        """
        worker: Worker | None = getattr(self._local, "worker", None)
        if worker is None or worker.busy:
            worker = self._local.worker = Worker()
        most = max(1.0, min(seconds, MAX_SECONDS))
        try:
            return worker.call(lambda: self._send(method, url, body, authorization), most)
        except LateError:
            raise requests.ReadTimeout(f"no whole answer within {most:.0f} s") from None

    def _send(self, method: str, url: str, body: object, authorization: Authorization) -> Answer:
        if url != self._context.graphql_url:
            fields = {"If-None-Match": body.etag} if isinstance(body, IfNoneMatch) else None
            content = None if fields else body
            rest = self.rest(authorization)
            status, headers, text = rest.requester.requestJson(method, url, headers=fields, input=content)
            return status, headers, text

        def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
            # A callable, so that requests does not replace the header by what ~/.netrc holds.
            request.headers["Authorization"] = f"{authorization.token_type} {authorization.token}"
            return request

        headers = {"Content-Type": "application/json", "User-Agent": USER_AGENT, "X-GitHub-Api-Version": API_VERSION}
        answer = exchange(session(), "POST", url, data=json.dumps(body), headers=headers, sign=sign)
        return answer.status, answer.headers, answer.text

    def rest(self, authorization: Authorization) -> Github:
        """Return the calling thread's PyGithub client for one token."""
        clients: dict[int, tuple[Authorization, Github]] | None = getattr(self._local, "clients", None)
        if clients is None:
            clients = self._local.clients = {}
        if id(authorization) not in clients:
            clients[id(authorization)] = (authorization, self._open(authorization))
        return clients[id(authorization)][1]

    def _open(self, authorization: Authorization) -> Github:
        from github import Auth, Github
        from github.Requester import Requester

        Requester.injectConnectionClasses(PlainConnection, Connection)  # type: ignore[arg-type]
        return Github(
            auth=authorization if isinstance(authorization, Auth.Auth) else Auth.Token(authorization.token),
            base_url=self._context.api_url,
            user_agent=USER_AGENT,
            api_version=API_VERSION,
            per_page=100,
            lazy=True,
            # Pacing and retry are ours: PyGithub's re-send a POST on 5xx and never re-send a PATCH.
            retry=None,
            seconds_between_requests=0,
            seconds_between_writes=0,
        )
