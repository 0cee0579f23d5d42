"""The commits of a branch at which the job of a key was green, and the base that each run took. Pure.

Every row of the table is a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from action_patterns.content.identifier import identify
from action_patterns.contracts.document import Record
from action_patterns.state.record import Envelope, Holder
from action_patterns.state.transaction import Change

MAX_GREENS = 30
"""Marks that are kept. A rerun of an older run looks for one that is no newer than its commit."""
MAX_RUNS = 60
"""Runs whose base is kept for their reruns."""


class Green(Record):
    """A commit at which the job was green."""

    oid: str
    run_id: int


class RunBase(Record):
    """The comparison that a run began with."""

    run_id: int
    head: str
    base: str | None
    """None: nothing was excluded."""


class GreenRecord(Envelope):
    """The marks of one key on one branch."""

    kind: ClassVar[str] = "green"
    called: ClassVar[str] = "mark"

    key: str
    ref: str
    holder: Holder
    """The run that wrote last."""
    greens: tuple[Green, ...] = ()
    """Oldest first."""
    runs: tuple[RunBase, ...] = ()
    """Oldest first."""

    def subject(self) -> str:
        return f"{self.key} on {self.ref}"

    def of_run(self, run_id: int) -> RunBase | None:
        """Return the comparison that a run began with."""
        return next((each for each in reversed(self.runs) if each.run_id == run_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class GreenRequest:
    """The request of a run."""

    key: str
    ref: str
    us: Holder
    head: str = ""
    """For check: the commit that is compared. For complete: the commit that is checked out."""
    base: str | None = None
    """For check: the base that was chosen."""


def ref_name(key: str, ref: str) -> str:
    """Return the full name of the ref that keeps the marks of a key on a branch."""
    return GreenRecord.namespace() + identify((key, ref), (), prefix=key, length=16).name


def candidates(found: GreenRecord | None) -> tuple[str, ...]:
    """Return the green commits, the newest first."""
    return tuple(dict.fromkeys(each.oid for each in reversed(found.greens))) if found else ()


def check(found: GreenRecord | None, request: GreenRequest) -> Change[GreenRecord]:
    """Return the change of a run that begins: it records its base, so that a rerun takes the same."""
    if found is not None and found.of_run(request.us.run_id) is not None:
        return Change(outcome="unchanged", reason="recorded")
    began = RunBase(run_id=request.us.run_id, head=request.head, base=request.base)
    fresh = GreenRecord(
        key=request.key,
        ref=request.ref,
        holder=request.us,
        greens=found.greens if found else (),
        runs=(*(found.runs if found else ()), began)[-MAX_RUNS:],
    )
    return Change(outcome="updated" if found else "created", reason="recorded", write=fresh)


def complete(found: GreenRecord | None, request: GreenRequest) -> Change[GreenRecord]:
    """Return the change of a job whose work succeeded. Only the commit that `check` compared becomes green."""
    began = found.of_run(request.us.run_id) if found else None
    if found is None or began is None:
        return Change(outcome="blocked", reason="not-checked")
    if began.head != request.head:
        return Change(outcome="blocked", reason="another-commit")
    if found.greens and found.greens[-1].oid == began.head:
        return Change(outcome="unchanged", reason="marked")
    marked = tuple(each for each in found.greens if each.oid != began.head)
    green = Green(oid=began.head, run_id=request.us.run_id)
    write = found.model_copy(update={"holder": request.us, "greens": (*marked, green)[-MAX_GREENS:]})
    return Change(outcome="updated", reason="marked", write=write)
