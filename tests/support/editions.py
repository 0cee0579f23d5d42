"""The GitHubs that the scenarios are played on: every one, unless a scenario says why not.

`tests/scenarios/conftest.py` has each scenario run once for each edition, and `stage` and the fleets ask here which one
it is. What differs by design is an expectation for each edition (`scene.has_leases`), not a reason to leave one out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import pytest

from github_sandbox import Edition, Sandbox
from support import sample

EDITIONS = {
    "full": Edition(),
    "no-graphql": Edition(graphql="absent"),
    "graphql-refused": Edition(graphql="refused"),
    "no-updateRefs": Edition(unknown_mutations=frozenset({"updateRefs"})),
}
WITH_LEASES = ("full",)
WITHOUT_LEASES = ("no-graphql", "no-updateRefs")
"""One for each way to do without; that GraphQL may be refused as well is `test_tiers`' to prove."""
WITH_GRAPHQL = ("full", "no-updateRefs")
EVERY = WITH_LEASES + WITHOUT_LEASES
NOWHERE = "no-github"


def has_leases(edition: str) -> bool:
    return edition in WITH_LEASES


def has_graphql(edition: str) -> bool:
    return edition in WITH_GRAPHQL


# Exceptions, for a test or, as `pytestmark`, for all of a file


def only_on(*editions: str, why: str) -> pytest.MarkDecorator:
    """The scenario means nothing on the others."""
    return _marked(editions, (), why)


def first_on(*editions: str, why: str) -> pytest.MarkDecorator:
    """The scenario takes long: `make test` plays it on these editions, `make proof` on the others."""
    return _marked(editions, tuple(name for name in EVERY if name not in editions), why)


def without_github(*, why: str) -> pytest.MarkDecorator:
    """The test asks no GitHub at all."""
    return _marked((NOWHERE,), (), why)


def _marked(editions: tuple[str, ...], in_the_proof: tuple[str, ...], why: str) -> pytest.MarkDecorator:
    if not why.endswith("."):
        raise ValueError(f"why is a sentence, not {why!r}")
    unknown = set(editions) - {*EDITIONS, NOWHERE}
    if unknown or not editions:
        raise ValueError(f"the editions are {', '.join(EDITIONS)}, not {editions!r}")
    return pytest.mark.editions(editions, in_the_proof, why=why)


# What the conftest does with them


class Marked(Protocol):
    """A test, as far as its editions go."""

    nodeid: str

    def get_closest_marker(self, name: str) -> pytest.Mark | None: ...


def of_test(item: Marked) -> list[object]:
    """Return the editions of a test, as parameters: in `make test` every second test has one lesser edition too.

    The seed and the test's name choose it. A test that names lesser editions only always has one.
    """
    mark = item.get_closest_marker("editions")
    editions, in_the_proof = mark.args if mark else (EVERY, ())
    lesser = [name for name in editions if name in WITHOUT_LEASES]
    has_turn = len(lesser) == len(editions) or sample.number(item.nodeid, "has its turn") % 2
    played = sample.some(1 if has_turn else 0, lesser, item.nodeid)
    return [
        *(name for name in editions if name not in lesser or name in played),
        *(pytest.param(name, marks=pytest.mark.proof) for name in in_the_proof),
    ]


@dataclass
class _Playing:
    edition: str = "full"
    """Of a test that is no scenario."""
    staged: list[str] = field(default_factory=list)


_playing = _Playing()


@contextmanager
def played_on(edition: str, *, by_default: bool) -> Iterator[None]:
    """Play a scenario on an edition, and see that it does stage that one.

    A scenario that says itself where it is played may share what it staged with others.
    """
    global _playing  # noqa: PLW0603 - a scenario is not given its edition: it would have to hand it on
    _playing = _Playing(edition)
    try:
        yield
        others = set(_playing.staged) - {edition}
        assert not others, f"played on {edition}, and staged {', '.join(sorted(others))}"
        assert _playing.staged or not by_default, (
            f"played on {edition}, and staged nothing: use `stage`, or say why not with `without_github`"
        )
    finally:
        _playing = _Playing()


def set_up(sandbox: Sandbox, edition: str | None = None) -> str:
    """Make a new sandbox one of that edition, or of the scenario's. Returns which."""
    edition = edition or _playing.edition
    assert edition != NOWHERE, "a test that says it asks no GitHub has staged one"
    sandbox.edition = EDITIONS[edition]
    _playing.staged.append(edition)
    return edition
