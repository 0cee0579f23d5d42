"""`distribution.yml`: the whole campaign in one file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, field_validator, model_validator

from action_patterns.contracts.artifact import NAME_RULE, is_name
from action_patterns.contracts.wording import closest, reason, without_follow_ons
from action_patterns.discovery.conditions import Conditions
from action_patterns.discovery.section import Section
from action_patterns.discovery.selection import Place, Selection
from action_patterns.distribution.rules import FileRule
from action_patterns.distribution.values import Value, Values
from action_patterns.errors import InputError, Problem
from action_patterns.input_types import Flag, NameList, input_name
from action_patterns.pull_request.spec.reviewers import NOBODY, Reviewers
from action_patterns.pull_request.spec.spec import PullRequestSpec

if TYPE_CHECKING:
    from action_patterns.distribution.yaml_document import Location, YamlDocument


OWN_RULES = "campaign"
"""Name of the campaign's own rules in a plan. No group has it."""


class PullRequestFields(PullRequestSpec, Section):
    """How the pull request shall look."""

    model_config = ConfigDict(extra="forbid")

    template: Flag = Field(default=False, description="Title, body and commit message are templates.")


class GroupFields(Section):
    """Additions of a group to the pull requests of its repositories."""

    labels: NameList = Field(default=(), description="Labels to set too.")
    assignees: NameList = Field(default=(), description="Logins to assign too.")
    reviewers: Reviewers = Field(default=NOBODY, description="Logins to ask for a review too.")
    team_reviewers: NameList = Field(default=(), description="Team slugs to ask for a review too.")


