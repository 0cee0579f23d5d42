"""Which job worked on which target: by the job's name, and where that leaves a doubt, not at all."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from action_patterns.contracts import Pack, Plan
from action_patterns.ports.workflow_runs import Job
from action_patterns.report.model.matrix_jobs import Legs, match
from support.report_builders import context, job, plan

TARGETS = 12
NAMES = [f"acme/{index}" for index in range(TARGETS)]
RUNNER = "GitHub Actions 7"


def matched(*jobs: Job, needs: dict[str, Any] | None = None, roster: Plan | None = None, runner: str = "") -> Legs:
    return match(roster or plan(*NAMES), jobs, needs or {}, context(runner=runner))


def worked_on(legs: Legs, attempt: int = 1) -> dict[int, int]:
    """Target -> id of the job."""
    found = {index: legs.job(index, attempt) for index in range(TARGETS)}
    return {index: job.id for index, job in found.items() if job}


@pytest.mark.parametrize(
    "name",
    [
        "Apply 3",
        "apply 3",
        "APPLY 3",
        "Work 3",
        "Distribute / Apply 3",
        "Nightly / Distribute / work 3",
        "Apply 3: acme/api",
        "Apply 3: anything at all\n|",
        "Apply 3: lint / test",
        "Apply 3: Apply / it",
        "Distribute / Apply 3: lint / test",
        "Apply 3 / Build",
        "Apply (3) / Build",
        "Distribute / Apply 3 / Build",
        "Apply (3)",
        "Apply (3, 60, 79)",
        "work (3, acme/a-name-that-is-so-long-that-GitHub-cuts-the-name-of-the-job-in-the-middle-of-i...",
    ],
)
def test_a_name_of_the_form_is_the_leg_it_says(name: str) -> None:
    assert worked_on(matched(job(3, name=name))) == {3: 1003}


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Apply",
        "Apply ",
        "Apply x",
        "Apply 03",
        "Apply  3",
        "Apply 3 ",
        "Apply 3.",
        "Apply 3...",
        "Apply 3 4",
        "Apply -3",
        "Apply +3",
        "Apply 3e0",
        "Apply ³",
        "Apply ٣",
        "Apply(3)",
        "Apply (3",
        "Apply (3 4)",
        "Apply (3...",
        "Apply ((3)",
        "Apply #3",
        "Apply\u00a03",
        "wor\u212a 3",
        "Reapply 3",
        "Re Apply 3",
        "Apply 3 / ",
        "Distribute/Apply 3",
        "Apply 12",
        "Apply 99999999999999999999",
        "Apply ${{ matrix.index }}",
        "\u202eApply 3",
    ],
)
def test_any_other_name_tells_nothing(name: str) -> None:
    legs = matched(job(3, name=name))
    assert worked_on(legs) == {}
    assert not any(legs.has_none(index) for index in range(TARGETS))


@pytest.mark.parametrize(
    ("needs", "called"),
    [
        ({}, {"apply", "work"}),
        ({"": "failure"}, {"apply", "work"}),
        ({"discover": "success"}, {"apply", "work"}),
        ({"discover": "success", "apply": "failure"}, {"apply"}),
        ({"discover": "success", "work": "failure", "lint": "success"}, {"work"}),
        ({"discover": "success", "survey": "failure", "a.b": "success"}, {"survey", "a.b"}),
    ],
)
def test_the_job_is_called_as_needs_calls_the_one_that_works(needs: dict[str, str], called: set[str]) -> None:
    for name in ("apply", "work", "discover", "survey", "lint", "a.b", "axb"):
        assert bool(worked_on(matched(job(3, name=f"{name} 3"), needs=needs))) is (name in called), name


def test_a_leg_is_of_all_the_targets_that_were_packed_into_it() -> None:
    packing = (Pack(first=1, last=4), Pack(first=5, last=6), Pack(first=8, last=11))
    legs = matched(job(0), job(1), job(2), roster=plan(*NAMES, packing=packing))
    assert worked_on(legs) == dict.fromkeys(range(1, 5), 1000) | {5: 1001, 6: 1001} | dict.fromkeys(range(8, 12), 1002)
    assert not legs.has_none(0) and not legs.has_none(7), "they are in no leg, so nothing is known of them"
    assert worked_on(matched(job(3), roster=plan(*NAMES, packing=packing))) == {}


def test_a_record_has_the_job_of_its_own_attempt_and_a_missing_one_the_last() -> None:
    legs = matched(job(0), job(1, "failure"), job(1, "cancelled", attempt=2), job(0, attempt=2))
    assert worked_on(legs, 1) == {0: 1000, 1: 1001}
    assert worked_on(legs, 2) == {0: 2000, 1: 2001}
    assert worked_on(legs, 3) == {}
    last = legs.last(1)
    assert last is not None
    assert last.id == 2001


def test_two_jobs_of_one_leg_and_attempt_tell_nothing_of_it_and_leave_the_others() -> None:
    legs = matched(job(0), job(1), job(1, id=7), job(1, id=8), job(2))
    assert worked_on(legs) == {0: 1000, 2: 1002}
    assert legs.last(1) is None
    assert not legs.has_none(3), "who names two jobs alike may have named a third in another way"


def test_two_calls_in_one_run_tell_nothing_unless_the_job_that_reports_is_known() -> None:
    ours = [job(leg, name=f"Ours / Apply {leg}") for leg in (0, 1)]
    theirs = [job(leg, "failure", id=50 + leg, name=f"Theirs / Apply {leg}") for leg in (0, 1, 2)]
    reports = [
        job(0, None, id=90, attempt=2, name="Ours / Report", runner=RUNNER),
        job(0, None, id=91, attempt=2, name="Theirs / Report", runner="GitHub Actions 8"),
    ]
    for known in ([], reports, [job(0, None, id=90, attempt=2, name="Ours / Report")]):
        legs = matched(*ours, *theirs, *known)
        assert worked_on(legs) == {}
        assert not legs.has_none(5)
    legs = matched(*theirs, *ours, *reports, runner=RUNNER)
    assert worked_on(legs) == {0: 1000, 1: 1001}
    assert legs.has_none(2), "that job is theirs"
    assert worked_on(matched(*theirs, *reports, runner=RUNNER)) == {}, "the only ones, but not ours"


@pytest.mark.parametrize(
    "reporter",
    [
        {"attempt": 1},
        {"status": "completed", "conclusion": "success"},
        {"runner": "another"},
    ],
)
def test_the_job_that_reports_runs_now_and_on_this_runner(reporter: dict[str, Any]) -> None:
    jobs = [job(0, name="Ours / Apply 0"), job(0, id=50, name="Theirs / Apply 0")]
    own = {"id": 90, "attempt": 2, "name": "Ours / Report", "runner": RUNNER}
    assert worked_on(matched(*jobs, job(0, None, **own), runner=RUNNER)) == {0: 1000}
    assert worked_on(matched(*jobs, job(0, **({"conclusion": None} | own | reporter)), runner=RUNNER)) == {}
    twice = [job(0, None, **own | {"id": 91, "name": "Theirs / Report"}), job(0, None, **own)]
    assert worked_on(matched(*jobs, *twice, runner=RUNNER)) == {}, "two runners of that name"


def test_a_leg_without_a_job_beside_others_that_have_one_has_none() -> None:
    legs = matched(job(0), job(2, attempt=2))
    assert [index for index in range(TARGETS) if legs.has_none(index)] == [1, *range(3, TARGETS)]
    long = job(0, id=7, name="x" * 100)
    assert not matched(job(0), long).has_none(1), "its name may have been cut before the index"
    assert matched(job(0), job(0, id=7, name="x" * 99)).has_none(1)
    assert not matched().has_none(1)


def test_a_plan_of_another_run_is_not_of_these_jobs() -> None:
    assert worked_on(matched(job(0), roster=plan(*NAMES, plan_id="12345678-1-0f0f0f0f0f0f"))) == {}
    assert worked_on(matched(job(0), roster=plan(*NAMES, plan_id="1234567-1-0f0f0f0f0f0f"))) == {0: 1000}


def test_a_title_with_a_slash_tells_nothing_where_two_legs_could_be_meant() -> None:
    assert worked_on(matched(job(3, name="Apply 3: see / Apply 4"))) == {}
    assert worked_on(matched(job(3, name="Apply 3 / Apply 4"))) == {}
    plain = job(4, name="Apply 4")
    assert worked_on(matched(job(3, name="Apply 3: see / Apply 5"), plain)) == {4: 1004}, "the others are known"
    called = [job(3, name="Apply 3 / Build"), job(3, id=7, name="Apply 3 / Test"), plain]
    assert worked_on(matched(*called)) == {4: 1004}, "two jobs of one leg"


def test_the_title_of_the_job_that_reports_may_hold_a_slash_too() -> None:
    report = job(0, None, id=90, attempt=2, name="Report / all", runner=RUNNER)
    assert worked_on(matched(job(3, name="Apply 3"), report, runner=RUNNER)) == {3: 1003}
    called = job(0, None, id=90, attempt=2, name="Ours / Report / all", runner=RUNNER)
    others = [job(3, name="Ours / Apply 3"), job(3, id=7, name="Theirs / Apply 3")]
    assert worked_on(matched(*others, called, runner=RUNNER)) == {3: 1003}
    own = job(0, None, id=90, attempt=2, name="Ours / Report", runner=RUNNER)
    assert worked_on(matched(job(3), job(0, name="Ours / Discover"), own, runner=RUNNER)) == {}, "another's leg"


def test_of_two_jobs_that_record_each_has_its_own_legs() -> None:
    jobs = [job(3, name="Lint 3"), job(3, id=7, name="Test 3")]
    needs: dict[str, Any] = {"lint": "failure", "test": "success"}
    for called, number in (("lint", 1003), ("test", 7)):
        assert worked_on(match(plan(*NAMES), jobs, needs, context(), job=called)) == {3: number}
    nested = [job(3, name="Work 3 / build")]
    assert worked_on(match(plan(*NAMES), nested, {"work": "success"}, context(), job="build")) == {3: 1003}


FRAGMENTS = (
    "Apply",
    "apply ",
    " 0",
    "1",
    "(",
    ")",
    ", ",
    " / ",
    ":",
    "work",
    "${{ matrix.index }}",
    "|",
    "`",
    "\n",
    "*",
)
anything = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=6), max_size=8).map("".join)


@given(names=st.lists(anything, max_size=5))
def test_other_jobs_never_change_what_is_known_of_ours(names: list[str]) -> None:
    assume(not any(re.search(r"(apply|work) \(?[0-9]", name, re.IGNORECASE) for name in names))
    ours = [job(leg) for leg in (0, 1, 3)]
    strangers = [job(0, "failure", id=index, name=name) for index, name in enumerate(names)]
    assert matched(*strangers, *ours).jobs == matched(*ours).jobs


@given(names=st.lists(anything, max_size=5), attempts=st.lists(st.integers(), min_size=5, max_size=5))
def test_whatever_jobs_are_called_a_target_has_a_job_of_just_its_index_or_none(
    names: list[str], attempts: list[int]
) -> None:
    jobs = [job(0, id=i, name=name, attempt=attempts[i]) for i, name in enumerate(names)]
    legs = matched(*jobs)
    for index in range(TARGETS):
        found = legs.last(index)
        assert found is None or re.search(rf"(apply|work) \(?{index}\b", found.name, re.IGNORECASE)
