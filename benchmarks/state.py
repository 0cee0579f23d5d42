"""Requests of state, once and lock, measured at the sandbox's door, beside the published counts of other tools.

    python benchmarks/state.py

Exit code 1 when one of ours is over its budget. The others' figures were counted in their sources by reading, or
measured on a local repository: not measured here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":
    # In place of this script's own folder: from there, `import requests` would find a file of ours.
    sys.path[:1] = [str(Path(__file__).parents[1] / "tests"), str(Path(__file__).parents[1] / "src")]

from support.lock_stage import lock_stage
from support.marker_stage import once
from support.stage import TARGET, Stage, stage
from support.state_stage import state

NO_GRAPHQL = "no-graphql"
HELD_SECONDS = 1_200.0
RENEWAL_SECONDS = 25.0
"""Period in which a ticket is renewed, at the next look after it."""


class Row(NamedTuple):
    """One figure."""

    situation: str
    value: float
    budget: float
    others: str = ""


def cost(scene: Stage, step: Callable[[], object]) -> int:
    """Return how many requests a step sends."""
    scene.forget()
    step()
    return len(scene.sandbox.requests)


def of_steps() -> list[Row]:
    """Return the requests of single steps."""
    with stage(checked=False) as scene:
        absent = cost(scene, lambda: state(scene, "get"))
        put = cost(scene, lambda: state(scene, "put", value=1))
        get = cost(scene, lambda: state(scene, "get"))
        version = state(scene, "get").outputs.version
        swap = cost(scene, lambda: state(scene, "compare-and-swap", value=2, version=version))
        begin = cost(scene, lambda: once(scene, "begin"))
        again = cost(scene, lambda: once(scene, "begin", run_id=70_002))
        (oid,) = scene.sandbox.repository(TARGET).refs("refs/action-patterns/state/").values()
        git = scene.sandbox.world.repository(TARGET)
        assert git is not None
        for number in range(999):
            git.git.set_ref(f"refs/action-patterns/state/n{number:04}", oid)
        listed = cost(scene, lambda: state(scene, "list", limit=1_000))
    with stage(checked=False, edition=NO_GRAPHQL) as scene:
        # Each step asks for GraphQL once, and is refused.
        rest_put = cost(scene, lambda: state(scene, "put", value=1))
        rest_get = cost(scene, lambda: state(scene, "get"))
    return [
        Row("state: get, absent", absent, 1),
        Row("state: get", get, 1),
        Row("state: put", put, 3),
        Row("state: compare-and-swap, version known", swap, 2),
        Row("state: list of 1,000 keys", listed, 10),
        Row("once: begin", begin, 3, "github/lock: branch check, create, put; no wait"),
        Row("once: begin of what is begun, and whether its run is over", again, 2),
        Row("state: get, REST alone", rest_get, 3),
        Row("state: put, REST alone", rest_put, 5),
    ]


def of_waiters(waiters: int) -> list[Row]:
    """Return the requests a second of jobs that wait for a lock, while one holds it."""
    with lock_stage(checked=False) as play:
        play.job(lambda job: job.hold(HELD_SECONDS))
        for number in range(waiters):
            play.job(lambda job: job.hold(1.0, wait_seconds=90_000), at=5.0 + number)
        play.play()
        held = [each for each in play.history if each.held is not None]
        assert len({each.generation for each in held}) == waiters + 1
        seconds = play.time.now
        looks = [each for each in play.scene.sandbox.requests if each.operation == "git/get-ref"]
        free = [each for each in looks if each.status == 304]
        writes = [each for each in play.scene.sandbox.requests if each.graphql_operation == "UpdateRefs"]
    most = 0.5 + (waiters - 1) / 15
    name = f"lock: {waiters} waiters"
    return [
        Row(
            f"{name}, looks a second, with those that are free",
            len(looks) / seconds,
            most,
            f"gh-action-mutex {waiters / 5:.1f} fetches, turnstyle {4 * waiters / 60:.2f} calls or more",
        ),
        Row(f"{name}, looks a second that GitHub counts", (len(looks) - len(free)) / seconds, most),
        Row(
            f"{name}, writes a second (a ticket is renewed each {RENEWAL_SECONDS:.0f} s)",
            len(writes) / seconds,
            (waiters + 1) / RENEWAL_SECONDS,
        ),
    ]


def rows() -> list[Row]:
    """Return every figure."""
    return [*of_steps(), *of_waiters(1), *of_waiters(10)]


def main() -> int:
    """Print the figures. Return 1 if one is over its budget."""
    over = 0
    for row in rows():
        is_over = row.value > row.budget
        over += is_over
        note = f"   ({row.others})" if row.others else ""
        print(f"{row.situation:75} {row.value:6.2f} of {row.budget:5.2f}{'  OVER' if is_over else ''}{note}")
    print(
        "A killed holder: gh-action-mutex keeps its waiters for ever; ours costs one lease, or 10 s where GitHub says."
    )
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
