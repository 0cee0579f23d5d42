"""A server that answers 502 for a while costs attempts and waits, and the step is green with a warning."""

from __future__ import annotations

import pytest

from support.editions import without_github
from support.retrying import WORK, ended, http, retried

pytestmark = without_github(why="The command is the caller's own.")


def test_502_502_200_are_three_attempts() -> None:
    run = retried(http(502), http(502), http(200), attempts=4)
    assert run.ended == (0, 3, "transient", "succeeded-after-retry")
    assert run.scripts == [WORK] * 3
    assert run.waits == [1.0, 2.0], "half of 2 s, and of 4 s"
    assert run.outputs.elapsed == 6.0
    assert run.levels == ["warning"]
    assert (run.outputs.exit_code, run.outputs.timed_out) == (0, False)


def test_the_wait_is_a_random_part_of_a_bound_that_doubles() -> None:
    for random, waits in ((0.0, [0.0, 0.0, 0.0]), (0.5, [5.0, 10.0, 12.5]), (0.999, [9.99, 19.98, 24.975])):
        run = retried(*(http(503),) * 4, attempts=4, delay_seconds=10, max_delay_seconds=25, stage={"random": random})
        assert run.waits == pytest.approx(waits)
        assert run.ended == (22, 4, "transient", "attempts-exhausted")


def test_a_time_that_the_server_names_is_waited_for_in_full() -> None:
    run = retried(http(503, "retry-after: 30"), http(200))
    assert run.waits == [31.0]
    assert run.ended == (0, 2, "transient", "succeeded-after-retry")


def test_a_time_beyond_the_budget_ends_the_step_before_the_wait() -> None:
    run = retried(http(503, "retry-after: 30"), budget_seconds=20)
    assert run.waits == []
    assert run.ended == (22, 1, "transient", "wait-beyond-budget")
    assert "The server asked to wait until 20" in run.said


def test_a_first_success_is_quiet() -> None:
    run = retried(ended(outputs={"version": "1"}))
    assert run.ended == (0, 1, "", "succeeded")
    assert (run.said.strip(), run.waits) == ("", [])
    assert run.outputs.outputs == {"version": "1"}
