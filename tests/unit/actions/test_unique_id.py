from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from action_patterns.actions.unique_id import UniqueIdInputs, decide, run
from action_patterns.content.changes import FileChange
from action_patterns.errors import InputError
from action_patterns.runner.files import RunnerFiles
from support.memory_ports import World
from support.report_builders import context

RUN = context(run_id=16_123_456_789, run_attempt=3)


def given(**changes: Any) -> UniqueIdInputs:
    return UniqueIdInputs(**({"values": "config-sync\nacme/api"} | changes))


def identified(**changes: Any) -> str:
    return run(given(**changes), World(context=RUN).ports()).outputs.id


def test_the_id_follows_from_the_inputs_alone() -> None:
    outputs = run(given(prefix="config-sync"), World(context=RUN).ports()).outputs
    assert outputs.id == "config-sync-" + outputs.digest[:16]
    assert outputs.length == 16
    assert outputs.collision_odds == "1 in 3.7 billion among 100,000 ids"
    later = replace(RUN, run_id=1, run_number=99, run_attempt=1, sha="f" * 40, workspace="/elsewhere")
    assert run(given(prefix="config-sync"), World(context=later).ports()).outputs == outputs


def test_the_id_is_the_same_in_another_process(tmp_path: Path) -> None:
    """Nothing of the process counts: hash seed, locale, time zone, working directory."""
    code = (
        "from action_patterns.content.identifier import identify\n"
        "print(identify(['config-sync', 'acme/api'], [], prefix='', length=16).name)"
    )
    source = Path(__file__).resolve().parents[3] / "src"
    for variables in ({"PYTHONHASHSEED": "1", "LC_ALL": "C"}, {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo"}):
        completed = subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONPATH": str(source), **variables},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        assert completed.stdout.strip() == identified()


@pytest.mark.parametrize(
    "value",
    [
        "16123456789",
        "16123456789-3",
        "build-16123456789-3",
        "https://github.com/acme/api/actions/runs/16123456789",
        "https://github.com/acme/api/actions/runs/16123456789/attempts/3",
    ],
)
def test_what_is_of_this_run_is_refused(value: str) -> None:
    for inputs in (given(values=f"config-sync\n{value}"), given(prefix=value)):
        with pytest.raises(InputError) as caught:
            run(inputs, World(context=RUN).ports())
        assert "would get another id" in caught.value.message


@pytest.mark.parametrize("value", ["16123456788", "116123456789-31", "3", "issue-16123456789", "16123456789-4"])
def test_a_number_that_is_not_of_this_run_is_taken(value: str) -> None:
    assert identified(values=value)


def test_short_numbers_of_a_local_runner_are_no_reason() -> None:
    world = World(context=context(run_id=1, run_attempt=1))
    assert run(given(values="2021-11-12\nv1\nissue 1"), world.ports()).outputs.id


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        run(given(values="", length=40, prefix=""), World(context=RUN).ports())
    assert len(caught.value.problems) == 2


def test_forty_digits_alone_are_refused_and_with_a_prefix_they_are_not() -> None:
    with pytest.raises(InputError, match="commit id"):
        identified(length=40)
    with pytest.raises(InputError, match="commit id"):
        identified(length=40, prefix="日本")
    assert len(identified(length=40, prefix="x")) == 42


@pytest.mark.parametrize("length", [3, 65])
def test_a_length_out_of_range_is_refused(length: int) -> None:
    with pytest.raises(ValidationError):
        given(length=length)


def test_every_pattern_without_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "there.txt").write_text("x")
    ports = replace(World(context=RUN).ports(), files=RunnerFiles(str(tmp_path), str(tmp_path)))
    with pytest.raises(InputError) as caught:
        run(given(files="gone.txt\nthere.txt\n*.json\ngone/**"), ports)
    said = [problem.what for problem in caught.value.problems]
    assert [name in text for name, text in zip(("'gone.txt'", "'*.json'", "'gone/**'"), said, strict=True)] == [
        True
    ] * 3


def test_a_file_named_twice_counts_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/one.txt").write_text("1")
    (tmp_path / "a/two.txt").write_text("2")
    ports = replace(World(context=RUN).ports(), files=RunnerFiles(str(tmp_path), str(tmp_path)))
    ids = {run(given(files=files), ports).outputs.id for files in ("a", "a/**", "a/two.txt\na/*.txt", "a/\n./a")}
    assert len(ids) == 1
    (tmp_path / "a/one.txt").chmod(0o755)
    assert run(given(files="a"), ports).outputs.id not in ids


@pytest.mark.parametrize("same", [True, False])
def test_line_ends_count_only_if_desired(same: bool) -> None:
    inputs = given(normalise_line_endings=json.dumps(same))
    one, other = (
        decide(inputs, (FileChange(path="a", mode="100644", content=content),)).name for content in (b"a\n", b"a\r\n")
    )
    assert (one == other) == same
