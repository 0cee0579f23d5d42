"""A transaction writes only over the record it decided about, and decides again about what another run wrote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from action_patterns.errors import ConflictError, LostRaceError
from action_patterns.ports.ref_store import StoredRef
from action_patterns.state.once import OnceRecord
from action_patterns.state.record import Holder
from action_patterns.state.transaction import Change, transact

NAME = "refs/action-patterns/once/x"


def record(operation: str) -> OnceRecord:
    holder = Holder(repository="acme/api", run_id=7, attempt=1, url="https://x/runs/7")
    return OnceRecord(operation=operation, state="pending", holder=holder, since=datetime(2026, 7, 10, tzinfo=UTC))


class RacingStore:
    """ports.RefStore of one ref: another run writes the next of `others` before each update of ours."""

    def __init__(self, message: str | None, others: Sequence[OnceRecord] = ()) -> None:
        self.message = message
        self.version = 0
        self._others = list(others)

    def read(self, repository: str, name: str) -> StoredRef:
        oid = None if self.message is None else str(self.version)
        return StoredRef(repository_id="1", name=name, oid=oid, message=self.message or "")

    def list(self, repository: str, prefix: str) -> tuple[StoredRef, ...]:
        raise AssertionError("a transaction is about one record")

    def update(self, repository: str, before: StoredRef, message: str | None) -> StoredRef:
        if self._others:
            self.message, self.version = self._others.pop(0).message(), self.version + 1
        if before.oid != self.read(repository, before.name).oid:
            raise LostRaceError("Another run was first.", remediation="Run again.")
        self.message, self.version = message, self.version + 1
        return self.read(repository, before.name)


def after(found: OnceRecord | None) -> Change[OnceRecord]:
    """Write one more letter than the record that was read."""
    return Change(outcome="updated", reason="x", write=record(f"{found.operation if found else ''}a"))


def test_the_first_record_is_written() -> None:
    store = RacingStore(None)
    found, change = transact(store, "acme/api", NAME, OnceRecord, after)
    assert (found, change.write, store.message) == (record("a"), record("a"), record("a").message())


def test_no_change_writes_nothing_and_returns_the_record_that_was_read() -> None:
    store = RacingStore(record("kept").message())
    keep = Change[OnceRecord](outcome="unchanged", reason="x")
    assert transact(store, "acme/api", NAME, OnceRecord, lambda _: keep) == (record("kept"), keep)
    assert store.version == 0


@pytest.mark.parametrize("lost", [1, 4])
def test_after_a_lost_race_the_decision_is_about_the_winners_record(lost: int) -> None:
    store = RacingStore(None, [record("b" * count) for count in range(1, lost + 1)])
    found, _ = transact(store, "acme/api", NAME, OnceRecord, after)
    assert found == record("b" * lost + "a")
    assert store.message == record("b" * lost + "a").message()


@pytest.mark.parametrize("rounds", [1, 5])
def test_who_loses_every_round_gives_up_and_leaves_the_winners_record(rounds: int) -> None:
    store = RacingStore(None, [record(f"b{count}") for count in range(rounds)])
    with pytest.raises(LostRaceError):
        transact(store, "acme/api", NAME, OnceRecord, after, rounds=rounds)
    assert store.message == record(f"b{rounds - 1}").message()


def test_the_default_is_five_rounds() -> None:
    store = RacingStore(None, [record("b")] * 5)
    with pytest.raises(LostRaceError):
        transact(store, "acme/api", NAME, OnceRecord, after)


def test_a_ref_that_holds_no_record_is_never_written_over() -> None:
    store = RacingStore("Merge pull request #1")
    with pytest.raises(ConflictError, match="does not hold a marker"):
        transact(store, "acme/api", NAME, OnceRecord, after)
    assert store.version == 0
