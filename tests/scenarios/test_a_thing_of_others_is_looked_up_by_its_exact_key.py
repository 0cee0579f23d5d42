"""A pull request and an artifact are found by their exact keys, with the state that a skip depends on."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.action.contract import Finish
from action_patterns.errors import InputError, NotFoundError, PermissionDeniedError
from github_sandbox.faults import Fault
from github_sandbox.model import Artifact
from support.editions import first_on
from support.ensure_stage import SEED, ensure, said
from support.runs_stage import add
from support.stage import TARGET, Stage, stage

pytestmark = first_on("full", why="It looks up over REST on every edition; the proof plays the others.")

FORKED = SEED | {"repositories": [*SEED["repositories"], {"name": "mallory/api", "fork": TARGET}]}


def looked_up(scene: Stage, kind: str, name: str, **inputs: Any) -> tuple[str, str, str]:
    """Return whether it exists, its state and its id."""
    finish: Finish[Any] = ensure(scene, kind, name, mode="check", **inputs)
    assert finish.exit_code == 0
    assert scene.writes() == 0
    return finish.outputs.exists, finish.outputs.state, finish.outputs.id


def test_a_pull_request_by_number_and_by_branch() -> None:
    with stage(FORKED) as scene:
        repository = scene.sandbox.repository(TARGET)
        assert looked_up(scene, "pull-request", "bot") == ("false", "absent", "")
        assert looked_up(scene, "pull-request", "1") == ("false", "absent", "")
        for branch in ("bot", "bot2", "x/bot"):
            repository.commit_files(branch, {f"{branch}.txt": "x\n"})
            repository.open_pull(branch)
        assert looked_up(scene, "pull-request", "bot") == ("true", "open", "1")
        assert looked_up(scene, "pull-request", "#2") == ("true", "open", "2")
        assert looked_up(scene, "pull-request", "ACME:x/bot") == ("true", "open", "3")
        assert looked_up(scene, "pull-request", "Bot") == ("false", "absent", "")
        repository.edit_pull(1, draft=True)
        assert looked_up(scene, "pull-request", "bot") == ("true", "draft", "1")
        repository.merge_pull(2)
        assert looked_up(scene, "pull-request", "bot2") == ("true", "merged", "2")
        found = ensure(scene, "pull-request", "2", mode="check")
        assert found.outputs.url == f"{scene.context.server_url}/{TARGET}/pull/2"


def test_an_open_pull_request_counts_before_a_closed_one() -> None:
    with stage(FORKED) as scene:
        repository = scene.sandbox.repository(TARGET)
        repository.commit_files("bot", {"a.txt": "x\n"})
        repository.open_pull("bot")
        repository.close_pull(1)
        assert looked_up(scene, "pull-request", "bot") == ("true", "closed", "1")
        repository.open_pull("bot")
        assert looked_up(scene, "pull-request", "bot") == ("true", "open", "2")
        repository.close_pull(2)
        assert looked_up(scene, "pull-request", "bot") == ("true", "closed", "2")


def test_a_fork_s_branch_of_the_same_name_is_another_head() -> None:
    with stage(FORKED) as scene:
        scene.sandbox.repository("mallory/api").commit_files("bot", {"a.txt": "x\n"})
        scene.sandbox.repository(TARGET).open_pull("mallory:bot")
        assert looked_up(scene, "pull-request", "bot") == ("false", "absent", "")
        assert looked_up(scene, "pull-request", "mallory:bot") == ("true", "open", "1")


def artifact(scene: Stage, number: int, run: int, *, expired: bool = False, name: str = "bundle") -> None:
    repository = scene.sandbox.world.repository(TARGET)
    assert repository is not None
    repository.contents.artifacts.append(
        Artifact(id=number, name=name, size=1, run_id=70_000 + run, created_at=float(number), expired=expired)
    )


def test_an_artifact_is_the_newest_of_its_name_that_has_its_files() -> None:
    with stage(FORKED) as scene:
        add(scene, 1)
        add(scene, 2)
        assert looked_up(scene, "artifact", "bundle") == ("false", "absent", "")
        artifact(scene, 1, 1, expired=True)
        assert looked_up(scene, "artifact", "bundle") == ("false", "expired", "1")
        assert said(ensure(scene, "artifact", "bundle", mode="check")) == ("unchanged", "expired", "false")
        artifact(scene, 2, 1)
        artifact(scene, 3, 2, expired=True)
        artifact(scene, 4, 2, name="bundle-2")
        assert looked_up(scene, "artifact", "bundle") == ("true", "active", "2")
        found = ensure(scene, "artifact", "bundle", mode="check")
        assert found.outputs.url == f"{scene.context.server_url}/{TARGET}/actions/runs/70001/artifacts/2"


def test_an_artifact_of_a_fork_s_run_does_not_count() -> None:
    """Anybody can open a pull request whose run leaves an artifact of that name."""
    with stage(FORKED) as scene:
        add(scene, 1, fork="mallory/api", event="pull_request")
        artifact(scene, 1, 1)
        assert looked_up(scene, "artifact", "bundle") == ("false", "absent", "")


@pytest.mark.parametrize("kind", ["pull-request", "artifact"])
def test_a_look_that_failed_is_not_absence(kind: str) -> None:
    with stage(SEED, checked=False) as scene:
        with pytest.raises(PermissionDeniedError):
            ensure(scene, kind, "7", mode="check", token="ghs_narrow")
        hidden = Fault(status=404, body={"message": "Not Found"}, route="/(pulls|artifacts)", method="GET", times=9)
        with scene.sandbox.faults.during(hidden), pytest.raises(NotFoundError):
            ensure(scene, kind, "7", mode="check")
        with scene.sandbox.faults.during(Fault(status=502, method="GET", times=1_000)):
            assert said(ensure(scene, kind, "7", mode="check")) == ("deferred", "unavailable", "unknown")


@pytest.mark.parametrize("kind", ["pull-request", "artifact"])
def test_none_of_them_is_made_here(kind: str) -> None:
    with stage(SEED) as scene:
        with pytest.raises(InputError, match="`mode` is `ensure`"):
            ensure(scene, kind, "x")
        assert scene.order() == []
