"""Conditions on what a repository is: of `when`, and filters of a selection. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from action_patterns.content.patterns import Pattern, PatternError, Refusal
from action_patterns.content.presence import file_pattern
from action_patterns.content.project_types import MARKERS, UNKNOWN
from action_patterns.contracts import Target
from action_patterns.contracts.plan import ExclusionReason
from action_patterns.contracts.target import Visibility
from action_patterns.contracts.wording import closest
from action_patterns.discovery.patterns import checked, refuse_topic
from action_patterns.discovery.section import Section
from action_patterns.input_types import input_name
from action_patterns.ports.repositories import FactsNeeded

TYPES = (*MARKERS, UNKNOWN)
"""The kinds of project that a condition may name."""


def several(value: Any) -> Any:
    """Take a single text for a list of one."""
    return (value,) if isinstance(value, str) else value


def refuse_type(name: str) -> Refusal | None:
    """Return why no repository has a kind of project. None: one can."""
    if name in TYPES:
        return None
    near = closest(name.lower(), TYPES)
    return Refusal(
        f"{name!r} is no type that is detected",
        f"Write {near!r}" if near else f"Write one of {', '.join(TYPES)}. `languages` takes GitHub's primary language",
    )


def refuse_language(name: str) -> Refusal | None:
    """Return why no repository has a primary language. None: one can."""
    if name.strip() and name.strip() == name:
        return None
    return Refusal(f"{name!r} is no language", "Write the language as the repository's page shows it")


def refuse_file(text: str) -> Refusal | None:
    """Return why a pattern of `has-file` cannot be answered. None: it can."""
    shown = repr(text[:80])
    if text.startswith("!"):
        return Refusal(f"{shown} begins with `!`, and no file is left out here", "Name a file that there is")
    try:
        Pattern(text)
    except PatternError as error:
        return Refusal(f"the pattern {shown} matches nothing: {error.refusal.why}", error.refusal.fix)
    pattern = file_pattern(text)
    if "**" in text:
        return Refusal(
            f"{shown} has `**`, for which the whole tree of every repository would be read",
            "Name the directory, as in 'src/*.go'. A pattern without a slash stands for the root directory",
        )
    if set(pattern.directory) & set("*?{\\"):
        return Refusal(f"{shown} has a pattern for a directory", "Name the directory. Its last part may be a pattern")
    return None


def _properties(value: Any) -> Any:
    """Take a single text for a list of one, in each property."""
    return {key: several(each) for key, each in value.items()} if isinstance(value, dict) else value


def refuse_property(name: str) -> Refusal | None:
    """Return why no organization defines a custom property of this name. None: one can."""
    # GitHub docs, "Managing custom properties for repositories in your organization": no spaces, at most 75 characters.
    if name and len(name) <= 75 and name.isprintable() and not any(each.isspace() for each in name):
        return None
    return Refusal(f"{name[:80]!r} is no name of a custom property", "Write the name as the organization defines it")


def _at_least_one(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value:
        fix = "Write the values that the property may have, or remove its name"
        raise PydanticCustomError("no_effect", "{why}", {"fix": fix, "why": "it has no value"})
    return value


Several = BeforeValidator(several)
"""A list, or a single text."""


class Unmet(NamedTuple):
    """The first condition that does not hold."""

    reason: ExclusionReason
    detail: str


class Filters(Section):
    """Properties that a repository must have. Each key that is given must hold."""

    types: Annotated[tuple[Annotated[str, checked(refuse_type), WithJsonSchema({"enum": TYPES})], ...], Several] = (
        Field(
            default=(),
            description="Only repositories of one of these types, which files in the root directory show; `unknown`: no"
            " file does.",
            examples=[["go", "node"]],
        )
    )
    languages: Annotated[tuple[Annotated[str, checked(refuse_language)], ...], Several] = Field(
        default=(),
        description="Only repositories whose primary language on GitHub is one of these.",
        examples=[["Go", "Python"]],
    )
    topics: Annotated[tuple[Annotated[str, checked(refuse_topic)], ...], Several] = Field(
        default=(),
        description="Only repositories that have all of these topics.",
        examples=[["service"]],
    )
    any_topics: Annotated[tuple[Annotated[str, checked(refuse_topic)], ...], Several] = Field(
        default=(),
        description="Only repositories that have one of these topics.",
        examples=[["go", "python"]],
    )
    properties: Annotated[
        dict[
            Annotated[str, checked(refuse_property)],
            Annotated[tuple[str, ...], Several, AfterValidator(_at_least_one)],
        ],
        BeforeValidator(_properties),
    ] = Field(
        default={},
        description="Only repositories whose custom properties have one of the values written for each.",
        examples=[{"team": "platform"}],
    )
    has_file: Annotated[tuple[Annotated[str, checked(refuse_file)], ...], Several] = Field(
        default=(),
        description="Only repositories that have all of these files of the default branch. The last part may be a"
        " pattern; a slash at the end means a directory.",
        examples=["pyproject.toml"],
    )
    visibility: Annotated[tuple[Visibility, ...], Several] = Field(
        default=(),
        description="Only repositories of one of these visibilities: `public`, `private`, `internal`.",
        examples=["public"],
    )

    @property
    def facts_needed(self) -> FactsNeeded:
        """The facts that these conditions are compared with."""
        return FactsNeeded(types=bool(self.types), has_file=self.has_file, properties=bool(self.properties))

    def first_unmet(self, target: Target) -> Unmet | None:
        """Return the first condition that does not hold. None: all hold."""
        return next(self._unmet(target), None)

    def _unmet(self, target: Target) -> Iterator[Unmet]:
        if self.types and not set(self.types) & set(target.types):
            yield Unmet("type", f"Its type is {_all_of(target.types)}, not {_one_of(self.types)}.")
        if self.languages and (target.language or "").lower() not in map(str.lower, self.languages):
            found = f"is {target.language}" if target.language else "is not known"
            yield Unmet("language", f"Its primary language {found}, not {_one_of(self.languages)}.")
        if missing := [topic for topic in self.topics if topic.lower() not in target.topics]:
            yield Unmet("topic-missing", f"It does not have the topic {missing[0]}.")
        if self.any_topics and not {topic.lower() for topic in self.any_topics} & set(target.topics):
            yield Unmet("topic-missing", f"It does not have the topic {_one_of(self.any_topics)}.")
        for name, values in self.properties.items():
            present = property_values(target, name)
            if not set(values) & set(present):
                has = f"is {_all_of(present)}, not {_one_of(values)}" if present else "has no value"
                yield Unmet("property", f"Its custom property {name} {has}.")
        if missing := [pattern for pattern in self.has_file if pattern not in target.has]:
            yield Unmet("file-missing", f"It has no file {missing[0]}.")
        if self.visibility and target.seen_as not in self.visibility:
            yield Unmet("visibility", f"It is {target.seen_as}.")


class Conditions(Filters):
    """Properties that a repository must have for a rule or a group to count. Each key that is given must hold."""

    @model_validator(mode="after")
    def _not_empty(self) -> Conditions:
        if not any(getattr(self, name) for name in type(self).model_fields):
            raise ValueError(f"give at least one of {', '.join(map(input_name, type(self).model_fields))}")
        return self

    def unmet(self, target: Target) -> str | None:
        """Return a sentence that names the first condition that does not hold. None: all hold."""
        found = self.first_unmet(target)
        return found.detail if found else None


def property_values(target: Target, name: str) -> tuple[str, ...]:
    """Return the values of a custom property; none if it has no value. The case of its name does not count."""
    for each, value in target.properties.items():
        if each.lower() == name.lower():
            return (value,) if isinstance(value, str) else value
    return ()


def _one_of(names: Iterable[str]) -> str:
    return " or ".join(names)


def _all_of(names: Iterable[str]) -> str:
    return " and ".join(names) or "not known"
