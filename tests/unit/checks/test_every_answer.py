"""Each kind of preflight in each of its answers, what it wrote (nothing), and every message in one file for people."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from action_patterns.checks.catalogue import GITHUB, KINDS, PREFLIGHT
from github_sandbox import Fault
from support import editions
from support.check_cases import LOCAL, NOW, OF_GITHUB, REMOTE, SECRET, Case, FixedClock, world
from support.preflight_stage import Preflight, Runner
from support.stage import stage

MINT = "apps/create-installation-access-token"
"""An App's token is minted by a POST, and revoked at the end of the step."""
GOLDEN = Path(__file__).parent / "golden/preflight.txt"
CASES = (*LOCAL, *REMOTE)
ASSERTED = {"value", "variable", "file", "command"}
"""Kinds that preflight shares with assert: see test_assertions."""


class Outcome(NamedTuple):
    """A case that was run once, for all tests."""

    row: dict[str, str]
    writes: int
    changed: bool
    shown: str


@cache
def outcome(case: Case) -> Outcome:
    with case.run() as (found, scene, before):
        finish = found.finish
        return Outcome(
            found.only(),
            0
            if scene is None
            else sum(each.kind == "write" and each.operation != MINT for each in scene.sandbox.requests),
            bool(found.files.files) or (scene is not None and scene.sandbox.snapshot() != before),
            f"{finish.summary}{finish.outputs.results}{finish.annotations}{found.log.lines}",
        )


def said(case: Case) -> str:
    """The message and the fix of a case, as the golden file has them."""
    row = outcome(case).row
    head = f"## {row['code']} ({row['answer']}): {' '.join(case.checks.removeprefix('- ').split())}"
    text = f"{head}\n{row['message']}\n→ {row['fix']}\n"
    return re.sub(r"http://github-\d+\.invalid", "https://github.example", text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_check_gives_this_answer_and_writes_nothing(case: Case) -> None:
    found = outcome(case)
    row = found.row
    assert (row["answer"], row["code"]) == (case.answer, case.code), row["message"]
    assert found.writes == 0
    assert not found.changed
    assert case.answer == "yes" or (row["message"] and row["fix"]), "every other answer says why, and what to do"
    if case.words and case.answer != "yes":
        assert case.words in row["message"]
    assert SECRET not in found.shown
    assert "hidden" not in found.shown, "an address is shown without its query"
    assert "ghp_" not in found.shown


def test_a_secret_is_masked_before_it_is_judged() -> None:
    case = next(each for each in LOCAL if each.code == "secret-malformed")
    with case.run() as (found, _, _):
        assert found.log.hidden == [SECRET]


@pytest.mark.parametrize("kind", OF_GITHUB)
def test_in_an_outage_every_check_of_github_is_an_error(kind: str) -> None:
    with editions.played_on("full", by_default=False), stage(world(), clock=FixedClock()) as scene:
        scene.sandbox.faults.add(Fault(status=502, path="", times=100))
        found = Runner(scene, clock=FixedClock()).preflight(OF_GITHUB[kind], token="ghs_installed")
        assert found.only()["answer"] == "error"
        assert found.finish.outputs.reason == "checks-unanswered"
        assert found.finish.exit_code == 1


def test_every_kind_has_its_cases() -> None:
    assert {case.kind for case in CASES} | ASSERTED == set(PREFLIGHT)
    assert set(OF_GITHUB) == {key for key in PREFLIGHT if KINDS[key].source == GITHUB}
    for kind in PREFLIGHT:
        answers = {case.answer for case in CASES if case.kind == kind}
        assert kind in ASSERTED or {"yes", "no"} <= answers, kind


def test_every_message_is_as_people_read_it() -> None:
    text = "\n".join(dict.fromkeys(said(case) for case in CASES if case.answer != "yes"))
    # `UPDATE_GOLDEN=1 pytest` writes the file. Read it: what happened, why, how to fix it, what not to do.
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text)
    assert GOLDEN.read_text() == text


def test_a_failure_says_what_not_to_do() -> None:
    entries = [entry for entry in GOLDEN.read_text().split("## ")[1:] if "(no)" in entry.partition("\n")[0]]
    assert entries
    silent = [entry for entry in entries if "Do not" not in entry.partition("\n→ ")[2]]
    # The words of a 401 are those of every action.
    assert [entry.partition(" ")[0] for entry in silent] == ["token-refused"]


def test_the_time_of_the_cases_is_fixed() -> None:
    assert FixedClock().now() == NOW
    assert isinstance(Runner().preflight("- job: x", needs="x=success"), Preflight)
