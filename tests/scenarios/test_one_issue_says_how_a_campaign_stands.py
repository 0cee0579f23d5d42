"""track: opened once, left alone while nothing changes, closed on recovery; lost answers and races leave one text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import pytest

from action_patterns.actions.track import ACTION, TrackInputs
from action_patterns.contracts import RunReport
from action_patterns.errors import InputError, RefusedError
from action_patterns.github_api.client import Client
from action_patterns.ports.pull_requests import NewPullRequest
from action_patterns.report.model.aggregate import aggregate
from github_sandbox.faults import Fault
from support.memory_ports import MemoryFiles, World
from support.people import APP, PERSON, seed
from support.report_builders import context, fleet
from support.stage import FLEET, JOB_TOKEN, TARGET, DyingTransport, Killed, Stage, stage

ACTION_NAME = "track"


def report_of(*outcomes: str) -> RunReport:
    roster, records = fleet(list(outcomes))
    return aggregate(roster, records, context())


WRONG, WELL = report_of("failed", "updated"), report_of("updated", "updated")


def track(
    scene: Stage, report: RunReport, *, call: int = 0, moment: Any = "before", token: str = "tok-bot", **inputs: Any
) -> str:
    assert ACTION.name == ACTION_NAME
    here = replace(scene.context, repository=TARGET)
    transport = DyingTransport(here, call=call, moment=moment, token=token)
    world = World(files=MemoryFiles({"run-report.json": report.encode()}), context=here)
    ports = replace(world.ports(), github=lambda credentials, allowance: Client(transport))
    return ACTION.run(TrackInputs(report="run-report.json", token=token, **inputs), ports).outputs.outcome


def issues(scene: Stage) -> list[tuple[int, str]]:
    repository = scene.sandbox.world.repository(TARGET)
    assert repository is not None
    return [(issue.number, issue.state) for issue in repository.contents.issues.values()]


def test_an_issue_is_opened_kept_closed_and_opened_again() -> None:
    with stage(FLEET) as scene:
        assert (track(scene, WELL), issues(scene)) == ("unchanged", [])
        assert (track(scene, WRONG, labels="campaign"), issues(scene)) == ("created", [(1, "open")])
        scene.forget()
        assert (track(scene, WRONG), issues(scene)) == ("unchanged", [(1, "open")])
        assert scene.writes() == 0
        assert (track(scene, report_of("failed", "failed")), issues(scene)) == ("updated", [(1, "open")])
        assert (track(scene, WELL), issues(scene)) == ("closed", [(1, "closed")])
        assert (track(scene, WELL), issues(scene)) == ("unchanged", [(1, "closed")])
        assert (track(scene, WRONG), issues(scene)) == ("updated", [(1, "open")])


def test_what_a_person_closed_stays_closed_until_something_else_fails() -> None:
    with stage(FLEET) as scene:
        track(scene, WRONG)
        setup = Client(DyingTransport(scene.context))
        setup.issues.update(TARGET, 1, {"state": "closed"})
        assert (track(scene, WRONG), issues(scene)) == ("unchanged", [(1, "closed")])
        assert (track(scene, report_of("failed", "failed")), issues(scene)) == ("updated", [(1, "open")])


def test_a_late_run_does_not_close_the_issue_of_a_newer_one() -> None:
    newer = WRONG.model_copy(update={"run_id": WRONG.run_id + 9, "run_number": 413, "attempt": 1})
    with stage(FLEET) as scene:
        track(scene, newer)
        scene.forget()
        assert (track(scene, WELL), issues(scene)) == ("unchanged", [(1, "open")])
        assert scene.writes() == 0


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_run_that_is_killed_is_finished_by_the_next_with_one_issue(moment: str) -> None:
    with stage(FLEET) as clean:
        track(clean, WRONG)
        calls = len(clean.sandbox.requests)
    assert calls >= 3  # Who am I, what is there, and the issue.
    for call in range(1, calls + 1):
        with stage(FLEET) as scene:
            with pytest.raises(Killed):
                track(scene, WRONG, call=call, moment=moment)
            track(scene, WRONG)
            assert issues(scene) == [(1, "open")]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_lost_answer_is_looked_up_and_leaves_one_issue(moment: Literal["before", "after"]) -> None:
    with stage(FLEET) as scene:
        scene.sandbox.faults.add(Fault.bad_gateway(when=moment, operation="issues/create"))
        assert track(scene, WRONG) == "created"
        assert issues(scene) == [(1, "open")]


def test_of_two_that_were_opened_at_once_the_lower_number_stays() -> None:
    with stage(FLEET) as scene:
        track(scene, WRONG)
        repository = scene.sandbox.world.repository(TARGET)
        assert repository is not None
        first = repository.contents.issues[1]
        repository.contents.issues[2] = replace(
            first, number=2, id=first.id + 1, body=(first.body or "").replace(',"post":1', "")
        )
        repository.contents.next_number = 3
        track(scene, WRONG)
        assert issues(scene) == [(1, "open"), (2, "closed")]


def test_a_comment_is_updated_in_place_beyond_the_first_page() -> None:
    with stage(FLEET) as scene:
        view = scene.sandbox.repository(TARGET)
        view.commit_files("topic", {"new.txt": "x\n"})
        setup = Client(DyingTransport(scene.context))
        number = setup.pulls.create(
            TARGET, NewPullRequest(title="t", body="b", head="topic", base="main", draft=False)
        ).number
        for index in range(101):
            setup.issues.create_comment(TARGET, number, f"comment {index}")
        given = {"kind": "comment", "number": number}
        assert [track(scene, report, **given) for report in (WELL, WRONG, WRONG, WELL, WELL)] == [
            "unchanged", "created", "unchanged", "updated", "unchanged",
        ]  # fmt: skip
        assert len(setup.issues.comments(TARGET, number)) == 102


def test_a_comment_without_a_number_is_refused_before_anything_is_asked() -> None:
    with stage(FLEET) as scene:
        with pytest.raises(InputError):
            track(scene, WRONG, kind="comment")
        assert scene.reads() == 0


@pytest.mark.parametrize("token", [JOB_TOKEN, APP, PERSON])
def test_only_the_text_of_the_tokens_own_account_is_written(token: str) -> None:
    with stage(seed()) as scene:
        setup = Client(DyingTransport(scene.context)).issues
        scene.sandbox.repository(TARGET).commit_files("topic", {"new.txt": "x\n"})
        scene.sandbox.repository(TARGET).open_pull("topic", author="alice")
        here: dict[str, Any] = {"kind": "comment", "number": 1}
        track(scene, WRONG, token="tok-bot" if token != PERSON else JOB_TOKEN, **here)
        (theirs,) = setup.comments(TARGET, 1)
        if token == APP and not scene.has_graphql:  # Over REST an App is not told who it is.
            with pytest.raises(RefusedError, match="whose token"):
                track(scene, WRONG, token=token, **here)
            assert setup.comments(TARGET, 1) == (theirs,)
            return
        assert [track(scene, report, token=token, **here) for report in (WRONG, WELL)] == ["created", "updated"]
        first, ours = setup.comments(TARGET, 1)
        assert (first, ours.author == first.author) == (theirs, False)
