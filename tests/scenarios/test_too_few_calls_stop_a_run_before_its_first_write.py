"""rate-limit stops with the time of the reset, waits for it, or says why it does not; it reads the budgets for free."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from action_patterns.action.contract import Finish
from action_patterns.actions.rate_limit import ACTION
from action_patterns.actions.rate_limit.interface import RateLimitInputs, RateLimitOutputs
from action_patterns.errors import AuthenticationError, NotFoundError
from action_patterns.github_api.client import Client
from action_patterns.limits.shares import MAX_SPREAD_SECONDS
from action_patterns.ports.credentials import Allowance, Credentials
from github_sandbox import Fault
from github_sandbox.limits import Limits
from support.in_process import StageTransport
from support.memory_ports import MemoryLog, World
from support.stage import FLEET, TARGET, RecordingLog, Stage, VirtualClock, stage

ACTION_NAME = "rate-limit"
MINUTE = 60.0
HOUR = 60 * MINUTE
TOKEN = "tok-bot"


class Skewed(VirtualClock):
    """The clock of a runner that is wrong by some minutes. GitHub's is right."""

    def __init__(self, right: VirtualClock, minutes: float) -> None:
        super().__init__()
        self._right, self._by = right, timedelta(minutes=minutes)

    def now(self) -> datetime:
        return self._right.now() + self._by

    def monotonic(self) -> float:
        return self._right.monotonic()

    def sleep(self, seconds: float) -> None:
        self._right.sleep(seconds)


@contextmanager
def limited(left: int, **limits: Any) -> Iterator[tuple[Stage, VirtualClock]]:
    """A GitHub whose token has so many REST calls left, ten minutes into the hour."""
    clock = VirtualClock()
    with stage(clock=clock) as scene:
        scene.sandbox.limits = Limits(**limits)
        ledger = scene.sandbox.services.ledger
        ledger.budget(TOKEN, "core").used = ledger.budget(TOKEN, "core").limit - left
        clock.sleep(10 * MINUTE)
        clock.slept.clear()
        yield scene, clock


def run(
    scene: Stage,
    clock: VirtualClock,
    *,
    token: str = TOKEN,
    job_token: str | None = None,
    dice: float = 0.5,
    **inputs: Any,
) -> Finish[RateLimitOutputs]:
    """One step, as one process would do it."""
    assert ACTION.name == ACTION_NAME
    context = replace(scene.context, repository=TARGET, write_spacing_seconds=1.0)

    def opened(credentials: Credentials, allowance: Allowance) -> Any:
        return Client(StageTransport(credentials, context, clock, RecordingLog(), allowance))

    ports = replace(World(context=context, log=MemoryLog()).ports(), github=opened, clock=clock, random=lambda: dice)
    return ACTION.run(RateLimitInputs(token=token, job_token=job_token, **inputs), ports)


def statuses(scene: Stage) -> list[int]:
    return [record.status for record in scene.sandbox.requests]


def test_fifty_calls_left_and_two_hundred_needed_stop_before_the_first_write() -> None:
    with limited(50) as (scene, clock):
        reset = clock.now() + timedelta(minutes=50)
        finish = run(scene, clock, needed="200")
        assert (finish.exit_code, finish.outputs.ok, finish.outputs.reason) == (1, False, "too-few-calls")
        assert finish.outputs.remaining == 50
        assert abs(datetime.fromisoformat(finish.outputs.reset_at) - reset) <= timedelta(seconds=1)
        assert f"{datetime.fromisoformat(finish.outputs.reset_at):%H:%M:%S} UTC" in finish.annotations[0].message
        assert (scene.writes(), scene.order(), clock.slept) == (0, ["rate-limit/get"], [])


def test_a_look_is_free() -> None:
    with limited(50) as (scene, clock):
        for _ in range(3):
            assert run(scene, clock, needed="50").outputs.remaining == 50
        assert scene.sent("rate-limit/get") == 3


def test_a_used_up_budget_can_still_be_read() -> None:
    with limited(0) as (scene, clock):
        assert run(scene, clock, needed="1", fail_on="never").outputs.reason == "too-few-calls"
        assert run(scene, clock, needed="1", mode="wait", max_wait_minutes=51, max_minutes=51).exit_code == 0


def test_a_reset_within_the_wait_is_waited_for_and_the_budget_read_again() -> None:
    with limited(50) as (scene, clock):
        finish = run(scene, clock, needed="200", mode="wait", max_wait_minutes=51, max_minutes=51)
        assert (finish.exit_code, finish.outputs.reason) == (0, "enough-after-wait")
        assert finish.outputs.remaining == 5000
        assert 50 * MINUTE <= sum(clock.slept) <= 50 * MINUTE + 2 + MAX_SPREAD_SECONDS
        assert finish.outputs.waited == pytest.approx(sum(clock.slept), abs=1)
        assert scene.sent("rate-limit/get") == 2


