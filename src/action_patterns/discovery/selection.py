"""Which repositories are the targets."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from action_patterns.action.reach import Reach
from action_patterns.contracts.repository import is_repository
from action_patterns.discovery.section import Section
from action_patterns.input_types import Flag


class Selection(Section):
    """Which repositories are the campaign's targets."""

    owners: tuple[str, ...] = Field(
        default=(), description="Organizations or users; all their repositories are considered."
    )
    repositories: tuple[str, ...] = Field(default=(), description="Repositories by name, `owner/name`.")
    topics: tuple[str, ...] = Field(default=(), description="Only repositories that have all of these topics.")
    include: tuple[str, ...] = Field(default=(), description="Only repositories that match one of these globs.")
    exclude: tuple[str, ...] = Field(default=(), description="Not the repositories that match one of these globs.")
    visibility: Literal["all", "public", "private"] = Field(
        default="all", description="Only repositories of this visibility."
    )
    forks: Flag = Field(default=False, description="Consider forks too.")

    @field_validator("repositories")
    @classmethod
    def _full_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if not is_repository(name):
                raise ValueError(f"{name!r} is not of the form owner/name")
        return value

    @model_validator(mode="after")
    def _not_empty(self) -> Selection:
        if not self.owners and not self.repositories:
            raise ValueError("name at least one owner in `owners` or one repository in `repositories`")
        return self

    @property
    def reach(self) -> Reach:
        """The repositories that it may select."""
        return Reach(self.repositories, self.owners, public_only=self.visibility == "public")
