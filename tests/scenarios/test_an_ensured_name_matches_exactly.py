"""A thing is found by its whole key: no prefix, no part, no other spelling than GitHub itself takes for the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from action_patterns.errors import InputError
from support.editions import first_on
from support.ensure_stage import SEED, ensure, said
from support.stage import TARGET, stage

pytestmark = first_on("full", why="Ensure reads over REST on every edition; the others are played in the proof.")


@pytest.mark.parametrize("kind", ["branch", "tag"])
@pytest.mark.parametrize("name", ["1", "release", "release/1", "elease/11", "release/11x"])
def test_a_ref_of_a_longer_name_is_another_one(kind: str, name: str) -> None:
    """`git ls-remote 1` lists `release/1` too, and GitHub lists by the beginning of a name."""
    there = "x/release/11" if name in ("release", "release/1") else "release/11"
    with stage(SEED) as scene:
        ensure(scene, kind, there)
        assert said(ensure(scene, kind, name, mode="check")) == ("unchanged", "absent", "false")
        assert said(ensure(scene, kind, name)) == ("created", "created", "true")
        assert said(ensure(scene, kind, there, mode="check"))[2] == "true"


def test_a_branch_is_no_tag_and_a_tag_is_no_release() -> None:
    with stage(SEED) as scene:
        ensure(scene, "branch", "v1")
        assert said(ensure(scene, "tag", "v1", mode="check")) == ("unchanged", "absent", "false")
        ensure(scene, "tag", "v1")
        assert said(ensure(scene, "release", "v1", mode="check")) == ("unchanged", "absent", "false")
        assert said(ensure(scene, "release", "v1")) == ("created", "created", "true")


@pytest.mark.parametrize("kind", ["label", "environment"])
def test_a_name_in_another_case_is_the_same_one(kind: str) -> None:
    with stage(SEED) as scene:
        ensure(scene, kind, "Prod Bug")
        scene.forget()
        found = ensure(scene, kind, "prod BUG")
        assert said(found) == ("unchanged", "up-to-date", "true")
        assert (found.outputs.key, scene.writes()) == ("Prod Bug", 0)
        assert said(ensure(scene, kind, "Prod"))[0] == "created"


SIGNS = ("a/b", "50%", "a?b=c", "#1", "a&b", "ü", "with space", "%2F", "...", "a+b", "🐛")


@pytest.mark.parametrize("kind", ["label", "milestone", "environment"])
def test_a_name_with_the_signs_of_an_address_stays_whole(kind: str) -> None:
    with stage(SEED) as scene:
        for name in SIGNS:
            assert said(ensure(scene, kind, name)) == ("created", "created", "true")
            found = ensure(scene, kind, name, mode="check")
            assert (said(found), found.outputs.key) == (("unchanged", "exists", "true"), name)
        contents = scene.sandbox.world.repository(TARGET).contents
        names = {
            "label": [each.name for each in contents.labels.values()],
            "milestone": [each.title for each in contents.milestones.values()],
            "environment": [each.name for each in contents.environments.values()],
        }
        assert names[kind] == list(SIGNS)


@pytest.mark.parametrize("name", [".", ".."])
@pytest.mark.parametrize("kind", ["label", "environment"])
def test_a_name_that_an_address_cannot_hold_is_refused(kind: str, name: str) -> None:
    """A client shortens `/labels/..` to the repository, before anything is sent."""
    with stage(SEED) as scene:
        with pytest.raises(InputError, match="a step in an address"):
            ensure(scene, kind, name)
        assert scene.order() == []


def test_a_closed_milestone_is_found_on_any_page_and_stays_closed() -> None:
    with stage(SEED) as scene:
        repository = scene.sandbox.repository(TARGET)
        for number in range(150):
            repository.add_milestone(f"v{number}", "closed")
        scene.forget()
        found = ensure(scene, "milestone", "v149")
        assert said(found) == ("unchanged", "up-to-date", "true")
        assert (found.outputs.state, found.outputs.id, scene.writes()) == ("closed", "150", 0)
        assert said(ensure(scene, "milestone", "v14"))[0] == "unchanged"
        assert said(ensure(scene, "milestone", "v149", state="open")) == ("updated", "fields", "true")


def test_a_draft_is_found_though_it_has_no_tag_yet() -> None:
    with stage(SEED) as scene:
        ensure(scene, "release", "v2", draft=True)
        contents = scene.sandbox.world.repository(TARGET).contents
        (draft,) = contents.releases.values()
        for number in range(1, 121):  # Newer ones fill the first page.
            contents.releases[-number] = replace(draft, id=10_000 + number, tag=f"v2.{number}", created_at=2e9)
        assert said(ensure(scene, "tag", "v2", mode="check")) == ("unchanged", "absent", "false")
        found = ensure(scene, "release", "v2", draft=True)
        assert said(found) == ("unchanged", "up-to-date", "true")
        assert found.outputs.state == "draft"
        checked = ensure(scene, "release", "v2", mode="check")
        assert (checked.outputs.exists, checked.outputs.state) == ("true", "draft")


def test_an_annotated_tag_is_at_the_commit_that_it_leads_to() -> None:
    with stage(SEED) as scene:
        repository = scene.sandbox.world.repository(TARGET)
        tip = repository.tip("main")
        ensure(scene, "tag", "light", commit=tip)
        oid = annotated(repository.git, "v1", tip)
        repository.git.set_ref("refs/tags/v1", oid)
        found = ensure(scene, "tag", "v1", commit=tip)
        assert said(found) == ("unchanged", "up-to-date", "true")
        assert found.outputs.id == oid


def annotated(git: object, name: str, commit: str) -> str:
    """Return the object of an annotated tag."""
    from dulwich.objects import Commit, Tag

    tag = Tag()
    tag.name, tag.object, tag.message = name.encode(), (Commit, commit.encode()), b"First"
    tag.tagger, tag.tag_time, tag.tag_timezone = b"Mona <mona@example.com>", 0, 0
    git.objects.add_object(tag)  # type: ignore[attr-defined]
    return str(tag.id.decode())
