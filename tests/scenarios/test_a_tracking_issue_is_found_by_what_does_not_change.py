"""Edits, a rename, a transfer, a filter that misses Apps, thousands of issues: there is one issue. Copies stay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from action_patterns.actions.track import MOST_PAGES
from support.editions import WITH_GRAPHQL, only_on
from support.people import APP, PERSON, seed
from support.stage import TARGET, Stage, stage
from support.tracking import issues, report_of, states, track

WRONG, WELL = {"acme/a": "failed"}, {"acme/a": "updated"}


@pytest.mark.parametrize("edit", ["> see the wiki\r\n\r\n{}", "{}\n\nThanks!", "Hm.\n- {}", " {}"])
def test_a_person_may_write_around_it(edit: str) -> None:
    with stage() as scene:
        track(scene, report_of(WRONG, 1))
        issue = issues(scene)[1]
        issue.body = edit.format((issue.body or "").replace("\n", "\r\n"))
        assert track(scene, report_of(WRONG, 2)).outcome == "unchanged"
        track(scene, report_of(WRONG | {"acme/b": "failed"}, 3))
        above = edit.partition("{}")[0]
        assert (issues(scene)[1].body or "").startswith(f"{above}<!-- action-patterns/track"), "what stood above stays"
        track(scene, report_of(dict.fromkeys(("acme/a", "acme/b"), "updated"), 4))
        assert states(scene) == {1: "closed"}


@pytest.mark.parametrize("moved", ["renamed", "transferred"])
def test_a_rename_and_a_transfer_keep_the_issue(moved: str) -> None:
    with stage(seed()) as scene:
        track(scene, _of(scene, WRONG, 1))
        view = scene.sandbox.repository(TARGET)
        if moved == "renamed":
            view.rename("service")
        else:
            view.transfer("alice")
        report = _of(scene, WELL, 2).model_copy(update={"source_repository": view.name})
        track(scene, report, repository=view.name)
        assert states(scene, view.name) == {1: "closed"}


def _of(scene: Stage, outcomes: dict[str, str], number: int) -> Any:
    return report_of(outcomes, number).model_copy(update={"source_repository": TARGET})


def _grow(scene: Stage, count: int, login: str = "alice") -> None:
    """Other people's issues, newer than ours."""
    first = issues(scene)[1]
    author = scene.sandbox.world.add_account(login)
    for number in range(2, 2 + count):
        issues(scene)[number] = replace(first, number=number, id=90_000 + number, author=author, body="Mine")
    repository = scene.sandbox.world.repository(TARGET)
    assert repository is not None
    repository.contents.next_number = count + 2


@only_on(*WITH_GRAPHQL, why="Without GraphQL an App cannot read whose token it has.")
@pytest.mark.parametrize("misses", [False, True])
def test_a_creator_filter_that_misses_apps_opens_no_second_issue(misses: bool) -> None:
    with stage(seed()) as scene:
        scene.sandbox.edition = replace(scene.sandbox.edition, creator_misses_apps=misses)
        track(scene, report_of(WRONG, 1), token=APP)
        _grow(scene, 250)
        track(scene, report_of(WRONG, 2), token=APP)
        assert [number for number, issue in issues(scene).items() if issue.author.login == "app[bot]"] == [1]
        track(scene, report_of(WELL, 3), token=APP)
        assert issues(scene)[1].state == "closed"


def test_a_look_among_thousands_of_issues_is_bounded_and_finds_ours() -> None:
    with stage(seed()) as scene:
        track(scene, report_of(WRONG, 1))
        _grow(scene, 3_000)
        scene.forget()
        assert track(scene, report_of(WRONG, 2)).outcome == "unchanged"
        assert scene.sent("issues/list-for-repo") == 2, "the newest, and those of this account"
        scene.forget()
        del issues(scene)[1]
        done = track(scene, report_of(WRONG, 3))
        assert done.outcome == "created"
        assert scene.sent("issues/list-for-repo") <= 2 * MOST_PAGES + 5
        assert any("nor among the 1,000 newest of all" in line for line in done.log)


def test_another_accounts_post_with_the_mark_is_named_and_left_alone() -> None:
    with stage() as scene:
        track(scene, report_of(WRONG, 1))
        first = issues(scene)[1]
        alice = scene.sandbox.world.add_account("alice")
        issues(scene)[2] = replace(first, number=2, id=9_002, author=alice)
        done = track(scene, report_of(WELL, 2))
        assert states(scene) == {1: "closed", 2: "open"}
        assert any("/issues/2 of alice holds this campaign's mark too" in line for line in done.log)


@pytest.mark.parametrize("lost", [False, True])
def test_a_persons_copy_under_the_same_account_is_never_closed(lost: bool) -> None:
    with stage(seed()) as scene:
        track(scene, report_of(WRONG, 1), token=PERSON)
        issues(scene)[2] = replace(issues(scene)[1], number=2, id=9_002, title="My copy")
        if lost:
            del issues(scene)[1]
        repository = scene.sandbox.world.repository(TARGET)
        assert repository is not None
        repository.contents.next_number = 3
        track(scene, report_of(WRONG, 2), token=PERSON)
        track(scene, report_of(WELL, 3), token=PERSON)
        assert issues(scene)[2].state == "open"
        assert states(scene)[3 if lost else 1] == "closed"