def test_a_reset_beyond_the_wait_is_deferred_at_once() -> None:
    with limited(50) as (scene, clock):
        assert run(scene, clock, needed="200", mode="wait", max_wait_minutes=50).outputs.reason == "reset-too-far"
        finish = run(scene, clock, needed="200", mode="wait", max_wait_minutes=5)
        out = finish.outputs
        assert (finish.exit_code, out.ok, out.outcome, out.reason) == (1, False, "deferred", "reset-too-far")
        assert (clock.slept, out.waited) == ([], 0)
        assert datetime.fromisoformat(out.reset_at) > clock.now() + timedelta(minutes=49)


def test_what_others_used_up_again_after_the_reset_is_waited_for_as_long_as_there_is_time() -> None:
    """Searches are counted by the minute: the next resets come within the wait."""
    with limited(50, search_per_minute=30) as (scene, clock):
        ledger = scene.sandbox.services.ledger

        class Contested(VirtualClock):
            """Whenever this step sleeps, another job is faster, three times."""

            def __init__(self) -> None:
                super().__init__()
                self.rounds = 3

            now, monotonic = clock.now, clock.monotonic  # type: ignore[assignment]

            def sleep(self, seconds: float) -> None:
                clock.sleep(seconds)
                self.rounds -= 1
                if self.rounds:
                    ledger.budget(TOKEN, "search").used = 25

        ledger.budget(TOKEN, "search").used = 25
        finish = run(scene, Contested(), needed="search=10", mode="wait", max_wait_minutes=4)
        assert finish.outputs.reason == "enough-after-wait"
        assert len(clock.slept) == 3
        assert 3 * MINUTE - 5 <= sum(clock.slept) <= 3 * MINUTE + 5 + 3 * MAX_SPREAD_SECONDS
        ledger.budget(TOKEN, "search").used = 25
        finish = run(scene, Contested(), needed="search=10", mode="wait", max_wait_minutes=2)
        assert (finish.outputs.reason, finish.outputs.ok) == ("reset-too-far", False)
        assert sum(clock.slept[3:]) <= 2 * MINUTE


def test_jobs_that_wait_for_one_reset_go_one_after_the_other() -> None:
    waits = []
    for number in range(10):
        with limited(50) as (scene, clock):
            run(scene, clock, needed="20", jobs=10, mode="wait", max_wait_minutes=51, max_minutes=51, dice=number / 10)
            waits.append(sum(clock.slept))
    assert all(50 * MINUTE <= wait <= 50 * MINUTE + 11 for wait in waits)
    assert max(waits) - min(waits) >= 8
    with limited(50) as (scene, clock):
        run(scene, clock, needed="200", mode="wait", max_wait_minutes=51, max_minutes=51, dice=0.999)
        assert sum(clock.slept) <= 51 * MINUTE


@pytest.mark.parametrize("minutes", [-20, 20])
def test_a_runner_whose_clock_is_wrong_waits_as_long_as_any_other(minutes: int) -> None:
    with limited(50) as (scene, clock):
        finish = run(scene, Skewed(clock, minutes), needed="200", mode="wait", max_wait_minutes=51, max_minutes=51)
        assert finish.outputs.reason == "enough-after-wait"
        assert 50 * MINUTE <= sum(clock.slept) <= 50 * MINUTE + 2 + MAX_SPREAD_SECONDS


def test_what_no_reset_gives_is_not_waited_for() -> None:
    with limited(50) as (scene, clock):
        finish = run(scene, clock, needed="5001", mode="wait", max_wait_minutes=51, max_minutes=51)
        assert (finish.outputs.outcome, finish.outputs.reason, clock.slept) == ("failed", "exceeds-limit", [])


@pytest.mark.parametrize(("form", "status"), [("too_many", 429), ("secondary_limit", 403)])
def test_a_refusal_that_names_a_short_wait_is_waited_for(form: str, status: int) -> None:
    with limited(500) as (scene, clock):
        scene.sandbox.faults.add(Fault.of(form, operation="rate-limit/get", retry_after_seconds=7))
        finish = run(scene, clock, needed="200")
        assert (finish.outputs.reason, statuses(scene)) == ("enough", [status, 200])
        assert 7 <= sum(clock.slept) < 60
        assert finish.outputs.waited == round(sum(clock.slept))


def test_a_refusal_that_lasts_is_deferred_with_its_time() -> None:
    with limited(500) as (scene, clock):
        scene.sandbox.faults.add(Fault.of("secondary_limit", operation="rate-limit/get", retry_after_seconds=1200))
        finish = run(scene, clock, needed="200")
        out = finish.outputs
        assert (out.outcome, out.reason, finish.exit_code, clock.slept) == ("deferred", "limited", 1, [])
        assert datetime.fromisoformat(out.reset_at) - clock.now() >= timedelta(minutes=19, seconds=59)


