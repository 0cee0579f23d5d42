"""Which token a request goes with. An App's are in app_tokens: few runs have one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

from action_patterns.errors import InputError, Problem
from action_patterns.github_api.transport.token_kind import TokenKind, token_kind

APP = ""
"""The scope of requests that the App makes as itself."""


class Authorization(Protocol):
    """The parts of the header `Authorization`: ours, or one of PyGithub's."""

    @property
    def token_type(self) -> str: ...

    @property
    def token(self) -> str: ...


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token that goes with a request as it is."""

    token_type: ClassVar[str] = "token"  # noqa: S105 - the scheme, no token
    token: str


class TokenSource(Protocol):
    """Tokens by scope: `owner`, or `owner/name`."""

    @property
    def kind(self) -> TokenKind: ...

    def auth(self, scope: str) -> Authorization:
        """Return the credentials of a request: one object as long as the token is the same."""

    def account(self, scope: str) -> str:
        """Return the account whose limits the request counts against."""

    def renew(self, scope: str, refused: Authorization) -> bool:
        """GitHub answered 401 to this: whether another try with a new token makes sense."""

    def close(self) -> None:
        """Revoke what was minted."""


class GivenToken:
    """The one token the caller gave."""

    def __init__(self, token: str) -> None:
        """Take the token.

        Raises:
            InputError: it holds what no header of a request can carry.
        """
        if not may_be_sent(token):
            raise InputError(
                Problem(
                    "The token holds spaces, line breaks or other characters that no token has.",
                    "Store it again, the token alone: a file or `echo` adds the end of a line.",
                )
            )
        self._auth = AccessToken(token)
        self.kind = token_kind(token)

    def auth(self, scope: str) -> Authorization:
        del scope
        return self._auth

    def account(self, scope: str) -> str:
        del scope
        return ""

    def renew(self, scope: str, refused: Authorization) -> bool:
        del scope, refused
        return False

    def close(self) -> None:
        """It is not ours to revoke."""


def may_be_sent(token: str) -> bool:
    """Return whether a header of a request can carry a token."""
    return token.isascii() and token.isprintable() and " " not in token
