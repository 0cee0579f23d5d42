"""The benchmark's figures are promises: over budget is red, and so is a README that quotes other figures."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from support.editions import first_on, only_on
from support.people import calls_of_a_look, seed
from support.stage import FULL, TARGET, desired_state, stage

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
BENCHMARK = only_on("full", why="The figures are GitHub's; what it costs elsewhere is counted below.")
MANY = first_on("full", why="Hundreds of files take their time, and are written in the same way on every edition.")
DOZEN = 12
"""Reads of a look over REST, as actions/upsert-pr/README.md says; the first run of a process asks for GraphQL too."""


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark_of_requests", BENCHMARKS / "requests.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def measured(benchmark: ModuleType) -> list[tuple[str, int, int, int, int, str]]:
    return list(benchmark.measure())


@BENCHMARK
def test_no_situation_is_over_its_budget(benchmark: ModuleType, measured: list[Any]) -> None:
    assert benchmark.over_budget(measured) == []
    assert "same content again                            1      1      0      0" in benchmark.text(measured)


@BENCHMARK
def test_a_situation_over_its_budget_is_marked(benchmark: ModuleType) -> None:
    rows = [("over", 2, 1, 0, 0, "-"), ("failed", -1, 1, -1, 1, "-"), ("within", 1, 1, 0, 0, "-")]
    assert [row[0] for row in benchmark.over_budget(rows)] == ["over", "failed"]
    assert [line.endswith("OVER") for line in benchmark.text(rows).splitlines()[1:]] == [True, True, False]


@BENCHMARK
def test_the_readme_quotes_what_is_measured(benchmark: ModuleType, measured: list[Any]) -> None:
    assert benchmark.markdown(measured) + "\n" == (BENCHMARKS / "requests.md").read_text()


LOCKS = [f"packages/{number:03}/lock.json" for number in range(640)]


@MANY
@pytest.mark.parametrize(
    ("content", "trees"),
    [("version {}\n", 2), ("{:04}" * 1024, 3)],
    ids=["short: 500 entries a tree", "4 KiB each: 1 MiB a tree"],
)
def test_640_files_take_as_few_trees_as_their_size_allows(content: str, trees: int) -> None:
    asked_for = desired_state({path: content.format(*[number] * 1024) for number, path in enumerate(LOCKS)})
    with stage() as scene:
        assert scene.upsert(asked_for).outcome == "created"
        assert scene.sent("git/create-tree") == trees
        assert scene.sent("git/create-blob") == 0
        assert scene.writes() == trees + 3
        scene.forget()
        assert scene.upsert(asked_for).outcome == "unchanged"
        assert scene.writes() == 0


@MANY
def test_640_deletions_are_two_trees_and_within_the_budget() -> None:
    with stage() as scene:
        scene.sandbox.repository(TARGET).commit_files("main", dict.fromkeys(LOCKS, b"1\n"), message="Locks")
        scene.forget()
        assert scene.upsert(desired_state(dict.fromkeys(LOCKS))).outcome == "created"
        assert scene.sent("git/create-tree") == 2
        assert scene.writes() == 5


def test_a_look_is_one_read_and_over_rest_a_dozen_at_most() -> None:
    for asked_for in (
        desired_state(**FULL),
        desired_state(milestone="v1", body="x" * 130_000, head_repository="bot/api", **FULL),
    ):
        with stage(seed({"name": "bot/api", "fork": TARGET}, milestones=["v1"])) as scene:
            for writes in (True, False):
                most = 1 if scene.has_graphql else 1 + DOZEN
                assert calls_of_a_look(scene, asked_for) <= most
                assert (scene.upsert(asked_for).usage.writes > 0) is writes
