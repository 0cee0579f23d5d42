"""Hosts that are asked whether they answer: name, connection, certificate, one GET. Proxies as curl takes them."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # typeshed lacks it

from action_patterns.ports.machine import Endpoint, Reply
from action_patterns.release import VERSION

_AT_ONCE = 16
_MAY_PASS = (socket.EAI_AGAIN, socket.EAI_FAIL)
"""Errors of a name server that is not there for now."""


class _FailedError(Exception):
    """The way ended."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply


def ask_all(endpoints: Sequence[Endpoint], variables: Mapping[str, str], authorities: Sequence[str]) -> list[Reply]:
    """Return the replies in the order of the endpoints. They are asked side by side."""
    pending: SimpleQueue[int] = SimpleQueue()
    found: dict[int, Reply] = {}
    for place in range(len(endpoints)):
        pending.put(place)

    def work() -> None:
        with suppress(Empty):
            while True:
                place = pending.get_nowait()
                found[place] = ask(endpoints[place], variables, authorities)

    # A cancelled step does not wait for hosts: these threads end with the process.
    threads = [threading.Thread(target=work, daemon=True) for _ in endpoints[:_AT_ONCE]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[place] for place in range(len(endpoints))]


def ask(endpoint: Endpoint, variables: Mapping[str, str], authorities: Sequence[str]) -> Reply:
    """Return how far the way to a host goes. Raises nothing."""
    deadline = time.monotonic() + endpoint.timeout_seconds
    proxy: SplitResult | None = None
    try:
        proxy = _proxy(endpoint, variables)
        with _Way(_connect(endpoint, proxy, deadline), deadline) as way:
            return _talk(endpoint, proxy, way, authorities)
    except _FailedError as failed:
        return failed.reply
    except (OSError, http.client.HTTPException, ValueError) as error:
        over = time.monotonic() >= deadline
        why = f"no answer within {endpoint.timeout_seconds:g} seconds" if over else _words(error)
        return Reply(failed="answer", detail=why, transient=True, proxy=_place(proxy))


