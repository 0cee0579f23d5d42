"""The HTTP clients of one thread: requests for GraphQL, PyGithub's requester for REST. One request, one answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urljoin, urlsplit

import requests

from action_patterns.errors import RefusedError

if TYPE_CHECKING:
    from github import Github

    from action_patterns.github_api.transport.tokens import Authorization
    from action_patterns.ports.context import Context

Answer: TypeAlias = tuple[int, Mapping[str, str], str]
"""Status, headers with lower-case names, body."""

API_VERSION = "2022-11-28"
TIMEOUT_SECONDS = 30
USER_AGENT = "action-patterns"
_MOST_REDIRECTS = 5


class Clients:
    """Send requests. Neither client is thread-safe: each thread has its own.

    A run that only reads over GraphQL never imports PyGithub, which costs more start-up time than everything else.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._local = threading.local()

    def send(self, method: str, url: str, body: object, authorization: Authorization) -> Answer:
        """Send one request: GraphQL to its absolute URL, REST to a path below the API's.

        Raises:
            requests.RequestException: no answer came.
            RefusedError: the GraphQL address leads elsewhere.
        """
        if url == self._context.graphql_url:
            return self._post(url, json.dumps(body), authorization)
        status, headers, text = self.rest(authorization).requester.requestJson(method, url, input=body)
        return status, headers, text

    def _post(self, url: str, body: str, authorization: Authorization) -> Answer:
        def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
            # A callable, so that requests does not replace the header by what ~/.netrc holds.
            request.headers["Authorization"] = f"{authorization.token_type} {authorization.token}"
            return request

        headers = {"Content-Type": "application/json", "User-Agent": USER_AGENT, "X-GitHub-Api-Version": API_VERSION}
        place = url
        for _ in range(_MOST_REDIRECTS):
            answer = self._session().post(
                place, data=body, headers=headers, auth=sign, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
            location = answer.headers.get("location")
            if location is None or not 300 <= answer.status_code < 400:
                return answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, answer.text
            moved_to = urljoin(place, location)
            if answer.status_code != 301 or _origin(moved_to) != _origin(place):
                break  # The token goes nowhere but to the server it was given for.
            place = moved_to
        raise RefusedError(
            f"POST {url} was answered with {answer.status_code}: GraphQL is at {location} instead.",
            remediation="Correct the address of GitHub's API that the runner's environment holds.",
            request_id=answer.headers.get("x-github-request-id"),
        )

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
        return session

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

        return Github(
            auth=authorization if isinstance(authorization, Auth.Auth) else Auth.Token(authorization.token),
            base_url=self._context.api_url,
            user_agent=USER_AGENT,
            api_version=API_VERSION,
            per_page=100,
            timeout=TIMEOUT_SECONDS,
            lazy=True,
            # Pacing and retry are ours: PyGithub's re-send a POST on 5xx and never re-send a PATCH.
            retry=None,
            seconds_between_requests=0,
            seconds_between_writes=0,
        )


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
