"""GraphQL is paid in points, by GitHub's published formula: a no-op of one target costs one, and so does a page."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.github_api.client import Client
from github_sandbox.limits import Limits
from support.editions import WITH_GRAPHQL, only_on
from support.stage import FULL, TARGET, DyingTransport, Stage, desired_state, stage

pytestmark = only_on(*WITH_GRAPHQL, why="REST is paid in requests; test_requests_stay_within_their_budget counts them.")


def points(scene: Stage, run: Any) -> int:
    """GraphQL points that something costs."""
    gateway = Client(DyingTransport(scene.context))
    before = gateway.rate_limits.read(TARGET)
    run(gateway)
    after = gateway.rate_limits.read(TARGET)
    assert before is not None and after is not None
    left, left_after = before.remaining("graphql"), after.remaining("graphql")
    assert left is not None and left_after is not None
    return left - left_after


@pytest.mark.parametrize("paths", [1, 100])
def test_what_a_decision_needs(paths: int) -> None:
    with stage() as scene:
        scene.sandbox.limits = Limits.published()
        scene.upsert(desired_state(**FULL))
        names = [f"path/{number}" for number in range(paths)]
        assert (
            points(scene, lambda g: g.pulls.observe(TARGET, branch=desired_state().branch, base=None, paths=names)) == 1
        )


def test_a_page_of_a_listing() -> None:
    with stage() as scene:
        scene.sandbox.limits = Limits.published()
        assert points(scene, lambda g: g.repositories.list_owner("acme")) == 1
