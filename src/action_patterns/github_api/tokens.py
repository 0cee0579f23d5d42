"""The token, as answers of GitHub describe it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from action_patterns.errors import ConflictError, NotFoundError, PermissionDeniedError
from action_patterns.github_api.transport import access_policies
from action_patterns.github_api.transport.answer import Answer, Source
from action_patterns.github_api.transport.calls import Calls
from action_patterns.github_api.transport.token_kind import is_a_persons
from action_patterns.github_api.transport.tokens import APP
from action_patterns.limits.refusal import read_date
from action_patterns.ports.tokens import JOB_TOKEN, TokenReport

_EXPIRES = "github-authentication-token-expiration"
"""Header of an answer to a personal access token that ends: `2026-08-01 12:00:00 UTC`, or with the offset `-0700`
(GitHub blog, 2021-07-26, "Expiration options for personal access tokens")."""
_ZONE = re.compile(r" ?(UTC|[+-]\d{2}:?\d{2})$")
_PROBES = {
    "actions": "/actions/runs?per_page=1",
    "administration": "/actions/permissions/workflow",
    "contents": "/branches?per_page=1",
    "issues": "/issues?per_page=1",
    "metadata": "",
    "pull_requests": "/pulls?per_page=1",
    "secrets": "/actions/secrets?per_page=1",
}
"""A path that needs just the one permission to read (GitHub docs, "Permissions required for GitHub Apps")."""


class TokensClient:
    """ports.Tokens."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._listed: frozenset[str] | None = None

    def describe(self, repository: str) -> TokenReport:
        transport = self._calls.transport
        kind = JOB_TOKEN if transport.is_job_token else transport.token_kind
        if transport.mints_tokens:
            return self._installation(repository, kind)
        headers = transport.send("safe", "read", "GET", f"/repos/{repository}", scope=repository).headers
        scopes = headers.get("x-oauth-scopes")
        return TokenReport(
            kind=kind,
            scopes=None if scopes is None else frozenset(filter(None, (each.strip() for each in scopes.split(",")))),
            expires_at=_time(headers),
            answered_at=read_date(headers),
        )

    def may_read(self, repository: str, permission: str) -> bool | None:
        path = _PROBES.get(permission)
        if path is None:
            return None
        try:
            self._calls.read(repository, path)
        except PermissionDeniedError:
            return False
        except ConflictError:
            return True  # An empty repository answers 409 to those who may read it.
        except NotFoundError:
            # Issues that are switched off answer 410, and what a token may not see 404: neither says why.
            self._calls.read(repository, "")
            return None
        return True

    def covers(self, repository: str) -> bool | None:
        transport = self._calls.transport
        if transport.mints_tokens:
            try:
                self._calls.get(_installation(repository), scope=APP)
            except NotFoundError:
                return False
            return True
        if is_a_persons(transport.token_kind) or transport.is_job_token:
            return None
        if self._listed is None:
            from action_patterns.github_api.rest.installations import list_installation

            self._listed = frozenset(each.repository.lower() for each in list_installation(self._calls))
        return repository.lower() in self._listed

    def _installation(self, repository: str, kind: str) -> TokenReport:
        """Return the rights of the App, which GitHub names before a token is minted.

        Raises:
            NotFoundError: the installation does not cover the repository.
            PermissionDeniedError: the installation has been suspended.
        """
        path = _installation(repository)
        try:
            response = self._calls.transport.send("safe", "read", "GET", path, scope=APP)
        except NotFoundError as error:
            owner = repository.partition("/")[0]
            raise NotFoundError(
                f"The GitHub App is not installed at {owner}, or its installation does not cover {repository}.",
                remediation=f"Install the App at {owner}, and select {repository} in its installation.",
                request_id=error.request_id,
            ) from None
        found = Answer(response.data, Source(f"GET {path}", response.headers.get("x-github-request-id")))
        if found["suspended_at"]:
            raise PermissionDeniedError(
                f"The App's installation that covers {repository} has been suspended.",
                remediation=access_policies.SUSPENDED,
            )
        granted = found["permissions"]
        permissions = {name: granted[name].text() for name in granted.names()}
        return TokenReport(kind=kind, permissions=permissions, answered_at=read_date(response.headers))


def _installation(repository: str) -> str:
    return f"/repos/{repository}/installation"


def _time(headers: Mapping[str, str]) -> datetime | None:
    text = headers.get(_EXPIRES, "").strip()
    zone = _ZONE.search(text)
    try:
        found = datetime.fromisoformat(_ZONE.sub("", text) + ("" if zone is None or zone[1] == "UTC" else zone[1]))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
