"""The decisions about targets: which a run works on, and what is kept of their ends. Pure.

A target is claimed by one living step at a time. Every age is between two times of GitHub's clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from action_patterns.state.cleaning import begins_with
from action_patterns.state.ledger.record import Claim, Entry, State

Table = Mapping[str, Entry]
"""The targets of an operation, by name."""

End = Literal["done", "failed", "released"]
"""How work on a target ended. `released`: it was not tried to its end, and the next run gets it at once."""

MAX_REASON_LENGTH = 200
MAX_OPERATION_LENGTH = 100


class Wanted(NamedTuple):
    """A target and the content that it shall get."""

    target: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """The answer to a claim, target by target."""

    todo: tuple[str, ...] = ()
    """Targets that are this step's now."""
    done: tuple[str, ...] = ()
    parked: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    """Targets that another step works on."""
    resumed: tuple[str, ...] = ()
    """Those of `todo` that a dead step had claimed. Part of the work may be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The answer to a finish, target by target."""

    done: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    parked: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    """Targets whose end is known already."""
    lost: tuple[str, ...] = ()
    """Targets that are another step's now."""
    unknown: tuple[str, ...] = ()
    """Targets that no step has claimed."""


class Ended(NamedTuple):
    """How work on a target ended, and the cause of a failure."""

    end: End
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRequest:
    """The request of a step for targets."""

    us: Claim
    wanted: tuple[Wanted, ...]
    now: int
    over: frozenset[str] = frozenset()
    """Claims whose run GitHub calls over."""


def claim(table: Table, request: ClaimRequest) -> tuple[Table, Claimed]:
    """Return the table with this step's claims, and which targets they are."""
    after = dict(table)
    found: dict[str, list[str]] = {name: [] for name in ("todo", "done", "parked", "held", "resumed")}
    for target, digest in request.wanted:
        entry = table.get(target)
        kept = entry if entry is not None and entry.digest == digest else None
        if kept is not None and kept.state in ("done", "parked"):
            found[kept.state].append(target)
            continue
        if entry is not None and entry.state == "pending" and not _is_ours(entry, request.us):
            if not is_dead(entry, request):
                found["held"].append(target)
                continue
            found["resumed"].append(target)
        found["todo"].append(target)
        after[target] = Entry(
            "pending", digest, request.now, request.us, kept.failures if kept else 0, kept.reason if kept else ""
        )
    return after, Claimed(**{name: tuple(targets) for name, targets in found.items()})


def is_dead(entry: Entry, request: ClaimRequest) -> bool:
    """Return whether the step that holds a pending target works on it no more."""
    assert entry.by is not None, "the record refuses a pending target without a claim"
    run, us = entry.by.run, request.us.run
    # A run is rerun only when it has ended.
    is_earlier_attempt = run.is_same_run(us) and run.attempt < us.attempt
    return is_earlier_attempt or entry.by.claim in request.over or is_expired(entry, request.now)


def is_expired(entry: Entry, now: int) -> bool:
    """Return whether the lease of a pending target is over."""
    return entry.by is not None and now - entry.at >= entry.by.lease_seconds


def suspects(table: Table, request: ClaimRequest) -> tuple[Claim, ...]:
    """Return the claims in the way of a request, of which GitHub may know whether their runs are over."""
    entries = (table.get(each.target) for each in request.wanted)
    return tuple(
        dict.fromkeys(
            entry.by
            for entry in entries
            if entry is not None
            and entry.by is not None
            and entry.state == "pending"
            and not _is_ours(entry, request.us)
            and not is_dead(entry, request)
            and not entry.by.run.is_same_run(request.us.run)
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishRequest:
    """The request of a step to keep how its targets ended."""

    us: Claim
    """The claim that they have, by the run that finishes them."""
    ends: Mapping[str, Ended]
    now: int
    park_after: int = 0
    """Failures in a row after which a target is parked. 0: never."""


def finish(table: Table, request: FinishRequest) -> tuple[Table, Finished]:
    """Return the table with the ends of this step's targets, and which were kept."""
    after = dict(table)
    found: dict[str, list[str]] = {
        name: [] for name in ("done", "failed", "parked", "released", "unchanged", "lost", "unknown")
    }
    for target, ended in request.ends.items():
        entry = table.get(target)
        if entry is None:
            found["unchanged" if ended.end == "released" else "unknown"].append(target)
        elif entry.state == "done" or _is_known(entry, ended, request.us):
            found["unchanged"].append(target)
        elif not _is_ours(entry, request.us):
            found["lost"].append(target)
        else:
            now = after[target] = _ended(entry, ended, request)
            found[now.state].append(target)
    return after, Finished(**{name: tuple(targets) for name, targets in found.items()})


def _is_known(entry: Entry, ended: Ended, us: Claim) -> bool:
    """Return whether this attempt has kept the end before: a step that is sent twice changes nothing."""
    if entry.by is None or entry.by.claim != us.claim or ended.end == "done":
        return False
    if ended.end == "released":
        return entry.state != "pending"
    return entry.state in ("failed", "parked") and entry.by.run.attempt == us.run.attempt


def _ended(entry: Entry, ended: Ended, request: FinishRequest) -> Entry:
    if ended.end == "done":
        return Entry("done", entry.digest, request.now)
    if ended.end == "released":
        return Entry("released", entry.digest, request.now, request.us, entry.failures, entry.reason)
    failures = entry.failures + 1
    state: State = "parked" if 0 < request.park_after <= failures else "failed"
    return Entry(state, entry.digest, request.now, request.us, failures, ended.reason[:MAX_REASON_LENGTH])


def free(table: Table, targets: Collection[str]) -> tuple[Table, tuple[str, ...]]:
    """Return the table in which these targets, where they failed or are parked, may be tried as at first."""
    freed = tuple(name for name in targets if name in table and table[name].state in ("failed", "parked"))
    return {name: entry for name, entry in table.items() if name not in freed}, freed


def clean(table: Table, now: int, *, older_than_seconds: int, prefix: str) -> tuple[Table, tuple[str, ...]]:
    """Return the table without old targets, and their names. The claim of a step that may live is kept at any age."""
    litter = tuple(
        name
        for name, entry in table.items()
        if begins_with(name, prefix)
        and now - entry.at >= older_than_seconds
        and (entry.state != "pending" or is_expired(entry, now))
    )
    return {name: entry for name, entry in table.items() if name not in set(litter)}, litter


def counts(entries: Iterable[Entry]) -> dict[str, int]:
    """Return how many targets are in each state."""
    found = dict.fromkeys(get_args(State), 0)
    for entry in entries:
        found[entry.state] += 1
    return found


def _is_ours(entry: Entry, us: Claim) -> bool:
    return entry.by is not None and entry.by.claim == us.claim
