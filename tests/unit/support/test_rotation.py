"""Each situation is played in every run, and each variant in one of a few."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest

from support import sample
from support.rotation import CORE, UNDER_ACT, left_out


@pytest.fixture(autouse=True)
def _plays_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sample.EXTENT_VARIABLE, "test")


def items(*names: str, module: object = None) -> list[pytest.Item]:
    return [cast("pytest.Item", SimpleNamespace(nodeid=name, module=module)) for name in names]


def played(every: Sequence[Any]) -> list[str]:
    left = [item.nodeid for item in left_out(every)]
    return [item.nodeid for item in every if item.nodeid not in left]


def variants(test: str, count: int) -> list[str]:
    return [f"{test}[{at}]" for at in range(count)]


@pytest.mark.parametrize(("count", "left"), [(1, 1), (2, 1), (5, 1), (6, 2), (11, 3)])
@pytest.mark.parametrize("test", ["tests/scenarios/test_a.py::test_it", "tests/unit/process/test_a.py::test_it"])
def test_a_fifth_of_the_variants_is_played_and_one_at_least(test: str, count: int, left: int) -> None:
    assert len(played(items(*variants(test, count)))) == left


def test_no_test_is_without_a_variant_and_each_variant_has_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (variants(f"tests/scenarios/test_a.py::test_{name}", 3) for name in ("one", "two"))
    seen: set[str] = set()
    for seed in range(40):
        sample.seed.cache_clear()
        monkeypatch.setenv(sample.SEED_VARIABLE, str(seed))
        now = played(items(*first, *second))
        assert {name.partition("[")[0] for name in now} == {
            "tests/scenarios/test_a.py::test_one",
            "tests/scenarios/test_a.py::test_two",
        }
        seen.update(now)
    sample.seed.cache_clear()
    assert seen == {*first, *second}


def test_under_act_a_fifth_of_all_tests_is_played_and_of_the_core_one_of_each_file_at_least() -> None:
    core = [f"{UNDER_ACT}{file}::test_{at}" for file in CORE for at in range(3)]
    others = [f"{UNDER_ACT}test_{file}.py::test_it" for file in range(10)]
    chosen = played(items(*core, *others))
    assert len([name for name in chosen if name in others]) == 2
    assert [name.partition("::")[0] for name in chosen if name in core] == [f"{UNDER_ACT}{file}" for file in CORE]


def test_the_core_is_there() -> None:
    assert all((sample.ROOT / UNDER_ACT / file).is_file() for file in CORE)


@pytest.mark.parametrize("test", ["tests/unit/content/test_a.py::test_it", "tests/contract/test_a.py::test_it"])
def test_tables_of_pure_functions_are_played_whole(test: str) -> None:
    assert played(items(*variants(test, 9))) == variants(test, 9)


def test_a_module_that_chooses_its_cases_itself_keeps_them() -> None:
    module = ModuleType("test_a")
    vars(module)["sample"] = sample
    names = variants("tests/scenarios/test_a.py::test_it", 9)
    assert played(items(*names, module=module)) == names


def test_the_proof_plays_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sample.EXTENT_VARIABLE, "proof")
    names = variants("tests/scenarios/test_a.py::test_it", 9)
    assert played(items(*names)) == names