class _Way:
    """A connection that ends at its deadline: a host that sends one byte a second keeps no time-out of a socket."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self.connection = connection
        """The innermost one: that of TLS takes the other's place."""
        self._timer = threading.Timer(max(0.0, deadline - time.monotonic()), self._shut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self.connection.close()

    def _shut(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


def _connect(endpoint: Endpoint, proxy: SplitResult | None, deadline: float) -> socket.socket:
    host, port = (endpoint.host, endpoint.port) if proxy is None else (proxy.hostname or "", proxy.port or 80)
    place = _place(proxy)
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        passes = isinstance(error, socket.gaierror) and error.errno in _MAY_PASS
        failed = Reply(failed="proxy" if proxy else "dns", detail=_words(error), transient=passes, proxy=place)
        raise _FailedError(failed) from None
    why = "no address"
    for family, kind, protocol, _, address in addresses:
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(max(0.001, deadline - time.monotonic()))
            connection.connect(address)
        except OSError as error:
            connection.close()
            why = _words(error)
            continue
        return connection
    raise _FailedError(Reply(failed="proxy" if proxy else "connect", detail=why, transient=True, proxy=place))


def _talk(endpoint: Endpoint, proxy: SplitResult | None, way: _Way, authorities: Sequence[str]) -> Reply:
    if endpoint.scheme == "tcp":
        return Reply(proxy=_place(proxy))
    expires = None
    if endpoint.scheme in ("https", "tls"):
        if proxy is not None:
            _tunnel(endpoint, proxy, way.connection)
        expires = _secure(endpoint, way, authorities)
    if endpoint.scheme == "tls":
        return Reply(expires=expires, proxy=_place(proxy))
    client = http.client.HTTPConnection(endpoint.host, endpoint.port)
    client.sock = way.connection
    at = _at(endpoint)
    headers = {"Host": at, "User-Agent": f"action-patterns/{VERSION}", "Accept": "*/*", "Connection": "close"}
    path = endpoint.path
    if proxy is not None and endpoint.scheme == "http":
        path = f"http://{at}{endpoint.path}"
        headers |= _authorization(proxy)
    client.request("GET", path, headers=headers)
    answer = client.getresponse()
    location = answer.headers.get("location", "")
    answer.close()
    if proxy is not None and endpoint.scheme == "http" and answer.status == 407:
        # RFC 9110, section 15.5.8: the proxy says it, and the host was not asked.
        raise _FailedError(
            Reply(failed="proxy", detail="it answered 407 instead of asking the host", proxy=_place(proxy))
        )
    return Reply(status=answer.status, location=location, expires=expires, proxy=_place(proxy))


def _tunnel(endpoint: Endpoint, proxy: SplitResult, connection: socket.socket) -> None:
    """Have the proxy connect to the host (RFC 9110, section 9.3.6)."""
    client = http.client.HTTPConnection(endpoint.host, endpoint.port)
    client.sock = connection
    at = f"{_bracketed(endpoint.host)}:{endpoint.port}"
    client.request("CONNECT", at, headers={"Host": at, **_authorization(proxy)})
    answer = client.response_class(connection, method="CONNECT")
    answer.begin()
    if not 200 <= answer.status < 300:
        detail = f"it answered {answer.status} instead of connecting"
        raise _FailedError(Reply(failed="proxy", detail=detail, transient=answer.status >= 500, proxy=_place(proxy)))


def _secure(endpoint: Endpoint, way: _Way, authorities: Sequence[str]) -> datetime | None:
    """Begin TLS, and return the end of the host's certificate."""
    context = ssl.create_default_context()
    for place in authorities:
        with suppress(OSError):  # A file that is absent adds nothing: the certificate's error then says so.
            context.load_verify_locations(**({"capath": place} if Path(place).is_dir() else {"cafile": place}))
    try:
        # The handshake comes second: until then nothing reads, and the deadline ends this connection too.
        way.connection = secured = context.wrap_socket(
            way.connection, server_hostname=endpoint.host, do_handshake_on_connect=False
        )
        secured.do_handshake()
    except ssl.SSLCertVerificationError as error:
        raise _FailedError(Reply(failed="certificate", detail=error.verify_message or _words(error))) from None
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        raise  # The host, or the deadline, ended the connection.
    except ssl.SSLError as error:
        raise _FailedError(Reply(failed="tls", detail=error.reason or _words(error))) from None
    until = (secured.getpeercert() or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(until), UTC) if isinstance(until, str) else None


def _proxy(endpoint: Endpoint, variables: Mapping[str, str]) -> SplitResult | None:
    """Return the proxy that the variables name for a host (curl docs, "ENVIRONMENT"). A bare connection has none."""
    if endpoint.scheme == "tcp":
        return None
    scheme = "http" if endpoint.scheme == "http" else "https"
    # Upper case is not read for http: a web server's CGI sets HTTP_PROXY from a header.
    names: tuple[str, ...] = ("http_proxy", "all_proxy", "ALL_PROXY")
    if scheme == "https":
        names = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    address = next((value for name in names if (value := variables.get(name, "").strip())), "")
    if not address or _bypasses(endpoint, variables):
        return None
    try:
        found = urlsplit(address if "://" in address else f"http://{address}")
        if found.hostname and found.scheme == "http" and found.port != 0:
            return found
    except ValueError:
        pass
    # The address may hold a password, so it is not shown.
    detail = "its variable names no address of the form http://host:port"
    raise _FailedError(Reply(failed="proxy", detail=detail))


def _bypasses(endpoint: Endpoint, variables: Mapping[str, str]) -> bool:
    without = variables.get("no_proxy", "") or variables.get("NO_PROXY", "")
    return bool(without) and bool(proxy_bypass_environment(_at(endpoint), {"no": without}))


def _authorization(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    user = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {b64encode(user.encode()).decode()}"}


def _place(proxy: SplitResult | None) -> str:
    return "" if proxy is None else f"{_bracketed(proxy.hostname or '')}:{proxy.port or 80}"


def _at(endpoint: Endpoint) -> str:
    usual = {"http": 80, "https": 443}.get(endpoint.scheme)
    return _bracketed(endpoint.host) + ("" if endpoint.port == usual else f":{endpoint.port}")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _words(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
