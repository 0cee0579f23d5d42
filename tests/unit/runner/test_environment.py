from __future__ import annotations

import os

import pytest

from action_patterns.runner import environment
from action_patterns.runner.clock import SystemClock


def test_the_environment_is_a_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOMETHING", "x")
    copy = environment.read()
    assert copy["SOMETHING"] == "x"
    copy["SOMETHING"] = "y"
    assert os.environ["SOMETHING"] == "x"


def test_children_get_neither_tokens_nor_inputs_nor_what_redirects_git() -> None:
    kept = {"PATH": "/bin", "HOME": "/root", "GIT_CONFIG_GLOBAL": "/c", "GITHUB_SHA": "abc"}
    dropped = {
        "GITHUB_TOKEN": "t",
        "GH_TOKEN": "t",
        "INPUT_TOKEN": "t",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t",
        "GIT_DIR": "/elsewhere",
        "GIT_INDEX_FILE": "/elsewhere",
        "GIT_TRACE_CURL": "1",
    }
    assert environment.for_children({**kept, **dropped}) == kept


def test_the_clock_is_in_utc_and_does_not_go_back() -> None:
    clock = SystemClock()
    start = clock.monotonic()
    clock.sleep(0.001)
    assert clock.monotonic() > start
    offset = clock.now().utcoffset()
    assert offset is not None
    assert offset.total_seconds() == 0
