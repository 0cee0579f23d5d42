"""Inputs and outputs of discover."""

from __future__ import annotations

from pydantic import Field, ValidationInfo, ValidatorFunctionWrapHandler, field_validator

from action_patterns.action.inputs import Outputs, TokenInputs
from action_patterns.discovery.narrow_items import only_lines
from action_patterns.discovery.only import Limit, OnlyList, limit_field, only_field
from action_patterns.discovery.preflight import preflight_field
from action_patterns.input_types import Flag, LineList, NameList


class DiscoverInputs(TokenInputs):
    """Inputs of discover."""

    distribution: str = Field(
        default="",
        description="Path of a `distribution.yml`: discover uses its `targets`, and `apply` its files. Give either this"
        " or the inputs below.",
    )
    owners: NameList = Field(default=(), description="Organizations or users whose repositories are considered.")
    repositories: NameList = Field(default=(), description="Repositories by name, `owner/name`.")
    teams: NameList = Field(
        default=(), description="Teams, `organization/team`; the repositories they have access to are considered."
    )
    installation: Flag = Field(
        default=False,
        description="Consider all repositories of the GitHub App's installations. It needs the App's key or an"
        " installation token.",
    )
    search: LineList = Field(
        default=(),
        description="Repository searches of one owner each, one a line, as `org:acme topic:python`; each result is read"
        " again.",
    )
    repositories_file: str | None = Field(
        default=None,
        description="File of the workspace with further names of repositories: one a line, with `#` comments, or a JSON"
        " list.",
    )
    topics: NameList = Field(default=(), description="Only repositories that have all of these topics.")
    include: LineList = Field(default=(), description="Only repositories that match one of these patterns, one a line.")
    exclude: LineList = Field(
        default=(), description="Not the repositories that match one of these patterns, one a line."
    )
    visibility: NameList = Field(
        default=(),
        description="Only repositories of one of these visibilities: `public`, `private`, `internal`. Empty or `all`:"
        " of any.",
    )
    forks: Flag = Field(default=False, description="Consider forks too.")
    types: NameList = Field(
        default=(),
        description="Only repositories of one of these types, which files in the root directory show: `go`, `node`,"
        " `python` and so on; `unknown`: no file does.",
    )
    languages: NameList = Field(
        default=(), description="Only repositories whose primary language on GitHub is one of these."
    )
    any_topics: NameList = Field(default=(), description="Only repositories that have one of these topics.")
    properties: LineList = Field(
        default=(),
        description="Only repositories whose custom properties have these values: `name=value`, one a line. Several"
        " lines of one name: one of the values.",
    )
    has_file: LineList = Field(
        default=(),
        description="Only repositories that have all of these files, one a line. The last part may be a pattern, as in"
        " `src/*.go`; a slash at the end means a directory.",
    )
    pushed_since: str = Field(
        default="",
        description="Only repositories with a push since then: a date, `2026-01-31`, or a duration, `90d`, `12w`,"
        " `36h`.",
    )
    permission: str = Field(
        default="",
        description="Only repositories where the token's account has at least this role: `read`, `triage`, `write`,"
        " `maintain` or `admin`.",
    )
    components: LineList = Field(
        default=(),
        description="Directories of this repository as targets, instead of repositories: patterns of marker files"
        " (`**/go.mod`) or of directories (`services/*/`), one a line. The last that matches decides, and `!` excludes."
        " Files that git does not track do not count.",
    )
    items: str = Field(
        default="",
        description="Targets that are no repositories: a JSON list of texts, numbers or objects, or one item a line."
        " The keys of an object are columns of the matrix; `target` is the item's name.",
    )
    items_file: str | None = Field(
        default=None, description="File of the workspace with such a list; an input takes 100 KB."
    )
    only: OnlyList = only_field()
    limit: Limit | None = limit_field()
    name: str | None = Field(
        default=None,
        description="Prefix of artifact names. Default: `targets`. With `distribution` it is the name in that file, and"
        " another one here is an error.",
    )
    preflight: Flag = preflight_field()
    targets_per_job: int = Field(
        default=0,
        ge=0,
        description="Number of targets of one job of the matrix; the matrix then holds only `index first last`."
        " 0 = one target a job with its names in the matrix, packed only beyond 256 targets.",
    )
    reveal_private: Flag = Field(
        default=False,
        description="Let a public repository name private ones: in the plan, in artifacts, job names, summaries and"
        " issues. Without it, such a run stops before it leaves a plan.",
    )

    @field_validator("only", mode="wrap")
    @classmethod
    def _names_of_items(cls, value: object, check: ValidatorFunctionWrapHandler, info: ValidationInfo) -> object:
        if isinstance(value, str) and (info.data.get("items") or info.data.get("items_file")):
            return only_lines(value)
        return check(value)


class DiscoverOutputs(Outputs):
    """Outputs of discover."""

    matrix: str = Field(description='`{"include": [...]}` for `strategy.matrix`, at most 256 entries.')
    count: int = Field(description="Number of targets that were found.")
    has_targets: bool = Field(description="Gate the next job with `if: needs.<job>.outputs.has-targets == 'true'`.")
    targets: str = Field(
        description="JSON list of the names of those targets, of components as `owner/name:directory`; empty beyond"
        " 200,000 characters (see the plan)."
    )
    excluded: str = Field(description="JSON object: number of excluded repositories by reason.")
    stopped: str = Field(description="JSON object: number of targets that `preflight` left without a job, by reason.")
    visible: int = Field(description="Repositories visible to the token.")
    max_parallel: int = Field(description="For `strategy.max-parallel`, from GitHub's limits.")
    path: str = Field(description="Path of the plan file; upload its directory as an artifact.")
    artifact_name: str = Field(description="Name for that artifact, unique per attempt.")
    digest: str = Field(description="SHA-256 of the plan; pass it on as `plan-digest`.")
    previous_run_id: str = Field(
        description="Run that left the last report of this workflow and branch: `run-id` for actions/download-artifact."
        " Empty: there is none, or the job's permissions lack `actions: read`."
    )
    previous_artifact: str = Field(description="Name of that report's artifact; empty if there is none.")
