"""The same parts give the same id, branch and pull request in every run and process; other parts give others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from action_patterns.actions.unique_id import UniqueIdInputs, run
from action_patterns.errors import InputError
from action_patterns.ports.context import Context
from action_patterns.pull_request.spec.key import branch_of
from action_patterns.runner.files import RunnerFiles
from support.editions import without_github
from support.memory_ports import World
from support.people import settled, target
from support.report_builders import context
from support.stage import desired_state, stage

NAMES = without_github(why="A name is made without asking anybody.")
FIRST = context(run_id=16_123_456_789, run_attempt=1)
RERUN = context(run_id=16_123_456_789, run_attempt=2, sha="f" * 40)


def identify(of: Context = FIRST, *, folder: Path | None = None, **inputs: Any) -> str:
    world = World(context=of)
    if folder is not None:
        world.files = RunnerFiles(str(folder), str(folder))  # type: ignore[assignment]
    return run(UniqueIdInputs(**inputs), world.ports()).outputs.id


def test_a_rerun_finds_the_pull_request_of_the_first_attempt() -> None:
    with stage() as scene:
        for of, outcome in ((FIRST, "created"), (RERUN, "unchanged")):
            asked_for = desired_state(key=identify(of, prefix="sync", values="config\nacme/api"))
            assert scene.upsert(asked_for).outcome == outcome
        assert len(target(scene).pulls()) == 1
        settled(scene, asked_for)


@NAMES
@pytest.mark.parametrize("value", ["16123456789", "16123456789-1", "https://github.com/x/y/actions/runs/16123456789"])
def test_what_is_of_the_run_is_refused_as_a_part(value: str) -> None:
    with pytest.raises(InputError, match="would get another id"):
        identify(values=value)


@NAMES
def test_parts_are_not_run_together() -> None:
    assert identify(values="ab\nc") != identify(values="a\nbc")


@NAMES
def test_other_spellings_of_the_same_text_are_the_same() -> None:
    assert identify(values="caf\u00e9") == identify(values=" cafe\u0301 ")
    assert desired_state(key="caf\u00e9").branch == desired_state(key=" cafe\u0301").branch


@NAMES
def test_line_ends_of_a_checkout_do_not_count(tmp_path: Path) -> None:
    found = set()
    for name, content in (("unix", b"a\nb\n"), ("windows", b"a\r\nb\r\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "schema.txt").write_bytes(content)
        found.add(identify(folder=tmp_path / name, files="schema.txt"))
    assert len(found) == 1


@NAMES
def test_the_branches_in_the_field_keep_their_names() -> None:
    """A changed algorithm would orphan every branch, and open every pull request a second time."""
    assert branch_of("sync-config") == "action-patterns/sync-config-6c7203910874f465"


@NAMES
def test_twenty_thousand_keys_that_read_alike_have_as_many_branches() -> None:
    signs = str.maketrans("01", "!?")
    keys = [f"sync {number:b}".translate(signs) for number in range(20_000)]
    branches = {branch_of(key) for key in keys}
    assert len(branches) == 20_000
    assert all(branch.startswith("action-patterns/sync-") for branch in branches)
