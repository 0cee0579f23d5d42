"""A tag and a release are made once. Another commit or another text is said, and never written over."""

from __future__ import annotations

import pytest

from action_patterns.errors import RefusedError
from support.editions import first_on
from support.ensure_stage import SEED, ensure, said
from support.harness import state
from support.stage import TARGET, stage

pytestmark = first_on("full", why="Ensure reads over REST on every edition; the others are played in the proof.")


def test_a_tag_is_never_moved() -> None:
    with stage(SEED) as scene:
        repository = scene.sandbox.repository(TARGET)
        old = repository.tip() or ""
        ensure(scene, "tag", "v1")
        new = repository.commit_files("main", {"new.txt": "x\n"})
        before = state(scene)
        scene.forget()
        kept = ensure(scene, "tag", "v1", commit=new)
        assert (said(kept), kept.exit_code) == (("skipped", "differs", "true"), 0)
        assert kept.outputs.differences == f'{{"commit": {{"is": "{old}", "desired": "{new}"}}}}'
        assert [each.level for each in kept.annotations] == ["warning"]
        failed = ensure(scene, "tag", "v1", commit=new, on_difference="fail")
        assert (said(failed), failed.exit_code) == (("blocked", "differs", "true"), 1)
        assert (scene.writes(), state(scene)) == (0, before)


@pytest.mark.parametrize(
    ("inputs", "named"),
    [
        ({"title": "Uno"}, ["name"]),
        ({"body": "Other"}, ["body"]),
        ({"prerelease": True}, ["prerelease"]),
        ({"draft": True}, ["draft"]),
        ({"title": "Uno", "body": "Other"}, ["name", "body"]),
    ],
)
def test_a_release_is_never_edited(inputs: dict[str, object], named: list[str]) -> None:
    with stage(SEED) as scene:
        ensure(scene, "release", "v1", title="One", body="Text")
        before = state(scene)
        scene.forget()
        kept = ensure(scene, "release", "v1", **inputs)
        assert (said(kept), kept.exit_code) == (("skipped", "differs", "true"), 0)
        assert all(name in kept.outputs.differences for name in named)
        assert (scene.writes(), state(scene)) == (0, before)


def test_a_release_of_a_tag_at_another_commit_is_refused() -> None:
    """GitHub ignores `target_commitish` where the tag exists, and would release another commit than the caller says."""
    with stage(SEED) as scene:
        repository = scene.sandbox.repository(TARGET)
        old = repository.tip() or ""
        ensure(scene, "tag", "v1")
        new = repository.commit_files("main", {"new.txt": "x\n"})
        scene.forget()
        with pytest.raises(RefusedError, match=f"The tag v1 is at {old}, and the release shall be of {new}"):
            ensure(scene, "release", "v1", commit=new)
        assert scene.writes() == 0
        assert said(ensure(scene, "release", "v1")) == ("created", "created", "true")
        assert said(ensure(scene, "release", "v2", commit=old)) == ("created", "created", "true")
        assert repository.refs()["refs/tags/v2"] == old


def test_a_draft_is_not_the_published_release_that_shall_exist() -> None:
    with stage(SEED) as scene:
        ensure(scene, "release", "v1", draft=True)
        scene.forget()
        kept = ensure(scene, "release", "v1")
        assert (said(kept), kept.outputs.state) == (("skipped", "differs", "true"), "draft")
        assert scene.writes() == 0


def test_a_text_that_a_browser_sent_back_is_the_same() -> None:
    with stage(SEED) as scene:
        ensure(scene, "release", "v1", body="One\nTwo\n")
        (release,) = scene.sandbox.world.repository(TARGET).contents.releases.values()
        release.body = "One\r\nTwo\r\n"
        assert said(ensure(scene, "release", "v1", body="One\nTwo\n")) == ("unchanged", "up-to-date", "true")


def test_the_text_of_a_release_comes_from_a_file_too() -> None:
    with stage(SEED) as scene:
        ensure(scene, "release", "v1", body_path="notes.md", workspace={"notes.md": "Long\n"})
        (release,) = scene.sandbox.world.repository(TARGET).contents.releases.values()
        assert release.body == "Long\n"
