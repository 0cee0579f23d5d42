"""Permissions of GitHub tokens: declared on the verbs of the ports, summed up for an action.

The App token's rights, the README's list, the remedy of a 403 and the contract test all come from here. Source of each
level: GitHub docs, "Permissions required for GitHub Apps", by endpoint; for GraphQL by the object that is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeVar

AccessLevel = Literal["read", "write"]
Verb = Callable[..., Any]
"""A method of a port, as its protocol names it: `RefStore.update`."""
V = TypeVar("V", bound=Verb)

WORKFLOWS = ".github/workflows/"
"""Files below it also need `workflows: write` (GitHub docs, "Choosing permissions for a GitHub App")."""

_NEEDS = "__permissions__"
_ALSO = "__also__"


def needs(*also: str, **permissions: AccessLevel) -> Callable[[V], V]:
    """Declare what a verb needs of a token. `also`: what it needs in some cases, for people to read."""

    def declare(verb: V) -> V:
        setattr(verb, _NEEDS, permissions)
        setattr(verb, _ALSO, also)
        return verb

    return declare


def permissions_of(verb: Verb) -> Mapping[str, AccessLevel]:
    """Return what a verb declares.

    Raises:
        AttributeError: the verb declares nothing; a verb without needs says `@needs()`.
    """
    found: Mapping[str, AccessLevel] = getattr(verb, _NEEDS)
    return found


def needed(verbs: Iterable[Verb], *, paths: Iterable[str] = ()) -> tuple[tuple[str, AccessLevel], ...]:
    """Return the permissions that these verbs need together, for changes of these paths; sorted by name."""
    found: dict[str, AccessLevel] = {}
    for verb in verbs:
        for name, level in permissions_of(verb).items():
            if found.get(name) != "write":
                found[name] = level
    if any(path.startswith(WORKFLOWS) for path in paths):
        found["workflows"] = "write"
    return tuple(sorted(found.items()))


def spelled(permissions: Iterable[tuple[str, AccessLevel]]) -> tuple[str, ...]:
    """Return permissions as a workflow and GitHub's settings page spell them, `pull-requests: write`."""
    return tuple(f"{name.replace('_', '-')}: {level}" for name, level in permissions)


def in_words(verbs: Iterable[Verb]) -> tuple[str, ...]:
    """Return what these verbs need, for people: the permissions, then what is needed in some cases."""
    verbs = tuple(verbs)
    also = dict.fromkeys(text for verb in verbs for text in getattr(verb, _ALSO))
    return (*spelled(needed(verbs)), *also)
