"""The refs say what became of a swap of several whose answer is lost, or which GitHub refuses."""

from __future__ import annotations

from typing import Any, cast

import pytest

from action_patterns.errors import AnswerLostError, AuthenticationError, LostRaceError
from action_patterns.github_api.refs import Move, update_refs
from action_patterns.github_api.transport.calls import Calls

MOVES = [Move("refs/x/a", "a0", "a1"), Move("refs/x/b", None, "b1"), Move("refs/x/c", "c0", None)]
LOST = AnswerLostError("The answer never came.", remediation="Look.")


class Failing:
    """Calls of which each write fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def mutate(self, *_: object, **__: object) -> Any:
        raise self.error


def outcome(now: dict[str, str | None], error: Exception = LOST) -> str:
    """Return how a swap ends after which the refs are there."""
    try:
        update_refs(cast("Calls", Failing(error)), "acme/api", "R_1", MOVES, read=lambda name: now.get(name[-1]))
    except LostRaceError as lost:
        return lost.message
    return "moved"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({"a": "a1", "b": "b1", "c": None}, "moved"),
        ({"a": "a2", "b": "b1", "c": "c9"}, "moved"),
        ({"a": "a2", "b": None, "c": "c0"}, "refs/x/a of acme/api moved"),
        ({"a": "a0", "b": "b7", "c": None}, "refs/x/b, refs/x/c of acme/api moved"),
    ],
)
def test_one_ref_at_our_commit_proves_that_all_were_moved(now: dict[str, str | None], expected: str) -> None:
    assert outcome(now).startswith(expected)


def test_refs_that_stayed_leave_the_error() -> None:
    with pytest.raises(AnswerLostError):
        outcome({"a": "a0", "c": "c0"})


def test_deletions_alone_are_done_if_all_refs_are_gone() -> None:
    gone = [Move("refs/x/c", "c0", None), Move("refs/x/d", "d0", None)]
    update_refs(cast("Calls", Failing(LOST)), "acme/api", "R_1", gone, read=lambda _: None)


def test_a_refused_token_asks_nothing_more() -> None:
    with pytest.raises(AuthenticationError):
        outcome({}, AuthenticationError("No.", remediation="Renew it."))