DOWN: dict[str, Callable[[], Fault]] = {
    "502": lambda: Fault.of("bad_gateway", operation="rate-limit/get", times=100),
    "no connection": lambda: Fault.of("connection_reset", operation="rate-limit/get", times=100),
    "half an answer": lambda: Fault.of("truncated_body", operation="rate-limit/get", times=100),
    "another answer": lambda: Fault.of("server_error", operation="rate-limit/get", status=200, body="{}", times=100),
}


@pytest.mark.parametrize("fault", DOWN)
@pytest.mark.parametrize("policy", ["fail", "proceed"])
def test_the_declared_policy_decides_if_the_limits_cannot_be_read(policy: Any, fault: str) -> None:
    with limited(500) as (scene, clock):
        scene.sandbox.faults.add(DOWN[fault]())
        finish = run(scene, clock, needed="200", on_unreadable=policy)
        out = finish.outputs
        proceeds = policy == "proceed"
        assert (out.ok, finish.exit_code) == (proceeds, 0 if proceeds else 1)
        assert out.reason == "unreadable"
        assert [said.level for said in finish.annotations] == ["warning" if proceeds else "error"]
        assert "GET /rate_limit" in finish.annotations[0].message
        assert sum(clock.slept) < 60


def test_a_budget_that_is_not_known_has_the_size_of_the_tokens_kind() -> None:
    """GITHUB_TOKEN has 1,000 an hour and repository, and other tokens have 5,000."""
    for job_token, reason in (("ghs_job", "exceeds-limit"), (None, "unreadable")):
        with limited(500) as (scene, clock):
            scene.sandbox.faults.add(DOWN["502"]())
            token = "" if job_token else TOKEN
            finish = run(
                scene, clock, token=token, job_token=job_token, needed="1500", on_unreadable="proceed", fail_on="never"
            )
            assert finish.outputs.reason == reason


@pytest.mark.parametrize("policy", ["fail", "proceed"])
def test_a_refused_token_is_an_error_under_each_policy(policy: Any) -> None:
    with limited(500) as (scene, clock), pytest.raises(AuthenticationError):
        run(scene, clock, token="ghp_wrong", needed="1", on_unreadable=policy)


def test_a_server_without_rate_limits_stops_nobody() -> None:
    with limited(500) as (scene, clock):
        scene.sandbox.limits = Limits(reported=False)
        finish = run(scene, clock, needed="100000")
        assert (finish.exit_code, finish.outputs.ok, finish.outputs.reason) == (0, True, "limits-off")
        assert statuses(scene) == [404]
        plan = run(scene, clock, needed="core=4\nwrites=4", jobs=600, mode="plan").outputs
        assert plan.max_parallel == 10
        assert (datetime.fromisoformat(plan.eta) - clock.now()).total_seconds() == pytest.approx(3 * 600, abs=1)


@pytest.mark.parametrize("policy", ["fail", "proceed"])
def test_a_404_of_another_kind_is_not_taken_for_a_server_without_limits(policy: Any) -> None:
    with limited(500) as (scene, clock):
        body = '{"message": "Not Found"}'
        scene.sandbox.faults.add(Fault.of("server_error", operation="rate-limit/get", status=404, body=body, times=9))
        with pytest.raises(NotFoundError, match="GET /rate_limit"):
            run(scene, clock, needed="1", on_unreadable=policy)


def test_every_budget_of_a_workflow_token_is_that_of_its_repository() -> None:
    seed = FLEET | {
        "users": [*FLEET["users"], {"login": "github-actions[bot]", "bot": True}],
        "tokens": {"ghs_job": {"login": "github-actions[bot]", "kind": "actions", "repositories": [TARGET]}},
    }
    clock = VirtualClock()
    with stage(seed, clock=clock) as scene:
        scene.sandbox.limits = Limits.published()
        finish = run(scene, clock, token="", job_token="ghs_job", needed="100", jobs=40, mode="plan")
        out = finish.outputs
        budgets = json.loads(out.budgets)
        assert {name: budget["limit"] for name, budget in budgets.items()} == {
            "core": 1000,
            "graphql": 1000,
            "search": 30,
            "code-search": 10,
        }
        assert (out.token_kind, out.reason) == ("GITHUB_TOKEN", "fits-after-reset")
        assert (out.jobs_now, out.max_parallel) == (10, 9)
        # Ten jobs now, ten after each of three resets.
        assert timedelta(hours=3) <= datetime.fromisoformat(out.eta) - clock.now() < timedelta(hours=3, minutes=1)
        assert scene.writes() == 0
