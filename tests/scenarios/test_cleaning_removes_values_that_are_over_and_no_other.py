"""`clean` lists first; it removes values whose time is over, or that are old if asked; one written meanwhile stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from action_patterns.errors import InputError
from support.marker_stage import github_is
from support.stage import Stage, stage
from support.state_stage import state, stored

DAY = timedelta(days=1)


def three_values(scene: Stage) -> None:
    state(scene, "put", key="cursor/short", value=1, ttl_days=2)
    state(scene, "put", key="cursor/long", value=2, ttl_days=30)
    state(scene, "put", key="other/short", value=3, ttl_days=2)
    state(scene, "put", key="cursor/endless", value=4)


def test_a_dry_run_is_the_default_and_removes_nothing() -> None:
    with stage() as scene:
        three_values(scene)
        with github_is(3 * DAY, scene):
            scene.forget()
            finish = state(scene, "clean", prefix="cursor/")
            assert (finish.outputs.removed, finish.outputs.removed_count) == ('["cursor/short"]', 1)
            assert (finish.outputs.outcome, finish.outputs.reason, scene.writes()) == ("planned", "would-clean", 0)
        assert len(stored(scene)) == 4


def test_what_is_over_goes_and_what_is_only_old_goes_if_asked() -> None:
    with stage() as scene:
        three_values(scene)
        with github_is(3 * DAY, scene):
            finish = state(scene, "clean", prefix="cursor/", dry_run=False)
            assert (finish.outputs.removed, finish.outputs.reason) == ('["cursor/short"]', "cleaned")
            assert set(stored(scene)) == {"cursor/long", "other/short", "cursor/endless"}
            assert state(scene, "clean", prefix="cursor/", dry_run=False).outputs.reason == "nothing-to-clean"
            assert state(scene, "clean", dry_run=False, older_than_days=4).outputs.removed == '["other/short"]'
            assert state(scene, "clean", dry_run=False, older_than_days=3).outputs.removed == '["cursor/endless"]'
        assert stored(scene) == {"cursor/long": 2}, "its time to live runs"


def test_a_value_that_a_run_writes_meanwhile_stays() -> None:
    with stage() as scene:
        state(scene, "put", value=1, ttl_days=1)
        with github_is(3 * DAY, scene):
            written = {"before": lambda: state(scene, "put", value=2)}
            finish = state(scene, "clean", dry_run=False, meanwhile=written)
            assert finish.outputs.removed_count == 0
        assert stored(scene) == {"cursor": 2}


def test_an_input_of_another_mode_is_refused() -> None:
    with stage() as scene:
        state(scene, "get")
        with pytest.raises(InputError, match=r"`dry-run` is given, and has no effect on `list`"):
            state(scene, "list", dry_run=False)
