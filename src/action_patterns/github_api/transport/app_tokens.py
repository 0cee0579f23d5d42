"""Tokens of a GitHub App's installations: minted for each owner, narrowed to the run, revoked at its end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

from action_patterns.errors import (
    ActionPatternsError,
    InputError,
    NotFoundError,
    PermissionDeniedError,
    Problem,
    RefusedError,
)
from action_patterns.github_api.transport import access_policies
from action_patterns.github_api.transport.tokens import APP, AccessToken, Authorization, may_be_sent

if TYPE_CHECKING:
    from github import Auth

    from action_patterns.github_api.transport.answer import Answer
    from action_patterns.github_api.transport.token_kind import TokenKind
    from action_patterns.ports.clock import Clock
    from action_patterns.ports.credentials import Allowance, AppKey

REPOSITORIES_PER_TOKEN = 500
"""GitHub docs, "Create an installation access token for an app": at most 500 repositories can be named."""
RENEW_BEFORE = timedelta(minutes=5)
"""An installation token lives one hour; it is replaced this long before its end, so that no write finds it expired."""

_ALGORITHM = "RS256"
"""GitHub docs, "Generating a JSON Web Token (JWT) for a GitHub App"."""
_LEVELS = ("none", "read", "write", "admin")


class _Minted(NamedTuple):
    auth: AccessToken
    expires: datetime


class _Installation(NamedTuple):
    id: int
    permissions: Answer


_Place = tuple[str, tuple[str, ...]]
"""Scope of one token: an owner, and the repositories it is narrowed to. None: all."""


class Send(Protocol):
    """A request of the App itself; returns the decoded answer."""

    def __call__(
        self, method: str, path: str, body: object = None, *, token: Authorization | None = None
    ) -> Answer: ...


class AppTokens:
    """Installation tokens of a GitHub App: one per owner and 500 repositories, minted when first needed."""

    kind: TokenKind = "installation access token"

    def __init__(
        self, app: AppKey, allowance: Allowance, clock: Clock, hide: Callable[[str], None], send: Send
    ) -> None:
        self._app = _signer(app)
        self._allowance = allowance
        self._clock = clock
        self._hide = hide
        self._send = send
        self._lock = threading.RLock()
        self._installations: dict[str, _Installation | NotFoundError] = {}
        self._portions = _portions(allowance.repositories)
        self._minted: dict[_Place, _Minted] = {}

    def auth(self, scope: str) -> Authorization:
        """The token for a scope, minted or replaced if need be.

        Raises:
            NotFoundError: the App is not installed at the owner.
            PermissionDeniedError: the installation lacks a permission the run needs.
            RefusedError: the installation does not cover the repository.
        """
        if scope == APP:
            return self._app
        with self._lock:
            while True:
                place = self._place(scope)
                minted = self._minted.get(place)
                if minted is not None and self._clock.now() < minted.expires - RENEW_BEFORE:
                    return minted.auth
                try:
                    minted = self._minted[place] = self._mint(*place)
                except RefusedError:
                    # One repository that the installation does not cover spoils the token of all that are named with
                    # it: halved, until it stands alone.
                    if len(place[1]) < 2:
                        raise
                    self._halve(place)
                else:
                    return minted.auth

    def account(self, scope: str) -> str:
        return scope.partition("/")[0].lower()

    def renew(self, scope: str, refused: Authorization) -> bool:
        if scope == APP:
            return False
        place = self._place(scope)
        with self._lock:
            minted = self._minted.get(place)
            if minted is not None and minted.auth is refused:
                del self._minted[place]
        return True

    def close(self) -> None:
        with self._lock:
            minted, self._minted = self._minted, {}
        for each in minted.values():
            # An hour from now it is worthless anyway: no reason to turn a good run red.
            with suppress(ActionPatternsError):
                self._send("DELETE", "/installation/token", token=each.auth)

    def _place(self, scope: str) -> _Place:
        owner, _, name = scope.lower().partition("/")
        return owner, next((portion for portion in self._portions.get(owner, ()) if name in portion), ())

    def _halve(self, place: _Place) -> None:
        owner, names = place
        middle = len(names) // 2
        self._portions[owner].remove(names)
        self._portions[owner] += [names[:middle], names[middle:]]

    def _mint(self, owner: str, names: tuple[str, ...]) -> _Minted:
        installation = self._installation(owner)
        self._check_permissions(owner, installation)
        body: dict[str, object] = {}
        if names:
            body["repositories"] = list(names)
        if self._allowance.permissions:
            body["permissions"] = dict(self._allowance.permissions)
        try:
            answer = self._send("POST", f"/app/installations/{installation.id}/access_tokens", body)
        except RefusedError as error:
            raise RefusedError(
                f"The App's installation at {owner} cannot give this run a token. {error.message}",
                remediation=f"In the App's installation at {owner}, select the repositories of the campaign, or leave"
                " those out of the targets that it does not cover.",
                request_id=error.request_id,
            ) from None
        token, ends = answer["token"].text(), answer["expires_at"]
        self._hide(token)
        if not may_be_sent(token):
            raise answer["token"].error("is no token")
        try:
            expires = datetime.fromisoformat(ends.text())
        except ValueError:
            raise ends.error("is no time") from None
        # GitHub's times have a zone. One without is read as UTC: it only says when to mint the next token.
        return _Minted(AccessToken(token), expires if expires.tzinfo else expires.replace(tzinfo=UTC))

    def _check_permissions(self, owner: str, installation: _Installation) -> None:
        lacking = [
            f"{name.replace('_', '-')}: {level}"
            for name, level in self._allowance.permissions
            if _LEVELS.index(_level(installation.permissions, name)) < _LEVELS.index(level)
        ]
        if lacking:
            wanted = " and ".join(lacking)
            raise PermissionDeniedError(
                f"The App's installation at {owner} lacks {wanted}.",
                remediation=f"In the App's settings grant {wanted}, and have {owner} accept it.",
            )

    def _installation(self, owner: str) -> _Installation:
        if owner not in self._installations:
            self._installations[owner] = self._look_up(owner)
        found = self._installations[owner]
        if isinstance(found, NotFoundError):
            # One object per target: a raised exception collects where it was raised.
            raise NotFoundError(found.message, remediation=found.remediation, request_id=found.request_id)
        return found

    def _look_up(self, owner: str) -> _Installation | NotFoundError:
        try:
            found = self._send("GET", f"/orgs/{owner}/installation")
        except NotFoundError:
            try:
                found = self._send("GET", f"/users/{owner}/installation")
            except NotFoundError as error:
                return NotFoundError(
                    f"The GitHub App is not installed at {owner}, or `app-client-id` names no App.",
                    remediation=f"Install the App at {owner} and select the repositories of the campaign, or leave"
                    f" {owner} out of the targets. If it is installed, check `app-client-id`.",
                    request_id=error.request_id,
                )
        if found["suspended_at"]:
            raise PermissionDeniedError(
                f"The App's installation at {owner} has been suspended.",
                remediation=access_policies.SUSPENDED,
            )
        return _Installation(found["id"].number(), found["permissions"])


def _level(permissions: Answer, name: str) -> str:
    return permissions[name].one_of(*_LEVELS) if permissions.has(name) else "none"


def _portions(repositories: Sequence[str]) -> dict[str, list[tuple[str, ...]]]:
    """The names by owner, as many together as one token may be narrowed to."""
    names: dict[str, set[str]] = {}
    for repository in repositories:
        owner, _, name = repository.lower().partition("/")
        names.setdefault(owner, set()).add(name)
    return {
        owner: [tuple(portion) for portion in _chunks(sorted(of_owner), REPOSITORIES_PER_TOKEN)]
        for owner, of_owner in names.items()
    }


def _chunks(names: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (names[first : first + size] for first in range(0, len(names), size))


def _signer(app: AppKey) -> Auth.AppAuth:
    """Signs once to see that the key is one: a secret that lost its line breaks looks like a key until it is used.

    Raises:
        InputError: it is no private key.
    """
    import jwt  # only an App needs a signature, and what makes it takes long to load
    from github import Auth

    try:
        # Read once: the check of its primes takes fifty times as long as a signature.
        key = jwt.get_algorithm_by_name(_ALGORITHM).prepare_key(app.private_key)
        made = Auth.AppAuth(app.client_id, sign_func=lambda claims: jwt.encode(claims, key, _ALGORITHM))
        made.create_jwt()
    except Exception:  # noqa: BLE001 - the libraries below share no base; their messages may quote the key
        raise InputError(
            Problem(
                "`app-private-key` cannot be read as an RSA private key.",
                "Store the whole file that GitHub gave for the App, line breaks included, as a secret.",
            )
        ) from None
    return made
