"""Sentences of lock about holders and waiters. Pure."""

from __future__ import annotations

from action_patterns.state.lock import Entry, LockRecord


def who(entry: Entry) -> str:
    """Return job, run, time and claim of an entry."""
    since = entry.since.isoformat(timespec="seconds")
    return f"job `{entry.job}` of {entry.run.url}, since {since}, claim {entry.claim}"


def holder(record: LockRecord | None) -> str:
    """Return a sentence about the holder. Empty: there is no lock."""
    if record is None:
        return ""
    if record.held is None:
        return "No job holds the lock."
    return f"Holder: {who(record.held)}."


def waiting(name: str, record: LockRecord, place: int) -> str:
    """Return the line of a step that waits. `place`: number of waiters before it."""
    before = "This job is next." if not place else f"Jobs before this one: {place}."
    return f"Waiting for the lock `{name}`. {holder(record)} {before}"
