"""No sequence of answers passes the budget, starts two attempts at once, or makes a step green without a cause."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.actions.retry import run as run_action
from action_patterns.actions.retry.interface import REASONS, RetryInputs
from action_patterns.ports.processes import Command, Ended
from support.editions import without_github
from support.failed_commands import SAMPLES
from support.memory_processes import MemoryProcesses
from support.retrying import PROBE, WORK, Retried, Stage, ended, http, retried

pytestmark = without_github(why="The command is the caller's own.")
CODES = st.sampled_from([0, 0, 1, 2, 7, 22, 52, 100, 124, 126, 127, 128, 130, 137, 139, 143, 255])
OUTPUTS = st.sampled_from([*(sample.output for sample in SAMPLES), "", "retry-after: 30\n", "retry-after: 9999\n"])
SECONDS = st.floats(0.0, 500.0)
ANSWERS = st.builds(lambda code, output, seconds: ended(code, output, seconds=seconds), CODES, OUTPUTS, SECONDS)
SURVIVORS = st.sampled_from([()] * 9 + [("sudo (pid 7)",)])


class Watched(MemoryProcesses):
    """Commands that may use their whole grace, and that know whether another one runs."""

    def __init__(self, answers: tuple[Ended, ...], clock: Any, grace_used: float) -> None:
        super().__init__(answers, clock=clock)
        self.running = 0
        self.began: list[float] = []
        self.ended: list[Ended] = []
        self._grace_used = grace_used

    def run(self, command: Command) -> Ended:
        assert not self.running, "two at once"
        self.running += 1
        self.began.append(self.clock.monotonic())
        done = super().run(command)
        if done.timed_out:
            self.clock.sleep(command.grace_seconds * self._grace_used)
            self.clock.slept.pop()
        self.running -= 1
        self.ended.append(done)
        return done


@given(
    answers=st.lists(ANSWERS, min_size=40, max_size=40),
    survivors=st.lists(SURVIVORS, min_size=40, max_size=40),
    attempts=st.integers(1, 12),
    budget=st.none() | st.floats(1.0, 2_000.0),
    timeout=st.none() | st.floats(0.1, 300.0),
    grace=st.floats(0.0, 60.0),
    grace_used=st.floats(0.0, 1.0),
    delay=st.floats(0.0, 60.0),
    probe=st.none() | st.just(PROBE),
    random=st.floats(0.0, 1.0, exclude_max=True),
    run_attempt=st.integers(1, 2),
    retry_on=st.sampled_from(["", "class: transient, permanent, conflict", "exit: 1-255"]),
)
def test_whatever_happens(
    *,
    answers: list[Ended],
    survivors: list[tuple[str, ...]],
    attempts: int,
    budget: float | None,
    timeout: float | None,
    grace: float,
    grace_used: float,
    delay: float,
    probe: str | None,
    random: float,
    run_attempt: int,
    retry_on: str,
) -> None:
    if budget is not None and timeout is not None:
        timeout = min(timeout, budget)
    stage = Stage((), random=random, run_attempt=run_attempt)
    world = stage.world()
    scripted = tuple(replace(each, survivors=alive) for each, alive in zip(answers, survivors, strict=True))
    watched = Watched(scripted, stage.clock, grace_used)
    world.processes = watched
    run = run_in(
        world,
        attempts=attempts,
        budget_seconds=budget,
        timeout_seconds=timeout,
        grace_seconds=grace,
        delay_seconds=delay,
        probe=probe,
        retry_on=retry_on,
    )
    worked = [done for command, done in zip(watched.commands, watched.ended, strict=True) if command.script != PROBE]
    assert run.outputs.attempts == len(worked) <= attempts
    if budget is not None:
        assert stage.clock.monotonic() <= budget * 1.1
        assert all(began <= budget for began in watched.began)
    green = run.finish.exit_code == 0
    last = watched.ended[-1]
    assert green == (last.exit_code == 0 and not last.timed_out and not last.survivors)
    assert all(done.exit_code or done.timed_out for done in worked[:-1])
    assert not any(done.survivors for done in watched.ended[:-1])
    assert len(watched.published) <= 1
    assert run.outputs.reason in {reason.code for reason in REASONS}
    assert run.outputs.exit_code == run.finish.exit_code
    assert ("error" in run.levels) != green


def run_in(world: Any, **inputs: Any) -> Retried:
    given_inputs = {name: value for name, value in inputs.items() if value is not None}
    return Retried(run_action(RetryInputs(run=WORK, **given_inputs), world.ports()), world)


def test_an_attempt_gets_what_is_left_of_the_budget_and_no_more() -> None:
    run = retried(ended(1, seconds=4.0), ended(seconds=99.0), timeout_seconds=4, budget_seconds=6, delay_seconds=0)
    assert [command.timeout_seconds for command in run.commands] == pytest.approx([4.0, 1.8])
    assert run.ended == (124, 2, "timed-out", "budget-exhausted")
    assert run.outputs.elapsed <= 6.0


def test_a_command_that_used_up_the_budget_is_not_run_with_the_scraps() -> None:
    run = retried(ended(seconds=9_999.0), budget_seconds=600, delay_seconds=0)
    assert run.ended == (124, 1, "timed-out", "budget-exhausted")
    assert run.outputs.elapsed == 595.0


def test_no_attempt_begins_that_has_no_time() -> None:
    run = retried(http(503, seconds=8.9), budget_seconds=10, attempts=5)
    assert run.ended == (22, 1, "transient", "budget-exhausted")
    assert run.waits == []


def test_a_probe_that_uses_up_the_budget_is_followed_by_no_attempt() -> None:
    run = retried(http(503), ended(1, seconds=2.2), probe=PROBE, budget_seconds=4, delay_seconds=1)
    assert run.ended == (22, 1, "transient", "budget-exhausted")
    assert run.outputs.elapsed <= 4.0
