"""Which repositories are the targets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, Field, PrivateAttr, field_validator, model_validator

from action_patterns.action.reach import Reach
from action_patterns.contracts.wording import reason
from action_patterns.discovery.patterns import (
    begins_with_inclusion,
    checked,
    refuse_owner,
    refuse_pattern,
    refuse_repository,
    refuse_topic,
)
from action_patterns.discovery.section import Section
from action_patterns.errors import Problem
from action_patterns.input_types import Flag, input_name


class Place(NamedTuple):
    """The line of a file on which an item stands."""

    file: str
    line: int


Patterns = Annotated[tuple[Annotated[str, checked(refuse_pattern)], ...], AfterValidator(begins_with_inclusion)]
"""Globs, names and regular expressions of repositories, in order."""


class Selection(Section):
    """Which repositories are the campaign's targets."""

    owners: tuple[Annotated[str, checked(refuse_owner)], ...] = Field(
        default=(), description="Organizations or users; all their repositories are considered."
    )
    repositories: tuple[Annotated[str, checked(refuse_repository)], ...] = Field(
        default=(), description="Repositories by name, `owner/name`."
    )
    topics: tuple[Annotated[str, checked(refuse_topic)], ...] = Field(
        default=(), description="Only repositories that have all of these topics."
    )
    include: Patterns = Field(
        default=(),
        description="Only repositories that match one of these patterns. `!` takes out again; the last match decides.",
        examples=[["acme/*", "!acme/legacy-*"]],
    )
    exclude: Patterns = Field(
        default=(),
        description="Not the repositories that match one of these patterns. `!` keeps; the last match decides.",
        examples=[["*-archive", "/^acme/test-[0-9]+$/"]],
    )
    visibility: Literal["all", "public", "private"] = Field(
        default="all", description="Only repositories of this visibility."
    )
    forks: Flag = Field(default=False, description="Consider forks too.")

    _places: dict[tuple[str, str], Place] = PrivateAttr(default_factory=dict)

    @field_validator("owners", "repositories")
    @classmethod
    def _once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        # GitHub ignores the case of names: an owner in two spellings would be listed twice.
        first: dict[str, str] = {}
        for name in value:
            first.setdefault(name.lower(), name)
        return tuple(first.values())

    @model_validator(mode="after")
    def _not_empty(self) -> Selection:
        if not self.owners and not self.repositories:
            raise ValueError("name at least one owner in `owners` or one repository in `repositories`")
        return self

    @property
    def reach(self) -> Reach:
        """The repositories that it may select."""
        return Reach(self.repositories, self.owners, public_only=self.visibility == "public")

    def locate(self, key: str, value: str, place: Place) -> None:
        """Remember the place of an item, for messages about it. The first place of an item counts."""
        self._places.setdefault((key, value), place)

    def place(self, key: str, value: str) -> Place | None:
        """Return the place of an item. None: it is an input's, or not known."""
        return self._places.get((key, value))


def input_problems(errors: Iterable[Mapping[str, Any]]) -> tuple[Problem, ...]:
    """Return the problems of a selection that came as inputs."""
    return tuple(_input_problem(error) for error in errors)


def _input_problem(error: Mapping[str, Any]) -> Problem:
    name = input_name(str(error["loc"][0])) if error["loc"] else ""
    why = reason(error)
    fix = error.get("ctx", {}).get("fix") or f"Correct {f'`{name}`' if name else 'the input'}"
    return Problem(f"`{name}`: {why}." if name else f"{why}.", f"{fix}.")
