"""Which tests a run leaves to the next: parts of what is shown several times, under act or in many variants.

Each situation is played in every run: of the runs of act in a file, and of the variants of a test, a quarter, but one
at least. The seed chooses it. `make proof` plays all. A module that chooses among its cases itself keeps them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pytest

from support import sample

PART = 4
"""One of so many is played."""
VARIED = (
    "tests/scenarios/",
    "tests/unit/bootstrap/",
    "tests/unit/github_api/",
    "tests/unit/process/",
    "tests/unit/runner/",
    "tests/unit/worktree/",
)
"""Where variants rotate: their tests start processes or act a whole run. Tables of pure functions are played whole."""


def left_out(items: Iterable[pytest.Item]) -> Iterator[pytest.Item]:
    """Yield the tests that this run leaves out."""
    groups: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if group := _group(item):
            groups[group].append(item)
    for group, members in groups.items():
        played = sample.some(-(-len(members) // PART), (item.nodeid for item in members), "rotation", group)
        yield from (item for item in members if item.nodeid not in played)


def _group(item: pytest.Item) -> str | None:
    """Return the name of those among which the seed chooses; None for a test of every run."""
    if item.nodeid.startswith("tests/e2e/"):
        return item.nodeid.partition("::")[0]
    if getattr(getattr(item, "module", None), "sample", None) is sample:
        return None
    return item.nodeid.partition("[")[0] if item.nodeid.startswith(VARIED) else None
