"""The token itself: its kind, its end, and its permissions, as far as reading shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from action_patterns.ports.permissions import needs

JOB_TOKEN = "GITHUB_TOKEN"  # noqa: S105 - a kind, no token


_BY_SCOPE = ("classic personal access token", "OAuth token")
_OF_PERSONS = (*_BY_SCOPE, "fine-grained personal access token", "user access token of a GitHub App")


class TokenReport(NamedTuple):
    """Facts about the token."""

    kind: str
    """Kind in words, from the prefix; `GITHUB_TOKEN` for the job's own. Empty: not known."""
    scopes: frozenset[str] | None = None
    """Scopes of a classic token or an OAuth token. None: the token has none, or GitHub did not say."""
    expires_at: datetime | None = None
    """The end of a personal access token. None: it has none, or GitHub did not say."""
    permissions: Mapping[str, str] | None = None
    """Level by name of the App's installation. None: not an App's key, whose installation alone GitHub describes."""
    answered_at: datetime | None = None
    """Time of the answer by GitHub's clock. None: the answer names no time."""

    @property
    def is_job_token(self) -> bool:
        """Return whether it is the job's GITHUB_TOKEN."""
        return self.kind == JOB_TOKEN

    @property
    def is_by_scope(self) -> bool:
        """Return whether it is of a kind whose rights are scopes, and no permissions."""
        return self.kind in _BY_SCOPE

    @property
    def is_of_person(self) -> bool:
        """Return whether it acts as a person, whose role in a repository limits it."""
        return self.kind in _OF_PERSONS


class Tokens(Protocol):
    """Facts about the token. No permission can be tried by a write: a write is never a probe."""

    @needs(metadata="read")
    def describe(self, repository: str) -> TokenReport:
        """Return what one answer says about the token that reads a repository."""

    @needs("the permission that is asked about: read", metadata="read")
    def may_read(self, repository: str, permission: str) -> bool | None:
        """Return whether the token may read what a permission covers. None: no endpoint shows it."""

    @needs(metadata="read")
    def covers(self, repository: str) -> bool | None:
        """Return whether the App's installation covers a repository. None: it is not an App's token."""
