"""Checks of records in a repository: a lock is free, a breaker lets work through. They may change a moment later."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from action_patterns.checks.check import Finding, finding
from action_patterns.checks.github import RepositoryCheck
from action_patterns.checks.specification import World
from action_patterns.content.identifier import identify
from action_patterns.errors import ConflictError
from action_patterns.ports.ref_store import RefStore

if TYPE_CHECKING:
    from action_patterns.state.record import AnyRecord


class RecordCheck(RepositoryCheck):
    """A question about one record."""

    uses = (RefStore.read,)

    def read(self, world: World, kind: type[AnyRecord]) -> AnyRecord | None:
        """Return the record of that name. None: there is none.

        Raises:
            ConflictError: the ref holds no record that this version can read.
        """
        from action_patterns.state.record import read  # for the lists with such a check

        key = getattr(self, self.subject)
        name = kind.namespace() + identify((key,), (), prefix=key, length=16).name
        stored = self.session(world).refs.read(self.place(world), name)
        return None if stored.oid is None else read(kind, stored.message, name=name)


class Lock(RecordCheck):
    """A lock of the action `lock` is free. Acquire it before the work: a check does not hold it."""

    subject: ClassVar[str] = "lock"

    lock: str = Field(min_length=1, description="Name of the lock, as the action `lock` has it.")

    def answer(self, world: World) -> Finding:
        from action_patterns.state.lock import LockRecord

        try:
            record = self.read(world, LockRecord)
        except ConflictError as error:
            return Finding("lock-unreadable", "error", error.message, error.remediation)
        held = record.held if record else None
        by = f" by {held.run.url} since {held.since:%Y-%m-%d %H:%M} UTC" if held else ""
        return finding(
            "lock-held",
            held is None,
            f"The lock `{self.lock}` of {self.place(world)} is held{by}.",
            "Wait for that run, or acquire the lock with `wait-seconds`. Do not force it while its holder works.",
        )


class Breaker(RecordCheck):
    """A breaker of the action `breaker` is closed, and no stop flag is set."""

    subject: ClassVar[str] = "breaker"

    breaker: str = Field(min_length=1, description="Key of the breaker, as the action `breaker` has it.")

    def answer(self, world: World) -> Finding:
        from action_patterns.state.breaker import BreakerRecord

        try:
            record = self.read(world, BreakerRecord)
        except ConflictError as error:
            return Finding("breaker-unreadable", "error", error.message, error.remediation)
        place = self.place(world)
        if record is not None and record.stop is not None:
            stop = record.stop
            return finding(
                "stopped",
                False,
                f"The stop flag of `{self.breaker}` of {place} is set by {stop.by or stop.run.url} since"
                f" {stop.since:%Y-%m-%d %H:%M} UTC: {stop.message.rstrip('.') or 'no reason is given'}.",
                "When the cause is gone, use `mode: resume` of the action `breaker`. Do not work past the flag.",
            )
        state = record.state if record else "closed"
        since = f" since {record.opened_at:%Y-%m-%d %H:%M} UTC" if record and record.opened_at else ""
        count = len(record.failures) if record else 0
        failures = f"{count} failure{'s' * (count != 1)} in a row"
        return finding(
            "breaker-open",
            state == "closed",
            f"The breaker `{self.breaker}` of {place} is {state}{since}, after {failures}.",
            "Correct what made the work fail. The action `breaker` lets one job probe when its time is over. Do not"
            " work past it.",
        )
