"""Who is asking, and what they may do: the four kinds of token and GitHub's different ways of saying no."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from github_sandbox.errors import ApiError, not_found
from github_sandbox.model import Account, Repository, World

KINDS = ("pat", "fine-grained", "installation", "actions")
BAD_CREDENTIALS = ApiError(401, "Bad credentials")


@dataclass(frozen=True)
class Token:
    """``repositories`` None = all. Outside of them a token sees what is public and writes nothing."""

    value: str
    account: Account
    kind: str = "pat"
    permission: str = "write"
    repositories: frozenset[str] | None = None
    read_only: frozenset[str] = frozenset()

    @property
    def app(self) -> bool:
        """Installation and workflow tokens act as an app: GitHub signs their commits."""
        return self.kind in ("installation", "actions")

    def covers(self, repository: Repository) -> bool:
        return self.repositories is None or repository.full_name.lower() in self.repositories

    def may_read(self, repository: Repository) -> bool:
        return not repository.private or self.covers(repository)

    def may_write(self, repository: Repository) -> bool:
        if self.permission == "read" or repository.full_name.lower() in self.read_only:
            return False
        return self.covers(repository)

    def level(self, repository: Repository) -> str:
        """ADMIN, WRITE or READ, as GraphQL's viewerPermission."""
        if not self.may_write(repository):
            return "READ"
        return "ADMIN" if self.permission == "admin" else "WRITE"


def parse(header: str | None) -> str | None:
    """The secret in an Authorization header: ``token X``, ``Bearer X``, or basic auth's password (or user)."""
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
    """The repository, or 404 when it is absent or hidden from this token."""
    repository = world.repository(full_name)
    if repository is None or not may_read(token, repository):
        raise not_found()
    return repository


def may_read(token: Token | None, repository: Repository) -> bool:
    return token.may_read(repository) if token else not repository.private


def require_write(token: Token | None, repository: Repository, operation: str = "this") -> Token:
    """Raises ApiError as GitHub words it for this kind of token; archived repositories refuse everyone."""
    if token is None:
        raise ApiError(401, "Requires authentication")
    if not token.may_write(repository):
        if token.kind == "pat":
            problem = f"{token.account.login} does not have the correct permissions to execute `{operation}`"
            refusal = not_found()
            refusal.graphql_type, refusal.graphql_message = "FORBIDDEN", problem  # type: ignore[attr-defined]
            raise refusal
        by = "integration" if token.app else "personal access token"
        raise ApiError(403, f"Resource not accessible by {by}", graphql_type="FORBIDDEN")
    if repository.archived:
        raise ApiError(403, "Repository was archived so is read-only.", graphql_type="FORBIDDEN")
    return token
