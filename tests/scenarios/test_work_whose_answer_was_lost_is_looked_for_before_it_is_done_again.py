"""An attempt that failed may have taken effect. The probe is asked before each further one, in a re-run job too."""

from __future__ import annotations

import pytest

from action_patterns.actions.retry import run as run_action
from action_patterns.actions.retry.interface import RetryInputs
from action_patterns.ports.processes import Command, Ended, StepFiles
from support.editions import without_github
from support.retrying import PROBE, WORK, Stage, ended, retried
from support.stage import Killed, VirtualClock

pytestmark = without_github(why="The command is the caller's own.")
LOST = "curl: (52) Empty reply from server\n"


class Server:
    """Takes a deployment, and loses the answers of some."""

    def __init__(self, *, lost: int) -> None:
        self.deployments = 0
        self._lost = lost

    def answer(self, command: Command) -> Ended:
        if command.script == PROBE:
            return ended(0 if self.deployments else 1)
        self.deployments += 1
        return ended(52, LOST) if self.deployments <= self._lost else ended()


def test_a_post_whose_answer_was_lost_is_sent_once() -> None:
    server = Server(lost=1)
    run = retried(server.answer, server.answer, probe=PROBE)
    assert run.ended == (0, 1, "transient", "probe-done")
    assert (run.scripts, server.deployments) == ([WORK, PROBE], 1)
    assert run.levels == ["warning"], "an answer was lost"


def test_without_a_probe_it_is_sent_twice() -> None:
    server = Server(lost=1)
    assert retried(server.answer, server.answer).ended == (0, 2, "transient", "succeeded-after-retry")
    assert server.deployments == 2


def test_work_that_is_not_done_is_done_again() -> None:
    run = retried(ended(7, "curl: (7) Failed to connect to a port 443\n"), ended(1), ended(), probe=PROBE)
    assert run.scripts == [WORK, PROBE, WORK]
    assert run.ended == (0, 2, "transient", "succeeded-after-retry")


@pytest.mark.parametrize("dies_in", ["the work", "the wait"])
def test_a_crash_between_attempts_is_followed_by_a_probe_in_the_next_run(dies_in: str) -> None:
    server = Server(lost=1)

    def crash(command: Command) -> Ended:
        server.answer(command)
        raise Killed

    dead = Stage((crash if dies_in == "the work" else server.answer,)).world()
    if dies_in == "the wait":
        dead.processes.clock = VirtualClock()
        dead.clock.sleep = _die  # type: ignore[method-assign]
    with pytest.raises(Killed):
        run_action(RetryInputs(run=WORK, probe=PROBE), dead.ports())
    rerun = retried(server.answer, server.answer, probe=PROBE, stage={"run_attempt": 2})
    assert rerun.ended == (0, 0, "", "probe-done")
    assert (rerun.scripts, server.deployments) == ([PROBE], 1)
    assert rerun.levels == ["notice"], "nothing failed in this run, and the work is skipped"
    assert "Already done: ./deploy" in rerun.said


def _die(_: float) -> None:
    raise Killed


def test_a_probe_that_says_done_gives_the_outputs() -> None:
    found = ended(0, files=StepFiles(outputs={"url": "https://a/7"}, env=b"URL=https://a/7\n"))
    run = retried(ended(52, LOST, outputs={"url": "half"}), found, probe=PROBE)
    assert run.outputs.outputs == {"url": "https://a/7"}
    assert run.world.processes.published == [found.files]


@pytest.mark.parametrize(
    ("answer", "exit_code"),
    [(ended(137), "137"), (ended(127), "127"), (ended(126), "126"), (ended(0, seconds=99.0), "124")],
)
def test_a_probe_without_an_answer_stops_the_step(answer: Ended, exit_code: str) -> None:
    run = retried(ended(52, LOST), answer, probe=PROBE, timeout_seconds=60)
    assert run.ended == (52, 1, "transient", "probe-failed")
    assert f"The probe ended with exit code {exit_code}." in run.said


def test_a_probe_has_the_time_of_an_attempt_and_is_not_asked_before_the_first() -> None:
    run = retried(ended(), probe=PROBE)
    assert run.scripts == [WORK]
    run = retried(ended(52, LOST, seconds=2.0), ended(1), ended(), probe=PROBE, timeout_seconds=60, budget_seconds=70)
    assert [command.timeout_seconds for command in run.commands] == pytest.approx([60.0, 60.3, 60.0], rel=0.01)
