"""`distribution.yml`: the whole campaign in one file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from action_patterns.content.changes import path_problem
from action_patterns.contracts.artifact import NAME_RULE, is_name
from action_patterns.contracts.wording import closest, reason, without_follow_ons
from action_patterns.discovery.section import Section
from action_patterns.discovery.selection import Place, Selection
from action_patterns.errors import InputError, Problem
from action_patterns.input_types import Flag, input_name
from action_patterns.pull_request.spec.spec import PullRequestSpec

if TYPE_CHECKING:
    from action_patterns.distribution.yaml_document import YamlDocument


class FileRule(Section):
    """One file or directory of the campaign."""

    target: str = Field(
        description="Path in the target repository. A slash at its end means a directory: a source file keeps its name."
    )
    source: str | None = Field(default=None, description="File or directory in the source repository.")
    absent: Flag = Field(default=False, description="The target path shall not exist.")
    push_protection_bypass: Flag = Field(
        default=False, description="The content of this rule may look like a secret; otherwise that stops the campaign."
    )

    @field_validator("target")
    @classmethod
    def _inside(cls, value: str) -> str:
        if "\\" in value:
            raise ValueError(f"the path {value!r} has a backslash; write '/' between directories")
        if value not in (".", "./") and (why := path_problem(value.removesuffix("/"))) is not None:
            raise ValueError(f"the path {value!r} {why}")
        return value

    @model_validator(mode="after")
    def _one_of(self) -> FileRule:
        if self.absent == (self.source is not None):
            raise ValueError("give either `source` or `absent: true`")
        if self.absent and self.directory == ".":
            raise ValueError("`target: .` with `absent: true` would remove everything")
        return self

    @property
    def directory(self) -> str:
        """The target without a slash at its end."""
        return self.target.removesuffix("/")

    def at(self, name: str) -> str:
        """Return where a file of that name goes: a slash at the target's end makes it a directory."""
        return f"{self.directory}/{name}".removeprefix("./") if self.target.endswith("/") else self.target


class PullRequestFields(PullRequestSpec, Section):
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
        if not is_name(value):
            raise ValueError(NAME_RULE)
        return value


def read_distribution(text: str, *, name: str) -> Distribution:
    """Read and check a distribution file.

    Raises:
        InputError: every problem at once, each with its line and key.
    """
    from action_patterns.distribution.yaml_document import parse  # for the actions that read one

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
        found = Distribution.model_validate(document.data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        meant = {
            item["loc"]: key for item in errors if item["type"] == "extra_forbidden" and (key := _meant(item["loc"]))
        }
        left = without_follow_ons(errors, meant)
        raise InputError(*(_problem(item, document, name, meant.get(item["loc"])) for item in left)) from None
    for key, value in document.data["targets"].items():
        items = value if isinstance(value, list) else [value]
        found.targets.locate(key, "", Place(name, document.line(("targets", key))))
        for index, item in enumerate(items):
            found.targets.locate(key, str(item), Place(name, document.line(("targets", key, index))))
    return found


_SECTIONS: dict[str, type[BaseModel]] = {"targets": Selection, "files": FileRule, "pull-request": PullRequestFields}


def _keys(location: tuple[str | int, ...]) -> list[str]:
    """Return the keys that may stand beside one that is not known."""
    model = _SECTIONS[str(location[0])] if len(location) > 1 else Distribution
    return [input_name(name) for name in model.model_fields]


def _meant(location: tuple[str | int, ...]) -> str | None:
    return closest(str(location[-1]), _keys(location))


def _allowed(item: Any) -> list[str]:
    return re.findall("'([^']*)'", item["ctx"]["expected"])


def _problem(item: Any, document: YamlDocument, name: str, meant: str | None) -> Problem:
    location = tuple(item["loc"])
    key = ".".join(str(part) for part in location) or "the document"
    why = reason(item)
    fix = f"{item.get('ctx', {}).get('fix') or f'Correct `{key}`'}."
    if item["type"] == "missing":
        fix = f"Add `{location[-1]}`."
    elif item["type"] == "extra_forbidden":
        fix = f"Write `{meant}`." if meant else f"Remove `{location[-1]}`. Known here: {', '.join(_keys(location))}."
    elif item["type"] == "literal_error" and (near := closest(str(item["input"]), _allowed(item))):
        fix = f"Write `{near}`."
    elif item["type"] in ("tuple_type", "list_type"):
        fix = "Write it as a list, for example `[a, b]`."
    return Problem(f"{name}: {key}: {why}.", fix, file=name, line=document.line(location))
