"""GitHub's index is behind: what a search finds is read again by name, and counts only as it is now."""

from __future__ import annotations

from github_sandbox import Lag
from support.selecting import discovered, world
from support.stage import VirtualClock, stage

NAMES = ("kept", "frozen", "named", "moved", "gone", "taken", "hidden")
SEED = world([{"name": f"acme/{name}", "topics": ["go"], "private": True} for name in NAMES])


def test_each_result_counts_as_it_is_now() -> None:
    with stage(SEED, clock=VirtualClock(), served=True) as scene:
        github = scene.sandbox
        github.lag = Lag(search=600)
        github.repository("acme/frozen").set_archived()
        github.repository("acme/named").rename("renamed")
        github.repository("acme/moved").transfer("umbrella")
        github.repository("acme/gone").delete()
        github.repository("acme/taken").delete()
        github.add_repository("acme/taken", topics=["go"], files={"a": "b"})
        github.add_repository("acme/fresh", topics=["go"], files={"a": "b"})
        found = discovered(scene, search=("org:acme topic:go",))
    assert found.targets == ["acme/hidden", "acme/kept", "acme/renamed"]
    assert found.excluded == {
        "acme/frozen": "archived",
        **dict.fromkeys(("acme/gone", "acme/moved", "acme/taken"), "gone"),
    }
    assert found.details["acme/gone"] == "The search `org:acme topic:go` lists it, but this token does not see it."
    assert found.details["acme/moved"].endswith("but it belongs to another owner now.")
    assert found.details["acme/taken"].endswith("but another repository has the name now.")
    assert {each.repository for each in found.selected.excluded if each.private} == set(found.excluded)
    assert all(each.id for each in found.selected.excluded)
    assert found.warnings == ()


def test_a_result_that_another_source_lists_under_its_new_name_counts_once() -> None:
    with stage(SEED, clock=VirtualClock(), served=True) as scene:
        scene.sandbox.lag = Lag(search=600)
        scene.sandbox.repository("acme/named").rename("renamed")
        scene.sandbox.repository("acme/moved").transfer("umbrella")
        found = discovered(scene, search=("org:acme topic:go",), owners=("acme", "umbrella"))
    assert found.targets.count("acme/renamed") == 1
    assert found.targets.count("umbrella/moved") == 1
    assert found.seen.visible == len(NAMES)
    assert found.excluded == {"acme/moved": "gone"}


def test_a_name_that_another_repository_took_counts_where_that_is_listed() -> None:
    with stage(SEED, clock=VirtualClock(), served=True) as scene:
        scene.sandbox.lag = Lag(search=600)
        scene.sandbox.repository("acme/taken").delete()
        scene.sandbox.add_repository("acme/taken", files={"a": "b"})
        found = discovered(scene, search=("org:acme topic:go",), owners=("acme",))
    assert "acme/taken" in found.targets
    assert found.excluded == {}


def test_a_search_that_finds_only_what_is_gone_is_a_warning() -> None:
    with stage(SEED, clock=VirtualClock(), served=True) as scene:
        scene.sandbox.lag = Lag(search=600)
        scene.sandbox.repository("acme/gone").delete()
        found = discovered(scene, search=("org:acme gone in:name",), repositories=("acme/kept",))
    (warning,) = found.warnings
    assert warning.key == "search"
    assert "finds no repository that is still there" in warning.message
