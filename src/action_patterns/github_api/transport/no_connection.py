"""Why no connection to GitHub came about: the address, the cause, and what to set. Pure."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from requests import exceptions
from urllib3.exceptions import NewConnectionError


class NoConnection(NamedTuple):
    """A request that was not sent."""

    cause: str
    remedy: str
    lasts: bool
    """Another try would end alike."""


_CERTIFICATE = (
    "Set SSL_CERT_FILE (or REQUESTS_CA_BUNDLE) for the job to a PEM file with the certificate of the authority that"
    " signs for this network, or install it in the runner's system. Do not switch the check off."
)
_PROXY = "Correct HTTPS_PROXY and NO_PROXY in the runner's environment."
_ADDRESS = "Correct GITHUB_API_URL and GITHUB_GRAPHQL_URL in the runner's environment."
_NETWORK = "Check that the runner reaches this address: firewall, HTTPS_PROXY, and that the server runs."


def read(error: BaseException, url: str) -> NoConnection | None:
    """Return why a request was not sent. None: it may have been, or another try may go well.

    `url`: the address that was asked for.
    """
    place = origin(url)
    causes = list(causes_of(error))
    never_connected = any(isinstance(each, NewConnectionError) for each in causes)
    if any(isinstance(each, exceptions.ProxyError) for each in causes):
        return _of_proxy(causes, place)
    for each in causes:
        if isinstance(each, ssl.SSLCertVerificationError):
            why = each.verify_message or str(each)
            return NoConnection(f"the certificate of {place} is not trusted ({why})", _CERTIFICATE, lasts=True)
        if isinstance(each, ssl.SSLError) and each.reason in (
            "WRONG_VERSION_NUMBER",
            "HTTP_REQUEST",
            "RECORD_LAYER_FAILURE",
        ):
            return NoConnection(f"{place} does not speak TLS", _ADDRESS, lasts=True)
        if isinstance(each, socket.gaierror):
            return _of_name(each, place)
    for each in causes:
        if isinstance(each, (exceptions.InvalidURL, exceptions.MissingSchema, exceptions.InvalidSchema)):
            return NoConnection(f"{url!r} is no address of a web server", _ADDRESS, lasts=True)
        if isinstance(each, ConnectionRefusedError):
            return NoConnection(f"{place} refused the connection", _NETWORK, lasts=False)
        if isinstance(each, exceptions.ConnectTimeout):
            return NoConnection(f"{place} did not take the connection in time", _NETWORK, lasts=False)
        # The network may also go while an answer is awaited: then the request was sent.
        if never_connected and isinstance(each, OSError) and _is_no_route(each):
            return NoConnection(f"{place} cannot be reached ({each.strerror})", _NETWORK, lasts=False)
    return None


def of_proxy_status(status: int, place: str) -> NoConnection:
    """Return why a proxy did not pass a request on."""
    if status == 407:
        return NoConnection(
            f"the proxy before {place} asks for a user and a password (407)",
            "Put them into HTTPS_PROXY (http://user:password@host:port), kept as a secret, or list the server in"
            " NO_PROXY.",
            lasts=True,
        )
    return NoConnection(f"the proxy answered {status} instead of connecting to {place}", _PROXY, lasts=status < 500)


def _of_proxy(causes: list[BaseException], place: str) -> NoConnection:
    for each in causes:
        if found := re.search(r"Tunnel connection failed: (\d{3})", str(each)):
            return of_proxy_status(int(found[1]), place)
    for each in causes:
        if isinstance(each, exceptions.InvalidProxyURL):
            return NoConnection(f"HTTPS_PROXY is no address of a proxy ({place} was asked for)", _PROXY, lasts=True)
        if isinstance(each, socket.gaierror):
            lasts = each.errno not in _MAY_PASS
            return NoConnection(
                f"the proxy that HTTPS_PROXY names for {place} has an unknown name", _PROXY, lasts=lasts
            )
    return NoConnection(f"the proxy that HTTPS_PROXY names for {place} does not take connections", _PROXY, lasts=False)


_MAY_PASS = frozenset({socket.EAI_AGAIN, socket.EAI_FAIL})


def _of_name(error: socket.gaierror, place: str) -> NoConnection:
    if error.errno in _MAY_PASS:
        return NoConnection(
            f"no name server gave the address of {place}",
            "Check the runner's name servers (/etc/resolv.conf) and its network.",
            lasts=False,
        )
    return NoConnection(
        f"there is no host of the name {urlsplit(place).hostname} ({place})",
        "Correct GITHUB_API_URL, or have the name added to the name servers that the runner asks.",
        lasts=True,
    )


def _is_no_route(error: OSError) -> bool:
    return error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL)


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those behind it. urllib3 keeps them in `reason`, requests in its first argument."""
    ahead: list[object] = [error]
    seen: set[int] = set()
    while ahead:
        each = ahead.pop(0)
        if isinstance(each, BaseException) and id(each) not in seen:
            seen.add(id(each))
            yield each
            ahead += [getattr(each, "reason", None), *each.args, each.__cause__, each.__context__]


def origin(url: str) -> str:
    """Return scheme, host and port of an address, without user and password."""
    try:
        parts = urlsplit(url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        return repr(url)
