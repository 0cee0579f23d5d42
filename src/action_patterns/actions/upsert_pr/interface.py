"""Inputs and outputs of upsert-pr."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from action_patterns.action.inputs import Inputs, Outputs, TokenInputs
from action_patterns.input_types import Flag, LineList
from action_patterns.pull_request.spec.spec import PullRequestSpec


class _What(Inputs):
    """Which pull request, where, and with which content."""

    key: str | None = Field(
        default=None,
        description="Name of this pull request, the same on every run, for example `sync-config`."
        " The branch follows from it. Required unless `branch` is given.",
    )
    directory: str | None = Field(
        default=None,
        description="Lay the files of this directory over the target. Default: the changes of the checked-out"
        " worktree, untracked and deleted files included.",
    )
    paths: LineList = Field(
        default=(), description="Limit the worktree's changes to these paths or git pathspecs, one a line."
    )
    path: str | None = Field(
        default=None,
        description="Directory of the checkout in the workspace: what actions/checkout has as `path`. Default: the"
        " workspace; if that is no repository, the one checkout of `repository` right below it.",
    )
    repository: str | None = Field(
        default=None,
        description="`owner/name` to open the pull request in. Default: the repository the workflow runs in.",
    )
    head_repository: str | None = Field(
        default=None,
        description="`owner/name` of a fork of it, to hold the bot branch. Default: the repository itself.",
    )
    branch: str | None = Field(
        default=None, description="Name of the bot branch, instead of the one that follows from `key`."
    )
    body_path: str | None = Field(default=None, description="File to read the body from, instead of `body`.")
    push_protection_bypass: LineList = Field(
        default=(),
        description="Files, or directories with all below them, whose content may look like a secret, one path a line."
        " Default: such content stops the step.",
    )


class UpsertPrInputs(TokenInputs, PullRequestSpec, _What):
    """Inputs of upsert-pr."""

    model_config = ConfigDict(extra="forbid")

    max_parallel: int = Field(
        default=1,
        ge=1,
        description="Number of jobs that run this action at the same time with one token, as in"
        " `strategy.max-parallel`: each takes its share of the limits.",
    )
    dry_run: Flag = Field(default=False, description="Write nothing; show the exact writes a real run would send.")


class UpsertPrOutputs(Outputs):
    """Outputs of upsert-pr."""

    outcome: str = Field(
        description="Outcome: `created`, `updated`, `unchanged`, `closed`, `skipped`, `blocked`, `deferred`,"
        " `failed` or `planned`."
    )
    reason: str = Field(description="Why, as a stable code (see the table of reasons).")
    number: int | None = Field(
        description="Number of the pull request, if there is one; where nothing is left to propose, of the merged one."
    )
    url: str | None = Field(description="Its URL.")
    branch: str | None = Field(description="The bot branch.")
    head_sha: str | None = Field(description="Tip of the bot branch after the run.")
    commit_verified: bool | None = Field(
        description="Whether GitHub shows that commit as verified, read back after the write; empty if there is none."
    )
    changed_fields: str = Field(description="Comma-separated fields this run changed, `content` among them.")
    refused_fields: str = Field(
        description="Comma-separated fields that GitHub refused, or that this server does not offer."
    )
    requests: int = Field(description="Requests sent to GitHub.")
    writes: int = Field(description="How many of them were writes.")
    result: str = Field(description="Path of the full result, JSON.")
    pull_request_number: int | None = Field(description="`number`, as create-pull-request names it.")
    pull_request_url: str | None = Field(description="`url`, as create-pull-request names it.")
    pull_request_operation: str = Field(
        description="`created`, `updated`, `closed` or `none`, as create-pull-request names it; `outcome` says more."
    )
    pull_request_head_sha: str | None = Field(description="`head-sha`, as create-pull-request names it.")
    pull_request_branch: str | None = Field(description="`branch`, as create-pull-request names it.")
    pull_request_commits_verified: bool | None = Field(
        description="`commit-verified`, as create-pull-request names it."
    )
