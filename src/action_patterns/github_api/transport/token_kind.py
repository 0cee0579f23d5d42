"""The kind of a token, from its prefix. Pure."""

from __future__ import annotations

from typing import Literal, NamedTuple

TokenKind = Literal[
    "classic personal access token",
    "fine-grained personal access token",
    "OAuth token",
    "user access token of a GitHub App",
    "installation access token",
    "token of an unknown kind",
]

_PREFIXES: tuple[tuple[str, TokenKind], ...] = (
    # GitHub docs, "About authentication to GitHub", "GitHub's token formats".
    ("ghp_", "classic personal access token"),
    ("github_pat_", "fine-grained personal access token"),
    ("gho_", "OAuth token"),
    ("ghu_", "user access token of a GitHub App"),
    ("ghs_", "installation access token"),
)


def token_kind(token: str) -> TokenKind:
    """The kind a token's prefix names. GITHUB_TOKEN is an installation access token too."""
    return next((kind for prefix, kind in _PREFIXES if token.startswith(prefix)), "token of an unknown kind")


def is_a_persons(kind: TokenKind) -> bool:
    """Whether the token acts as a person, so that what GitHub says of the viewer holds for the token: it can do less,
    never more.
    """
    return kind in {
        "classic personal access token",
        "fine-grained personal access token",
        "OAuth token",
        "user access token of a GitHub App",
    }


class TokenFacts(NamedTuple):
    """Facts about the token that need no request."""

    a_persons: bool
    """It acts as a person: only then does the viewer's permission say anything about the token."""
    may_change_workflows: bool | None
    signs: bool | None
