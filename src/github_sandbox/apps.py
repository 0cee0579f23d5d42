"""GitHub Apps: their accounts, their installations, and the signed assertion that authenticates them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from github_sandbox.errors import ApiError
from github_sandbox.model import Account, Repository, World
from github_sandbox.tokens import Token

JWT_SECONDS = 600
"""The longest lifetime of `exp`: https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app"""
CLOCK_SKEW_SECONDS = 60
"""The clock skew that GitHub accepts for `iat`. The same page advises to date iat 60 seconds back; the rest is assumed.
"""
TOKEN_SECONDS = 3600
TOKEN_REPOSITORIES = 500
"""https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app"""
UNDECODABLE = "A JSON web token could not be decoded"


@dataclass(eq=False, kw_only=True)
class Installation:
    """An installation of an app. ``repositories`` None: all repositories of the account, present and future."""

    id: int
    app: App
    account: Account
    permissions: Mapping[str, str]
    repositories: frozenset[int] | None = None
    suspended: bool = False

    def covers(self, repository: Repository) -> bool:
        return repository.owner is self.account and (self.repositories is None or repository.id in self.repositories)


@dataclass(eq=False, kw_only=True)
class App:
    id: int
    client_id: str
    slug: str
    owner: Account
    bot: Account
    permissions: Mapping[str, str]
    installations: dict[int, Installation] = field(default_factory=dict)
    minted: int = 0
    """The number of its tokens so far."""

    @property
    def _key(self) -> Any:
        return _key_of(self.slug)

    @cached_property
    def private_key(self) -> str:
        """The private key as PEM (PKCS#1, as GitHub's downloads are), generated on first use."""
        from cryptography.hazmat.primitives import serialization as s

        pem = self._key.private_bytes(s.Encoding.PEM, s.PrivateFormat.TraditionalOpenSSL, s.NoEncryption())
        return str(pem.decode())

    def verified(self, assertion: str) -> Mapping[str, Any]:
        """Return the claims of a JWT signed with this app's key. Raises jwt.InvalidTokenError."""
        import jwt

        unchecked: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_iss": False}
        claims: Mapping[str, Any] = jwt.decode(assertion, self._key.public_key(), ["RS256"], options=unchecked)
        return claims

    def mint(
        self,
        installation: Installation,
        *,
        repositories: frozenset[int] | None,
        permissions: Mapping[str, str],
        now: float,
    ) -> Token:
        """Return a new installation token, valid for one hour; ``now``: seconds on the sandbox's clock."""
        self.minted += 1
        number = f"{self.slug} {installation.id} {self.minted}"
        return Token(
            value="ghs_" + hashlib.sha256(number.encode()).hexdigest()[:36], account=self.bot, kind="installation",
            permissions=permissions, expires_at=now + TOKEN_SECONDS, installation=installation.id,
            repository_ids=installation.repositories if repositories is None else repositories,
            owner=installation.account.login,
        )  # fmt: skip


@cache
def _key_of(_slug: str) -> Any:
    """Return the key of the apps of that slug, generated once in a process: that takes as long as many requests."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def authenticate(apps: Iterable[App], assertion: str | None, now: float) -> App:
    """Return the app that signed this JWT. Raises ApiError 401 or 404 with GitHub's message."""
    import jwt

    try:
        claimed = jwt.decode(assertion or "", options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise ApiError(401, UNDECODABLE) from None
    issuer = str(claimed.get("iss"))
    app = next((a for a in apps if issuer in (str(a.id), a.client_id)), None)
    if app is None:
        raise ApiError(404, "Integration not found")
    try:
        claims = app.verified(assertion or "")
    except jwt.InvalidTokenError:
        raise ApiError(401, UNDECODABLE) from None
    _check_times(claims, now)
    return app


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int) or issued > now + CLOCK_SKEW_SECONDS:
        raise ApiError(
            401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
        )
    if not isinstance(expires, (int, float)) or expires <= now:
        raise ApiError(
            401,
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the"
            " assertion expires",
        )
    if expires > now + JWT_SECONDS:
        raise ApiError(401, "'Expiration time' claim ('exp') is too far in the future")


def covered_repositories(world: World, token: Token) -> list[Repository]:
    """Return the repositories that an app's token covers."""
    return [r for r in world.by_id.values() if token.covers(r)]
