"""Tokens: the four kinds, their access, and GitHub's different refusals."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

from github_sandbox.errors import ApiError, not_found
from github_sandbox.model import Account, Repository, World
from github_sandbox.permissions import at_least, needs

KINDS = ("pat", "fine-grained", "installation", "actions")
BAD_CREDENTIALS = ApiError(401, "Bad credentials")
CLASSIC_SCOPES = frozenset({"repo", "workflow", "read:org"})


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token. ``repositories`` None: all; outside them a token sees public repositories and writes nothing.

    ``permissions`` None: those that ``permission`` (a role) implies; otherwise exactly these, and
    metadata. ``scopes``: for a classic token. ``expires_at``: seconds on the sandbox's clock. ``installation``: for an
    app's token.
    """

    value: str
    account: Account
    kind: str = "pat"
    permission: str = "write"
    repositories: frozenset[str] | None = None
    read_only: frozenset[str] = frozenset()
    permissions: Mapping[str, str] | None = field(default=None, hash=False)
    scopes: frozenset[str] = CLASSIC_SCOPES
    expires_at: float | None = None
    installation: int | None = None
    repository_ids: frozenset[int] | None = None
    owner: str | None = None

    @property
    def app(self) -> bool:
        """Return whether the token acts as an app, whose commits GitHub signs: installation and workflow tokens do."""
        return self.kind in ("installation", "actions")

    @property
    def classic(self) -> bool:
        return self.kind == "pat"

    @property
    def budget_key(self) -> str:
        """Return the owner of the rate limit: all tokens of an installation share one."""
        return f"installation {self.installation}" if self.installation else self.value

    @property
    def name_in_refusals(self) -> str:
        """Return GitHub's name of this kind in a refusal."""
        return "integration" if self.app else "personal access token"

    def covers(self, repository: Repository) -> bool:
        if self.owner is not None and repository.owner.login.lower() != self.owner.lower():
            return False
        if self.repository_ids is not None:
            return repository.id in self.repository_ids
        return self.repositories is None or repository.full_name.lower() in self.repositories

    def may_read(self, repository: Repository) -> bool:
        return not repository.private or (self.covers(repository) and (not self.classic or "repo" in self.scopes))

    def may_write(self, repository: Repository) -> bool:
        if self.permission in ("read", "triage") or repository.full_name.lower() in self.read_only:
            return False
        if self.classic and "repo" not in self.scopes and (repository.private or "public_repo" not in self.scopes):
            return False
        return self.covers(repository)

    def grants(self, text: str) -> bool:
        """Return whether these permissions suffice in the token's repositories; see ``permissions``."""
        return self.permissions is None or needs(text).met_by(self.permissions)

    def may_change_workflows(self) -> bool:
        """Return whether the token may change workflow files. GITHUB_TOKEN never may; others need a scope or a
        permission.
        """
        if self.kind == "actions":
            return False
        if self.classic:
            return "workflow" in self.scopes
        return self.permissions is None or at_least(self.permissions, "workflows", "write")

    def level(self, repository: Repository) -> str:
        """Return GraphQL's viewerPermission."""
        if self.permission == "triage":
            return "TRIAGE"
        if not self.may_write(repository) or not self.grants("contents=write"):
            return "READ"
        administers = self.permission == "admin" or (
            self.permissions is not None and self.grants("administration=write")
        )
        return "ADMIN" if administers else "MAINTAIN" if self.permission == "maintain" else "WRITE"


def parse(header: str | None) -> str | None:
    """Return the secret of an Authorization header: ``token X``, ``Bearer X``, or basic auth's password (or user)."""
    scheme, _, rest = (header or "").strip().partition(" ")
    if not rest:
        return None
    if scheme.lower() == "basic":
        try:
            user, _, password = base64.b64decode(rest).decode().partition(":")
        except ValueError:
            return ""
        return user if password in ("", "x-oauth-basic") else password
    return rest.strip()


def readable(world: World, token: Token | None, full_name: str) -> Repository:
    """Return the repository. Raises ApiError 404 if it is absent or hidden from this token."""
    repository = world.repository(full_name)
    if repository is None or not may_read(token, repository):
        raise not_found()
    return repository


def may_read(token: Token | None, repository: Repository) -> bool:
    return token.may_read(repository) if token else not repository.private


ORGANIZATION_SCOPES = frozenset({"read:org", "admin:org", "repo"})
"""Scopes of a classic token with one of which it reads the members and teams of its account's organizations."""


def may_see_members(token: Token | None, account: Account) -> bool:
    """Return whether the token may see members and teams: a member may; the other kinds need ``members``."""
    if token is None:
        return False
    if token.app:
        return token.permissions is None or at_least(token.permissions, "members", "read")
    member = token.account.login.lower() in {login.lower() for login in account.members}
    if token.classic:
        return member and bool(token.scopes & ORGANIZATION_SCOPES)
    return member and token.grants("members=read")


def inaccessible(token: Token) -> ApiError:
    """Return the 403 for this kind of token."""
    return ApiError(403, f"Resource not accessible by {token.name_in_refusals}", graphql_type="FORBIDDEN")


def require_read(token: Token | None, repository: Repository, text: str) -> None:
    """Raise ApiError 403 if the repository is private and the token lacks the permission."""
    if token is not None and repository.private and not token.grants(text):
        raise inaccessible(token)


def require_write(
    token: Token | None, repository: Repository, operation: str = "this", text: str = "contents=write"
) -> Token:
    """Require write access, and count the request as a write from here on: the state before it is kept.

    Raises ApiError with GitHub's message for this kind of token. An archived repository refuses everyone.
    """
    if token is None:
        raise ApiError(401, "Requires authentication")
    if not token.may_write(repository):
        if token.classic:
            problem = f"{token.account.login} does not have the correct permissions to execute `{operation}`"
            refusal = not_found()
            refusal.graphql_type, refusal.graphql_message = "FORBIDDEN", problem
            raise refusal
        raise inaccessible(token)
    if not token.grants(text):
        raise inaccessible(token)
    if repository.archived:
        raise ApiError(403, "Repository was archived so is read-only.", graphql_type="FORBIDDEN")
    repository.keep_state()
    return token
