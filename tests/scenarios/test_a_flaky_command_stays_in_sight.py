"""A success that took more than one attempt is a warning, and the summary has a row for each attempt."""

from __future__ import annotations

from support.editions import without_github
from support.retrying import ended, http, retried

pytestmark = without_github(why="The command is the caller's own.")
SUMMARY = """### `./deploy`: succeeded (succeeded-after-retry)

A further attempt succeeded.

| Attempt | Exit code | Class | Seconds | Wait (s) | Cause |
| --: | --: | :-- | --: | --: | :-- |
| 1 | 22 | transient | 1.0 | 1.0 | `curl: (22) The requested URL returned error: 502` |
| 2 | 137 | killed | 2.5 | 2.0 | `SIGKILL (9) ended the command.` |
| 3 | 0 | succeeded | 1.0 | – | – |
"""


def test_each_attempt_has_a_row_with_its_cause() -> None:
    run = retried(http(502), ended(137, seconds=2.5), ended(), run="./deploy\n./check\n")
    assert run.finish.summary == SUMMARY
    (warning,) = run.finish.annotations
    assert (warning.level, warning.title) == ("warning", "Flaky: ./deploy")
    assert warning.message.splitlines() == [
        "A further attempt succeeded.",
        "Attempt 1: exit code 22, transient: curl: (22) The requested URL returned error: 502.",
        "Attempt 2: exit code 137, killed: SIGKILL (9) ended the command.",
        "The command is flaky. The summary shows why each attempt failed.",
    ]


def test_the_log_says_why_and_when_the_next_attempt_begins() -> None:
    run = retried(ended(1), ended())
    assert run.world.log.lines == ["Attempt 1 of 3 failed: exit code 1, unknown. The next attempt begins in 1.0 s."]


def test_a_failure_has_a_row_too() -> None:
    run = retried(http(404))
    assert "| 1 | 22 | permanent | 1.0 | – | `curl: (22) The requested URL returned error: 404` |" in run.said


def test_an_annotation_names_the_last_attempts_and_the_summary_all() -> None:
    run = retried(*(ended(code) for code in range(1, 21)), attempts=20)
    (error,) = run.finish.annotations
    assert [line.split(":")[0] for line in error.message.splitlines() if line.startswith("Attempt")] == [
        f"Attempt {number}" for number in range(16, 21)
    ]
    assert run.finish.summary.count("\n| ") == 2 + 20


def test_what_a_command_prints_changes_no_structure() -> None:
    run = retried(ended(1, "fatal: early EOF | <img src=x> `a` @alice ](x)\n"), attempts=1, run="echo '|' `a`\n")
    rows = [line for line in run.finish.summary.splitlines() if line.startswith("| 1 ")]
    assert rows == [r"| 1 | 1 | transient | 1.0 | – | ``fatal: early EOF \| <img src=x> `a` @alice ](x)`` |"]
