"""A target: a repository that a campaign may change, a directory in one, or an item of any list."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from action_patterns.contracts.document import Count, Record
from action_patterns.contracts.repository import address

TargetKind = Literal["repository", "directory", "item"]
"""The kind of all targets of a plan. The plan says it: the name `acme/api` may be that of an item."""
Scalar = str | bool | int | float
"""A value of an item's column, as the matrix holds it."""
Visibility = Literal["public", "private", "internal"]
Permission = Literal["read", "triage", "write", "maintain", "admin"]
PERMISSIONS: tuple[Permission, ...] = ("read", "triage", "write", "maintain", "admin")
"""GitHub's roles of a repository, the least first."""
WRITING: frozenset[Permission] = frozenset({"write", "maintain", "admin"})
"""The roles that may push."""


class Target(Record):
    """One target, as discovery saw it."""

    repository: str = Field(
        description="`owner/name`, in GitHub's own spelling. For an item: the repository the workflow runs in."
    )
    directory: str | None = Field(
        default=None,
        description="Directory of a component, `.` for the root. Null: the target is the whole repository.",
    )
    item: str | None = Field(default=None, description="Exact name of an item. Null: the target is no item.")
    columns: dict[str, Scalar] = Field(default_factory=dict, description="An item's own columns of the matrix.")
    id: Count | None = Field(default=None, description="GitHub's id, which survives a rename. None: not known.")
    default_branch: str | None = Field(default=None, description="None for an empty repository.")
    head_oid: str | None = Field(default=None, description="Tip of the default branch when it was read.")
    types: tuple[str, ...] = Field(
        default=(), description="Kinds of project found by marker files, or `unknown`. Empty: not read."
    )
    topics: tuple[str, ...] = ()
    language: str | None = Field(default=None, description="GitHub's primary language of the repository.")
    archived: bool = False
    fork: bool = False
    empty: bool = False
    private: bool = Field(default=False, description="It is not public: private or internal.")
    visibility: Visibility | None = Field(default=None, description="None: not known; `private` then says what is.")
    pushed_at: datetime | None = Field(default=None, description="Last push to any branch. None: none, or not known.")
    permission: Permission | None = Field(
        default=None, description="Role of the token's account. None: not known, as for an App's token."
    )
    properties: dict[str, str | tuple[str, ...]] = Field(
        default_factory=dict, description="Custom properties that have a value. Empty: none, or not read."
    )
    has: tuple[str, ...] = Field(
        default=(), description="Patterns of `has-file`, as written, that hold, of those that were read."
    )
    open_pull_request: bool = Field(
        default=False, description="It has an open pull request from the campaign's branch, if that was read."
    )

    # Facts for the plan alone: whoever applies it reads them again.
    disabled: bool = Field(default=False, exclude=True, description="GitHub disabled it, if that was read.")
    may_push: bool | None = Field(
        default=None,
        exclude=True,
        description="The rules of the campaign's branch let this token push to it. None: no such branch, or not read.",
    )

    @property
    def seen_as(self) -> Visibility:
        """The visibility, as far as it is known."""
        return self.visibility or ("private" if self.private else "public")

    @property
    def address(self) -> str:
        """The target's name in records and reports."""
        return address(self.repository, self.directory) if self.item is None else self.item

    @property
    def owner(self) -> str:
        return self.repository.partition("/")[0]

    @property
    def name(self) -> str:
        return self.repository.partition("/")[2]
