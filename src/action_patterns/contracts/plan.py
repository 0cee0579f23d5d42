"""The decision of discover: the roster, the exclusions, the packing and the cost."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from action_patterns.contracts.document import Count, Document, Moment, Record
from action_patterns.contracts.result import ErrorRecord
from action_patterns.contracts.target import Target, TargetKind

ExclusionReason = Literal[
    "archived",
    "fork",
    "empty",
    "source-repository",
    "opted-out",
    "not-included",
    "excluded",
    "topic-missing",
    "visibility",
    "no-rule",
    "not-in-only",
    "type",
    "language",
    "property",
    "file-missing",
    "not-pushed-since",
    "permission",
    "open-pull-request",
    "gone",
    "not-in-all-of",
    "in-none-of",
]


NOT_IN_ONLY: ExclusionReason = "not-in-only"
"""`only` or `limit` leaves a target out of one run. It still is a target of the campaign."""


class LeftOut(Record):
    """A group, or one rule of it, that does not count for a target, and why."""

    group: str = Field(description="Name of the group; `campaign` for the campaign's own rules.")
    rule: str = Field(default="", description="The rule, by source and target. Empty: the whole group.")
    reason: str = Field(description="A sentence: the condition that does not hold.")


class Stopped(Record):
    """The obstacle that keeps a target from a job: what an upsert would say of it after it has read the target."""

    outcome: Literal["skipped", "blocked"]
    reason: str = Field(description="A reason of upsert-pr.")
    message: str
    remediation: str


class PlanEntry(Record):
    """One target of the roster. `index` is its place, from 0, and its name in the matrix."""

    index: Count
    target: Target
    expected_head_oid: str | None = Field(description="Tip of the default branch that the plan was made on.")
    groups: tuple[str, ...] = Field(
        default=("campaign",),
        description="Groups whose rules count for the target; `campaign` for the campaign's own rules.",
    )
    left_out: tuple[LeftOut, ...] = Field(default=(), description="Groups and rules that do not, and why.")
    error: ErrorRecord | None = Field(
        default=None, description="Why the target fails without a job: it was named and not found. Null: it was found."
    )
    stopped: Stopped | None = Field(
        default=None, description="Why a preflight of the fleet gives the target no job. Null: a job works on it."
    )


class Exclusion(Record):
    """A repository that discover saw and excluded, and the reason."""

    repository: str
    id: Count | None = None
    private: bool = False
    reason: ExclusionReason
    detail: str = ""


class SelectionWarning(Record):
    """A part of the selection that has no effect, or another one than written."""

    key: str = Field(description="Key of the selection, for example `exclude`.")
    value: str = Field(description="The item: a pattern or a name. Empty: the key itself.")
    message: str = Field(description="What it did, why, and what to do.")
    file: str | None = Field(default=None, description="Distribution file. Null: it is an input.")
    line: int | None = Field(default=None, ge=1, description="Line of the item in that file.")


class Pack(Record):
    """One leg of the matrix: the targets `first` to `last`, both included."""

    first: int
    last: int


class Budget(Record):
    """Expected cost of the run, and how parallel it may be."""

    requests_per_target: int = Field(description="Worst case: every target gets a new pull request.")
    requests_needed: int
    requests_remaining: int | None = Field(description="None: GitHub did not say.")
    max_parallel: int = Field(ge=1, description="Legs of the matrix that may run at the same time.")
    minimum_seconds: int = Field(
        description="Lower bound of the run's duration at the pace GitHub asks for, if every target gets a new pull"
        " request. An App has a token for each owner, so it counts the owner with the most targets."
    )


class Plan(Document):
    """The immutable hand-off from discover to apply and report."""

    schema_version: Literal[1] = 1
    plan_id: str = Field(description="Run id, discover's attempt and a digest of roster and content.")
    name: str = Field(description="The campaign's name; prefixes artifact names.")
    source_repository: str
    source_oid: str = Field(description="Commit of the source repository the content comes from.")
    content_digest: str = Field(description="Digest of the rendered files; apply refuses other content.")
    planned_at: Moment
    visible: Count = Field(description="Repositories visible to the token, never 'all'.")
    kind: TargetKind = Field(default="repository", description="Kind of all targets.")
    roster: tuple[PlanEntry, ...] = Field(description="Every target, those that were found first.")
    excluded: tuple[Exclusion, ...]
    warnings: tuple[SelectionWarning, ...] = Field(
        default=(), description="Parts of the selection that selected or excluded nothing."
    )
    only: tuple[str, ...] = Field(
        default=(), description="Names and patterns that the run was narrowed to. Empty: it was not."
    )
    limit: int | None = Field(default=None, ge=1, description="Most targets the run was narrowed to. Null: all.")
    reveal_private: bool = Field(
        default=False, description="The caller lets a public repository name private ones, in artifacts and reports."
    )
    packing: tuple[Pack, ...]
    budget: Budget

    @property
    def found(self) -> tuple[PlanEntry, ...]:
        """The targets that jobs work on. The others of the roster fail, or are stopped, without one."""
        return tuple(entry for entry in self.roster if entry.error is None and entry.stopped is None)

    @property
    def stopped(self) -> tuple[PlanEntry, ...]:
        """The targets that a preflight of the fleet stopped."""
        return tuple(entry for entry in self.roster if entry.stopped is not None)
