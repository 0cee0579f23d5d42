"""One request and its answer over HTTP: redirects within one server, and an answer of bounded size.

PyGithub's requests go through here too. PyGithub alone would repeat a request for as long as GitHub answers 202, and
follow redirects without their query, and without end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, ItemsView, Mapping
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import urljoin, urlsplit

import requests

from action_patterns.errors import UnexpectedAnswerError
from action_patterns.github_api.transport.certificates import Adapter

Sign: TypeAlias = Callable[[requests.PreparedRequest], requests.PreparedRequest]

TIMEOUT_SECONDS = 30
"""For the connection, and for each read."""
MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""Size of the decoded body. A page of 100 pull requests with full bodies has seven."""
MAX_REDIRECTS = 5
_PIECE_BYTES = 64 * 1024


class NotReadyError(requests.RequestException):
    """GitHub answered 202: it is still computing the answer (REST docs, "Repository statistics")."""


class OversizeError(requests.RequestException):
    """The answer is larger than any answer of GitHub."""


class Exchanged(NamedTuple):
    """An answer: status, headers with lower-case names, body."""

    status: int
    headers: Mapping[str, str]
    text: str


def exchange(
    session: requests.Session, method: str, url: str, *, data: Any, headers: Mapping[str, str], sign: Sign
) -> Exchanged:
    """Send one request, and repeat it where a permanent redirect within the same server leads.

    Raises:
        requests.RequestException: no answer came, or none that can be used.
        UnexpectedAnswerError: a redirect leads to another server, or redirects do not end.
    """
    place = url
    for _ in range(MAX_REDIRECTS + 1):
        with session.request(
            method,
            place,
            data=data,
            headers=headers,
            auth=sign,
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
            stream=True,
        ) as answer:
            text = _read(answer)
        location = answer.headers.get("location")
        if answer.status_code == 202 and method == "GET":
            raise NotReadyError(f"GET {url} was answered with 202")
        if location is None or not 300 <= answer.status_code < 400:
            named = {name.lower(): value for name, value in answer.headers.items()}
            return Exchanged(answer.status_code, named, text)
        moved_to = urljoin(place, location)
        if answer.status_code not in (301, 307, 308) or _origin(moved_to) != _origin(place):
            break  # The token goes nowhere but to the server it was given for.
        place = moved_to
    raise UnexpectedAnswerError(
        f"{method} {url} was answered with {answer.status_code}, which leads to {location}.",
        remediation="Correct the address of GitHub's API that the runner's environment holds.",
        request_id=answer.headers.get("x-github-request-id"),
    )


def _read(answer: requests.Response) -> str:
    pieces: list[bytes] = []
    size = 0
    for piece in answer.iter_content(_PIECE_BYTES):
        size += len(piece)
        if size > MAX_ANSWER_BYTES:
            raise OversizeError(f"the answer has more than {MAX_ANSWER_BYTES:,} bytes")
        pieces.append(piece)
    return b"".join(pieces).decode(errors="replace")


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


class Sessions(threading.local):
    """The session of the calling thread."""

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.mount("https://", Adapter())


_SESSIONS = Sessions()


def session() -> requests.Session:
    """Return the calling thread's session, which keeps its connections."""
    return _SESSIONS.session


def unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Return the request as it is. With a callable, requests does not look for a password in ~/.netrc."""
    return request


class Connection:
    """A connection as PyGithub wants it (`Requester.injectConnectionClasses`)."""

    scheme = "https"
    port = 443

    def __init__(self, host: str, port: int | None = None, **_: object) -> None:
        self.host = host
        name = f"[{host}]" if ":" in host else host
        self._origin = f"{self.scheme}://{name}:{port or self.port}"
        self._request: tuple[str, str, Any, Mapping[str, str]]

    def request(self, verb: str, url: str, input: Any, headers: Mapping[str, str], stream: bool = False) -> None:  # noqa: A002, ARG002, FBT001, FBT002
        """Take the request."""
        self._request = (verb, url, input, headers)

    def getresponse(self) -> ConnectionAnswer:
        """Send the request."""
        verb, url, body, headers = self._request
        sent = exchange(session(), verb, self._origin + url, data=body, headers=headers, sign=unsigned)
        return ConnectionAnswer(sent)

    def close(self) -> None:
        """Keep the connection: it is the thread's."""


def _is_odd(name: str, value: str) -> bool:
    if not name.startswith("x-ratelimit-"):
        return False
    try:
        int(float(value))
    except (ValueError, OverflowError):
        return name != "x-ratelimit-resource"
    return False


class PlainConnection(Connection):
    """The same without TLS: a local GitHub."""

    scheme = "http"
    port = 80


class ConnectionAnswer:
    """An answer as PyGithub wants it."""

    def __init__(self, answer: Exchanged) -> None:
        self.status = answer.status
        self._answer = answer

    def getheaders(self) -> ItemsView[str, str]:
        """Return the headers. PyGithub takes those of the rate limit for numbers, unchecked: others are left out."""
        return {name: value for name, value in self._answer.headers.items() if not _is_odd(name, value)}.items()

    def read(self) -> str:
        """Return the body."""
        return self._answer.text
