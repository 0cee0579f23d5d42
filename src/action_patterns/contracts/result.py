"""The result of one target in one attempt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field

from action_patterns.contracts.document import Count, Document, Moment, Record
from action_patterns.errors import ActionPatternsError, Category, RateLimitedError

Outcome = Literal[
    "created",
    "updated",
    "unchanged",
    "closed",
    "skipped",
    "blocked",
    "deferred",
    "failed",
    "missing",
    "planned",
]
"""Exactly one per roster entry.

`skipped`: the run left it alone on purpose. `blocked`: a guard stopped the run, a person must act. `deferred`: the run
reached a limit, a later run continues. `failed`: an error stopped the run. `missing`: no record came back.
`planned`: a dry run.
"""

FAILING: frozenset[Outcome] = frozenset({"failed", "blocked", "missing"})
"""Outcomes that count as a failure for `fail-on`. A limit (`deferred`) and a choice (`skipped`) do not."""

UNTRIED: frozenset[Outcome] = frozenset({"skipped", "deferred", "planned"})
"""Outcomes of a target that nothing was tried on: a failure before is neither repaired nor repeated."""

PARKED = "parked"
"""Reason of a target that failed too often with the same content, so it was not tried."""

HELD_BACK = frozenset({"breaker-open", "stopped", "store-unreadable"})
"""Reasons of a target that a breaker or a stop flag had skipped: the work is not done, and a later run must do it."""

MOST_TARGETS = 10**6
MOST_ATTEMPTS = 10**6
MOST_TIERS = 10**3


class ErrorRecord(Record):
    """An error with its remedy, not redacted: the caller that renders it redacts first (`Record.redacted`)."""

    category: Category
    message: str
    remediation: str
    retryable: bool
    request_id: str | None = None
    resumes_at: Moment | None = Field(default=None, description="From when a rerun is safe, for a rate limit.")


class RateLimit(Record):
    """The rest of one of GitHub's budgets, from the headers of an answer.

    A budget belongs to one token, or to all tokens of one person or installation: an App has one for each owner.
    """

    resource: str = Field(
        pattern=r"^[a-z_]{1,40}$",
        description="GitHub's name of the budget: `core` is REST, in requests; `graphql` is GraphQL, in points.",
    )
    remaining: Count
    limit: int = Field(ge=1, le=10**15, description="Size of the budget when it is full.")
    resets_at: Moment = Field(description="When it is full again.")


def tightest(limits: Iterable[RateLimit | None]) -> RateLimit | None:
    """Return the limit with the smallest share left, for any order of the limits. None: there is no limit."""
    told = [limit for limit in limits if limit is not None]
    return min(told, key=_tightness, default=None)


def _tightness(limit: RateLimit) -> tuple[float, int, int, datetime, str]:
    # All that a limit holds: of two that are equal here, either may be taken.
    return limit.remaining / limit.limit, limit.remaining, limit.limit, limit.resets_at, limit.resource


class Usage(Record):
    """Requests to GitHub, and how near they came to its limits."""

    requests: Count = 0
    writes: Count = 0
    seconds_waited: float = Field(default=0.0, ge=0, le=10**12, allow_inf_nan=False)
    lowest_limit: RateLimit | None = Field(
        default=None,
        description="The budget that came nearest to its end, by share, among all tokens; null: GitHub"
        " reported none. Others may use the same token, so this run may have used only a part.",
    )


def _of_one_target(usage: Usage) -> Usage:
    if max(usage.requests, usage.writes, usage.seconds_waited) > 10**8:
        raise ValueError("is more than one target can have used")
    return usage


class CheckRecord(Record):
    """A question asked before the first write, and its answer."""

    check: str = Field(description="Stable code; the reason of a `blocked` target whose answer is `no`.")
    answer: Literal["yes", "no", "unknown"]
    message: str = ""


class FileCounts(Record):
    """Numbers of paths that differ from the base branch."""

    added: Count = 0
    changed: Count = 0
    deleted: Count = 0


MOST_OUTPUTS = 50
OUTPUT_CHARACTERS = 4_096
ALL_OUTPUTS_CHARACTERS = 32_768
"""Most outputs of one record, longest value of one, and all names and values together: a report of 10,000 targets is
read whole."""


def _within_bounds(outputs: dict[str, str]) -> dict[str, str]:
    if sum(len(name) + len(value) for name, value in outputs.items()) > ALL_OUTPUTS_CHARACTERS:
        raise ValueError(f"must have at most {ALL_OUTPUTS_CHARACTERS:,} characters in all names and values")
    return outputs


ChosenOutputs = Annotated[
    dict[
        Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,99}$")],
        Annotated[str, Field(max_length=OUTPUT_CHARACTERS)],
    ],
    Field(max_length=MOST_OUTPUTS),
    AfterValidator(_within_bounds),
]
"""Values by name, as GitHub names outputs."""


class TargetResult(Document):
    """One JSON file per target per attempt: the only evidence that report uses."""

    schema_version: Literal[1] = 1
    plan_id: str
    index: int = Field(ge=0, le=MOST_TARGETS, description="The target's place in the roster.")
    target: str = Field(description="Name of the target, as the plan has it.")
    attempt: int = Field(ge=1, le=MOST_ATTEMPTS, description="The run's attempt that produced this record.")
    job: str = Field(default="", description="Id of the job that recorded it. Empty: not known.")
    name: str = Field(default="", description="Name that the job records under. Empty: not known.")
    outcome: Outcome
    reason: str = Field(description="Stable kebab-case code: the cause of the outcome.")
    message: str = Field(default="", description="One sentence for people.")
    tier: str = Field(default="", description="Name of the tier that degrade's step holds by. Empty: none was given.")
    tier_index: int | None = Field(
        default=None, ge=1, le=MOST_TIERS, description="The tier's place: 1 is the best. Null: none was given."
    )
    pull_request_number: Count | None = None
    pull_request_url: str | None = None
    pull_request_state: Literal["", "open", "draft", "closed", "merged"] = Field(
        default="", description="After the run. Empty: there is none, or it is not known."
    )
    review: Literal["", "approved", "changes-requested", "review-required"] = Field(
        default="", description="GitHub's review decision, when it was read. Empty: none, or not known."
    )
    branch: str | None = None
    before_oid: str | None = Field(default=None, description="Bot branch before the run.")
    after_oid: str | None = Field(default=None, description="Bot branch after the run.")
    commit_verified: bool | None = Field(
        default=None, description="Whether GitHub shows the bot branch's tip as verified. Null: none, or not known."
    )
    changed_fields: tuple[str, ...] = ()
    refused_fields: tuple[str, ...] = Field(default=(), description="Fields GitHub refused; the rest was applied.")
    files: tuple[str, ...] = Field(default=(), description="Paths that differ from the base branch.")
    file_counts: FileCounts | None = Field(default=None, description="The same in numbers. Null: not known.")
    notes: tuple[str, ...] = Field(default=(), description="Sentences about files that stay as they are.")
    planned_requests: tuple[str, ...] = Field(default=(), description="Dry run: the exact writes that would be sent.")
    checks: tuple[CheckRecord, ...] = Field(
        default=(), description="Preflight questions whose answer was not yes; all of them in a dry run."
    )
    error: ErrorRecord | None = None
    job_url: str | None = Field(
        default=None,
        description="Page with the log of the job that worked on it. report fills it in; what a record says is not"
        " taken, and null = not known.",
    )
    outputs: ChosenOutputs = Field(
        default_factory=dict, description="Outputs that the job chose to hand to later jobs. Empty: none."
    )
    usage: Annotated[Usage, AfterValidator(_of_one_target)] = Usage()
    started_at: Moment | None = None
    finished_at: Moment | None = None

    @property
    def is_held_back(self) -> bool:
        """Whether a breaker or a stop flag had it skipped."""
        return self.outcome == "skipped" and self.reason in HELD_BACK

    @property
    def is_parked(self) -> bool:
        """Whether it was not tried, as it failed too often."""
        return self.outcome in ("blocked", "skipped") and self.reason == PARKED

    @property
    def is_degraded(self) -> bool:
        """Whether it holds by a tier below the first."""
        return self.tier_index is not None and self.tier_index > 1


def error_record(error: ActionPatternsError) -> ErrorRecord:
    """Return an error as a report holds it."""
    return ErrorRecord(
        category=error.category,
        message=error.message,
        remediation=error.remediation,
        retryable=error.retryable,
        request_id=error.request_id,
        resumes_at=error.resumes_at if isinstance(error, RateLimitedError) else None,
    )


class Recorder(NamedTuple):
    """The writer of a series of records: one for each target. Both empty: not known."""

    job: str = ""
    name: str = ""

    @property
    def id(self) -> str:
        """Short hash of both. File systems that ignore case or shorten names keep it."""
        return sha256(f"{self.job}\0{self.name}".encode()).hexdigest()[:_ID_CHARACTERS]


def recorder_of(result: TargetResult) -> Recorder:
    """Return the writer that a record names."""
    return Recorder(result.job, result.name)


def record_file(result: TargetResult) -> str:
    """Return the name of a record's file: it says job, name, index and attempt, and differs if one of them differs."""
    place = f"{result.index:05d}-a{result.attempt}.json"
    by = recorder_of(result)
    if by == Recorder():
        return place
    shown = (_NOT_SHOWN.sub("-", part)[:_SHOWN_CHARACTERS] for part in by)
    return f"{'.'.join(shown)}.{by.id}.{place}"


_ID_CHARACTERS = 8
_SHOWN_CHARACTERS = 60
_NOT_SHOWN = re.compile(r"[^A-Za-z0-9_-]")
_RECORD_FILE = re.compile(
    rf"(?:[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.([0-9a-f]{{{_ID_CHARACTERS}}})\.|record-)?(\d{{1,9}})-a([1-9]\d{{0,5}})\.json",
    re.ASCII,
)


class FileName(NamedTuple):
    """Claims in the name of a record's file."""

    place: int
    """The target's index."""
    attempt: int
    recorder: str | None = None
    """Id of the writer. None: the name does not say."""


def told_by_name(path: str) -> FileName | None:
    """Return what the name of a record's file says. None: it is no such name."""
    found = _RECORD_FILE.fullmatch(PurePosixPath(path).name)
    return FileName(int(found[2]), int(found[3]), found[1]) if found else None
