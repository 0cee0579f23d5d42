"""REST and GraphQL are two budgets, and every token has its own: a record names the one nearest to its end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from action_patterns.github_api.client import Client
from action_patterns.pull_request.upsert import Assignment, upsert
from support.app_fleet import fleet, seed
from support.editions import only_on
from support.stage import FLEET, TARGET, DyingTransport, VirtualClock, desired_state, stage


def with_limits(**limits: int) -> dict[str, Any]:
    return FLEET | {"tokens": {"tok-bot": FLEET["tokens"]["tok-bot"] | limits}}


COUNTED = only_on("full", why="It counts requests and points; what REST alone takes is the next test's.")


@COUNTED
@pytest.mark.parametrize(
    ("core", "graphql", "lowest"),
    [
        # A new pull request without labels: three requests over REST, two points over GraphQL.
        (100, 5_000, ("core", 97, 100)),
        (5_000, 100, ("graphql", 98, 100)),
        (30, 21, ("core", 27, 30)),
    ],
)
def test_the_tightest_by_share_is_told_and_when_it_is_full_again(
    core: int, graphql: int, lowest: tuple[str, int, int]
) -> None:
    clock = VirtualClock()
    with stage(clock=clock) as scene:
        scene.sandbox.ledger.overrides |= {("tok-bot", "core"): core, ("tok-bot", "graphql"): graphql}
        full_again = datetime.fromtimestamp(int(clock.now().timestamp()) + 3_600, UTC)
        told = scene.upsert(desired_state()).usage.lowest_limit
        assert told is not None
        assert (told.resource, told.remaining, told.limit) == lowest
        assert told.resets_at == full_again


def test_where_rest_is_all_there_is_it_is_what_rest_has_left() -> None:
    with stage(clock=VirtualClock()) as scene:
        scene.sandbox.ledger.overrides["tok-bot", "core"] = 100
        usage = scene.upsert(desired_state()).usage
        assert usage.lowest_limit is not None
        assert (usage.lowest_limit.resource, usage.lowest_limit.limit) == ("core", 100)
        spent = 100 - usage.lowest_limit.remaining
        # One of them asked whether there is GraphQL.
        assert spent == usage.requests - 1 or scene.has_graphql


@COUNTED
def test_each_target_tells_what_its_own_answers_said() -> None:
    data = {**FLEET, "repositories": [*FLEET["repositories"], {"name": "acme/web", "files": {"README.md": "# web\n"}}]}
    with stage(data) as scene:
        clock = VirtualClock()
        gateway = Client(DyingTransport(scene.context, clock=clock))
        first, second = (
            upsert(
                desired_state(),
                Assignment(plan_id="plan-1", index=index, attempt=1, repository=name),
                gateway,
                clock,
                dry_run=True,
            ).usage.lowest_limit
            for index, name in enumerate((TARGET, "acme/web"))
        )
        assert [limit and limit.remaining for limit in (first, second)] == [4_999, 4_998]


def test_a_refusal_tells_it_too() -> None:
    clock = VirtualClock()
    with stage(clock=clock) as scene:
        scene.sandbox.ledger.overrides["tok-bot", "core"] = 2
        result = scene.upsert(desired_state())
        assert (result.outcome, result.reason) == ("deferred", "rate-limit")
        assert result.usage.lowest_limit is not None
        assert (result.usage.lowest_limit.remaining, result.usage.lowest_limit.limit) == (0, 2)


@COUNTED
def test_an_app_has_a_budget_for_each_owner_and_the_one_of_the_app_itself_is_not_told() -> None:
    with fleet(seed({"acme": {}, "beta": {}}, ("acme/api", "beta/tools"))) as scene:
        gateway = scene.gateway(("acme/api", "beta/tools"))
        told = [scene.upsert(gateway, name).usage.lowest_limit for name in ("acme/api", "acme/api", "beta/tools")]
        # Three requests over REST for a new pull request, two points over GraphQL; then one look.
        assert [limit and (limit.resource, limit.remaining) for limit in told] == [
            ("core", 4_997),
            ("graphql", 4_997),
            ("core", 4_997),
        ]


def test_a_server_without_limits_tells_of_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with stage() as scene:
        monkeypatch.setattr(type(scene.sandbox.ledger), "headers", lambda *_: {})
        usage = scene.upsert(desired_state()).usage
        assert usage.requests >= 5
        assert usage.lowest_limit is None
