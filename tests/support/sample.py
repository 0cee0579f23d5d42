"""The part of the large matrices that one run of the tests plays.

A seed chooses it, by the name of each case and never by its place: every worker chooses the same cases, in any order.
Each commit has another seed, so that the runs of a week play the whole. `make proof` plays the whole at once.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeVar

T = TypeVar("T")
Extent = Literal["quick", "test", "proof"]

ROOT = Path(__file__).parents[2]
SEED_VARIABLE = "TEST_SEED"
EXTENT_VARIABLE = "TEST_EXTENT"
NO_COMMIT = "no-commit"
"""The seed of a checkout without git."""

EXAMPLES = {"quick": 0.1, "test": 0.1, "proof": 20.0}
"""How many examples a property meets, in relation to what it asks for."""


@cache
def seed() -> str:
    """Return what chooses: $TEST_SEED, or the tree id of the commit."""
    given = os.environ.get(SEED_VARIABLE)
    if given:
        return given
    command = ["git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD^{tree}"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return NO_COMMIT
    return asked.stdout.strip() if asked.returncode == 0 else NO_COMMIT


def extent() -> Extent:
    """Return how much of the matrices this run plays; `test` where $TEST_EXTENT is not set."""
    given = os.environ.get(EXTENT_VARIABLE) or "test"
    for known in ("quick", "test", "proof"):
        if given == known:
            return known
    raise ValueError(f"{EXTENT_VARIABLE} is quick, test or proof, not {given!r}")


def plays_all() -> bool:
    return extent() == "proof"


def number(*name: object) -> int:
    """Return a number that follows from the seed and a name, and from nothing else."""
    return int.from_bytes(sha256(repr((seed(), *map(str, name))).encode()).digest()[:8])


def some(count: int, options: Iterable[str], *name: object) -> list[str]:
    """Return `count` of the options in their order, or all of them in `make proof`."""
    listed = list(options)
    if plays_all():
        return listed
    chosen = set(sorted(listed, key=lambda option: number(*name, option))[:count])
    return [option for option in listed if option in chosen]


def one(options: Sequence[T], *name: object) -> T:
    """Return one of the options."""
    return options[number(*name) % len(options)]


def examples(count: int) -> int:
    """Return how many examples a property meets that asks for `count`."""
    return max(1, round(count * EXAMPLES[extent()]))
