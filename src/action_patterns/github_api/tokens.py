"""Which token a request goes with: the one that was given, or an App's, minted per owner and narrowed to the run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from github import Auth

from action_patterns.errors import ActionPatternsError, NotFoundError, RefusedError
from action_patterns.github_api.token_kind import TokenKind, token_kind
from action_patterns.ports import Allowance, AppKey, Clock

APP = ""
"""The scope of requests that the App makes as itself."""
REPOSITORIES_PER_TOKEN = 500
"""GitHub docs, "Create an installation access token for an app": at most 500 repositories can be named."""
RENEW_BEFORE = timedelta(minutes=5)
"""An installation token lives one hour; it is replaced this long before its end, so that no write finds it expired."""


class TokenSource(Protocol):
    """Tokens by scope: `owner`, or `owner/name`."""

    @property
    def kind(self) -> TokenKind: ...

    def auth(self, scope: str) -> Auth.Auth:
        """What to send with a request; one object as long as the token is the same."""

    def account(self, scope: str) -> str:
        """Whose limits the request counts against."""

    def renew(self, scope: str, refused: Auth.Auth) -> bool:
        """GitHub answered 401 to this: whether another try with a new token makes sense."""

    def close(self) -> None:
        """Revoke what was minted."""


class GivenToken:
    """The one token the caller gave."""

    def __init__(self, token: str) -> None:
        self._auth = Auth.Token(token)
        self.kind = token_kind(token)

    def auth(self, scope: str) -> Auth.Auth:
        del scope
        return self._auth

    def account(self, scope: str) -> str:
        del scope
        return ""

    def renew(self, scope: str, refused: Auth.Auth) -> bool:
        del scope, refused
        return False

    def close(self) -> None:
        """It is not ours to revoke."""


@dataclass(frozen=True, slots=True)
class _Minted:
    auth: Auth.Token
    expires: datetime


class Send(Protocol):
    """A request of the App itself; returns the decoded answer."""

    def __call__(self, method: str, path: str, body: object = None, *, token: Auth.Auth | None = None) -> Any: ...


class AppTokens:
    """Installation tokens of a GitHub App: one per owner and 500 repositories, minted when first needed."""

    kind: TokenKind = "installation access token"

    def __init__(
        self, app: AppKey, allowance: Allowance, clock: Clock, hide: Callable[[str], None], send: Send
    ) -> None:
        self._app = Auth.AppAuth(app.client_id, app.private_key)
        self._allowance = allowance
        self._clock = clock
        self._hide = hide
        self._send = send
        self._lock = threading.RLock()
        self._installations: dict[str, int] = {}
        self._minted: dict[tuple[str, int], _Minted] = {}

    def auth(self, scope: str) -> Auth.Auth:
        """The token for a scope, minted or replaced if need be.

        Raises:
            NotFoundError: the App is not installed at the owner.
            RefusedError: the installation does not have the permissions or repositories the run needs.
        """
        if scope == APP:
            return self._app
        place = self._place(scope)
        with self._lock:
            minted = self._minted.get(place)
            if minted is None or self._clock.now() >= minted.expires - RENEW_BEFORE:
                minted = self._minted[place] = self._mint(*place)
            return minted.auth

    def account(self, scope: str) -> str:
        return scope.partition("/")[0].lower()

    def renew(self, scope: str, refused: Auth.Auth) -> bool:
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

    def _place(self, scope: str) -> tuple[str, int]:
        """Owner, and which portion of its repositories; -1 = not narrowed to repositories."""
        owner, _, name = scope.lower().partition("/")
        names = self._names(owner)
        return owner, names.index(name) // REPOSITORIES_PER_TOKEN if name in names else -1

    def _names(self, owner: str) -> list[str]:
        pairs = (repository.lower().partition("/") for repository in self._allowance.repositories)
        return sorted(name for its_owner, _, name in pairs if its_owner == owner)

    def _mint(self, owner: str, portion: int) -> _Minted:
        body: dict[str, object] = {}
        if portion >= 0:
            first = portion * REPOSITORIES_PER_TOKEN
            body["repositories"] = self._names(owner)[first : first + REPOSITORIES_PER_TOKEN]
        if self._allowance.permissions:
            body["permissions"] = dict(self._allowance.permissions)
        path = f"/app/installations/{self._installation(owner)}/access_tokens"
        try:
            answer = self._send("POST", path, body)
        except RefusedError as error:
            wanted = ", ".join(f"{name}: {level}" for name, level in self._allowance.permissions) or "its permissions"
            raise RefusedError(
                f"The App's installation at {owner} cannot give this run a token. {error.message}",
                remediation=f"In the App's settings grant {wanted}, have {owner} accept them, and select the"
                " repositories of the campaign in the installation.",
                request_id=error.request_id,
            ) from None
        self._hide(answer["token"])
        return _Minted(Auth.Token(answer["token"]), datetime.fromisoformat(answer["expires_at"]))

    def _installation(self, owner: str) -> int:
        if owner not in self._installations:
            try:
                found = self._send("GET", f"/orgs/{owner}/installation")
            except NotFoundError:
                try:
                    found = self._send("GET", f"/users/{owner}/installation")
                except NotFoundError as error:
                    raise NotFoundError(
                        f"The GitHub App is not installed at {owner}.",
                        remediation=f"Install the App at {owner} and select the repositories of the campaign, or leave"
                        f" {owner} out of the targets.",
                        request_id=error.request_id,
                    ) from None
            self._installations[owner] = found["id"]
        return self._installations[owner]
