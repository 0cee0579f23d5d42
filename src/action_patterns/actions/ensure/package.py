"""A package of a registry, by the address of the version: it is there if the registry answers for it."""

from __future__ import annotations

from urllib.parse import urljoin

from pydantic import ValidationError

from action_patterns.actions.ensure.subject import Subject
from action_patterns.checks.network import Host
from action_patterns.contracts.wording import reason
from action_patterns.errors import PermissionDeniedError, UnavailableError
from action_patterns.ports.machine import Machine, Reply
from action_patterns.ports.resource import Resource

MOST_REDIRECTS = 5
_SECONDS = 30.0


def wrong_address(url: str) -> str:
    """Return the reason for which an address is none of a package. Empty: it is one."""
    if not url.startswith("https://"):
        return "must begin with https://"
    try:
        Host(endpoint=url)
    except ValidationError as error:
        return reason(error.errors(include_url=False)[0])
    return ""


class PackageSubject(Subject):
    """A version of a package."""

    def __init__(self, machine: Machine, url: str) -> None:
        super().__init__(url, {})
        self._machine = machine

    def look(self) -> Resource | None:
        """Return the package. None: the registry answers that it does not exist.

        Raises:
            PermissionDeniedError: the registry shows it only with credentials.
            UnavailableError: there is no answer, or one that says neither.
        """
        url = self.key
        for _ in range(MOST_REDIRECTS + 1):
            reply = self._ask(url)
            if reply.location and reply.status in (301, 302, 303, 307, 308):
                url = urljoin(url, reply.location)
                if wrong_address(url):
                    break
                continue
            return self._judged(reply)
        raise UnavailableError(
            f"{self.key} redirects to another kind of address, or without end.",
            remediation="Give the address that the registry itself answers at.",
        )

    def _ask(self, url: str) -> Reply:
        (reply,) = self._machine.ask_endpoints([Host(endpoint=url, timeout_seconds=_SECONDS).place()])
        if reply.failed:
            raise UnavailableError(
                f"{self.key} gave no answer ({reply.failed}: {reply.detail}).",
                remediation="Run again, or see whether the registry and the way to it work.",
            )
        return reply

    def _judged(self, reply: Reply) -> Resource | None:
        status = reply.status or 0
        if 200 <= status < 300:
            return Resource(key=self.key, id="", url=self.key, fields={})
        if status in (404, 410):
            return None
        if status in (401, 403):
            raise PermissionDeniedError(
                f"{self.key} answered {status}: the registry shows it only with credentials.",
                remediation="Ask by a `run:` step that has them. Do not put a password into the address.",
            )
        raise UnavailableError(
            f"{self.key} answered {status}, which says neither that it exists nor that it does not.",
            remediation="Run again later.",
        )
