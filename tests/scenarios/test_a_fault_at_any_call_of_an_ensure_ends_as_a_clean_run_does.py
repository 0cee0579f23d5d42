"""Whatever answers the network loses or doubles, and wherever a run dies, the rerun ends as a clean run does."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from action_patterns.errors import ActionPatternsError
from support import sample
from support.editions import first_on
from support.ensure_stage import CASES, SEED, Situation, ensure, said
from support.harness import FAULTS, KILLS, NO_KILLS, FaultPlan, state
from support.stage import Killed, Stage, stage

pytestmark = first_on(
    "full", why="It takes seconds, and only a move of a branch differs: see the scenario of branches."
)

MET = 1
"""How many faults beside the kills each call meets in `make test`; the seed chooses them."""


@cache
def clean_run(name: str, edition: str) -> tuple[dict[str, Any], tuple[str, str, str], tuple[str, ...]]:
    """Return the state after a clean run, what it says, and the kinds of its calls."""
    case = CASES[name]
    with stage(SEED, edition=edition) as scene:
        case.before(scene)
        scene.forget()
        finish = run(scene, case)
        kinds = tuple("Get" if each.method == "GET" else _kind(each) for each in scene.sandbox.requests)
        return state(scene), said(finish), kinds


def _kind(record: Any) -> str:
    return "other" if record.graphql_operation is None else ("UpdateRefs" if record.kind == "write" else "Observe")


def run(scene: Stage, case: Situation, plan: FaultPlan | None = None) -> Any:
    return ensure(scene, case.kind, case.key, plan=plan, **case.inputs)


@pytest.mark.parametrize("name", CASES)
def test_the_rerun_finds_it_or_makes_it(name: str, edition: str) -> None:
    case = CASES[name]
    clean, told, kinds = clean_run(name, edition)
    played = 0
    for number, kind in enumerate(kinds, start=1):
        possible = [fault for fault in NO_KILLS if FAULTS[fault].can_hit(kind)]
        for fault in (*KILLS, *sample.some(MET, possible, name, number)):
            play(case, edition, {number: fault}, clean, told)
            played += 1
    assert played >= 3 * len(kinds)


def play(
    case: Situation, edition: str, faults: dict[int, str], clean: dict[str, Any], told: tuple[str, str, str]
) -> None:
    plan = FaultPlan(faults)
    (name,) = faults.values()
    with stage(SEED, checked=False, edition=edition) as scene:
        case.before(scene)
        try:
            first = said(run(scene, case, plan))
        except (Killed, ActionPatternsError):
            first = None
        assert plan.met == [name], faults
        if first is not None and not FAULTS[name].misleads:
            assert state(scene) == clean, faults
            disowned = FAULTS[name].disowns and first[0] == "unchanged"
            assert first == told or disowned, faults
        else:
            assert first is None or FAULTS[name].misleads
        rerun = run(scene, case)
        assert rerun.exit_code == 0
        assert state(scene) == clean, faults
        scene.forget()
        assert said(run(scene, case)) == ("unchanged", "up-to-date", "true")
        assert scene.writes() == 0


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("create")])
@pytest.mark.parametrize("fault", ["502 after", "reset after", "timeout after", "429", "truncated body"])
def test_a_creation_that_took_effect_is_created_and_not_sent_again(name: str, fault: str, edition: str) -> None:
    case = CASES[name]
    clean, told, kinds = clean_run(name, edition)
    number = 1 + next(place for place, kind in enumerate(kinds) if kind == "other")
    with stage(SEED, checked=False, edition=edition) as scene:
        case.before(scene)
        assert said(run(scene, case, FaultPlan({number: fault}))) == told
        assert state(scene) == clean
