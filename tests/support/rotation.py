"""Which tests a run leaves to the next: parts of what is shown several times, under act or in many variants.

Each situation is played in every run, in one of its variants at least: the seed chooses a fifth of them. Under act a
fifth of the tests is played, and a campaign, every situation of upsert-pr and some examples always: what the others
show of the parts, the scenarios show without a runner. `make proof` plays all. A module that chooses among its cases
itself keeps them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pytest

from support import sample

PART = 5
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

UNDER_ACT = "tests/e2e/"
CORE = (
    "test_a_campaign_is_safe_to_repeat.py",
    "test_every_example_is_safe_to_repeat.py",
    "test_upsert_pr_in_every_situation_is_safe_to_repeat.py",
)
"""The end-to-end files of which every run plays a test at least."""


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
    if item.nodeid.startswith(UNDER_ACT):
        file = item.nodeid.partition("::")[0].removeprefix(UNDER_ACT)
        return file if file in CORE else UNDER_ACT
    if getattr(getattr(item, "module", None), "sample", None) is sample:
        return None
    return item.nodeid.partition("[")[0] if item.nodeid.startswith(VARIED) else None
