"""Inputs, outputs and reasons of skip-unchanged."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from action_patterns.action.cleaning import (
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
from action_patterns.input_types import Flag, LineList, ValueList

Mode = Literal["digest", "check", "complete", "clean"]
Backend = Literal["store", "cache"]

MAX_TIMEOUT_SECONDS = 6 * 3_600
"""GitHub's limit for a job on its runners (docs, "Actions limits")."""


class SkipUnchangedInputs(StoreInputs):
    """Inputs of skip-unchanged."""

    mode: Mode = Field(
        description="`check` before the work says whether it can be skipped. `complete` after the work records that it"
        " is done. `digest` computes the digest alone, for the key of a cache. `clean` removes old proofs."
    )
    key: str | None = Field(
        default=None,
        description="Name of the work, the same on every run, for example `nightly-scan`. Required for `check` with the"
        " backend `store`.",
    )
    files: LineList = Field(
        default=(),
        description="Files that the work reads, one path or pattern a line, from the root of the checkout; a leading"
        " `!` leaves out. Path, mode, content and the target of a symbolic link count, for untracked and ignored files"
        " too. A pattern that matches no file is an error.",
    )
    values: ValueList = Field(
        default=(),
        description="Other things that the work depends on, one value a line; their order counts. An empty line is"
        " refused: mostly an expression came to nothing.",
    )
    values_path: str | None = Field(
        default=None,
        description="Instead of `values`: path of a file with one value a line, for what a program writes. An input"
        " takes at most 128 KiB.",
    )
    tools: LineList = Field(
        default=(),
        description="Commands that print a version which counts, one a line, for example `node --version`. If one fails"
        " or prints nothing, the work is to be done, with a warning.",
    )
    platform: Flag = Field(
        default=True,
        description="Operating system and architecture of the runner count. `false` for text and the like.",
    )
    salt: str = Field(
        default="", description="Any text that counts. Change it to have everything done again, everywhere."
    )
    volatile: LineList = Field(
        default=(),
        description="Parts of files that do not count, one `PATTERN: EXPRESSION` a line. An expression is"
        " `/regular expression/` of a whole line, `BEGIN…END` for the lines between two texts, or `$.key.path` of JSON,"
        " YAML and TOML, for example `package.json: $.version`.",
    )
    path: str | None = Field(
        default=None, description="Directory of the checkout, if actions/checkout has a `path`. Default: the workspace."
    )
    digest: str | None = Field(
        default=None,
        description="For `check`, instead of all inputs above but `key`: the output `digest` of an earlier step.",
    )
    backend: Backend = Field(
        default="store",
        description="`store`: `complete` records a proof in the repository. `cache`: the step asks nothing, and `hit`"
        " says whether a cache under the digest was restored.",
    )
    hit: str | None = Field(
        default=None,
        description="For the backend `cache`: the output `cache-hit` of actions/cache, `true` for an exact match."
        " Everything else, also no text, means that the work is to be done.",
    )
    validate_: str | None = Field(
        default=None,
        description="For `check`: lines of bash that test what an earlier run left, for example a restored cache. They"
        " run only where the work would be skipped. If they fail, the work is to be done.",
    )
    working_directory: str = Field(
        default=".",
        description="Directory in which `validate` and `tools` run; a relative path is below the workspace.",
    )
    timeout_seconds: int = Field(
        default=600,
        ge=1,
        le=MAX_TIMEOUT_SECONDS,
        description="Seconds for `validate`, and for each command of `tools`.",
    )
    force: Flag = Field(default=False, description="For `check`: the work is to be done, also if it is proved.")
    max_age: str | None = Field(
        default=None,
        description="For `check` with the backend `store`: age up to which a proof counts, a number and a unit such as"
        " `90m`, `12h`, `7d` or `2w`. Default: without end.",
    )
    claim: str | None = Field(
        default=None,
        description="For `complete`: the output `claim` of the step that checked, `${{ steps.<id>.outputs.claim }}`."
        " Another job gets it as a job output.",
    )
    outcomes: ValueList = Field(
        default=(),
        description="For `complete`: the outcome of each step or job that does the work, one a line, for example"
        " `${{ steps.<id>.outcome }}` or `${{ needs.<id>.result }}`. Only `success` is a proof.",
    )
    job_status: str = Field(
        default="",
        description="The action sets this to the job's status; not for callers.",
        json_schema_extra={"internal": "${{ job.status }}"},
    )
    prefix: str | None = prefix_field("the keys")
    older_than_days: int | None = older_than_days_field("All proofs of a key go together, the newest decides.")
    dry_run: Flag | None = dry_run_field()
    repository: str | None = Field(
        default=None, description="`owner/name` that keeps the proofs. Default: the repository the workflow runs in."
    )


