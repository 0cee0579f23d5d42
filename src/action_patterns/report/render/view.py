"""Options of a renderer: the page it renders for, and the level of detail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from action_patterns.contracts import Counts, Outcome, RunReport, TargetResult
from action_patterns.contracts.repository import is_repository
from action_patterns.contracts.result import FAILING
from action_patterns.ports.context import Context

if TYPE_CHECKING:
    from action_patterns.contracts.history import Row

CHANGED: frozenset[Outcome] = frozenset({"created", "updated", "closed"})
ORDER: tuple[Outcome, ...] = (
    "failed",
    "missing",
    "blocked",
    "deferred",
    "created",
    "updated",
    "closed",
    "planned",
    "unchanged",
    "skipped",
)
"""Failures first, in every channel."""

EVERYTHING = 1_000_000_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The run a report is shown in."""

    context: Context
    artifact_name: str = ""
    """Artifact that will hold the full report; "" = none, and none is named."""
    notes: tuple[str, ...] = ()
    """Notes for the reader, one sentence each (records that could not be read)."""
    nothing_to_compare: str = ""
    """Why there is no comparison with a previous run, where one was asked for."""
    trend: tuple[Row, ...] = ()
    """The last runs and this one, the oldest first. Empty: none are given."""
    distributes: bool = False
    """Whether the run distributes the files of a distribution file."""

    @property
    def server_url(self) -> str:
        return self.context.server_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """How much one rendering says. Numbers are upper limits; what is left out is counted, never dropped silently."""

    rows: int = EVERYTHING
    """Rows of a table with one row per target."""
    names: int = EVERYTHING
    """Names in a folded list."""
    cause_rows: int = EVERYTHING
    cause_names: int = 10
    messages: bool = True
    """Whether a failure has its message, or its code alone."""
    chart: bool = False
    """Whether the outcomes are drawn too."""


def limited(items: Sequence[T], most: int) -> tuple[Sequence[T], str]:
    """The first `most` items, and ", showing x of y" if that is not all of them."""
    shown = items[:most]
    return shown, "" if len(shown) == len(items) else f", showing {len(shown):,} of {len(items):,}"


def number_of(counts: Counts, outcomes: frozenset[Outcome]) -> int:
    """How many targets ended in one of these outcomes."""
    return sum(number for outcome, number in counts.model_dump().items() if outcome in outcomes)


def of_outcomes(results: Sequence[TargetResult], outcomes: frozenset[Outcome]) -> list[TargetResult]:
    """Those results, worst outcome first and then as given (by name)."""
    return sorted((r for r in results if r.outcome in outcomes), key=lambda r: ORDER.index(r.outcome))


def pull_request_state(result: TargetResult) -> str:
    """Return `open, approved`. Empty: not known."""
    review = result.review.replace("-", " ") if result.pull_request_state in ("open", "draft") else ""
    return ", ".join(filter(None, (result.pull_request_state, review)))


def files(result: TargetResult) -> str:
    """`+2 ~1 −1`: added, changed, deleted; their number if no more is known; "" for none."""
    counts = result.file_counts
    if counts is None:
        number = len(result.files)
        return f"{number:,} {'file' if number == 1 else 'files'}" if number else ""
    told = (("+", counts.added), ("~", counts.changed), ("−", counts.deleted))
    return " ".join(f"{sign}{number:,}" for sign, number in told if number)


def wrong(report: RunReport) -> str:
    """Return the words for all targets with a cause: no person need attend to one that only reached a limit."""
    attention = number_of(report.counts, FAILING)
    held = "were held back" if report.held_back else ""
    deferred = "are deferred" if report.counts.deferred or not (attention or held) else ""
    return " or ".join(filter(None, ("need attention" if attention else "", deferred, held)))


def percent(number: int, total: int) -> str:
    """A share in words."""
    # Rounding must not turn one failure of 10,000 into "0.0 %", nor 9,999 of 10,000 into "100.0 %".
    share = f"{100 * number / total:.1f}"
    if share == "0.0":
        return "<0.1 %"
    if share == "100.0":
        return "100 %" if number == total else ">99.9 %"
    return f"{share} %"


def column(report: RunReport) -> str:
    """Return the header of the column with the targets' names."""
    return "Repository" if report.kind == "repository" else "Target"


def links_to(target: str, report: RunReport) -> bool:
    """Return whether a target's name is the address of a repository. An item may have the same name."""
    return report.kind == "repository" and is_repository(target)


def moment(at: datetime) -> str:
    """A time, to the minute. Everything in a report is UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def run_name(report: RunReport, sign: str = "") -> str:
    """Return the name of the reported run, which need not be the run that renders it."""
    return f"id {report.run_id}" if report.run_number is None else f"{sign}{report.run_number}"


def span(duration: timedelta) -> str:
    """A duration in its two largest units."""
    seconds = max(0, round(duration.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
