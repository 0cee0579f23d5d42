"""Threads of one process wait for their turn, and for the end of a limit that any of them meets."""

from __future__ import annotations

from action_patterns.github_api.transport.turns import AccountTurns, Turns
from action_patterns.ports.credentials import Allowance
from support.stage import VirtualClock


def used_up(clock: VirtualClock, seconds: float) -> dict[str, str]:
    """Return the headers of an answer that used the last request until the reset in `seconds`."""
    return {"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{clock.now().timestamp() + seconds:f}"}


class Interrupted(VirtualClock):
    """A clock during whose first sleep another thread meets a limit of a minute, and may take its turn after it."""

    turns: AccountTurns
    also_waits = False

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if len(self.slept) == 1:
            self.turns.heed(used_up(self, 59.0))
            if self.also_waits:
                self.turns._pacer.reserve("write", self.monotonic())


def second_turn(clock: Interrupted) -> float:
    """Return when the second of two writes may go."""
    clock.turns = AccountTurns(clock, Allowance(), 1.0, ends=1_000.0)
    for _ in range(2):
        clock.turns.wait("write", "POST /x")
        clock.turns.answered()
    return clock.monotonic()


def test_a_thread_that_waits_for_its_turn_heeds_a_limit_that_another_meets_meanwhile() -> None:
    assert second_turn(Interrupted()) == 61.0


def test_a_thread_that_waited_through_anothers_limit_takes_a_new_turn() -> None:
    clock = Interrupted()
    clock.also_waits = True
    assert second_turn(clock) == 62.0


def test_a_limit_of_one_account_holds_up_no_other() -> None:
    clock = VirtualClock()
    turns = Turns(clock, Allowance(), 1.0, ends=1_000.0)
    turns.of("acme").heed(used_up(clock, 59.0))
    turns.of("octo").wait("read", "GET /x")
    assert clock.monotonic() == 0.0
    turns.of("acme").wait("read", "GET /x")
    assert clock.monotonic() == 60.0
