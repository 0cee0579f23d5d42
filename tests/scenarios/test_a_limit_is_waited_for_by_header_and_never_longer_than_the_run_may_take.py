"""A limit is no failure: it is waited for as long as GitHub says, or, where the run may not take so long, deferred."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from action_patterns.github_api.client import Client
from action_patterns.ports.credentials import Allowance
from action_patterns.pull_request.upsert import Assignment, upsert
from github_sandbox import Fault
from github_sandbox.limits import Limits
from support.editions import WITH_GRAPHQL, only_on
from support.stage import FLEET, FULL, TARGET, DyingTransport, RecordingLog, Stage, VirtualClock, desired_state, stage

FORMS = ["too_many", "secondary_limit"]
"""429 and 403: the same refusal."""
OPERATIONS = ["look", "git/create-tree", "makes_branch", "pulls/create", "issues/update"]
"""A read, a POST that may be repeated, a move of the branch, a POST that may not, and a PATCH."""
MINUTE = 60


def is_waited(named: float, waited: float) -> bool:
    """Whether a wait is that which GitHub names, and a little more: refused processes must not return together."""
    return named <= round(waited, 3) <= named + min(6.0, named / 10)


def name(scene: Stage, operation: str) -> str:
    """A look, and what makes the branch, is another operation on each edition."""
    return operation if "/" in operation else str(getattr(scene, operation))


@cache
def clean_end(edition: str) -> dict[str, Any]:
    with stage(edition=edition) as clean:
        clean.upsert(desired_state(**FULL))
        return clean.sandbox.snapshot()


def as_one_clean_run(scene: Stage) -> bool:
    return scene.sandbox.snapshot() == clean_end(scene.edition)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("form", FORMS)
def test_the_time_github_names_is_waited_and_little_more(form: str, operation: str) -> None:
    clock = VirtualClock()
    with stage(clock=clock, served=True) as scene:
        scene.sandbox.faults.add(Fault.of(form, operation=name(scene, operation), retry_after_seconds=7))
        result = scene.upsert(desired_state(**FULL))
        assert (result.outcome, result.error) == ("created", None)
        assert is_waited(7, sum(clock.slept))
        assert result.usage.seconds_waited == pytest.approx(sum(clock.slept), abs=0.01)
        # Refused means not processed: it is sent once more, without a look.
        assert (scene.sent(name(scene, operation)), scene.sent(scene.look)) == (2, 2 if operation == "look" else 1)
        assert as_one_clean_run(scene)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("form", FORMS)
def test_without_a_time_it_is_a_minute_that_doubles(form: str, operation: str) -> None:
    clock = VirtualClock()
    with stage(clock=clock) as scene:
        scene.sandbox.faults.add(Fault.of(form, operation=name(scene, operation), retry_after_seconds=None, times=3))
        assert scene.upsert(desired_state(**FULL)).outcome == "created"
        assert len(clock.slept) == 3
        assert all(map(is_waited, (60, 120, 240), clock.slept))
        assert as_one_clean_run(scene)


@only_on(*WITH_GRAPHQL, why="Nothing else reports a limit in a 200.")
def test_a_limit_graphql_reports_in_a_200_is_a_limit() -> None:
    clock = VirtualClock()
    with stage(clock=clock) as scene:
        scene.sandbox.faults.add(Fault.of("rate_limited"))
        assert scene.upsert(desired_state(**FULL)).outcome == "created"
        assert len(clock.slept) == 1
        assert is_waited(60, clock.slept[0])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_reset_too_far_away_defers_the_target_and_names_the_time(operation: str) -> None:
    clock = VirtualClock()
    with stage(clock=clock) as scene:
        at = int(clock.now().timestamp()) + 50 * MINUTE
        scene.sandbox.faults.add(
            Fault.of("primary_limit", operation=name(scene, operation), reset_in_seconds=50 * MINUTE, times=1000)
        )
        result = scene.upsert(desired_state(**FULL), allowance=Allowance(seconds=10 * MINUTE))
        assert (result.outcome, result.reason) == ("deferred", "rate-limit")
        assert clock.slept == []
        assert scene.sent(name(scene, operation)) == 1
        assert result.error is not None
        assert result.error.retryable
        when = datetime.fromtimestamp(at + 1, UTC)
        assert f"{when:%H:%M} UTC" in result.error.remediation
        scene.sandbox.faults.clear()
        clock.sleep(50 * MINUTE)
        assert scene.upsert(desired_state(**FULL)).outcome in {"created", "updated"}
        assert as_one_clean_run(scene)


def test_a_reset_the_run_has_time_for_is_waited_for() -> None:
    clock = VirtualClock()
    with stage(clock=clock) as scene:
        scene.sandbox.faults.add(Fault.of("primary_limit", operation="git/create-tree", reset_in_seconds=20 * MINUTE))
        assert scene.upsert(desired_state(**FULL), allowance=Allowance(seconds=30 * MINUTE)).outcome == "created"
        assert 20 * MINUTE <= sum(clock.slept) <= 20 * MINUTE + 2 + 6


def test_the_time_a_run_may_take_bounds_all_its_waits_together() -> None:
    clock = VirtualClock()
    with stage(clock=clock) as scene:
        scene.sandbox.faults.add(Fault.of("too_many", retry_after_seconds=4 * MINUTE, times=1000))
        result = scene.upsert(desired_state(**FULL), allowance=Allowance(seconds=10 * MINUTE))
        assert (result.outcome, result.reason) == ("deferred", "rate-limit")
        assert sum(clock.slept) <= 10 * MINUTE


def test_a_limit_that_does_not_end_is_not_asked_for_ever() -> None:
    clock = VirtualClock()
    with stage(clock=clock) as scene:
        scene.sandbox.faults.add(Fault.of("secondary_limit", retry_after_seconds=1, times=1000))
        result = scene.upsert(desired_state(**FULL))
        assert (result.outcome, result.reason) == ("deferred", "rate-limit")
        assert len(scene.sandbox.requests) == 5
        assert result.error is not None
        assert "longer than this run may wait" not in result.error.message


def test_processes_that_were_refused_together_do_not_return_together() -> None:
    """Ten jobs, each with a tenth of the pace: GitHub names the same time to all of them."""
    waits = []
    for share in (1.0, 0.1):
        for _ in range(10):
            clock = VirtualClock()
            with stage(clock=clock, checked=False) as scene:
                scene.context = replace(scene.context, write_spacing_seconds=1.0)
                scene.sandbox.faults.add(Fault.of("secondary_limit", operation=scene.look, retry_after_seconds=60))
                scene.upsert(desired_state({}), dry_run=True, allowance=Allowance(share=share))
                waits.append(clock.slept[0])
    alone, shared = waits[:10], waits[10:]
    assert all(60 <= wait <= 66.001 for wait in alone)
    assert all(60 <= wait <= 69.001 for wait in shared)
    assert len({round(wait, 6) for wait in waits}) > 10


def two_repositories() -> dict[str, Any]:
    return {**FLEET, "repositories": [*FLEET["repositories"], {"name": "acme/web", "files": {"README.md": "# web\n"}}]}


def test_once_one_is_refused_nobody_else_asks_before_the_time() -> None:
    clock = VirtualClock()
    with stage(two_repositories(), clock=clock) as scene:
        scene.sandbox.faults.add(Fault.of("primary_limit", reset_in_seconds=50 * MINUTE, times=1000))
        transport = DyingTransport(
            scene.context, clock=clock, log=RecordingLog(), allowance=Allowance(seconds=10 * MINUTE)
        )
        gateway = Client(transport)
        results = [
            upsert(
                desired_state(),
                Assignment(plan_id="plan-1", index=index, attempt=1, repository=name),
                gateway,
                clock,
                dry_run=False,
            )
            for index, name in enumerate((TARGET, "acme/web"))
        ]
        assert [result.outcome for result in results] == ["deferred", "deferred"]
        assert [result.usage.requests for result in results] == [1, 0]
        assert len(scene.sandbox.requests) == 1


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize("says_when", [True, False])
def test_a_secondary_limit_is_met_once_and_then_kept(says_when: bool, status: int) -> None:
    clock = VirtualClock()
    with stage(two_repositories(), clock=clock) as scene:
        scene.sandbox.limits = Limits(content_per_minute=1, secondary_status=status, retry_after=says_when)
        assert scene.upsert(desired_state()).outcome == "created"
        assert scene.upsert(desired_state(), repository="acme/web").outcome == "created"
        # Asking again too early would have started the wait anew.
        assert [record.status for record in scene.sandbox.requests].count(status) == 1
        assert is_waited(60, sum(clock.slept))


def test_a_budget_that_is_used_up_is_noticed_before_it_is_overdrawn() -> None:
    clock = VirtualClock()
    with stage(clock=clock) as scene:
        scene.sandbox.limits = Limits(rest_per_hour=2)
        result = scene.upsert(desired_state(**FULL), allowance=Allowance(seconds=10 * MINUTE))
        assert (result.outcome, result.reason) == ("deferred", "rate-limit")
        assert 403 not in [record.status for record in scene.sandbox.requests]
        clock.sleep(60 * MINUTE)
        scene.sandbox.limits = Limits()
        assert scene.upsert(desired_state(**FULL)).outcome == "created"
        assert as_one_clean_run(scene)


def test_reads_are_not_held_back_and_writes_are_a_second_apart() -> None:
    clock = VirtualClock()
    with stage(clock=clock) as scene:
        scene.context = replace(scene.context, write_spacing_seconds=1.0)
        scene.upsert(desired_state())
        # A tree, a commit, a ref, a pull request.
        assert clock.slept == pytest.approx([1.0, 1.0, 1.0])
        clock.slept.clear()
        gateway = Client(DyingTransport(scene.context, clock=clock))
        for _ in range(20):
            gateway.pulls.observe(TARGET, branch=desired_state().branch, base=None, paths=["ci.yml"])
        assert clock.slept == []


def test_what_notifies_people_is_three_seconds_apart() -> None:
    clock = VirtualClock()
    times: list[float] = []
    with stage(clock=clock) as scene:
        scene.context = replace(scene.context, write_spacing_seconds=1.0)
        asked = ("POST /pulls", "POST /requested_reviewers")
        scene.upsert(desired_state(**FULL), meanwhile={call: lambda: times.append(clock.monotonic()) for call in asked})
        assert all(later - earlier >= 3 for earlier, later in pairwise(times))
        assert len(times) == 2
