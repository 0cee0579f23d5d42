"""Two runs ensure one thing at the same moment: one creates it, the other finds it, and both are green."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from github_sandbox.model import Release
from support.action_process import ActionProcesses, job
from support.editions import first_on
from support.ensure_stage import CREATES, DESIRED, DRAFT, SEED, ensure, said
from support.harness import state
from support.stage import TARGET, Stage, stage

pytestmark = first_on("full", why="Ensure creates over REST on every edition; the others are played in the proof.")

RACED = {kind: DESIRED[kind] for kind in DESIRED if kind != "environment"}


@pytest.mark.parametrize("kind", RACED)
def test_the_one_that_comes_second_says_unchanged(kind: str) -> None:
    name, inputs = RACED[kind]
    with stage(SEED) as scene:
        ensure(scene, kind, name, **inputs)
        after_one = state(scene)
    with stage(SEED) as scene:
        first: list[Any] = []
        meanwhile = {f"POST {CREATES[kind]}": lambda: first.append(ensure(scene, kind, name, **inputs))}
        second = ensure(scene, kind, name, meanwhile=meanwhile, **inputs)
        assert said(first[0]) == ("created", "created", "true")
        assert said(second) == ("unchanged", "raced", "true")
        assert (first[0].exit_code, second.exit_code) == (0, 0)
        assert second.outputs.id == first[0].outputs.id
        assert state(scene) == after_one


def test_the_one_that_comes_second_with_other_fields_updates_them() -> None:
    with stage(SEED) as scene:
        meanwhile = {"POST /labels": lambda: ensure(scene, "label", "bug", color="ff0000", description="theirs")}
        second = ensure(scene, "label", "bug", color="00ff00", meanwhile=meanwhile)
        assert said(second) == ("updated", "fields", "true")
        (label,) = scene.sandbox.world.repository(TARGET).contents.labels.values()
        assert (label.color, label.description) == ("00ff00", "theirs")


def test_an_environment_has_no_second_creator_that_github_tells() -> None:
    """GitHub answers a PUT alike for both. A creation in an earlier second shows in the times that it answers with."""
    with stage(SEED) as scene:
        world, now = scene.sandbox.world, scene.sandbox.world.clock()

        def earlier() -> None:
            world.clock = lambda: now - 60
            ensure(scene, "environment", "prod")
            world.clock = lambda: now

        second = ensure(scene, "environment", "prod", meanwhile={"PUT /environments/prod": earlier})
        assert said(second) == ("unchanged", "raced", "true")
        assert len(world.repository(TARGET).contents.environments) == 1


def releases_of(scene: Stage) -> dict[int, Release]:
    return scene.sandbox.world.repository(TARGET).contents.releases


def test_of_two_drafts_the_older_one_stays() -> None:
    name, inputs = DRAFT
    with stage(SEED) as scene:
        first: list[Any] = []
        meanwhile = {"POST /releases": lambda: first.append(ensure(scene, "release", name, **inputs))}
        second = ensure(scene, "release", name, meanwhile=meanwhile, **inputs)
        assert said(first[0]) == ("created", "created", "true")
        assert said(second) == ("unchanged", "raced", "true")
        assert [str(number) for number in releases_of(scene)] == [first[0].outputs.id]


def test_of_two_published_releases_that_github_took_the_older_one_stays() -> None:
    """GitHub took both of two that were sent at the same moment (kernalix7/winpodx#117)."""
    with stage(SEED) as scene:
        repository = scene.sandbox.world.repository(TARGET)

        def theirs() -> None:
            made = Release(
                id=1, tag="v1", author=repository.owner, created_at=scene.sandbox.world.clock(), target="main"
            )
            repository.contents.releases[1] = made

        # Both requests were under way when the first one took effect: the sandbox sees them in turn, so theirs gets
        # the lower number behind our back.
        ours = ensure(scene, "release", "v1", meanwhile={4: theirs})
        assert said(ours) == ("unchanged", "raced", "true")
        assert list(releases_of(scene)) == [1]


def test_a_release_that_others_made_is_never_taken_back() -> None:
    """Two are there already, say because a run died. A later run takes the older one, and says that there are two."""
    with stage(SEED) as scene:
        repository = scene.sandbox.world.repository(TARGET)
        for number in (1, 2):
            repository.contents.releases[number] = Release(
                id=number, tag="v1", author=repository.owner, created_at=1.0, target="main", draft=True
            )
        scene.forget()
        found = ensure(scene, "release", "v1", draft=True)
        assert said(found) == ("unchanged", "up-to-date", "true")
        assert (found.outputs.id, found.outputs.state) == ("1", "draft")
        assert list(releases_of(scene)) == [1, 2]
        assert scene.writes() == 0
        assert ["Several releases name the tag v1" in each.message for each in found.annotations] == [True]


RACERS = 4
ROUNDS = [1, pytest.param(25, marks=pytest.mark.proof)]
RACES: dict[str, tuple[str, str, dict[str, str]]] = {
    "label": ("label", "bug", {"color": "d73a4a"}),
    "branch": ("branch", "release/1", {}),
    "draft": ("release", "v2", {"draft": "true"}),
    "milestone": ("milestone", "v1", {"description": "First"}),
    "tag": ("tag", "v1", {}),
    "release": ("release", "v3", {"title": "One"}),
}


@pytest.mark.parametrize("rounds", ROUNDS)
def test_processes_that_race_end_in_one(processes: ActionProcesses, tmp_path: Path, rounds: int) -> None:
    """One round races three kinds, many rounds race all of them."""
    played = list(RACES.items())[: 3 if rounds == 1 else None]
    for number in range(rounds):
        with stage(SEED, checked=False, served=True) as scene:
            for what, (kind, name, inputs) in played:
                race(processes, scene, tmp_path / f"{number}-{what}", kind, name, inputs)
            contents = scene.sandbox.world.repository(TARGET).contents
            assert len(contents.labels) == 1
            assert len(contents.releases) == sum(kind == "release" for _, (kind, _, _) in played)


def race(
    processes: ActionProcesses, scene: Stage, place: Path, kind: str, name: str, inputs: Mapping[str, str]
) -> None:
    """Let all ensure the same thing at once: one creates it, and all know its id."""
    addresses = (scene.context.server_url, scene.context.api_url, scene.context.graphql_url)
    given = {"kind": kind, "name": name, **inputs}
    if kind in ("branch", "tag", "release"):
        given["commit"] = scene.sandbox.repository(TARGET).tip() or ""
    racers = [replace(job(place / str(each), addresses, place, **given), action="ensure") for each in range(RACERS)]
    assert processes.race(racers) == [0] * RACERS, [racer.log for racer in racers]
    ended = Counter(racer.outputs["outcome"] for racer in racers)
    assert ended == {"created": 1, "unchanged": RACERS - 1}
    assert len({racer.outputs["id"] for racer in racers}) == 1
