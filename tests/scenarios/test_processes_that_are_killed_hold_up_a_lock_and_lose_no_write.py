"""Real processes take one lock by turns and write one value: one at a time, nothing lost, whoever is killed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from action_patterns.action.store import REFS
from action_patterns.github_api.client import Client
from action_patterns.ports.context import Context
from action_patterns.ports.github import GitHub
from action_patterns.runner.directory_store import MARK, DirectoryStore
from action_patterns.state.record import read
from action_patterns.state.values import ValueRecord, ref_name
from github_sandbox import Limits
from support import memory_ports, sample
from support.editions import WITH_LEASES, only_on, without_github
from support.players import FACTOR, LEASE_SECONDS, Runs, Table, is_alive, only_runs
from support.stage import TARGET, DyingTransport, stage

pytestmark = without_github(why="The processes keep their records in a directory.")
Measured = Callable[[str, object], None]


class _GitHub(Client):
    """GitHub whose runs are processes."""

    def __init__(self, context: Context) -> None:
        super().__init__(DyingTransport(context))
        self.runs = Runs()  # type: ignore[assignment]


def github(context: Context) -> GitHub:
    return _GitHub(context)


def play(table: Table, players: int, kills: int) -> list[float]:
    """Let them play, and kill holders and waiters. Returns the real times until each killed holder was passed."""
    dice, passed = random.Random(sample.number("players")), []
    for number in range(players):
        table.start(number)
    for kill in range(kills):
        if len(table.pids) <= 2:
            break
        ends = time.monotonic() + 120
        while len(table.lines("begun")) < (kill + 1) * players * table.rounds / 12 and time.monotonic() < ends:
            time.sleep(0.01)
        pid = 0
        while not pid and time.monotonic() < ends and any(map(is_alive, table.pids)):
            pid = table.holder()
            if kill % 2:
                pid = dice.choice([each for each in table.pids if each != pid])
        if pid not in table.pids:
            continue
        begun = len(table.lines("begun"))
        table.kill(pid)
        if kill % 2 == 0 and table.holder() == pid:
            passed.append(until_passed(table, begun))
    assert set(table.end()) == {0}
    return passed


def until_passed(table: Table, begun: int) -> float:
    """Return the real time until one more process holds the lock than had begun."""
    killed = time.monotonic()
    while len(table.lines("begun")) <= begun:
        assert time.monotonic() < killed + 120
        time.sleep(0.005)
    return time.monotonic() - killed


def assert_right(table: Table, value: list[str], killed: int) -> None:
    assert table.lines("twice") == [], "two held the lock at once"
    begun, counted = table.lines("begun"), table.lines("counted")
    generations = [int(line.split()[0]) for line in begun]
    assert generations == sorted(set(generations)), "a generation only grows"
    assert 0 <= len(begun) - len(counted) <= killed
    count = int((table.folder / "counter").read_text())
    assert len(counted) <= count <= len(begun)
    assert set(table.lines("put")) <= set(value), "no write is lost"
    assert len(value) == len(set(value)), "and none is doubled"


def kill_the_second_holder(table: Table, after: float) -> float:
    """Kill it when it has held the lock for so long. Returns the real time until it was passed."""
    while len(table.lines("begun")) < 2:
        time.sleep(0.05)
    time.sleep(after)
    assert len(table.lines("begun")) == 2
    table.kill(table.holder())
    return until_passed(table, 2)


def in_a_directory(folder: Path, **options: Any) -> Table:
    """Return a table whose store is a directory."""
    store = folder / "store"
    store.mkdir(parents=True)
    (store / MARK).touch()
    return Table(folder=folder, context=memory_ports.context(), store=str(store), **options)


def assert_right_in_a_directory(table: Table, killed: int) -> None:
    message = DirectoryStore(table.store).read(TARGET, ref_name("turns")).message
    value = read(ValueRecord, message, name="turns").value
    assert isinstance(value, list)
    assert_right(table, [str(each) for each in value], killed)


def told(where: str, table: Table, passed: list[float], began: float) -> str:
    """Return the figures of a play."""
    return (
        f"lock, {where}: {len(table.lines('counted'))} turns, each with a put; no two at once, no write lost; killed"
        f" holders passed after {', '.join(f'{each * table.factor:.0f}' for each in passed)} s (waits run"
        f" {table.factor:.0f} times as fast); calendars 20 min apart; {time.monotonic() - began:.0f} s"
    )


def test_three_processes_take_turns_and_two_are_killed(tmp_path: Path) -> None:
    table = in_a_directory(tmp_path, rounds=4, hold_seconds=0.06)
    play(table, players=4, kills=2)
    assert_right_in_a_directory(table, 2)


@pytest.mark.proof
def test_ten_processes_take_a_hundred_turns_each_in_a_directory(tmp_path: Path, record_property: Measured) -> None:
    began, table = time.monotonic(), in_a_directory(tmp_path, rounds=100)
    passed = play(table, players=10, kills=7)
    assert_right_in_a_directory(table, 7)
    record_property("measured", told("10 processes x 100 rounds in a directory, 7 killed", table, passed, began))
    assert max(passed) * FACTOR <= 60.0, "a holder whose run is over: 10 s, and a loaded machine's share"


@pytest.mark.proof
def test_a_killed_holder_of_whose_run_github_says_nothing_is_passed_within_its_lease(
    tmp_path: Path, record_property: Measured
) -> None:
    """The lease is shorter than two calendars are apart, and no job passes a holder before its end."""
    began = time.monotonic()
    table = in_a_directory(tmp_path, rounds=10, github=lambda _: only_runs(says_the_end=False))
    passed = play(table, players=10, kills=5)
    assert_right_in_a_directory(table, 5)
    where = f"10 processes x 10 rounds, leases of {LEASE_SECONDS} s alone, 5 killed"
    record_property("measured", told(where, table, passed, began))
    assert min(passed) * FACTOR >= LEASE_SECONDS / 2, "a lease that has just begun, and a loaded machine's share"
    assert max(passed) * FACTOR <= LEASE_SECONDS + 600.0, "its lease, a look, and a loaded machine's share"


@pytest.mark.proof
def test_in_real_time_a_handover_takes_two_seconds_and_the_end_of_a_run_ten(
    tmp_path: Path, record_property: Measured
) -> None:
    """Four locks pass from hand to hand while the holders of four others are killed, each at another moment."""
    began = time.monotonic()
    calm = [in_a_directory(tmp_path / f"calm-{number}", rounds=1, factor=1.0, hold_seconds=16.0) for number in range(4)]
    harsh = [
        in_a_directory(tmp_path / f"harsh-{number}", rounds=1, factor=1.0, hold_seconds=20.0) for number in range(4)
    ]
    for table in (*calm, *harsh):
        for number in range(4):
            table.start(number)
    # The second holder dies: who waits behind it has not seen yet that it is the first.
    with ThreadPoolExecutor() as threads:
        passed = list(threads.map(kill_the_second_holder, harsh, (0.5, 3.0, 6.0, 9.0)))
    for table in (*calm, *harsh):
        assert set(table.end()) == {0}
        assert_right_in_a_directory(table, 1 if table in harsh else 0)
    handovers = [each for table in calm for each in table.handovers()]
    record_property(
        "measured",
        f"lock, real time: {len(handovers)} hand-overs of holds of 16 s, median {median(handovers):.2f} s, longest"
        f" {max(handovers):.2f} s; 4 holders whose runs were over passed after"
        f" {', '.join(f'{each:.1f}' for each in passed)} s; calendars 20 min apart; {time.monotonic() - began:.0f} s",
    )
    assert len(handovers) == 12
    assert median(handovers) <= 2.0
    assert max(passed) <= 10.0


@pytest.mark.proof
@only_on(*WITH_LEASES, why="What the other editions promise in a race is proved call by call.")
def test_ten_processes_take_a_hundred_turns_each_at_refs(tmp_path: Path, record_property: Measured) -> None:
    began = time.monotonic()
    with stage(served=True, checked=False) as scene:
        scene.sandbox.limits = Limits(rest_per_hour=10**6, graphql_points_per_hour=10**6)
        table = Table(folder=tmp_path, context=scene.context, store=REFS, rounds=100, factor=20.0, github=github)
        passed = play(table, players=10, kills=7)
        commit = scene.sandbox.repository(TARGET).refs()[ref_name("turns")]
        value = read(ValueRecord, scene.sandbox.repository(TARGET).commit(commit).message, name="turns").value
        assert isinstance(value, list)
        assert_right(table, [str(each) for each in value], 7)
        record_property("measured", told("10 processes x 100 rounds at refs, 7 killed", table, passed, began))
        assert max(passed) * table.factor <= 600.0, "the sandbox answers ten processes at once, and time runs faster"
