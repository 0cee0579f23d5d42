"""Runs of other content come between whenever ours has written the branch. Without a lease each of them gets through.

Ours went on in turns, up to the last round: 214 requests and nine commits. Now it leaves the other's content after it
was replaced twice, says so, and leaves no text of ours with that content.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from action_patterns.pull_request.execute.replacements import MOST
from action_patterns.pull_request.spec.desired import Desired
from support.editions import WITHOUT_LEASES, only_on
from support.people import settled, target
from support.stage import DyingTransport, Stage, desired_state, stage

pytestmark = only_on(*WITHOUT_LEASES, why="With leases the swap decides who is last.")


def wanted(content: str, text: str) -> Desired:
    return desired_state({"ci.yml": f"on: {content}\n"}, title=f"Sync {text}", body=f"It is {text}.", labels=["sync"])


def rivals(scene: Stage, of: Callable[[int], Desired]) -> tuple[Callable[[], None], list[Desired]]:
    """Return what happens whenever our run has written the branch, and the states that came between."""
    came: list[Desired] = []
    numbers = count(1)
    transports: list[DyingTransport] = []

    def rival() -> None:
        if not transports and scene.transport:
            transports.append(scene.transport)
        (ours,) = transports
        came.append(of(next(numbers)))
        scene.upsert(came[-1])
        ours.again("after", rival)

    return rival, came


OTHERS: dict[str, Callable[[int], Desired]] = {
    "with other texts": lambda number: wanted(f"theirs-{number}", "theirs"),
    "with the same text": lambda number: wanted(f"theirs-{number}", "ours"),
}


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("others", OTHERS.values(), ids=OTHERS)
def test_the_one_that_is_replaced_every_time_leaves_it_and_says_so(
    others: Callable[[int], Desired], before: bool
) -> None:
    with stage() as scene:
        if before:
            scene.upsert(wanted("before", "before"))
        rival, came = rivals(scene, others)
        result = scene.upsert(wanted("ours", "ours"), meanwhile={"after": rival})
        assert len(came) <= MOST + 1
        assert result.usage.requests <= 70
        assert (result.outcome, result.reason) == ("failed", "conflict")
        assert "The other run's content stands, and this run's is not there." in result.message
        assert result.error is not None
        assert "`concurrency`" in result.error.remediation
        assert result.after_oid == target(scene).tip(came[-1].branch)
        (pull,) = target(scene).pulls()
        assert pull.title == came[-1].title
        settled(scene, came[-1])


def test_one_that_comes_between_once_is_replaced_in_its_turn() -> None:
    with stage() as scene:
        ours = wanted("ours", "ours")
        result = scene.upsert(ours, meanwhile={"after": lambda: scene.upsert(wanted("theirs", "theirs"))})
        assert result.outcome in ("created", "updated")
        settled(scene, ours)
