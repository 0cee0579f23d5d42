"""A scenario is played on every edition by doing nothing; where it is not, it says so and why, or fails."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from support import sample
from support.editions import EVERY, WITHOUT_LEASES, first_on, of_test, only_on, without_github

ROOT = Path(__file__).parents[2]
SCENARIOS = """
import pytest
from github_sandbox import Sandbox
from support.app_fleet import fleet as app_fleet, seed
from support.editions import EDITIONS, first_on, only_on, without_github
from support.fleet import fleet
from support.stage import FLEET, stage, desired_state

@pytest.mark.parametrize("twice", [1, 2])
def test_by_doing_nothing(twice):
    with stage() as scene:
        assert scene.sandbox.edition == EDITIONS[scene.edition]
        assert scene.upsert(desired_state()).outcome == "created"

def test_by_a_campaign(edition):
    with fleet(1) as scene:
        assert scene.sandbox.edition == EDITIONS[edition]

def test_by_an_app(edition):
    with app_fleet(seed({"acme": {}}, ["acme/api"])) as scene:
        assert scene.sandbox.edition == EDITIONS[edition]

@pytest.fixture
def scene():
    with stage() as staged:
        yield staged

def test_by_a_fixture(scene, edition):
    assert scene.edition == edition

@only_on("full", "no-graphql", why="Here is why.")
def test_by_exception(): stage().__enter__()

@first_on("full", why="Here is why.")
def test_by_its_time(): stage().__enter__()

@without_github(why="Here is why.")
def test_by_asking_nobody(): pass

def test_wrong_it_stages_nothing(): pass

def test_wrong_it_stages_a_github_of_its_own(): Sandbox.from_seed(FLEET)

def test_wrong_it_stages_one_edition_whatever_it_is_played_on(): stage(edition="full").__enter__()

@without_github(why="Here is why.")
def test_wrong_it_asks_somebody(): stage().__enter__()
"""


@pytest.mark.slow
def test_every_edition_is_the_default_and_an_exception_is_said(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text((ROOT / "tests/scenarios/conftest.py").read_text())
    (tmp_path / "test_played.py").write_text(SCENARIOS)
    argv = ["-c", "pyproject.toml", "--rootdir", str(ROOT), "-p", "no:cacheprovider", "-q", "-rA", "-m", "not proof"]
    command = [sys.executable, "-m", "pytest", *argv, str(tmp_path)]
    variables = os.environ | {sample.EXTENT_VARIABLE: "proof", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    passed, failed = (
        [line.rpartition("::")[2] for line in re.findall(rf"^(?:{words}) (\S+)", done.stdout, re.MULTILINE)]
        for words in ("PASSED", "FAILED|ERROR")
    )
    everywhere = ("test_by_a_campaign", "test_by_an_app", "test_by_a_fixture")
    right = [f"test_by_doing_nothing[{edition}-{number}]" for edition in EVERY for number in (1, 2)]
    right += [f"{name}[{edition}]" for name in everywhere for edition in EVERY]
    right += ["test_by_exception[full]", "test_by_exception[no-graphql]", "test_by_its_time[full]"]
    right += ["test_by_asking_nobody[no-github]"]
    assert sorted(line for line in passed if "_wrong_" not in line) == sorted(right), done.stdout

    nothing = ("test_wrong_it_stages_nothing", "test_wrong_it_stages_a_github_of_its_own")
    wrong = [f"{name}[{edition}]" for name in nothing for edition in EVERY]
    wrong += [f"test_wrong_it_stages_one_edition_whatever_it_is_played_on[{edition}]" for edition in EVERY[1:]]
    wrong += ["test_wrong_it_asks_somebody[no-github]"]
    assert sorted(failed) == sorted(wrong), done.stdout
    assert "use `stage`, or say why not with `without_github`" in done.stdout
    assert "played on no-graphql, and staged full" in done.stdout


@pytest.mark.parametrize(
    ("editions", "always"), [(EVERY, ["full"]), (WITHOUT_LEASES, []), (("full",), ["full"]), (("no-graphql",), [])]
)
def test_the_seed_chooses_whether_and_which_lesser_edition_and_the_full_one_is_always_played(
    editions: tuple[str, ...], always: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    item = Item("tests/scenarios/test_a.py::test_b", only_on(*editions, why="Here is why."))
    lesser = {name for name in editions if name in WITHOUT_LEASES}
    monkeypatch.setenv(sample.EXTENT_VARIABLE, "test")
    chosen: set[str] = set()
    numbers = set()
    for seed in map(str, range(20)):
        monkeypatch.setattr(sample, "seed", lambda seed=seed: seed)
        played = of_test(item)
        assert played == of_test(item), "the same seed chooses the same"
        assert [name for name in played if name not in lesser] == always
        numbers.add(len(played) - len(always))
        chosen |= set(played) & lesser
    assert numbers == ({0, 1} if always and lesser else {int(bool(lesser))})
    assert chosen == lesser, "in time each has its turn"
    monkeypatch.setenv(sample.EXTENT_VARIABLE, "proof")
    assert of_test(item) == list(editions)


@dataclass
class Item:
    """As much of a pytest.Item as the editions ask for."""

    nodeid: str
    mark: pytest.MarkDecorator

    def get_closest_marker(self, name: str) -> pytest.Mark:
        assert name == "editions"
        return self.mark.mark


def test_why_is_a_sentence_and_the_editions_are_known() -> None:
    with pytest.raises(ValueError, match="why is a sentence"):
        only_on("full", why="because")
    with pytest.raises(ValueError, match="why is a sentence"):
        without_github(why="")
    with pytest.raises(ValueError, match="the editions are full"):
        first_on("ful", why="Here is why.")
    with pytest.raises(ValueError, match="the editions are full"):
        only_on(why="Here is why.")
