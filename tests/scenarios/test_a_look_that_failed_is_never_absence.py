"""What a token may not see, and what GitHub does not answer, is not absent: nothing is created on its account."""

from __future__ import annotations

import pytest

from action_patterns.errors import (
    ActionPatternsError,
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    UnavailableError,
)
from github_sandbox.faults import Fault
from support.editions import first_on
from support.ensure_stage import COLLECTIONS, DESIRED, SEED, ensure, said
from support.stage import TARGET, Stage, stage

pytestmark = first_on("full", why="Ensure reads over REST on every edition; the others are played in the proof.")


def attempt(scene: Stage, kind: str, mode: str, token: str = "tok-bot") -> ActionPatternsError:
    before = scene.sandbox.snapshot()
    with pytest.raises(ActionPatternsError) as raised:
        ensure(scene, kind, DESIRED[kind][0], mode=mode, token=token)
    assert scene.writes() == 0
    assert scene.sandbox.snapshot() == before
    return raised.value


@pytest.mark.parametrize("kind", DESIRED)
@pytest.mark.parametrize("mode", ["ensure", "check"])
def test_a_403_is_red_and_names_the_permission(kind: str, mode: str) -> None:
    with stage(SEED) as scene:
        error = attempt(scene, kind, mode, token="ghs_narrow")
        assert isinstance(error, PermissionDeniedError)
        level = "read" if mode == "check" else "write"
        wanted = {"label": "issues", "milestone": "issues", "environment": "actions"}.get(kind, "contents")
        assert f"`{wanted}: {'read' if kind == 'environment' else level}`" in error.remediation


@pytest.mark.parametrize("kind", DESIRED)
@pytest.mark.parametrize("mode", ["ensure", "check"])
def test_a_404_of_the_repository_is_red(kind: str, mode: str) -> None:
    with stage(SEED) as scene:
        scene.sandbox.repository(TARGET).delete()
        error = attempt(scene, kind, mode)
        assert isinstance(error, NotFoundError)


@pytest.mark.parametrize("kind", DESIRED)
@pytest.mark.parametrize("mode", ["ensure", "check"])
def test_a_404_of_the_thing_counts_only_where_its_neighbours_can_be_read(kind: str, mode: str) -> None:
    """GitHub answers 404 to some tokens for all that they may not see, in a repository that they do see."""
    refused = Fault(status=404, body={"message": "Not Found"}, route=COLLECTIONS[kind], method="GET", times=9)
    with stage(SEED, checked=False) as scene, scene.sandbox.faults.during(refused):
        assert isinstance(attempt(scene, kind, mode), NotFoundError)


@pytest.mark.parametrize("kind", DESIRED)
def test_a_401_is_red(kind: str) -> None:
    with stage(SEED) as scene:
        assert isinstance(attempt(scene, kind, "ensure", token="tok-unknown"), AuthenticationError)


@pytest.mark.parametrize("kind", DESIRED)
def test_an_outage_is_red_for_who_writes_and_unknown_for_who_asks(kind: str) -> None:
    down = Fault(status=502, method="GET", times=1_000)
    with stage(SEED, checked=False) as scene, scene.sandbox.faults.during(down):
        assert isinstance(attempt(scene, kind, "ensure"), UnavailableError)
        asked = ensure(scene, kind, DESIRED[kind][0], mode="check")
        assert said(asked) == ("deferred", "unavailable", "unknown")
        assert asked.exit_code == 0
        assert [each.level for each in asked.annotations] == ["warning"]


@pytest.mark.parametrize("kind", ["branch", "tag", "release", "label"])
def test_a_repository_without_a_commit_has_no_ref(kind: str) -> None:
    empty = SEED | {"repositories": [{"name": TARGET, "private": True}]}
    with stage(empty) as scene:
        assert said(ensure(scene, kind, "v1", mode="check")) == ("unchanged", "absent", "false")
        if kind in ("branch", "tag"):
            with pytest.raises(ConflictError, match="empty"):
                ensure(scene, kind, "v1", commit="1" * 40)
            assert scene.sandbox.repository(TARGET).refs() == {}


def test_a_limit_is_unknown_for_who_asks() -> None:
    limited = Fault(status=403, headers={"x-ratelimit-remaining": "0"}, reset_in_seconds=3_000, times=9)
    with stage(SEED, checked=False) as scene, scene.sandbox.faults.during(limited):
        asked = ensure(scene, "label", "bug", mode="check", max_minutes=5)
        assert said(asked) == ("deferred", "rate-limit", "unknown")
