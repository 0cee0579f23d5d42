"""Who is asking, and what they may do: the four kinds of token and GitHub's different ways of saying no."""

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


@dataclass(frozen=True)
class Token:
    """``repositories`` None = all. Outside of them a token sees what is public and writes nothing.

    ``permissions`` None = whatever ``permission`` (read, write or admin) implies; else exactly these, and metadata.
    ``scopes``: of a classic token. ``expires_at``: seconds on the sandbox's clock. ``installation``: of an app's token.
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
        """Installation and workflow tokens act as an app: GitHub signs their commits."""
        return self.kind in ("installation", "actions")

    @property
    def classic(self) -> bool:
        return self.kind == "pat"

    @property
    def budget_key(self) -> str:
        """Whose rate limit it uses: all tokens of an installation share one."""
        return f"installation {self.installation}" if self.installation else self.value

    @property
    def called(self) -> str:
        """How GitHub names this kind in a refusal."""
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
        if self.permission == "read" or repository.full_name.lower() in self.read_only:
            return False
        if self.classic and "repo" not in self.scopes and (repository.private or "public_repo" not in self.scopes):
            return False
        return self.covers(repository)

    def grants(self, text: str) -> bool:
        """Whether these permissions suffice, wherever the token reaches; see ``permissions``."""
        return self.permissions is None or needs(text).met_by(self.permissions)

    def may_change_workflows(self) -> bool:
        """GITHUB_TOKEN never may; a classic token needs a scope, the others a permission."""
        if self.kind == "actions":
            return False
        if self.classic:
            return "workflow" in self.scopes
        return self.permissions is None or at_least(self.permissions, "workflows", "write")

    def level(self, repository: Repository) -> str:
        """ADMIN, WRITE or READ, as GraphQL's viewerPermission."""
        if not self.may_write(repository) or not self.grants("contents=write"):
            return "READ"
        administers = self.permission == "admin" or (
            self.permissions is not None and self.grants("administration=write")
        )
        return "ADMIN" if administers else "WRITE"


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


def inaccessible(token: Token) -> ApiError:
    """403 in the words for this kind of token."""
    return ApiError(403, f"Resource not accessible by {token.called}", graphql_type="FORBIDDEN")


def require_read(token: Token | None, repository: Repository, text: str) -> None:
    """What is public needs no permission; what is private needs the one named. Raises ApiError 403."""
    if token is not None and repository.private and not token.grants(text):
        raise inaccessible(token)


def require_write(
    token: Token | None, repository: Repository, operation: str = "this", text: str = "contents=write"
) -> Token:
    """Raises ApiError as GitHub words it for this kind of token; archived repositories refuse everyone.

    From here on the request counts as a write: what the repository was before is remembered.
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
