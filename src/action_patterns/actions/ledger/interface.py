"""Inputs, outputs and reasons of ledger."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from action_patterns.action.cleaning import (
    CLEAN_INPUTS,
    CLEAN_REASONS,
    dry_run_field,
    older_than_days_field,
    prefix_field,
    removed_count_field,
    removed_field,
)
from action_patterns.action.inputs import Outputs
from action_patterns.action.reason import Reason
from action_patterns.action.store import StoreInputs
from action_patterns.input_types import Flag, NameList
from action_patterns.state.ledger.table import MAX_REASON_LENGTH

Mode = Literal["claim", "finish", "list", "free", "clean", "history", "runs"]

DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000
DEFAULT_PARK_AFTER = 3
DEFAULT_TIMEOUT_HOURS = 6
MAX_TARGET_LENGTH = 300


class LedgerInputs(StoreInputs):
    """Inputs of ledger."""

    mode: Mode = Field(
        description="`claim` before the work: it returns the targets that are left. `finish` after it keeps how they"
        " ended. `list` reads them, `free` lets failed and parked ones be tried as at first, `clean` removes old ones."
        " `history` adds the numbers of a report to those of the runs before; `runs` reads them for the next report."
    )
    operation: str | None = Field(
        default=None,
        description="Name of the work, the same on every run, for example `nightly-migration`. Required, except for"
        " `clean`: without it, `clean` looks at every operation.",
    )
    targets: str | None = Field(
        default=None,
        description="The targets: names, one a line; or JSON: a list of names, an object of names and their digests, or"
        " a `matrix` as `discover` has it. For `claim` and `free`, and for `finish` beside `outcome`.",
    )
    targets_path: str | None = Field(
        default=None,
        description="Instead of `targets`: path of a file with the same, or of a plan of `discover`. An input takes at"
        " most 128 KiB.",
    )
    digest: str | None = Field(
        default=None,
        description="For `claim`: the content that the targets get, for example the output of `unique-id` or a commit."
        " Another digest makes `done`, `failed` and `parked` void. Not for targets that have digests.",
    )
    claim: str | None = Field(
        default=None,
        description="For `finish`: output `claim` of the step that claimed, `${{ steps.<id>.outputs.claim }}`. For"
        " `claim`: the claim of an earlier job of this run, whose targets this step goes on with.",
    )
    pending_timeout_hours: int | None = Field(
        default=None,
        ge=1,
        le=24 * 35,
        description="For `claim`: hours after which a step that claimed and has not finished counts as dead, where"
        " GitHub does not call its run over before. Let it cover the job."
        f" Default: {DEFAULT_TIMEOUT_HOURS}, GitHub's limit for a job on its runners.",
    )
    targets_per_job: int | None = Field(
        default=None,
        ge=0,
        le=10_000,
        description="For `claim`: targets of one job of `matrix`, which then holds `index` and `targets`, a JSON list"
        " as text. 0 = one, with its columns; packed only beyond 256 targets. Default: 0.",
    )
    outcome: str | None = Field(
        default=None,
        description="For `finish`: how all `targets` ended, `success`, `failure`, `cancelled` or `skipped`, as"
        " `${{ job.status }}` has it, or an outcome of `record`.",
    )
    reason: str | None = Field(
        default=None,
        description=f"For `finish` beside `outcome`: the cause of a failure, at most {MAX_REASON_LENGTH} characters."
        " Everybody who can read the repository can read it; text that looks like a secret is replaced by `***`.",
    )
    results: str | None = Field(
        default=None,
        description="For `finish`, instead of `targets` and `outcome`: a JSON object of names and outcomes,"
        ' `{"acme/api": "success", "acme/web": {"outcome": "failure", "reason": "tests"}}`.',
    )
    results_path: str | None = Field(default=None, description="Instead of `results`: path of a file with the same.")
    records: str | None = Field(
        default=None,
        description="For `finish`, instead of `results`: directory with files of `record` or `apply`. The newest"
        " attempt of each target counts, and its worst outcome.",
    )
    report: str | None = Field(
        default=None,
        description="For `history`: output `path` of `report`, its run-report.json. A rerun replaces its row.",
    )
    park_after: int | None = Field(
        default=None,
        ge=0,
        le=1_000,
        description="For `finish`: failures in a row with one digest after which a target is parked: later claims leave"
        f" it out until it is freed or its digest changes. 0 = never. Default: {DEFAULT_PARK_AFTER}.",
    )
    states: NameList = Field(
        default=(),
        description="For `list`: only targets that are `pending`, `done`, `failed`, `parked` or"
        " `released`. Default: all.",
    )
    limit: int | None = Field(
        default=None, ge=1, le=MAX_LIMIT, description=f"For `list`: targets of a page. Default: {DEFAULT_LIMIT}."
    )
    after: str | None = Field(
        default=None, description="For `list`: output `next` of the page before. Default: the first page."
    )
    prefix: str | None = prefix_field("the targets", modes="`list` and `clean`")
    older_than_days: int | None = older_than_days_field("The claim of a step that may live stays at any age.")
    dry_run: Flag | None = dry_run_field()
    repository: str | None = Field(
        default=None, description="`owner/name` that keeps the ledger. Default: the repository the workflow runs in."
    )


class LedgerOutputs(Outputs):
    """Outputs of ledger."""

    todo: str | None = Field(
        description="For `claim`: the targets to work on, a JSON list. Pass it on by `env`, never inside a script."
    )
    matrix: str | None = Field(
        description='For `claim`: the same as `{"include": [...]}` for `strategy.matrix`, at most 256 entries, with the'
        " columns that `targets` gave."
    )
    count: int = Field(
        description="How many targets the step is about: to do, finished, listed or freed;"
        " for `history` and `runs` the runs that it holds."
    )
    has_targets: bool = Field(description="Whether `count` is not 0. Gate the matrix on `== 'true'`.")
    claim: str | None = Field(description="For `claim`: the claim to `todo`; `finish` asks for it. It is no secret.")
    done: str | None = Field(description="For `claim` and `finish`: the targets that are done, a JSON list.")
    failed: str | None = Field(description="For `finish`: the targets that failed, a JSON list.")
    parked: str | None = Field(
        description="For `claim` and `finish`: parked targets, a JSON list of `target`, `reason`, `failures` and `run`."
    )
    held: str | None = Field(
        description="For `claim`: targets that another living step works on, a JSON list of `target`, `run` and"
        " `since`."
    )
    lost: str | None = Field(
        description="For `finish`: targets that are not this claim's, a JSON list: another step took them over."
    )
    states: str | None = Field(
        description="For `list`: how many targets are in each state, of all that `prefix` names, a JSON object."
    )
    targets: str | None = Field(description="For `list` and `free`: the names, a JSON list.")
    path: str | None = Field(
        description="For `history` and `runs`: file with a JSON list of the last runs. For `list`: file with a JSON"
        " list of `target`, `state`, `digest`, `since`, `failures`, `reason` and `run`. `digest` is the first 16"
        " characters of the SHA-256 of the digest that was given."
    )
    records: str | None = Field(
        description="For `claim` with a plan: directory with a record of each target that is left out, for `report`."
        " Empty: none is."
    )
    artifact_name: str | None = Field(description="For `claim` with a plan: name of the artifact for `records`.")
    next: str | None = Field(description="For `list`: `after` of the next page. Empty: this page is the last.")
    removed: str | None = removed_field("the targets and histories")
    removed_count: int = removed_count_field()
    outcome: str = Field(
        description="Outcome of this step: `updated`, `unchanged`, `deferred`, `planned` or `blocked`."
    )
    reason: str = Field(description="Why, as a stable code (see the table of reasons).")


TAKES: dict[Mode, tuple[str, ...]] = {
    "claim": ("targets", "targets_path", "digest", "claim", "pending_timeout_hours", "targets_per_job"),
    "finish": (
        "targets",
        "targets_path",
        "claim",
        "outcome",
        "reason",
        "results",
        "results_path",
        "records",
        "park_after",
    ),
    "list": ("states", "limit", "after", "prefix"),
    "free": ("targets", "targets_path"),
    "clean": CLEAN_INPUTS,
    "history": ("report",),
    "runs": (),
}
"""The inputs of each mode. Another one would have no effect, so it is an error."""

REASONS = (
    Reason("claimed", "updated", "The targets in `todo` are this step's.", "Work on them, then `finish`."),
    Reason(
        "nothing-left",
        "unchanged",
        "Each target is done with this digest, or parked.",
        "Nothing. To try a parked target, mend its cause and use `mode: free`, or give another digest.",
    ),
    Reason(
        "in-progress",
        "deferred",
        "Other living steps work on every target that is left; `held` names them.",
        "Nothing: if they die, a later run takes over. Do not work on these targets here.",
    ),
    Reason(
        "not-recorded",
        "unchanged",
        "The ledger could not be read or written, so `todo` holds each target that is not known to be done.",
        "Work on them: a ledger only saves work. Mend the cause, or every run repeats all of it.",
    ),
    Reason("finished", "updated", "The ends of the targets are kept.", "Nothing."),
    Reason("already-finished", "unchanged", "The ends of the targets were kept before.", "Nothing."),
    Reason(
        "not-kept",
        "unchanged",
        "The ends of some targets could not be kept.",
        "Nothing is lost: a later run works on these targets once more.",
    ),
    Reason(
        "not-holder",
        "blocked",
        "Targets in `lost` are not this claim's: another step took them over because this one seemed dead.",
        "Pass the output `claim` of the step that claimed, and let `pending-timeout-hours` be longer than the work"
        " takes.",
    ),
    Reason("listed", "unchanged", "The ledger or its history was read.", "Nothing."),
    Reason("freed", "updated", "The next claim tries the targets as at first.", "Run again."),
    Reason("nothing-to-free", "unchanged", "None of the targets failed or is parked.", "Nothing."),
    Reason("appended", "updated", "The history holds the numbers of this run.", "Nothing."),
    Reason("known-run", "unchanged", "The history holds this attempt, a later one, or only later runs.", "Nothing."),
    Reason(
        "row-not-kept",
        "unchanged",
        "The history could not be read or written.",
        "Mend the cause. The report of the run is complete without it.",
    ),
    Reason(
        "not-read",
        "unchanged",
        "The history could not be read.",
        "Mend the cause. The report of the run is complete without its trend.",
    ),
    *CLEAN_REASONS,
)
