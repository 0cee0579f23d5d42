"""rate-limit: each decision on the budgets, and each input that is wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from action_patterns.actions.rate_limit import ACTION, validate
from action_patterns.actions.rate_limit.decide import REASONS, Facts, Request, decide
from action_patterns.actions.rate_limit.interface import RateLimitInputs
from action_patterns.actions.rate_limit.needs import parse
from action_patterns.errors import InputError
from action_patterns.limits.primary import PrimaryLimit
from action_patterns.ports.rate_limits import Limits
from support.memory_ports import World
from support.stage import VirtualClock

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
RESET = NOW + timedelta(minutes=50)


def budget(resource: str, remaining: int, limit: int = 5000) -> PrimaryLimit:
    seconds = 40 if "search" in resource else 3000
    return PrimaryLimit(resource, limit, limit - remaining, remaining, NOW + timedelta(seconds=seconds))


def facts(*budgets: PrimaryLimit, **fields: Any) -> Facts:
    return Facts(NOW, Limits(budgets, NOW), 5000)._replace(**fields)


def request(*needed: str, **fields: Any) -> Request:
    asked = Request(
        mode="check",
        calls=parse("needed", needed, paces=True),
        reserve={},
        jobs=1,
        proceeds=False,
        write_spacing_seconds=1.0,
    )
    return asked._replace(**fields)


UNREADABLE = Facts(NOW, None, 1000, unreadable="502")
CORE = (budget("core", 50),)


@pytest.mark.parametrize(
    ("asked", "known", "answer"),
    [
        (request("50"), facts(*CORE), ("passed", "enough")),
        (request("0"), facts(budget("core", 0)), ("passed", "enough")),
        (request("core=51"), facts(*CORE), ("deferred", "too-few-calls")),
        (request("50", reserve={"core": 1}), facts(*CORE), ("deferred", "too-few-calls")),
        (request("26", jobs=2), facts(*CORE), ("deferred", "too-few-calls")),
        (request("5001"), facts(*CORE), ("failed", "exceeds-limit")),
        (request("200", reserve={"core": 4900}), facts(*CORE), ("failed", "exceeds-limit")),
        (request("2501", jobs=2), facts(*CORE), ("failed", "exceeds-limit")),
        # The worst of several resources decides.
        (request("1", "graphql=9"), facts(*CORE, budget("graphql", 8)), ("deferred", "too-few-calls")),
        (request("1", "code-search=2"), facts(*CORE, budget("code_search", 1, 10)), ("deferred", "too-few-calls")),
        (request("1", "search=31"), facts(*CORE, budget("search", 30, 30)), ("failed", "exceeds-limit")),
        # Not reported, not readable, off, and refused are four answers.
        (request("1", "search=1"), facts(*CORE), ("failed", "unreadable")),
        (request("1", "search=1", proceeds=True), facts(*CORE), ("passed", "unreadable")),
        (request("1", "search=31", proceeds=True), facts(*CORE), ("failed", "exceeds-limit")),
        (request("1"), UNREADABLE, ("failed", "unreadable")),
        (request("1000", proceeds=True), UNREADABLE, ("passed", "unreadable")),
        (request("1001", proceeds=True), UNREADABLE, ("failed", "exceeds-limit")),
        (request("100000"), Facts(NOW, None, 5000), ("passed", "limits-off")),
        (request("1", proceeds=True), UNREADABLE._replace(resumes_at=RESET), ("deferred", "limited")),
        # A plan asks for one job: the others may follow.
        (request("50", mode="plan"), facts(*CORE), ("passed", "fits-before-reset")),
        (request("25", mode="plan", jobs=2), facts(*CORE), ("passed", "fits-before-reset")),
        (request("25", mode="plan", jobs=3), facts(*CORE), ("passed", "fits-after-reset")),
        (request("51", mode="plan", jobs=3), facts(*CORE), ("deferred", "too-few-calls")),
        (request("5001", mode="plan"), facts(*CORE), ("failed", "exceeds-limit")),
        (request("10", mode="plan", jobs=3), Facts(NOW, None, 5000), ("passed", "limits-off")),
        (request("10", mode="plan", proceeds=True), UNREADABLE, ("passed", "unreadable")),
    ],
)
def test_the_answer(asked: Request, known: Facts, answer: tuple[str, str]) -> None:
    decision = decide(asked, known)
    assert (decision.outcome, decision.reason) == answer
    assert answer in {(reason.outcome, reason.code) for reason in REASONS}
    assert (decision.again_at is not None) == (decision.reason == "too-few-calls")


def test_a_wait_ends_a_second_after_the_last_reset_that_is_needed() -> None:
    budgets = (*CORE, budget("search", 0, 30), budget("graphql", 0))
    assert decide(request("51", "search=1"), facts(*budgets)).again_at == RESET + timedelta(seconds=1)
    assert decide(request("50", "search=1"), facts(*budgets)).again_at == NOW + timedelta(seconds=41)


def test_the_resource_with_the_least_left_is_shown() -> None:
    decision = decide(request("10", "graphql=100"), facts(*CORE, budget("graphql", 139)))
    assert (decision.resource, decision.remaining, decision.reset_at) == ("graphql", 139, RESET)


@pytest.mark.parametrize(
    ("asked", "budgets", "jobs_now", "parallel", "seconds"),
    [
        # Reads alone take no time, and three jobs that read as fast as they can stay within 900 a minute.
        (request("100", jobs=40), (budget("core", 5000),), 40, 9, 240),
        (request("500", jobs=8), (budget("core", 5000),), 8, 3, 240),
        # GITHUB_TOKEN has 1,000: of forty jobs ten fit now, and the last ones wait for the fourth budget.
        (request("100", jobs=40), (budget("core", 1000, 1000),), 10, 9, 3000 + 1 + 2 * 3600),
        (request("100", jobs=40, reserve={"core": 500}), (budget("core", 1000, 1000),), 5, 5, 3001 + 6 * 3600),
        # One write a second for the token; five hundred pull requests an hour.
        (request("4", "writes=4", "content=1", jobs=100), (budget("core", 5000),), 100, 10, 300),
        (request("4", "writes=4", "content=1", jobs=510), (budget("core", 5000),), 510, 10, 3603),
        (request("core=300", "writes=300", jobs=10), (budget("core", 5000),), 10, 3, 2990),
        (request("search=15", jobs=4), (budget("search", 30, 30),), 2, 2, 60),
        (request("1", jobs=1), (budget("core", 1),), 1, 1, 0),
    ],
)
def test_the_plan(
    asked: Request, budgets: tuple[PrimaryLimit, ...], jobs_now: int, parallel: int, seconds: float
) -> None:
    decision = decide(asked._replace(mode="plan"), facts(*budgets))
    assert decision.eta is not None
    found = (decision.jobs_now, decision.max_parallel, (decision.eta - NOW).total_seconds())
    assert found == (jobs_now, parallel, seconds)


def test_what_the_reserve_takes_whole_never_ends() -> None:
    decision = decide(request("0", "graphql=1", reserve={"graphql": 5000}), facts(*CORE, budget("graphql", 5000)))
    assert (decision.reason, decision.eta) == ("exceeds-limit", None)


def inputs(needed: str = "core=200", **fields: Any) -> RateLimitInputs:
    return RateLimitInputs(**({"token": "ghp_x", "needed": needed} | fields))


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        (inputs(""), ["`needed` is empty."]),
        (inputs("api=3\ncore=x\ncore = 5"), ["'api=3' is no", "'core=x' is no"]),
        (inputs("5\ncore=6"), ["names core twice"]),
        (inputs("-5"), ["'-5' is no"]),
        (inputs("core=100001"), ["more than 100000"]),
        (inputs("core=5\nwrites=2\ncontent=1"), ["names writes, of", "names content, of"]),
        (inputs("core=5", reserve="content=1\ngraphql=x"), ["'graphql=x' is no", "names content, of"]),
        (inputs("core=5", reserve="graphql=1"), ["`reserve` names graphql, and `needed` does not."]),
        (inputs("core=5\nwrites=6", mode="plan"), ["6 writes are more than 5 calls"]),
        (inputs("core=5\nwrites=1\ncontent=2", mode="plan"), ["content=2 is more than writes=1"]),
        (inputs("content=2", mode="plan"), ["2 writes are more than 0 calls"]),
        (inputs(mode="wait", max_wait_minutes=51), ["`max-wait-minutes` is 51"]),
        (
            inputs("x\ny=1", reserve="z", mode="wait", max_wait_minutes=60),
            ["'x' is no", "'y=1' is no", "'z' is no", "`max-wait-minutes` is 60"],
        ),
    ],
)
def test_every_wrong_input_is_named_at_once_and_nothing_is_asked(given: RateLimitInputs, problems: list[str]) -> None:
    world = World()
    with pytest.raises(InputError) as caught:
        ACTION.run(given, world.ports())
    assert len(caught.value.problems) == len(problems)
    for problem, part in zip(caught.value.problems, problems, strict=True):
        assert part in problem.what
    assert world.tokens == []


def test_white_space_and_a_bare_number_are_understood() -> None:
    found = validate(inputs("  200 \n graphql = 50\ncode-search=1", reserve="20"), World().ports())
    assert found.calls.budgets == {"core": 200, "graphql": 50, "code_search": 1}
    assert found.reserve == {"core": 20}


def play(world: World, **fields: Any) -> Any:
    return ACTION.run(inputs(**fields), world.ports())


def limited(*budgets: PrimaryLimit) -> World:
    world = World()
    world.github.limit = Limits(budgets, NOW, "GITHUB_TOKEN")
    return world


def test_the_outputs_of_a_check_that_fails() -> None:
    finish = play(limited(budget("core", 50), budget("code_search", 10, 10)))
    assert finish.exit_code == 1
    out = finish.outputs
    assert (out.ok, out.outcome, out.reason, out.resource) == (False, "deferred", "too-few-calls", "core")
    assert (out.remaining, out.reset_at) == (50, "2026-07-01T12:50:00+00:00")
    assert (out.jobs_now, out.max_parallel, out.write_share, out.waited) == (0, 1, 1.0, 0)
    assert out.token_kind == "GITHUB_TOKEN"
    assert json.loads(out.budgets)["code-search"] == {
        "limit": 10,
        "used": 0,
        "remaining": 10,
        "reset-at": "2026-07-01T12:00:40+00:00",
    }
    (said,) = finish.annotations
    assert said.level == "error"
    assert "50 calls are left, 200 are needed" in said.message
    assert "2026-07-01 12:50:00 UTC" in said.message
    assert "| core | 5,000 | 4,950 | 50 | 200 |  | 12:50:00 UTC |" in finish.summary


def test_never_leaves_the_step_green_and_warns() -> None:
    finish = play(limited(budget("core", 50)), fail_on="never")
    assert (finish.exit_code, finish.outputs.ok) == (0, False)
    assert [said.level for said in finish.annotations] == ["warning"]


def test_a_server_without_rate_limits_is_no_reason_to_warn() -> None:
    world = World()
    world.github.limit = None
    finish = play(world)
    assert (finish.exit_code, finish.outputs.ok, finish.outputs.reason) == (0, True, "limits-off")
    assert finish.annotations == ()
    assert (finish.outputs.remaining, finish.outputs.reset_at, finish.outputs.budgets) == (None, "", "{}")


def test_the_shares_of_all_parallel_jobs_are_never_more_than_the_whole() -> None:
    for jobs in (3, 6, 7):
        out = play(limited(budget("core", 5000)), needed="core=4\nwrites=4", mode="plan", jobs=jobs).outputs
        assert out.max_parallel == jobs
        assert out.write_share * out.max_parallel <= 1
        assert out.write_share == pytest.approx(1 / jobs, abs=1e-4)


def test_the_time_of_the_session_has_room_for_the_wait_in_wait_mode_only() -> None:
    world = limited(budget("core", 5000))
    play(world)
    play(world, mode="wait", max_wait_minutes=5)
    assert [allowance.seconds for allowance in world.allowances] == [60.0, 360.0]
    assert world.clock.slept == []


def test_an_app_is_asked_at_the_owner_that_is_named() -> None:
    world = limited(budget("core", 5000))
    key = "-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY-----"
    play(world, token=None, app_client_id="Iv1", app_private_key=key, owner="initech")
    assert world.github.limits_asked == ["initech"]
    assert world.allowances[0].permissions == (("metadata", "read"),)
    play(world)
    assert world.github.limits_asked == ["initech", world.context.repository]
    with pytest.raises(InputError, match="GITHUB_TOKEN, which reaches only"):
        play(world, token=None, job_token="ghs_job", owner="initech")


def test_a_budget_that_stays_used_up_after_its_reset_is_read_less_and_less_often() -> None:
    late = PrimaryLimit("core", 5000, 5000, 0, NOW - timedelta(minutes=5))
    world, clock = limited(late), VirtualClock()
    ports = replace(world.ports(), clock=clock, random=lambda: 0.0)
    finish = ACTION.run(inputs(mode="wait", max_wait_minutes=10), ports)
    assert (finish.outputs.reason, finish.exit_code) == ("reset-too-far", 1)
    assert clock.slept == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert len(world.github.limits_asked) == 10
