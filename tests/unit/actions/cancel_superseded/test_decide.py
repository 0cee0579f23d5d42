"""Every way in which a run is, or is not, superseded by ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.actions.cancel_superseded import run
from action_patterns.actions.cancel_superseded.decide import WAITING, Facts, decide, statuses
from action_patterns.actions.cancel_superseded.interface import FACTS, REASONS, CancelSupersededInputs
from action_patterns.errors import InputError
from action_patterns.ports.workflow_run import WorkflowRun
from support.fake_github import FakeGitHub
from support.memory_ports import World

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
US = WorkflowRun(
    id=100,
    number=10,
    attempt=1,
    workflow_id=5,
    status="in_progress",
    conclusion=None,
    event="push",
    branch="main",
    home=7,
    title="Deploy",
    began_at=NOON,
    url="https://github.com/acme/api/actions/runs/100",
)
OLDER = replace(US, id=90, number=9, status="queued", began_at=NOON - timedelta(minutes=5))


def superseded(
    *others: WorkflowRun, us: WorkflowRun = US, same: str = "branch,event", begun: bool = False
) -> list[int]:
    facts = Facts(us, others, frozenset(same.split(",")), statuses(in_progress=begun))
    return [each.number for each in decide(facts)]


@pytest.mark.parametrize("status", WAITING)
def test_an_older_one_that_waits_is(status: str) -> None:
    assert superseded(replace(OLDER, status=status)) == [9]


@pytest.mark.parametrize(
    "changes",
    [
        {"id": 100},
        {"number": 10},
        {"number": 11},
        {"status": "in_progress"},
        {"status": "completed"},
        {"status": "another"},
        {"workflow_id": 6},
        {"branch": "other"},
        {"branch": None},
        {"home": 8},
        {"home": None},
        {"event": "schedule"},
        {"attempt": 2, "began_at": NOON},
        {"attempt": 2, "began_at": NOON + timedelta(seconds=1)},
    ],
)
def test_another_one_is_not(changes: dict[str, Any]) -> None:
    assert superseded(replace(OLDER, **changes)) == []


def test_what_is_not_known_is_shared_with_no_run() -> None:
    for changes in ({"branch": None}, {"home": None}):
        assert superseded(replace(OLDER, **changes), us=replace(US, **changes)) == []  # type: ignore[arg-type]
    assert superseded(replace(OLDER, title=""), us=replace(US, title=""), same="title") == []


def test_a_re_run_from_before_ours_is() -> None:
    assert superseded(replace(OLDER, attempt=2)) == [9]


def test_the_oldest_comes_first() -> None:
    runs = [replace(OLDER, id=number, number=number) for number in (4, 9, 2)]
    assert superseded(*runs) == [2, 4, 9]


def test_one_that_has_begun_is_where_that_is_asked() -> None:
    assert superseded(replace(OLDER, status="in_progress"), begun=True) == [9]


RUNS = st.builds(
    WorkflowRun,
    id=st.integers(1, 20),
    number=st.integers(1, 20),
    attempt=st.integers(1, 3),
    workflow_id=st.integers(1, 2),
    status=st.sampled_from((*WAITING, "in_progress", "completed")),
    conclusion=st.none(),
    event=st.sampled_from(("push", "schedule")),
    branch=st.sampled_from(("main", "x", None)),
    home=st.sampled_from((1, 2, None)),
    title=st.sampled_from(("", "a", "b")),
    began_at=st.integers(0, 9).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    url=st.just("https://github.com/acme/api/actions/runs/1"),
)


@given(st.lists(RUNS, min_size=1, max_size=8), st.sampled_from(FACTS), st.booleans())
def test_no_two_runs_supersede_each_other_and_the_newest_is_never_superseded(
    runs: list[WorkflowRun], same: str, begun: bool
) -> None:
    pairs = set()
    for us in runs:
        facts = Facts(us, tuple(runs), frozenset((same,)), statuses(in_progress=begun))
        for other in decide(facts):
            assert other.number < us.number
            assert other.id != us.id
            pairs.add((us.number, other.number))
    assert not [pair for pair in pairs if pair[::-1] in pairs]
    newest = max(each.number for each in runs)
    assert newest not in [gone for _, gone in pairs]


@pytest.mark.parametrize(
    ("same", "said"), [("branches", "`same` has 'branches'"), ("workflow, branch", "`workflow` and another fact")]
)
def test_a_key_that_does_not_exist_is_refused(same: str, said: str) -> None:
    world = World(FakeGitHub())
    with pytest.raises(InputError, match=said):
        run(CancelSupersededInputs(same=same, token="t"), world.ports())
    assert world.tokens == []


def test_each_pair_of_reason_and_outcome_is_in_the_table_once() -> None:
    pairs = [(row.code, row.outcome) for row in REASONS]
    assert len(pairs) == len(set(pairs))
