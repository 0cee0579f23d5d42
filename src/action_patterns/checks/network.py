"""Checks of hosts: they answer, with a certificate that stays valid. Hosts are asked side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, ClassVar, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import BeforeValidator, Field, field_validator

from action_patterns.checks.check import Finding, finding
from action_patterns.checks.specification import Specification, World
from action_patterns.input_types import split_names
from action_patterns.ports.machine import Endpoint, Reply

_PORTS = {"http": 80, "https": 443, "tls": 443}
_FORM = "must be an address such as https://registry.example/v2/, tls://host:443 or tcp://host:5432"


def _names(value: object) -> object:
    return split_names(value) if isinstance(value, str) else value


class Host(Specification):
    """A host answers: its name is known, it connects, its certificate is valid, its status is an expected one."""

    subject: ClassVar[str] = "endpoint"

    endpoint: str = Field(
        description="Address: `https://…` and `http://…` get one GET, `tls://host:port` a handshake,"
        " `tcp://host:port` a connection. It must hold no password.",
    )
    status: Annotated[tuple[str, ...], BeforeValidator(_names)] = Field(
        default=("200-399",), min_length=1, description="Statuses of a good answer, for example `200, 401, 300-399`."
    )
    certificate_days: int = Field(default=0, ge=0, description="Days for which the certificate is still valid.")
    timeout_seconds: float = Field(default=10.0, gt=0, le=300, description="Seconds the host may take.")

    @field_validator("endpoint")
    @classmethod
    def _is_address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError:
            raise ValueError(_FORM) from None
        if parts.scheme not in (*_PORTS, "tcp") or not parts.hostname or not value.isprintable() or " " in value:
            raise ValueError(_FORM)
        if parts.scheme == "tcp" and port is None:
            raise ValueError("must name a port: tcp://host:port")
        if parts.username is not None or parts.password is not None:
            raise ValueError("must hold no user and password: the address is shown. Ask by a `command` instead")
        return value

    @field_validator("status")
    @classmethod
    def _are_statuses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            low, _, high = each.partition("-")
            if not (low.isdecimal() and (not high or high.isdecimal()) and 100 <= int(low) <= int(high or low) <= 599):
                raise ValueError(f"{each!r} is no status and no range of statuses. Write `200` or `200-399`")
        return value

    def place(self) -> Endpoint:
        """Return the host to ask."""
        parts = urlsplit(self.endpoint)
        return Endpoint(
            scheme=parts.scheme,  # type: ignore[arg-type]  # checked by the validator
            host=parts.hostname or "",
            port=parts.port or _PORTS.get(parts.scheme, 0),
            path=_path(parts),
            timeout_seconds=self.timeout_seconds,
        )

    def shown(self) -> str:
        """Return the address without its query, which may hold a key."""
        return _shown(self.endpoint)

    def title(self) -> str:
        return f"endpoint {self.shown()}"

    @classmethod
    def ask(cls, subjects: Sequence[Self], world: World) -> Sequence[Finding]:
        replies = world.ports.machine.ask_endpoints([each.place() for each in subjects])
        return [_judged(each, reply, world) for each, reply in zip(subjects, replies, strict=True)]


def _shown(address: str) -> str:
    """Return an address without what may be a secret: user, password, query and fragment."""
    start, slashes, rest = address.partition("?")[0].partition("#")[0].partition("//")
    host, slash, path = rest.partition("/")
    return f"{start}{slashes}{host.rpartition('@')[2]}{slash}{path}"


def _path(parts: SplitResult) -> str:
    from urllib.parse import quote  # beside urlsplit, which is loaded

    path = quote(parts.path or "/", safe="%/:@!$&'()*+,;=-._~")
    return f"{path}?{quote(parts.query, safe='%/:@!$&()*+,;=?-._~')}" if parts.query else path


_FAILURES = {
    "dns": ("endpoint-unknown", "has a name that no name server knows"),
    "connect": ("endpoint-unreachable", "takes no connection"),
    "proxy": ("endpoint-proxy", "is not reached through the proxy"),
    "certificate": ("certificate-invalid", "has a certificate that is not trusted"),
    "tls": ("endpoint-no-tls", "does not speak TLS"),
    "answer": ("endpoint-silent", "connects and does not answer"),
}
"""Code and words of each part of the way that can fail."""
_FIXES = {
    "dns": "Correct the host's name, or have it added to the name servers that this runner asks."
    " Do not write an address of numbers in its place: it moves.",
    "connect": "See that the service runs, and that a firewall lets this runner through. Do not retry in a loop: a"
    " service that is down wants a later run.",
    "proxy": "Correct HTTPS_PROXY in the runner's environment, or list the host in NO_PROXY. Do not"
    " put the proxy's password into the workflow.",
    "certificate": "Renew the certificate, or name the authority that signed it in SSL_CERT_FILE on the runner. Do not"
    " turn the verification off.",
    "tls": "Correct scheme and port of the address. Do not fall back to plain http.",
    "answer": "See that the service behind the port is the one that is meant, and that it runs. Do not raise the time"
    " to get past it.",
}


def _judged(host: Host, reply: Reply, world: World) -> Finding:
    through = f" through the proxy {reply.proxy}" if reply.proxy else ""
    if reply.failed:
        code, words = _FAILURES[reply.failed]
        why = f" ({reply.detail})" if reply.detail else ""
        by = f" {reply.proxy}" if reply.failed == "proxy" and reply.proxy else ""
        return finding(code, False, f"{host.shown()}{'' if by else through} {words}{by}{why}.", _FIXES[reply.failed])
    if host.certificate_days and reply.expires is None and host.place().scheme in ("https", "tls"):
        detail = f"The certificate of {host.shown()} names no end."
        return Finding("certificate-unread", "unknown", detail, "Look at the certificate by hand.")
    if host.certificate_days and reply.expires is not None:
        left = reply.expires - world.ports.clock.now()
        if left < timedelta(days=host.certificate_days):
            return finding(
                "certificate-expires",
                False,
                f"The certificate of {host.shown()} ends on {reply.expires:%Y-%m-%d %H:%M} UTC, in {left.days} days;"
                f" {host.certificate_days} are required.",
                "Renew the certificate. Do not lower `certificate-days` to get past it.",
            )
    if reply.status is None:
        return finding("endpoint-unreachable", True)
    expected = ", ".join(host.status)
    moved = f" It redirects to {_shown(reply.location)}." if reply.location else ""
    return finding(
        "endpoint-status",
        any(_within(reply.status, each) for each in host.status),
        f"{host.shown()}{through} answered {reply.status}; {expected} is expected.{moved}",
        "If that status is a good one for a request without credentials, add it to `status`. Otherwise see the"
        " service's own log. Do not widen `status` to get past a failure.",
    )


def _within(status: int, allowed: str) -> bool:
    low, _, high = allowed.partition("-")
    return int(low) <= status <= int(high or low)
