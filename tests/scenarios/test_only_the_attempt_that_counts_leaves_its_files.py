"""Each attempt writes its own GITHUB_OUTPUT and GITHUB_ENV. Those of the last one reach the job, checked."""

from __future__ import annotations

import pytest

from action_patterns.ports.processes import Ended, StepFiles
from support.editions import without_github
from support.retrying import ended, retried

pytestmark = without_github(why="The command is the caller's own.")


def files(name: str, *problems: str) -> StepFiles:
    text = name.encode()
    return StepFiles(outputs={"name": name}, env=text, path=text, summary=text, problems=problems)


def test_a_failed_attempt_leaves_nothing_beside_the_one_that_succeeded() -> None:
    run = retried(ended(1, files=files("one")), ended(files=files("two")))
    assert run.world.processes.published == [files("two")]
    assert run.outputs.outputs == {"name": "two"}


def test_the_last_failed_attempt_leaves_its_files_as_a_plain_step_does() -> None:
    run = retried(ended(1, files=files("one")), ended(2, files=files("two")), attempts=2)
    assert run.world.processes.published == [files("two")]
    assert run.outputs.outputs == {"name": "two"}
    assert run.finish.exit_code == 2


@pytest.mark.parametrize("last", [ended(137, files=files("x")), ended(124, timed_out=True, files=files("x"))])
def test_an_attempt_that_time_or_a_signal_ended_leaves_nothing(last: Ended) -> None:
    run = retried(last, attempts=1)
    assert run.world.processes.published == []
    assert run.outputs.outputs == {}


def test_a_success_whose_file_the_runner_would_refuse_is_red_and_says_which_line() -> None:
    problem = "GITHUB_ENV, line 3: the text that `EOF` should end has no end."
    run = retried(ended(files=files("x", problem)))
    assert run.ended == (1, 1, "", "files-refused")
    assert problem in run.said
    assert run.world.processes.published == []
    assert run.outputs.outputs == {}


def test_a_failure_with_such_a_file_keeps_its_exit_code_and_says_so() -> None:
    problem = "GITHUB_OUTPUT, line 1: `version` has no `=`."
    run = retried(ended(4, files=files("x", problem)), attempts=1)
    assert run.ended == (4, 1, "unknown", "attempts-exhausted")
    assert problem in run.said
    assert run.world.processes.published == []


def test_outputs_that_github_would_drop_for_their_size_are_refused_by_name() -> None:
    run = retried(ended(outputs={"log": "x" * 500_000}))
    assert run.ended == (1, 1, "", "files-refused")
    assert "a job may have 1 MiB" in run.said


def test_processes_that_a_success_left_behind_are_named() -> None:
    run = retried(ended(background=("sleep (pid 214)",)))
    assert run.ended == (0, 1, "", "succeeded")
    (warning,) = run.finish.annotations
    assert "sleep (pid 214)" in warning.message
    assert "keep-background" in warning.message


def test_a_background_process_may_stay_if_asked() -> None:
    (command,) = retried(ended(), keep_background=True).commands
    assert command.keep_background
