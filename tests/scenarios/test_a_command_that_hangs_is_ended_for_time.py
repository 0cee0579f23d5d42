"""`timeout-seconds` ends an attempt with exit code 124; with `attempts: 1` it is a deadline."""

from __future__ import annotations

import pytest

from support.editions import without_github
from support.retrying import WORK, ended, retried

pytestmark = without_github(why="The command is the caller's own.")
HANGS = ended(seconds=9_999.0)


def test_a_deadline_for_one_command_is_124_and_timed_out() -> None:
    run = retried(HANGS, attempts=1, timeout_seconds=600)
    assert run.ended == (124, 1, "timed-out", "attempts-exhausted")
    assert (run.outputs.timed_out, run.outputs.exit_code, run.outputs.elapsed) == (True, 124, 600.0)
    assert [command.timeout_seconds for command in run.commands] == [600.0]
    assert run.world.processes.published == [], "what it wrote may be half of what it meant to write"


def test_a_command_that_hangs_once_is_tried_again() -> None:
    run = retried(HANGS, ended(), timeout_seconds=60)
    assert run.ended == (0, 2, "timed-out", "succeeded-after-retry")
    assert not run.outputs.timed_out
    assert run.scripts == [WORK] * 2


def test_the_grace_reaches_the_command() -> None:
    run = retried(ended(), timeout_seconds=60, grace_seconds=9, nounset=True, working_directory="site")
    (command,) = run.commands
    assert (command.grace_seconds, command.nounset, command.working_directory) == (9.0, True, "site")
    assert (command.isolated, command.keep_background, command.argv) == (False, False, ())


@pytest.mark.parametrize("said", ["", "curl: (22) The requested URL returned error: 404\n"])
def test_the_end_of_time_counts_before_what_was_printed(said: str) -> None:
    assert retried(ended(124, said, timed_out=True), attempts=1).ended[2] == "timed-out"
