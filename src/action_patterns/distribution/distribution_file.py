"""`distribution.yml`: the whole campaign in one file."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from action_patterns.action import Flag, input_name
from action_patterns.content.changes import path_problem
from action_patterns.distribution.yaml_document import YamlDocument, parse
from action_patterns.errors import InputError, Problem
from action_patterns.pull_request.wish import PullRequestWish

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
# The underscore is in logins of managed users (GitHub docs: "About Enterprise Managed Users").
REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")


class Section(BaseModel):
    """A mapping of the file. A key that is not known is an error: a typo must not pass for a default."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=input_name, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_unset(cls, value: Any) -> Any:
        """`labels:` with nothing behind it means the default, as people expect of YAML."""
        return {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value


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
            if not REPOSITORY.fullmatch(name):
                raise ValueError(f"{name!r} is not of the form owner/name")
        return value

    @model_validator(mode="after")
    def _not_empty(self) -> Selection:
        if not self.owners and not self.repositories:
            raise ValueError("name at least one owner in `owners` or one repository in `repositories`")
        return self


class FileRule(Section):
    """One file or directory of the campaign."""

    target: str = Field(description="Path in the target repository.")
    source: str | None = Field(default=None, description="File or directory in the source repository.")
    absent: Flag = Field(default=False, description="The target path shall not exist.")

    @field_validator("target")
    @classmethod
    def _inside(cls, value: str) -> str:
        if value == ".":
            return value
        value = value.removesuffix("/")
        if (why := path_problem(value)) is not None:
            raise ValueError(f"the path {value!r} {why}")
        return value

    @model_validator(mode="after")
    def _one_of(self) -> FileRule:
        if self.absent == (self.source is not None):
            raise ValueError("give either `source` or `absent: true`")
        if self.absent and self.target == ".":
            raise ValueError("`target: .` with `absent: true` would remove everything")
        return self


class PullRequestFields(PullRequestWish, Section):
    """How the pull request shall look."""

    model_config = ConfigDict(extra="forbid")


class Distribution(Section):
    """The campaign."""

    name: str = Field(
        description="Short name: prefixes artifacts, and is the pull request's key unless `key` is given."
    )
    key: str | None = Field(default=None, description="Key of the pull request; the same on every run.")
    targets: Selection
    files: tuple[FileRule, ...] = Field(min_length=1)
    pull_request: PullRequestFields

    @field_validator("name")
    @classmethod
    def _plain(cls, value: str) -> str:
        if not NAME.fullmatch(value):
            raise ValueError("use lower-case letters, digits and hyphens, at most 63, starting with a letter or digit")
        return value


def read_distribution(text: str, *, name: str) -> Distribution:
    """Read and check a distribution file.

    Raises:
        InputError: every problem at once, each with its line and key.
    """
    document = parse(text, name=name)
    if not isinstance(document.data, dict):
        raise InputError(
            Problem(
                f"{name} must be a mapping with the keys name, targets, files and pull-request.",
                "See the example in the README.",
                file=name,
                line=1,
            )
        )
    try:
        return Distribution.model_validate(document.data)
    except ValidationError as error:
        raise InputError(*(_problem(item, document, name) for item in error.errors(include_url=False))) from None


def _problem(item: Any, document: YamlDocument, name: str) -> Problem:
    location = tuple(item["loc"])
    key = ".".join(str(part) for part in location) or "the document"
    why = str(item["msg"]).removeprefix("Value error, ")
    fix = f"Correct `{key}`."
    if item["type"] == "missing":
        why, fix = "is missing", f"Add `{location[-1]}`."
    elif item["type"] == "extra_forbidden":
        why, fix = "is not a key that is known here", f"Remove `{location[-1]}`, or correct its spelling."
    return Problem(f"{name}: {key}: {why}.", fix, file=name, line=document.line(location))