class Group(Section):
    """A set of repositories, and the files for them."""

    targets: Selection | None = Field(
        default=None, description="The repositories of the group. Default: the campaign's targets."
    )
    when: Conditions | None = Field(default=None, description="The group counts only for targets that meet these.")
    values: Values = Field(default={}, description="Values of templates; they count before the campaign's.")
    files: tuple[FileRule, ...] = Field(min_length=1, description="Files of the group.")
    pull_request: GroupFields = Field(
        default=GroupFields(), description="Labels, assignees and reviewers that the group adds."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Repositories, and the rules for them: a group, or the campaign's own."""

    name: str
    """The group's; "": the campaign's own."""
    targets: Selection
    when: Conditions | None
    values: dict[str, Value]
    files: tuple[FileRule, ...]
    fields: GroupFields

    @property
    def location(self) -> tuple[str, ...]:
        """Its place in the file."""
        return ("groups", self.name) if self.name else ()


class Distribution(Section):
    """The campaign."""

    name: str = Field(
        description="Short name: prefixes artifacts, and is the pull request's key unless `key` is given.",
        examples=["shared-files"],
    )
    key: str | None = Field(default=None, description="Key of the pull request; the same on every run.")
    values: Values = Field(default={}, description="Values of templates: texts, and lists of texts.")
    targets: Selection | None = Field(default=None, description="The repositories.")
    files: tuple[FileRule, ...] = Field(default=(), description="Files for the targets.")
    groups: dict[str, Group] = Field(
        default={},
        description="Further sets of repositories with files, by name. A repository in several groups gets one pull"
        " request with the files of all.",
    )
    pull_request: PullRequestFields = Field(description="How the pull request shall look.")

    _document: YamlDocument | None = PrivateAttr(default=None)

    @field_validator("name")
    @classmethod
    def _plain(cls, value: str) -> str:
        if not is_name(value):
            raise ValueError(NAME_RULE)
        return value

    @field_validator("groups")
    @classmethod
    def _group_names(cls, value: dict[str, Group]) -> dict[str, Group]:
        if wrong := [name for name in value if not is_name(name)]:
            raise ValueError(f"{wrong[0]!r} is no name of a group: {NAME_RULE}")
        if OWN_RULES in value:
            raise ValueError(f"{OWN_RULES!r} is the name of the campaign's own rules. Choose another one")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Distribution:
        for key, why in _gaps({"targets": self.targets, "files": self.files, "groups": self.groups}):
            raise ValueError(f"`{key}` {why}")
        return self

    @property
    def sets(self) -> tuple[RuleSet, ...]:
        """The campaign's own rules, and those of each group."""
        own = [("", Group(files=self.files))] if self.files else []
        found: list[RuleSet] = []
        for name, group in (*own, *self.groups.items()):
            targets = group.targets or self.targets
            assert targets is not None, "see _complete"
            found.append(
                RuleSet(
                    name=name,
                    targets=targets,
                    when=group.when,
                    values=self.values | group.values,
                    files=group.files,
                    fields=group.pull_request,
                )
            )
        return tuple(found)

    def line(self, *location: str | int) -> int:
        """Return the line of a key."""
        return self._document.line(location) if self._document is not None else 1


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
        problems = [_problem(item, document, name, meant.get(item["loc"])) for item in left]
        if all(item["loc"] for item in left):  # pydantic looks at the whole only where each part is right
            problems += [
                Problem(f"{name}: {key}: {why}.", f"Add `{key}`.", file=name, line=1)
                for key, why in _gaps(document.data)
                if key not in meant.values()
            ]
        raise InputError(*problems) from None
    found._document = document  # noqa: SLF001 - a private attribute of pydantic has no other way in
    for rules in found.sets:
        own = rules.name and found.groups[rules.name].targets is not None
        _locate(rules.targets, (*(rules.location if own else ()), "targets"), document, name)
    return found


def _gaps(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each key that lacks, and why it is needed."""
    files, groups = data.get("files"), data.get("groups")
    if not files and not groups:
        yield "files", "is missing or empty, and no group has files"
    without = [name for name, group in groups.items() if not _targets(group)] if isinstance(groups, dict) else []
    if data.get("targets") is None and (files or without or not groups):
        yield "targets", "is missing" if files or not without else f"is missing, and the group {without[0]!r} has none"


def _targets(group: Any) -> Any:
    return group.get("targets") if isinstance(group, dict) else getattr(group, "targets", None)


def _locate(selection: Selection, location: Location, document: YamlDocument, name: str) -> None:
    data = document.data
    for part in location:
        data = data[part]
    for key, value in data.items():
        selection.locate(key, "", Place(name, document.line((*location, key))))
        for item, place in _items(value, (*location, key)):
            selection.locate(key, item, Place(name, document.line(place)))
        for index, inside in enumerate(selection.parts.get(input_name(key), ())):
            _locate(inside, (*location, key, index), document, name)


def _items(value: Any, location: Location) -> Iterator[tuple[str, Location]]:
    """Yield the items of a value and their places; those of a mapping as `name=item`."""
    if isinstance(value, dict):
        for name, several in value.items():
            for item, place in _items(several, (*location, name)):
                yield f"{name}={item}", place
    else:
        for index, item in enumerate(value if isinstance(value, list) else [value]):
            yield str(item), (*location, index)


def _keys(location: Location) -> list[str]:
    """Return the keys that may stand beside one that is not known."""
    model: type[BaseModel] = Distribution
    for part in location[:-1]:
        field = next((f for n, f in model.model_fields.items() if (f.alias or input_name(n)) == part), None)
        inner = _model_in(field.annotation) if field is not None else None
        model = inner or model
    return [field.alias or input_name(name) for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model in a type such as `tuple[Model, ...]` or `Model | None`. None: there is none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in get_args(annotation) if (found := _model_in(each)) is not None), None)


def _meant(location: Location) -> str | None:
    return closest(str(location[-1]), _keys(location))


def _allowed(item: Any) -> list[str]:
    return re.findall("'([^']*)'", item["ctx"]["expected"])


def _problem(item: Any, document: YamlDocument, name: str, meant: str | None) -> Problem:
    location = tuple(item["loc"])
    # pydantic marks a refused key by one more part.
    key = ".".join(str(part) for part in location if part != "[key]") or "the document"
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
