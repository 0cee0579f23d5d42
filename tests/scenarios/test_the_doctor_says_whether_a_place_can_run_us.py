"""`action-patterns doctor` asks the catalogue of preflight at a terminal: each answer has its fix, none is a write."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from action_patterns.cli import commands
from support.campaign_steps import seed
from support.editions import first_on
from support.stage import Stage, stage
from support.terminal_folder import terminal_variables

ONE = first_on("full", why="Each kind of check is played on every edition by the scenarios of preflight.")
Doctor = Callable[..., tuple[int, dict[str, tuple[str, str]], dict[str, Any]]]


@pytest.fixture
def doctor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    def ask(scene: Stage, *arguments: str, token: str = "ghp_bot") -> Any:
        monkeypatch.chdir(tmp_path)
        for name, value in terminal_variables(scene, tmp_path, token).items():
            monkeypatch.setenv(name, value)
        done = CliRunner().invoke(commands.app, ["doctor", "--json", *arguments])
        found = json.loads(done.stdout)
        answers = {each["check"]: (each["answer"], each["code"]) for each in found["results"]}
        return done.exit_code, answers, found

    return ask


def fleet(**fields: Any) -> dict[str, Any]:
    token = {"login": "bot", "kind": "pat", "permission": "write", "repositories": "all"}
    return seed("api", "web", **fields) | {"tokens": {"ghp_bot": token}}


def test_a_place_that_can_run_us_has_no_obstacle(doctor: Doctor) -> None:
    with stage(fleet(), served=True) as scene:
        before = scene.sandbox.snapshot()
        code, answers, found = doctor(scene, "--repository", "acme/api")
        assert code == 0, found
        swaps = answers.pop("compare-and-swap of branches")
        assert swaps[0] == ("yes" if scene.has_leases else "unknown")
        unknown = {} if scene.has_graphql else {"points of GraphQL are left"}
        assert {name for name, (answer, _) in answers.items() if answer != "yes"} <= {"the token is valid", *unknown}
        assert answers["the token is valid"][0] in ("yes", "unknown"), "its end is not known"
        assert found["ready"] is True and found["repository"] == "acme/api"
        assert scene.writes() == 0
        assert scene.sandbox.snapshot() == before


@ONE
@pytest.mark.parametrize(
    ("fields", "token", "check", "code"),
    [
        ({"api": {"archived": True}}, "ghp_bot", "the repository takes writes", "repository-archived"),
        ({"api": {"disabled": True}}, "ghp_bot", "the repository takes writes", "repository-disabled"),
        ({}, "ghp_other", "the token is valid", "token-refused"),
    ],
)
def test_what_is_in_the_way_is_named_and_the_command_fails(
    doctor: Doctor, fields: dict[str, Any], token: str, check: str, code: str
) -> None:
    with stage(fleet(**fields), served=True) as scene:
        exit_code, answers, found = doctor(scene, "-r", "acme/api", token=token)
        assert (exit_code, found["ready"]) == (1, False)
        assert answers[check] == ("no", code)
        (entry,) = (each for each in found["results"] if each["check"] == check)
        assert entry["message"] and entry["fix"]
        assert scene.writes() == 0


@ONE
def test_a_budget_that_is_used_up_is_named_with_its_reset(doctor: Doctor) -> None:
    poor = fleet()
    poor["tokens"]["ghp_bot"]["rate-limit"] = 50
    with stage(poor, served=True) as scene:
        exit_code, answers, _ = doctor(scene, "-r", "acme/api")
        assert exit_code == 1
        assert answers["calls of REST are left"] == ("no", "quota-exceeds-limit")


@ONE
def test_without_a_token_and_a_repository_the_rest_is_still_asked(doctor: Doctor) -> None:
    with stage(fleet(), served=True) as scene:
        scene.forget()
        exit_code, answers, _ = doctor(scene, token="")
        assert exit_code == 1
        assert answers["a token is set"][0] == answers["a repository is known"][0] == "no"
        assert answers["tool git"][0] == "yes"
        assert answers["GitHub answers"][0] == "yes"
        assert answers["the clock is right"] == ("not-run", "need-failed")


@ONE
def test_a_github_that_does_not_answer_is_asked_nothing_more(doctor: Doctor) -> None:
    with stage(fleet(), served=True) as scene:
        pass
    exit_code, answers, _ = doctor(scene, "-r", "acme/api")
    assert exit_code == 1
    assert answers["GitHub answers"][0] in ("no", "error")
    assert {answers[name][0] for name in ("the token is valid", "the clock is right")} == {"not-run"}


@ONE
def test_a_table_for_people_shows_each_answer_with_its_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with stage(fleet(api={"archived": True}), served=True) as scene:
        monkeypatch.chdir(tmp_path)
        for name, value in terminal_variables(scene, tmp_path, "ghp_bot").items():
            monkeypatch.setenv(name, value)
        done = CliRunner().invoke(commands.app, ["doctor", "-r", "acme/api"])
        assert done.exit_code == 1
        assert "yes  tool git" in done.stdout
        assert "no  the repository takes writes" in done.stdout
        assert "Unarchive it, or leave it out." in done.stdout
        assert "Something is in the way: see above." in done.stdout
        assert "ghp_bot" not in done.stdout
