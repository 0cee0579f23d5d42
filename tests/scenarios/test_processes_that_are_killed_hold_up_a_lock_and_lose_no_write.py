"""Real processes take one lock by turns and write one value: one at a time, nothing lost, whoever is killed."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from action_patterns.action.store import REFS
from action_patterns.github_api.client import Client
from action_patterns.ports.context import Context
from action_patterns.ports.github import GitHub
from action_patterns.runner.directory_store import MARK, DirectoryStore
from action_patterns.state.record import read
from action_patterns.state.values import ValueRecord, ref_name
from support import memory_ports, sample
from support.editions import WITH_LEASES, only_on, without_github
from support.players import FACTOR, Runs, Table, is_alive
from support.stage import TARGET, DyingTransport, stage

pytestmark = without_github(why="The processes keep their records in a directory.")


class _GitHub(Client):
    """GitHub whose runs are processes."""

    def __init__(self, context: Context) -> None:
        super().__init__(DyingTransport(context))
        self.runs = Runs()  # type: ignore[assignment]


def github(context: Context) -> GitHub:
    return _GitHub(context)


def play(table: Table, players: int, kills: int) -> float:
    """Let them play, and kill holders and waiters. Returns the longest time until a killed holder was passed."""
    dice, longest = random.Random(sample.number("players")), 0.0
    for number in range(players):
        table.start(number)
    for kill in range(kills):
        if len(table.pids) <= 2:
            break
        ends = time.monotonic() + 60
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
            killed = time.monotonic()
            while len(table.lines("begun")) <= begun and time.monotonic() < ends:
                time.sleep(0.005)
            longest = max(longest, time.monotonic() - killed)
    assert set(table.end()) == {0}
    return longest


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


def in_a_directory(folder: Path, players: int, rounds: int, kills: int) -> float:
    store = folder / "store"
    store.mkdir()
    (store / MARK).touch()
    table = Table(folder=folder, context=memory_ports.context(), store=str(store), rounds=rounds)
    longest = play(table, players, kills)
    message = DirectoryStore(str(store)).read(TARGET, ref_name("turns")).message
    value = read(ValueRecord, message, name="turns").value
    assert isinstance(value, list)
    assert_right(table, [str(each) for each in value], kills)
    return longest


def test_three_processes_take_turns_and_two_are_killed(tmp_path: Path) -> None:
    in_a_directory(tmp_path, players=4, rounds=4, kills=2)


@pytest.mark.proof
def test_ten_processes_take_a_hundred_turns_each_in_a_directory(tmp_path: Path) -> None:
    longest = in_a_directory(tmp_path, players=10, rounds=100, kills=7)
    assert longest * FACTOR <= 60.0, "a holder whose run is over: 10 s, and a loaded machine's share"


@pytest.mark.proof
@only_on(*WITH_LEASES, why="What the other editions promise in a race is proved call by call.")
def test_ten_processes_take_a_hundred_turns_each_at_refs(tmp_path: Path) -> None:
    with stage(served=True, checked=False) as scene:
        table = Table(folder=tmp_path, context=scene.context, store=REFS, rounds=100, github=github)
        longest = play(table, players=10, kills=7)
        commit = scene.sandbox.repository(TARGET).refs()[ref_name("turns")]
        value = read(ValueRecord, scene.sandbox.repository(TARGET).commit(commit).message, name="turns").value
        assert isinstance(value, list)
        assert_right(table, [str(each) for each in value], 7)
        assert longest * FACTOR <= 600.0, "the sandbox answers ten processes at once, and time runs faster"
