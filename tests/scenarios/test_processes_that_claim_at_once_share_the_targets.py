"""Ten real processes claim and finish the same targets at once, and the first is killed: none is worked on twice."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from action_patterns.state.ledger.record import Entry
from github_sandbox import Limits
from support import sample
from support.action_process import ActionProcesses, Death, Job, job
from support.editions import only_on
from support.ledger_stage import names, stored
from support.stage import Stage, stage

pytestmark = only_on("full", why="Every claim and every end is a process.")

PROCESSES = 10 if sample.plays_all() else 4
ROUNDS = 100 if sample.plays_all() else 1
TARGETS = [f"t{number}" for number in range(2 * PROCESSES)]


def step(scene: Stage, place: Path, number: int, attempt: int = 1, **inputs: str) -> Job:
    """A step of the run of that number."""
    context = scene.context
    addresses = (context.server_url, context.api_url, context.graphql_url)
    made = job(place / f"{inputs['mode']}-{number}-{attempt}", addresses, place, operation=place.name, **inputs)
    variables = made.variables | {"GITHUB_RUN_ID": str(1_000 + number), "GITHUB_RUN_ATTEMPT": str(attempt)}
    return replace(made, action="ledger", variables=variables)


def wanted(number: int) -> list[str]:
    """Return the targets of a process: its own two and the two of its neighbour."""
    return [TARGETS[(2 * number + offset) % len(TARGETS)] for offset in range(4)]


def claim(scene: Stage, place: Path, number: int, attempt: int = 1) -> Job:
    return step(scene, place, number, attempt, mode="claim", targets=json.dumps(wanted(number)), digest="d")


def finish(scene: Stage, place: Path, number: int, claimed: Job) -> Job:
    ends = json.dumps(dict.fromkeys(todo(claimed), "success"))
    return step(scene, place, number, mode="finish", results=ends, claim=claimed.outputs["claim"])


def todo(step: Job) -> list[str]:
    return names(step.outputs.get("todo"))


def test_each_target_has_one_of_them_whoever_dies(
    processes: ActionProcesses, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    dice = random.Random("ledger")
    left = Counter[str]()
    began = time.monotonic()
    with stage(checked=False, served=True) as scene:
        scene.sandbox.limits = Limits(rest_per_hour=10**6, graphql_points_per_hour=10**6)  # 50 rounds take 5,000
        play(processes, scene, tmp_path / "measured", None)
        life = (time.monotonic() - began) / 6
        for number in range(ROUNDS):
            end = play(processes, scene, tmp_path / f"round-{number}", dice.uniform(0.3, 1.7) * life)
            life *= 0.85 if end == "lived" else 1.15  # the machine has more or less to do meanwhile
            left[end] += 1
    assert not sample.plays_all() or len(left) > 1, left
    record_property(
        "measured",
        f"ledger, {ROUNDS} rounds of {PROCESSES} processes, the first of which dies: {dict(left.most_common())};"
        f" no target twice, none lost; {time.monotonic() - began:.0f} s",
    )


def play(processes: ActionProcesses, scene: Stage, place: Path, dies_after: float | None) -> str:
    """Play one round. Return how far the process came that was killed."""
    claims = [claim(scene, place, number) for number in range(PROCESSES)]
    dead, *codes = processes.race(claims, None if dies_after is None else Death(dies_after))
    assert codes == [0] * (PROCESSES - 1), [each.log for each in claims]
    living = claims[1:] if dead else claims
    for each in living:
        assert each.outputs["reason"] in ("claimed", "in-progress", "nothing-left"), each.log
    won = [target for each in living for target in todo(each)]
    assert len(won) == len(set(won)), "no target has two steps"

    again = claim(scene, place, 0, attempt=2)
    assert processes.run(again).code == 0, again.log
    assert not set(todo(again)) & set(won) or not dead
    table = stored_of(scene, place)
    assert all(entry.state == "pending" for entry in table.values())

    finishing = [finish(scene, place, number, each) for number, each in enumerate([again, *claims[1:]]) if todo(each)]
    assert processes.race(finishing) == [0] * len(finishing), [each.log for each in finishing]
    assert set(stored_of(scene, place)) == set(TARGETS)
    assert {entry.state for entry in stored_of(scene, place).values()} == {"done"}
    return "lived" if not dead else "claimed" if todo(again) else "had claimed nothing"


def stored_of(scene: Stage, place: Path) -> dict[str, Entry]:
    return stored(scene, f"{place.name}-")
