"""A target: a repository that a campaign may change, or a directory in one."""

from __future__ import annotations

from pydantic import Field

from action_patterns.contracts.document import Count, Record
from action_patterns.contracts.repository import address


class Target(Record):
    """One target, as discovery saw it."""

    repository: str = Field(description="`owner/name`, in GitHub's own spelling.")
    directory: str | None = Field(
        default=None,
        description="Directory of a component, `.` for the root. Null: the target is the whole repository.",
    )
    id: Count | None = Field(default=None, description="GitHub's id, which survives a rename. None: not known.")
    default_branch: str | None = Field(default=None, description="None for an empty repository.")
    head_oid: str | None = Field(default=None, description="Tip of the default branch when it was read.")
    types: tuple[str, ...] = Field(default=(), description="Kinds of project found by marker files.")
    topics: tuple[str, ...] = ()
    language: str | None = Field(default=None, description="GitHub's primary language of the repository.")
    archived: bool = False
    fork: bool = False
    empty: bool = False
    private: bool = False

    @property
    def address(self) -> str:
        """The target's name in records and reports."""
        return address(self.repository, self.directory)

    @property
    def owner(self) -> str:
        return self.repository.partition("/")[0]

    @property
    def name(self) -> str:
        return self.repository.partition("/")[2]
