"""Inputs and outputs of detect-changes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from action_patterns.action.cleaning import (
    dry_run_field,
    older_than_days_field,
    prefix_field,
    removed_count_field,
    removed_field,
)
from action_patterns.action.inputs import Outputs
from action_patterns.action.store import StoreInputs
from action_patterns.input_types import Flag, LineList
from action_patterns.ports.git_database import GitDatabase
from action_patterns.ports.git_refs import GitRefs
from action_patterns.ports.ref_store import RefStore
from action_patterns.ports.repositories import Repositories

Mode = Literal["check", "complete", "clean"]
Source = Literal["commits", "worktree", "target"]

USES_OF_MARKS = (RefStore.read, RefStore.update)
USES_OF_HISTORY = (
    GitDatabase.read_commit,
    GitDatabase.list_tree,
    GitDatabase.compare,
    GitDatabase.read_branch,
    GitRefs.read,
)
USES_OF_TARGET = (Repositories.read, GitDatabase.read_branch, GitDatabase.read_files)

MAX_KEY_LENGTH = 200


class DetectChangesInputs(StoreInputs):
    """Inputs of detect-changes."""

    mode: Mode = Field(
        default="check",
        description="`check` compares. `complete`, with the same `key` as the last step of the job, marks the commit"
        " that `check` compared as green. `clean` removes marks that no run has written for long.",
    )
    source: Source = Field(
        default="commits",
        description="`commits`: the event's base and the checked-out commit. `worktree`: the files of the workspace,"
        " with untracked ones, and the commit that was checked out. `target`: the files of `directory` and those of a"
        " branch of `repository`.",
    )
    paths: LineList = Field(
        default=(),
        description="Patterns of the paths that count, one a line; the last that matches decides, and `!` leaves out."
        " Default: every path.",
    )
    groups: str | None = Field(
        default=None,
        description="Instead of `paths`: YAML that gives each group a pattern, a list of patterns, or `paths` and"
        " `depends-on`. A part `<name>` of a pattern stands for any one part of a path, and names it in `matrix`.",
    )
    shared: LineList = Field(
        default=(),
        description="Patterns of paths that concern every group, one a line: lock files, the workflow, a library.",
    )
    base: str | None = Field(
        default=None,
        description="A commit, a tag, or a branch, whose merge-base it is. Default: the event's base, or the last green"
        " run of `key`.",
    )
    key: str | None = Field(
        default=None,
        description="Name of this job, the same in every run, for example `nightly-tests`. The base is then the last"
        " commit of the branch that the job marked by `complete`; a pull request and the merge queue keep their own.",
    )
    force: Flag = Field(default=False, description="Everything counts as changed, for example for a dispatch by hand.")
    path: str | None = Field(
        default=None,
        description="Directory of the checkout, as actions/checkout has it as `path`. Default: the workspace.",
    )
    directory: str | None = Field(
        default=None, description="For `source: target`: the directory whose files the target shall have."
    )
    repository: str | None = Field(
        default=None,
        description="For `source: target`: `owner/name` of the target. Default: the repository the workflow runs in.",
    )
    branch: str | None = Field(
        default=None, description="For `source: target`: the target's branch. Default: its default branch."
    )
    prefix: str | None = prefix_field("the keys")
    older_than_days: int | None = older_than_days_field("The marks of a key on a branch go together.")
    dry_run: Flag | None = dry_run_field()


class DetectChangesOutputs(Outputs):
    """Outputs of detect-changes."""

    changed: bool = Field(
        description="Whether a group is concerned; without `groups`, whether a path that counts differs."
    )
    groups: str | None = Field(
        description="JSON object of booleans by group: `fromJSON(steps.<id>.outputs.groups).<group>`."
    )
    matrix: str | None = Field(
        description="JSON for `strategy.matrix`: an entry for each group that is concerned, or for each of its named"
        " parts. Empty where it is too long; `matrix-path` holds it."
    )
    matrix_path: str | None = Field(description="File with `matrix`.")
    matrix_by_group: str | None = Field(
        description="JSON object: by concerned group, its part of `matrix`. The job of a group takes"
        " `fromJSON(…).<group>`. Empty where it is too long."
    )
    matrix_count: int = Field(description="Entries of `matrix`. GitHub refuses an empty one, and takes at most 256.")
    files: str | None = Field(
        description="JSON list of the paths that differ. Empty where it is too long; `files-path` holds them."
    )
    files_path: str | None = Field(
        description="File with the paths that differ, each with a NUL byte at its end and with the bytes that git has."
    )
    added: str | None = Field(description="JSON list of those that were added.")
    added_path: str | None = Field(description="File with those that were added.")
    deleted: str | None = Field(description="JSON list of those that were deleted.")
    deleted_path: str | None = Field(description="File with those that were deleted.")
    count: int = Field(description="How many paths differ.")
    everything: bool = Field(
        description="Nothing could be excluded, so every group is concerned, and every path of the commit is listed."
    )
    base: str | None = Field(description="The base's commit. Empty: there is none.")
    head: str | None = Field(description="The commit that was compared with it. Empty for a directory.")
    base_reason: str | None = Field(description="Why that base, as a stable code (see the table of reasons).")
    mark: str | None = Field(
        description="State of the mark of `key`: `recorded` by `check`, `marked` by `complete`; otherwise the cause:"
        " `not-writable`, `not-checked`, `another-commit`, `no-branch`."
    )
    removed: str | None = removed_field("the keys and branches of the marks")
    removed_count: int = removed_count_field()
    outcome: str | None = Field(description="For `clean`: `updated`, `planned` or `unchanged`.")
    reason: str | None = Field(description="For `clean`: why, as a stable code (see the table of reasons).")


TAKES: dict[Source, frozenset[str]] = {
    "commits": frozenset({"paths", "groups", "shared", "base", "key", "force", "path"}),
    "worktree": frozenset({"paths", "groups", "shared", "force", "path"}),
    "target": frozenset({"paths", "groups", "shared", "force", "directory", "repository", "branch"}),
}
"""The inputs of each source. Another one would have no effect, so it is an error."""
