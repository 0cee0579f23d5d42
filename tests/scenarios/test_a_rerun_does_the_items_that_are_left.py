"""A job that keeps its progress is killed after 36 of 40 items: its rerun does exactly the other four."""

from __future__ import annotations

import json

import pytest

from support.stage import Killed, Stage, stage
from support.state_stage import Runner, state, stored, value_of

ITEMS = [f"item-{number:02}" for number in range(40)]


def job(scene: Stage, attempt: int, *, dies_after: int | None = None) -> list[str]:
    """Do what is left, with a put after each item. Returns the items done."""
    runner = Runner(attempt=attempt)
    done = value_of(state(scene, "get", key="nightly/done", default=[], runner=runner))
    worked = []
    for item in ITEMS:
        if item in done:
            continue
        if len(worked) == dies_after:
            raise Killed
        state(scene, "put", key="nightly/done", merge="append", value=[item], runner=runner)
        worked.append(item)
    return worked


def test_a_rerun_does_exactly_four() -> None:
    with stage(checked=False) as scene:
        with pytest.raises(Killed):
            job(scene, 1, dies_after=36)
        assert job(scene, 2) == ITEMS[36:]
        assert stored(scene) == {"nightly/done": ITEMS}
        assert job(scene, 3) == []


def test_legs_of_a_matrix_put_their_own_keys_and_a_rerun_lists_what_is_left() -> None:
    with stage(checked=False) as scene:
        for item in ITEMS[:36]:
            state(scene, "put", key=f"nightly/{item}", value="done", runner=Runner(attempt=1))
        state(scene, "put", key="nightlies", value="another prefix")
        done: list[str] = []
        after: str | None = None
        pages = 0
        while True:
            page = state(scene, "list", prefix="nightly/", limit=10, after=after).outputs
            done += json.loads(page.keys or "")
            pages, after = pages + 1, page.next
            if after is None:
                break
        assert (pages, done) == (4, [f"nightly/{item}" for item in ITEMS[:36]])