class SkipUnchangedOutputs(Outputs):
    """Outputs of skip-unchanged."""

    skip: bool = Field(description="The work is done for these inputs. Gate every step of it on `!= 'true'`.")
    reason: str = Field(description="Why, as a stable code (see the table of reasons).")
    outcome: str = Field(
        description="For `check`: `skipped`, or `planned` where the work is to be done. For `complete`: `created` or"
        " `updated` for a proof, `unchanged`, or `skipped` without one. For `digest`: `unchanged`. For `clean`:"
        " `updated`, `planned` or `unchanged`."
    )
    digest: str = Field(
        description="SHA-256 of the inputs, 64 hex digits. If it cannot be computed, a text that no other run has."
        " Empty for `clean`."
    )
    proof: str | None = Field(description="Address of the run that did the work.")
    proved_at: str | None = Field(description="When it did, by GitHub's clock, UTC, ISO 8601.")
    claim: str | None = Field(description="For `complete`: key and digest of this step. It is no secret.")
    count: int = Field(description="Number of files that count.")
    removed: str | None = removed_field("the keys of the proofs")
    removed_count: int = removed_count_field()


ALLOWED: dict[Mode, frozenset[str]] = {
    "digest": frozenset({"files", "values", "values_path", "tools", "salt", "volatile", "path"}),
    "check": frozenset(
        {"key", "files", "values", "values_path", "tools", "salt", "volatile", "path", "digest", "hit", "validate_"}
        | {"force", "max_age"}
    ),
    "complete": frozenset({"claim", "outcomes"}),
    "clean": frozenset(),
}
"""The inputs of each mode, of those that are not for all. Another one would have no effect, so it is an error."""

REASONS = (
    Reason(
        code="proved",
        outcome="skipped",
        meaning="A run did the work for these inputs; `proof` names it.",
        remedy="Nothing. To do it all the same, run with `force: true`.",
    ),
    Reason(
        code="restored",
        outcome="skipped",
        meaning="A cache under this digest was restored.",
        remedy="Nothing. To do the work all the same, run with `force: true`.",
    ),
    Reason(
        code="not-proved",
        outcome="planned",
        meaning="No run that counts here did the work for these inputs.",
        remedy="Do the work, then `complete`.",
    ),
    Reason(
        code="not-restored",
        outcome="planned",
        meaning="No cache under exactly this digest was restored.",
        remedy="Do the work, and save the cache under the digest.",
    ),
    Reason(
        code="expired",
        outcome="planned",
        meaning="The proof is older than `max-age`.",
        remedy="Do the work, then `complete`.",
    ),
    Reason(
        code="invalid",
        outcome="planned",
        meaning="`validate` failed: an earlier run's result is not what the work needs.",
        remedy="Do the work. If this happens on every run, run the lines of `validate` by hand.",
    ),
    Reason(code="forced", outcome="planned", meaning="`force` is true.", remedy="Do the work, then `complete`."),
    Reason(
        code="unknown",
        outcome="planned",
        meaning="The inputs or the proofs could not be read, so the work is to be done.",
        remedy="Do the work. Mend what the warning names: until then no run is skipped.",
    ),
    Reason(code="computed", outcome="unchanged", meaning="The digest is computed.", remedy="Nothing."),
    Reason(
        code="recorded", outcome="created", meaning="The work is proved for the inputs of `check`.", remedy="Nothing."
    ),
    Reason(
        code="recorded",
        outcome="updated",
        meaning="The work is proved again for the inputs of `check`, by this run.",
        remedy="Nothing.",
    ),
    Reason(
        code="already-recorded", outcome="unchanged", meaning="This job recorded the proof before.", remedy="Nothing."
    ),
    Reason(
        code="work-skipped",
        outcome="skipped",
        meaning="The work was skipped, which proves nothing. The proof of the run that did it stays as it is.",
        remedy="Nothing, if `check` said `skip`. Otherwise see why the work was skipped.",
    ),
    Reason(
        code="work-failed",
        outcome="skipped",
        meaning="The work failed or was cancelled, which proves nothing.",
        remedy="Mend the work. The next run does it again.",
    ),
    Reason(
        code="inputs-unknown",
        outcome="skipped",
        meaning="`check` could not read the inputs, so there is no digest to prove.",
        remedy="See the warning of `check`.",
    ),
    Reason(
        code="not-recorded",
        outcome="skipped",
        meaning="The work is done, and its proof could not be written. The next run does it again.",
        remedy="Give the job `contents: write`. A run of a fork's pull request cannot have it.",
    ),
    *CLEAN_REASONS,
)
"""Every answer of skip-unchanged."""
