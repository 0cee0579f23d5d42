"""Fine-grained permissions: those that a token has, and those that a route needs, in the notation of GitHub's header.

``X-Accepted-GitHub-Permissions: contents=write,workflows=write; administration=write``: a comma joins permissions that
are needed together, a semicolon separates alternatives
(https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#insufficient-permissions).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

LEVELS = ("none", "read", "write", "admin")
NAMES = (
    "actions", "administration", "checks", "contents", "issues", "members", "metadata", "organization_administration",
    "organization_custom_properties", "pull_requests", "repository_custom_properties", "secrets", "workflows",
)  # fmt: skip
METADATA = {"metadata": "read"}
"""Every app and every fine-grained token may read metadata."""


def at_least(granted: Mapping[str, str], name: str, level: str) -> bool:
    return LEVELS.index((METADATA | dict(granted)).get(name, "none")) >= LEVELS.index(level)


@dataclass(frozen=True)
class Needs:
    """The needs of a route. ``text``: the header. ``sets``: the alternatives, each a set of (permission, level)."""

    text: str
    sets: tuple[tuple[tuple[str, str], ...], ...]

    def met_by(self, granted: Mapping[str, str]) -> bool:
        return not self.sets or any(all(at_least(granted, *pair) for pair in pairs) for pairs in self.sets)


@lru_cache(maxsize=256)
def needs(text: str) -> Needs:
    """Return the needs that the text describes. Raises ValueError for an unknown permission or level."""
    sets = []
    for part in filter(None, (p.strip() for p in text.split(";"))):
        pairs = [tuple(pair.strip().split("=")) for pair in part.split(",")]
        if any(len(pair) != 2 or pair[0] not in NAMES or pair[1] not in LEVELS for pair in pairs):
            raise ValueError(f"no such permission: {part!r}")
        sets.append(tuple((pair[0], pair[1]) for pair in pairs))
    return Needs(text, tuple(sets))
