from __future__ import annotations

import signal

import pytest

from action_patterns.resilience import ended
from action_patterns.resilience.ended import how_it_ended, signal_of


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (0, "ended with exit code 0"),
        (1, "ended with exit code 1"),
        (126, "may not be executed (exit code 126)"),
        (127, "was not found (exit code 127)"),
        (128, "ended with exit code 128"),
        (129, "ended with exit code 129"),
        (130, "was killed by SIGINT (2)"),
        (137, "was killed by SIGKILL (9)"),
        (139, "was killed by SIGSEGV (11)"),
        (143, "was killed by SIGTERM (15)"),
        (255, "ended with exit code 255"),
    ],
)
def test_an_exit_code_in_words(code: int, said: str) -> None:
    assert how_it_ended(code) == said


def test_time_comes_before_the_signal_that_ended_it() -> None:
    assert how_it_ended(124, timed_out=True, limit_seconds=5) == "ran longer than 5 seconds"
    assert how_it_ended(137, timed_out=True, limit_seconds=1) == "ran longer than 1 second"
    assert how_it_ended(137, timed_out=True, limit_seconds=1234.56) == "ran longer than 1,235 seconds"
    assert how_it_ended(137, timed_out=True, limit_seconds=2.46) == "ran longer than 2.5 seconds"
    assert how_it_ended(137, timed_out=True, limit_seconds=1.04) == "ran longer than 1 second"
    assert how_it_ended(124, timed_out=True) == "ran longer than it may"
    assert how_it_ended(124) == "ended with exit code 124"


def test_the_names_are_those_of_the_system() -> None:
    for number, name in ended._SIGNALS.items():
        assert signal.Signals(number).name == name
        assert signal_of(128 + number) == f"{name} ({number})"
