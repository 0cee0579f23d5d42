"""Requests of state, once, lock and ledger, measured at the sandbox's door, beside the published counts of other tools.

    python benchmarks/state.py

Exit code 1 when one of ours is over its budget. The others' figures were counted in their sources by reading, or
measured on a local repository: not measured here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

if __name__ == "__main__":
    # In place of this script's own folder: from there, `import requests` would find a file of ours.
    sys.path[:1] = [str(Path(__file__).parents[1] / "tests"), str(Path(__file__).parents[1] / "src")]

from action_patterns.actions.lock.interface import RUN_LEASE_SECONDS
from action_patterns.actions.lock.waiting import LIVENESS_SECONDS, TICKET_RENEWAL_SECONDS
from github_sandbox.model import WorkflowRun
from github_sandbox.request_log import RequestRecord
from support.ledger_stage import claim, finish, ledger
from support.lock_stage import Job, lock_stage
from support.marker_stage import once
from support.stage import TARGET, Stage, stage
from support.state_stage import state

NO_GRAPHQL = "no-graphql"
HELD_SECONDS = 1_200.0
HANDED_SECONDS = 20.0
FOREVER = "gh-action-mutex: its waiters wait without end; github/lock: held until a person unlocks"


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


def of_ledgers() -> list[Row]:
    """Return the requests of a ledger's steps."""
    targets = [f"acme/service-{number:04}" for number in range(1_000)]
    with stage(checked=False) as scene:
        claimed = cost(scene, lambda: claim(scene, targets[:40]))
        mine = claim(scene, targets[40:80])
        finished = cost(scene, lambda: finish(scene, mine.claim, dict.fromkeys(targets[40:80], "success")))
        claim(scene, targets)
        read = cost(scene, lambda: ledger(scene, "list", limit=1_000))
    return [
        Row("ledger: claim of 40 targets", claimed, 3),
        Row("ledger: finish of 40 targets", finished, 3),
        Row("ledger: progress of 1,000 targets", read, 10),
    ]


def of_waiters(waiters: int) -> list[Row]:
    """Return the requests a second of jobs that wait for a lock, while one holds it."""
    with lock_stage(checked=False) as play:
        play.job(lambda job: job.hold(HELD_SECONDS))
        for number in range(waiters):
            play.job(lambda job: job.hold(1.0, wait_seconds=90_000), at=5.0 + number)
        for job in play.jobs:
            play.has_run(job.run_id)
        play.play()
        held = [each for each in play.history if each.held is not None]
        assert len({each.generation for each in held}) == waiters + 1
        seconds = play.time.now
        requests = play.scene.sandbox.requests.all()
        looks = [each for each in requests if each.operation == "git/get-ref"]
        questions = [each for each in requests if each.operation == "actions/get-workflow-run"]
        writes = [each for each in requests if each.graphql_operation == "UpdateRefs"]
    most = 0.5 + (waiters - 1) / 15
    name = f"lock: {waiters} waiters"
    return [
        Row(
            f"{name}, looks a second, with those that are free",
            len(looks) / seconds,
            most,
            f"gh-action-mutex {waiters / 5:.1f} fetches, turnstyle {4 * waiters / 60:.2f} calls or more",
        ),
        Row(f"{name}, looks a second that GitHub counts", counted(looks) / seconds, most),
        Row(
            f"{name}, questions a second about the holder's run (each {LIVENESS_SECONDS:.0f} s)",
            len(questions) / seconds,
            1 / LIVENESS_SECONDS,
        ),
        Row(f"{name}, such questions that GitHub counts, of each waiter", counted(questions) / waiters, 2),
        Row(
            f"{name}, writes a second (a ticket is renewed each {TICKET_RENEWAL_SECONDS:.0f} s)",
            len(writes) / seconds,
            (waiters + 1) / TICKET_RENEWAL_SECONDS,
        ),
        Row(
            f"{name}, all requests a second that GitHub counts, renewals and what follows them too",
            counted(requests) / seconds,
            2 * most + 3 * (waiters + 1) / TICKET_RENEWAL_SECONDS,
        ),
    ]


def counted(requests: list[RequestRecord]) -> int:
    """Return how many requests GitHub counts: an answer 304 is free."""
    return sum(each.status != 304 for each in requests)


def of_holders() -> list[Row]:
    """Return the cost of a hold, and the virtual time until the next one. Each request takes 0.1 seconds."""
    with lock_stage(checked=False) as play:
        job = play.job(lambda job: job.hold(1.0))
        play.play()
        acquired_and_released = job.calls
    with lock_stage(checked=False) as play:
        job = play.job(lambda job: job.command(HELD_SECONDS))
        play.play()
        renewals = [each for each in play.scene.sandbox.requests if each.graphql_operation == "UpdateRefs"][1:-1]
    return [
        Row("lock: acquire and release of a free lock", acquired_and_released, 6, "github/lock: 3 to acquire"),
        Row(
            f"lock: writes a second of `run` (a lease of {RUN_LEASE_SECONDS} s is renewed each third)",
            len(renewals) / HELD_SECONDS,
            3 / RUN_LEASE_SECONDS,
        ),
        Row("lock: hand-over, median seconds", handover(), 2, "gh-action-mutex: about 5 idle"),
        Row("lock: holder killed, its run is over, most seconds", passed(is_over=True), 10, FOREVER),
        Row("lock: holder of `run` killed, its run is unknown, seconds", passed(is_over=False), 75, FOREVER),
    ]


def handover() -> float:
    """Return the median over 40 hand-overs among four waiters."""
    seconds: list[float] = []
    for phase in range(10):
        with lock_stage(checked=False) as play:
            for number in range(5):
                held = HANDED_SECONDS + 0.3 * phase + 0.7 * number
                play.job(partial(Job.hold, seconds=held, wait_seconds=900), at=0.7 * number)
            play.play()
            seconds += [
                after.since - before.until
                for before, after in zip(play.holds, play.holds[1:], strict=False)
                if before.until is not None
            ]
    return median(seconds)


def passed(*, is_over: bool) -> float:
    """Return the longest time until a killed holder is passed, killed at ten moments of its hold."""
    longest = 0.0
    for phase in range(10):
        dies_at = 25.0 + 1.7 * phase
        with lock_stage(checked=False) as play:
            play.job(lambda job: job.hold(20.0))
            holder = partial(Job.hold, seconds=900.0, lease_seconds=RUN_LEASE_SECONDS)
            play.job(holder, at=0.5, dies_at=dies_at)
            play.job(lambda job: job.hold(1.0, wait_seconds=900), at=4.0)
            _, run, _ = (play.has_run(job.run_id) for job in play.jobs)
            play.job(partial(end, run=run, is_over=is_over), at=dies_at)
            play.play()
            longest = max(longest, play.holds[2].since - dies_at)
    return longest


def end(_: Job, *, run: WorkflowRun, is_over: bool) -> None:
    """Let GitHub call a run over, or not."""
    run.status, run.conclusion = ("completed", "cancelled") if is_over else ("in_progress", None)


def rows() -> list[Row]:
    """Return every figure."""
    return [*of_steps(), *of_ledgers(), *of_holders(), *of_waiters(1), *of_waiters(10)]


def main() -> int:
    """Print the figures. Return 1 if one is over its budget."""
    over = 0
    for row in rows():
        is_over = row.value > row.budget
        over += is_over
        note = f"   ({row.others})" if row.others else ""
        print(f"{row.situation:82} {row.value:6.2f} of {row.budget:5.2f}{'  OVER' if is_over else ''}{note}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
