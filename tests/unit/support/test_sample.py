"""The seed chooses what is played: the same by each worker, another part for each commit, everything in the proof."""

from __future__ import annotations

import pytest

from support import sample

OPTIONS = [f"option {number}" for number in range(13)]


@pytest.fixture(autouse=True)
def _nothing_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "seed", sample.seed.__wrapped__)
    monkeypatch.setenv(sample.EXTENT_VARIABLE, "test")


def test_the_same_seed_chooses_the_same_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sample.SEED_VARIABLE, "a tree")
    chosen = sample.some(2, OPTIONS, "create", 3)
    assert len(chosen) == 2
    assert set(sample.some(2, OPTIONS[::-1], "create", 3)) == set(chosen)
    assert sample.one(OPTIONS, "create", 3) == sample.one(OPTIONS, "create", 3)


def test_in_time_each_option_has_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: set[str] = set()
    for seed in range(60):
        monkeypatch.setenv(sample.SEED_VARIABLE, str(seed))
        chosen |= set(sample.some(2, OPTIONS, "create", 3))
    assert chosen == set(OPTIONS)


def test_each_name_has_a_choice_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sample.SEED_VARIABLE, "a tree")
    assert len({tuple(sample.some(2, OPTIONS, "create", number)) for number in range(20)}) > 10


def test_the_proof_plays_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sample.EXTENT_VARIABLE, "proof")
    assert sample.some(2, OPTIONS, "create", 3) == OPTIONS
    assert sample.examples(100) > 1_000


def test_the_seed_is_the_tree_of_the_commit_unless_one_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(sample.SEED_VARIABLE, raising=False)
    assert sample.seed() == sample.seed()
    monkeypatch.setenv("PATH", "/nowhere")
    assert sample.seed() == sample.NO_COMMIT
    monkeypatch.setenv(sample.SEED_VARIABLE, "a tree")
    assert sample.seed() == "a tree"


def test_an_extent_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sample.EXTENT_VARIABLE, "all")
    with pytest.raises(ValueError, match="is quick, test or proof, not 'all'"):
        sample.extent()
