from __future__ import annotations

import json
from pathlib import Path

import pytest

from action_patterns.errors import InputError
from action_patterns.runner import context

VARIABLES = {
    "GITHUB_REPOSITORY": "o/r",
    "GITHUB_SHA": "c0ffee",
    "GITHUB_WORKFLOW": "w",
    "GITHUB_JOB": "j",
    "GITHUB_EVENT_NAME": "push",
    "GITHUB_REF_NAME": "main",
    "GITHUB_WORKSPACE": "/w",
    "RUNNER_TEMP": "/t",
    "GITHUB_RUN_ID": "11",
    "GITHUB_RUN_NUMBER": "12",
    "GITHUB_RUN_ATTEMPT": "13",
    "GITHUB_OUTPUT": "/o",
}


def test_the_run_is_read() -> None:
    found = context.read(VARIABLES)
    assert (found.repository, found.run_id, found.run_number, found.run_attempt) == ("o/r", 11, 12, 13)
    assert (found.default_branch, found.debug, found.runner) == (None, False, "")
    assert (found.server_url, found.api_url, found.graphql_url) == (
        "https://github.com",
        "https://api.github.com",
        "https://api.github.com/graphql",
    )
    assert found.run_url == "https://github.com/o/r/actions/runs/11"
    # The pace GitHub asks for: only a sandbox may be asked faster.
    assert found.write_spacing_seconds == 1.0


def test_another_server_debugging_and_pace_are_read() -> None:
    found = context.read(
        {
            **VARIABLES,
            "GITHUB_API_URL": "https://ghes/api/v3/",
            "RUNNER_DEBUG": "1",
            "RUNNER_NAME": "GitHub Actions 7",
            "ACTION_PATTERNS_WRITE_SPACING_SECONDS": "0.02",
        }
    )
    assert (found.api_url, found.debug, found.write_spacing_seconds) == ("https://ghes/api/v3", True, 0.02)
    assert found.runner == "GitHub Actions 7"


def test_nothing_is_guessed_and_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        context.read({})
    (problem,) = caught.value.problems
    assert all(name in problem.what for name in VARIABLES)


@pytest.mark.parametrize("odd", ["x", "-1", "1.5", "²", "1_0"])
def test_a_number_that_is_none_is_named(odd: str) -> None:
    with pytest.raises(InputError, match="GITHUB_RUN_ATTEMPT is '"):
        context.read({**VARIABLES, "GITHUB_RUN_ATTEMPT": odd})


@pytest.mark.parametrize("odd", ["x", "-1", "nan", "inf", "1e9"])
def test_a_pace_that_is_none_is_named(odd: str) -> None:
    with pytest.raises(InputError, match="ACTION_PATTERNS_WRITE_SPACING_SECONDS is '"):
        context.read({**VARIABLES, "ACTION_PATTERNS_WRITE_SPACING_SECONDS": odd})


@pytest.mark.parametrize(
    ("payload", "branch"),
    [
        (json.dumps({"repository": {"default_branch": "trunk"}}), "trunk"),
        (json.dumps({"repository": {"default_branch": None}}), None),
        (json.dumps({"repository": "x"}), None),
        ("[]", None),
        ("{", None),
        ("\udcff", None),
    ],
)
def test_the_default_branch_comes_from_the_event_or_is_unknown(
    tmp_path: Path, payload: str, branch: str | None
) -> None:
    event = tmp_path / "event.json"
    event.write_bytes(payload.encode("utf-8", "surrogateescape"))
    assert context.read({**VARIABLES, "GITHUB_EVENT_PATH": str(event)}).default_branch == branch


@pytest.mark.parametrize(
    ("event_name", "head", "from_fork"),
    [
        ("pull_request", {"repo": {"id": 8}}, True),
        ("pull_request", {"repo": {"id": 7}}, False),
        ("pull_request", {"repo": None}, True),  # the fork was deleted
        ("pull_request_target", {"repo": {"id": 8}}, False),
        ("push", None, False),
    ],
)
def test_a_run_of_a_pull_request_from_a_fork_is_known(
    tmp_path: Path, event_name: str, head: object, from_fork: bool
) -> None:
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"repository": {"id": 7}, "pull_request": {"head": head}}))
    found = context.read({**VARIABLES, "GITHUB_EVENT_NAME": event_name, "GITHUB_EVENT_PATH": str(event)})
    assert found.from_fork is from_fork


def test_an_event_file_that_is_not_there_is_no_error() -> None:
    assert context.read({**VARIABLES, "GITHUB_EVENT_PATH": "/nonexistent"}).default_branch is None
