"""A target that vanished or was skipped has not recovered; a person's close holds until something else fails."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from support.stage import stage
from support.tracking import issues, report_of, states, track

FAILED = {"acme/a": "failed", "acme/b": "failed", "acme/c": "updated"}


@pytest.mark.parametrize(
    "later",
    [
        {},
        {"acme/c": "updated"},
        FAILED | {"acme/a": "skipped", "acme/b": "skipped"},
        FAILED | {"acme/a": "planned", "acme/b": "planned", "acme/c": "planned"},
        FAILED | {"acme/a": "updated", "acme/b": "deferred"},
        FAILED | {"acme/a": "updated", "acme/b": "skipped"},
        None,
    ],
    ids=["empty roster", "both gone", "both skipped", "dry run", "one deferred", "one skipped", "no plan"],
)
def test_what_was_not_tried_is_no_recovery(later: Mapping[str, str] | None) -> None:
    with stage() as scene:
        track(scene, report_of(FAILED, 1))
        track(scene, report_of(later, 2))
        assert states(scene) == {1: "open"}
        done = track(scene, report_of(dict.fromkeys(FAILED, "unchanged"), 3))
        assert (done.outcome, states(scene)) == ("closed", {1: "closed"})


def test_what_only_left_out_is_no_recovery_and_is_named() -> None:
    with stage() as scene:
        track(scene, report_of(FAILED, 1))
        track(scene, report_of({"acme/c": "updated"}, 2, left_out=["acme/a", "acme/b"]))
        track(scene, report_of({"acme/a": "updated"}, 3, left_out=["acme/b", "acme/c"]))
        assert states(scene) == {1: "open"}
        assert "`acme/b` (`branch-protected`; left out in this run)" in (issues(scene)[1].body or "")
        track(scene, report_of({"acme/b": "updated"}, 4, left_out=["acme/a", "acme/c"]))
        assert states(scene) == {1: "closed"}


@pytest.mark.parametrize("left_out", [(), ("acme/b",)], ids=["whole", "part"])
@pytest.mark.parametrize("failed", ["no roster", "silent job"])
def test_a_run_or_a_job_is_not_repaired_by_a_run_of_a_part(failed: str, left_out: tuple[str, ...]) -> None:
    silent = {"silent_jobs": ("lint",), "jobs": {"lint": "failure"}, "verdict": "partial"}
    before = report_of({"acme/a": "updated"}, 1).model_copy(update=silent)
    after = report_of({"acme/a": "updated"}, 2, left_out=left_out).model_copy(update={"jobs": {"lint": "success"}})
    with stage() as scene:
        track(scene, report_of(None, 1) if failed == "no roster" else before)
        track(scene, after)
        assert states(scene) == {1: "open" if left_out else "closed"}


def test_a_job_that_skipped_its_target_has_not_repaired_it_though_another_changed_it() -> None:
    done = report_of(dict.fromkeys(FAILED, "updated"), 2)
    with stage() as scene:
        track(scene, report_of(FAILED, 1))
        track(scene, done.model_copy(update={"untried": ("acme/a",)}))
        assert states(scene) == {1: "open"}


def test_a_job_that_did_not_say_why_it_failed_opens_it_and_its_success_closes_it() -> None:
    good = report_of({"acme/a": "updated"}, 1)
    silent = {"silent_jobs": ("lint",), "jobs": {"lint": "failure"}, "verdict": "partial"}
    with stage() as scene:
        track(scene, good.model_copy(update=silent))
        assert states(scene) == {1: "open"}
        track(scene, report_of({"acme/a": "updated"}, 2))
        assert states(scene) == {1: "open"}, "its result is not known"
        track(scene, report_of({"acme/a": "updated"}, 3).model_copy(update={"jobs": {"lint": "success"}}))
        assert states(scene) == {1: "closed"}


def test_recoveries_in_different_runs_add_up() -> None:
    with stage() as scene:
        track(scene, report_of(FAILED, 1))
        track(scene, report_of({"acme/a": "updated"}, 2))
        assert states(scene) == {1: "open"}
        assert "`acme/b` (`branch-protected`; not in the roster in this run)" in (issues(scene)[1].body or "")
        track(scene, report_of({"acme/b": "updated"}, 3))
        assert states(scene) == {1: "closed"}


def closed_by_a_person(scene: object) -> None:
    issues(scene)[1].state = "closed"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("later", "reasons", "opened"),
    [
        (FAILED, {}, False),
        (FAILED | {"acme/b": "updated"}, {}, False),
        (FAILED | {"acme/b": "skipped"}, {}, False),
        (FAILED | {"acme/c": "failed"}, {}, True),
        (FAILED | {"acme/b": "updated", "acme/c": "failed"}, {}, True),
        (FAILED, {"a": "permission"}, True),
        (None, {}, True),
    ],
    ids=["the same", "fewer", "one skipped", "more", "another", "another reason", "no plan"],
)
def test_a_persons_close_holds_until_something_else_fails(
    later: Mapping[str, str] | None, reasons: dict[str, str], opened: bool
) -> None:
    with stage() as scene:
        track(scene, report_of(FAILED, 1))
        closed_by_a_person(scene)
        track(scene, report_of(later, 2, **reasons))
        assert states(scene) == {1: "open" if opened else "closed"}


def test_what_recovered_while_it_was_closed_and_fails_again_opens_it() -> None:
    with stage() as scene:
        track(scene, report_of(FAILED, 1))
        closed_by_a_person(scene)
        track(scene, report_of(FAILED | {"acme/b": "updated"}, 2))
        track(scene, report_of(FAILED, 3))
        assert states(scene) == {1: "open"}


def test_more_failures_than_a_text_holds_keep_it_open_and_it_says_so() -> None:
    names = {f"acme/{'x' * 80}-{index:04d}": "failed" for index in range(1_000)}
    with stage() as scene:
        track(scene, report_of(names, 1))
        body = issues(scene)[1].body or ""
        assert len(body) <= 65_536
        assert "More needs attention than this text can remember" in body
        track(scene, report_of(dict.fromkeys(names, "updated"), 2))
        assert states(scene) == {1: "open"}
        closed_by_a_person(scene)
        track(scene, report_of({"acme/new": "failed"}, 3))
        track(scene, report_of({"acme/new": "updated"}, 4))
        assert states(scene) == {1: "closed"}, "a person dealt with what it could not name"
