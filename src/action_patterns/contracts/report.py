"""The whole run: every channel (summary, JSON, terminal) renders this one model."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from action_patterns.contracts.document import Count, Document, Moment, Record
from action_patterns.contracts.plan import NOT_IN_ONLY, Exclusion, SelectionWarning
from action_patterns.contracts.result import Outcome, TargetResult, Usage
from action_patterns.contracts.target import TargetKind

Verdict = Literal["passed", "partial", "failed", "nothing-to-do", "inconclusive"]
"""`inconclusive`: there is no roster, so the report knows no target."""


_LEFT_OUT: tuple[Outcome, str] = ("skipped", NOT_IN_ONLY)


class Counts(Record):
    """Number of roster entries by outcome; the sum is the roster."""

    created: Count = 0
    updated: Count = 0
    unchanged: Count = 0
    closed: Count = 0
    skipped: Count = 0
    blocked: Count = 0
    deferred: Count = 0
    failed: Count = 0
    missing: Count = 0
    planned: Count = 0

    @property
    def total(self) -> int:
        return sum(self.model_dump().values())


class CauseCount(Record):
    """Targets that failed, were blocked or deferred for the same cause, with its remedy."""

    reason: str
    message: str
    remediation: str
    retryable: bool
    resumes_at: Moment | None = None
    guide: str | None = Field(
        default=None, description="Page that explains the reason; null where people's own steps gave it."
    )
    targets: tuple[str, ...]


class PreviousRun(Record):
    """The run a report is compared with: the last one of the same workflow and branch that left a report."""

    run_id: Count
    run_number: Count | None = None
    attempt: Count
    run_url: str
    finished_at: Moment | None = None


class Changes(Record):
    """Differences from the previous run. Names are sorted; a new target that fails is in both lists."""

    previous: PreviousRun
    newly_failing: tuple[str, ...] = Field(default=(), description="Failing now, not in the previous run.")
    still_failing: tuple[str, ...] = Field(
        default=(), description="Failing in both; `failing_runs` says for how many runs."
    )
    recovered: tuple[str, ...] = Field(
        default=(),
        description="Failing in the previous run, done now. A skipped, deferred or merely planned target is not.",
    )
    new: tuple[str, ...] = Field(default=(), description="In the roster now, not in the previous run's.")
    gone: tuple[str, ...] = Field(default=(), description="In the previous run's roster, not in this one.")
    requests_delta: int = Field(default=0, description="Requests of this run less those of the previous.")
    writes_delta: int = Field(default=0, description="Writes of this run less those of the previous.")


class DegradedShare(Record):
    """Share of the targets that hold by a tier below their first."""

    degraded: Count
    tiered: Count = Field(description="Targets whose record names a tier; the others do not count.")
    alert_percent: float = Field(ge=0, le=100, description="Percent of `tiered` above which the report alerts.")
    alert: bool = Field(description="Whether `degraded` is more than that.")


class RunReport(Document):
    """Roster, results and verdict of one run attempt."""

    schema_version: Literal[1] = 1
    plan_id: str | None
    name: str
    kind: TargetKind = Field(default="repository", description="Kind of all targets, from the plan.")
    verdict: Verdict
    counts: Counts
    visible: Count = Field(description="Repositories visible to the token.")
    excluded: tuple[Exclusion, ...] = ()
    warnings: tuple[SelectionWarning, ...] = Field(
        default=(), description="Parts of the selection that selected or excluded nothing, from the plan."
    )
    only: tuple[str, ...] = Field(
        default=(), description="Names and patterns that the plan was narrowed to. Empty: it was not."
    )
    limit: int | None = Field(default=None, ge=1, description="Most targets the plan was narrowed to. Null: all.")
    causes: tuple[CauseCount, ...] = ()
    results: tuple[TargetResult, ...] = Field(default=(), description="One per roster entry, sorted by target.")
    ignored_records: Count = Field(
        default=0, description="Records of another plan or target, of an older attempt, or of one still to come."
    )
    duplicate_records: Count = Field(
        default=0,
        description="Records beside another of the same target, recorder and attempt; the worst outcome counts.",
    )
    jobs: dict[str, Literal["success", "failure", "cancelled", "skipped"]] = Field(
        default_factory=dict, description="Results of the jobs before the report, as far as `needs` gives them."
    )
    silent_jobs: tuple[str, ...] = Field(
        default=(), description="Those of `jobs` that did not succeed and left no record that says why."
    )
    untried: tuple[str, ...] = Field(
        default=(),
        description="Targets that a recorder skipped, deferred or merely planned while another did not.",
    )
    degraded: DegradedShare | None = Field(default=None, description="Null: no record names a tier.")
    usage: Usage = Usage()
    run_url: str
    run_id: Count
    run_number: Count | None = Field(default=None, description="What people call the run: the 412 of #412.")
    attempt: Count
    source_repository: str
    repository_id: str = Field(
        default="", description="Id of the workflow's repository, which survives a rename. Empty: not known."
    )
    source_oid: str
    started_at: Moment | None = None
    finished_at: Moment | None = None
    changes: Changes | None = Field(default=None, description="None where there is no previous run to compare with.")
    failing_runs: dict[str, Annotated[int, Field(ge=1, le=10**9)]] = Field(
        default_factory=dict,
        description="By failing target: for how many runs in a row, this one included. A target that was skipped,"
        " deferred, merely planned or left out by `only` after a failure keeps its number.",
    )

    @property
    def left_out(self) -> frozenset[str]:
        """Targets that `only` or `limit` left out of the plan."""
        return frozenset(each.repository for each in self.excluded if each.reason == NOT_IN_ONLY)

    @property
    def skipped_by_only(self) -> frozenset[str]:
        """Targets of the roster that `only` or `limit` of a leg left out."""
        return frozenset(each.target for each in self.results if (each.outcome, each.reason) == _LEFT_OUT)

    @property
    def held_back(self) -> tuple[str, ...]:
        """Targets that a breaker or a stop flag had skipped."""
        return tuple(each.target for each in self.results if each.is_held_back)

    @property
    def is_part(self) -> bool:
        """Whether the run worked on a part of its campaign's targets."""
        return bool(self.left_out or self.skipped_by_only)
