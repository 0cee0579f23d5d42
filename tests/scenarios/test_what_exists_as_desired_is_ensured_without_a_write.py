"""A run after a finished one finds what it asks for, writes nothing and says `unchanged`."""

from __future__ import annotations

import pytest

from support.editions import first_on
from support.ensure_stage import DESIRED, SEED, ensure, said
from support.harness import state
from support.stage import stage

pytestmark = first_on("full", why="Ensure reads over REST on every edition; the others are played in the proof.")


@pytest.mark.parametrize("kind", DESIRED)
def test_the_second_run_reads_once_and_writes_nothing(kind: str) -> None:
    name, inputs = DESIRED[kind]
    with stage(SEED) as scene:
        first = ensure(scene, kind, name, **inputs)
        assert said(first) == ("created", "created", "true")
        after_one = state(scene)
        scene.forget()
        second = ensure(scene, kind, name, **inputs)
        assert said(second) == ("unchanged", "up-to-date", "true")
        assert (scene.writes(), scene.reads()) == (0, 1)
        assert state(scene) == after_one
        assert (second.outputs.id, second.outputs.url) == (first.outputs.id, first.outputs.url)
        assert second.annotations == ()


@pytest.mark.parametrize("kind", DESIRED)
def test_what_is_made_without_further_inputs_stays_as_people_change_it(kind: str) -> None:
    name, inputs = DESIRED[kind]
    with stage(SEED) as scene:
        ensure(scene, kind, name, **inputs)
        scene.forget()
        again = ensure(scene, kind, name)
        assert said(again) == ("unchanged", "up-to-date", "true")
        assert scene.writes() == 0


@pytest.mark.parametrize("kind", DESIRED)
def test_a_check_tells_absent_existing_and_different_and_writes_nothing(kind: str) -> None:
    name, inputs = DESIRED[kind]
    with stage(SEED) as scene:
        absent = ensure(scene, kind, name, mode="check")
        assert said(absent) == ("unchanged", "absent", "false")
        assert (absent.outputs.state, absent.outputs.id, absent.outputs.url) == ("absent", "", "")
        assert scene.writes() == 0
        ensure(scene, kind, name, **inputs)
        scene.forget()
        found = ensure(scene, kind, name, mode="check", **inputs)
        assert said(found) == ("unchanged", "exists", "true")
        assert found.outputs.state
        assert found.outputs.url
        assert scene.writes() == 0
