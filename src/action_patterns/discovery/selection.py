"""Which repositories are the targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, field_validator, model_validator

from action_patterns.action.reach import Reach
from action_patterns.content.patterns import Refusal
from action_patterns.contracts import Target
from action_patterns.contracts.target import PERMISSIONS, Permission, Visibility
from action_patterns.contracts.wording import reason
from action_patterns.discovery import since
from action_patterns.discovery.conditions import Filters, Unmet, several
from action_patterns.discovery.patterns import (
    begins_with_inclusion,
    checked,
    refuse_owner,
    refuse_pattern,
    refuse_repository,
    refuse_team,
)
from action_patterns.discovery.search_query import owner_of, refuse_search
from action_patterns.discovery.source import Source
from action_patterns.errors import Problem
from action_patterns.input_types import Flag, input_name
from action_patterns.ports.repositories import FactsNeeded


class Place(NamedTuple):
    """The line of a file on which an item stands."""

    file: str
    line: int


Patterns = Annotated[tuple[Annotated[str, checked(refuse_pattern)], ...], AfterValidator(begins_with_inclusion)]
"""Globs, names and regular expressions of repositories, in order."""


def _visibilities(value: Any) -> Any:
    """Take `all` for no filter."""
    return () if value in ("all", ["all"], ("all",)) else several(value)


def refuse_since(text: str) -> Refusal | None:
    """Return why a text is no point in time. None: it is one."""
    why = since.problem(text)
    return Refusal(why, "Write a date as '2026-01-31', or a duration as '90d', '12w' or '36h'") if why else None


def once(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names without repetition. GitHub ignores the case of names."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(name.lower(), name)
    return tuple(first.values())


class Selection(Filters):
    """Which repositories are the campaign's targets."""

    owners: tuple[Annotated[str, checked(refuse_owner)], ...] = Field(
        default=(), description="Organizations or users; all their repositories are considered."
    )
    repositories: tuple[Annotated[str, checked(refuse_repository)], ...] = Field(
        default=(), description="Repositories by name, `owner/name`."
    )
    teams: tuple[Annotated[str, checked(refuse_team)], ...] = Field(
        default=(), description="Teams, `organization/team`; the repositories they have access to are considered."
    )
    installation: Flag = Field(
        default=False,
        description="Consider all repositories of the GitHub App's installations. It needs the App's key or an"
        " installation token.",
    )
    search: tuple[Annotated[str, checked(refuse_search)], ...] = Field(
        default=(),
        description="Repository searches of one owner each, as `org:acme topic:python`; each result is read again.",
    )
    repositories_file: str | None = Field(
        default=None,
        description="File with further names of repositories: one a line, with `#` comments, or a JSON list.",
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
    forks: Flag = Field(default=False, description="Consider forks too.")
    any_of: tuple[Selection, ...] = Field(
        default=(), description="Selections: what one of them selects is considered, as from a source."
    )
    all_of: tuple[Selection, ...] = Field(
        default=(), description="Selections: only the repositories that each of them selects."
    )
    none_of: tuple[Selection, ...] = Field(
        default=(), description="Selections: not the repositories that one of them selects."
    )

    # Filters beside those of conditions.
    visibility: Annotated[tuple[Visibility, ...], BeforeValidator(_visibilities)] = Field(
        default=(),
        description="Only repositories of one of these visibilities: `public`, `private`, `internal`; `all`: of any.",
        examples=[["private", "internal"]],
    )
    pushed_since: Annotated[str, checked(refuse_since)] | None = Field(
        default=None,
        description="Only repositories with a push since then: a date, `2026-01-31`, or a duration, `90d`, `12w`,"
        " `36h`.",
        examples=["90d"],
    )
    permission: Permission | None = Field(
        default=None,
        description="Only repositories where the token's account has at least this role: `read`, `triage`, `write`,"
        " `maintain` or `admin`.",
        examples=["write"],
    )
    without_open_pull_request: Flag = Field(
        default=False,
        description="Not the repositories with an open pull request of this campaign. The token needs `pull-requests:"
        " read`.",
    )

    _places: dict[tuple[str, str], Place] = PrivateAttr(default_factory=dict)

    @field_validator("owners", "repositories", "teams", "search")
    @classmethod
    def _once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        # An owner in two spellings would be listed twice.
        return once(value)

    @model_validator(mode="after")
    def _not_empty(self) -> Selection:
        if not self.has_source and not self.all_of:
            raise ValueError(
                "name at least one owner in `owners` or one repository in `repositories`, or another source: `teams`,"
                " `installation`, `search` or `repositories-file`"
            )
        if any(part.forks for part in (*self.any_of, *self.all_of, *self.none_of)):
            raise ValueError("write `forks` beside `any-of`, `all-of` and `none-of`; it has no effect inside them")
        return self

    @property
    def has_source(self) -> bool:
        """It names repositories, or lists where they are."""
        return bool(self.sources or self.repositories or self.repositories_file or self.any_of)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources to list, without those of other selections inside."""
        return (
            *(Source("owners", owner) for owner in self.owners),
            *(Source("teams", team) for team in self.teams),
            *((Source("installation", ""),) if self.installation else ()),
            *(Source("search", query) for query in self.search),
        )

    @property
    def parts(self) -> dict[str, tuple[Selection, ...]]:
        """The selections inside, by key."""
        return {"any-of": self.any_of, "all-of": self.all_of, "none-of": self.none_of}

    def walk(self) -> Iterator[Selection]:
        """Yield the selection and every selection inside."""
        yield self
        for part in (part for parts in self.parts.values() for part in parts):
            yield from part.walk()

    def adding(self) -> Iterator[Selection]:
        """Yield the selection and those inside whose sources add repositories to it."""
        yield self
        for part in self.any_of if self.has_source else self.all_of[:1]:
            yield from part.adding()

    @property
    def reach(self) -> Reach:
        """The repositories that it may select."""
        parts = tuple(self.adding())
        organizations = (team.partition("/")[0] for part in parts for team in part.teams)
        searched = (owner_of(query) for part in parts for query in part.search)
        return Reach(
            once(name for part in parts for name in part.repositories),
            once((*(owner for part in parts for owner in part.owners), *organizations, *searched)),
            public_only=self.visibility == ("public",),
            hidden=tuple(
                source.in_words
                for part in self.walk()
                for source in part.sources
                if source.key in ("teams", "installation")
            ),
        )

    def facts_needed_with(self, branch: str | None) -> FactsNeeded:
        """Return the facts that the filters are compared with. `branch`: the campaign's. None: there is none."""
        return replace(self.facts_needed, open_from=branch if self.without_open_pull_request else None)

    def first_left_out(self, target: Target, now: datetime) -> Unmet | None:
        """Return the first filter, of conditions or of the selection, that leaves a repository out. None: none does."""
        if found := self.first_unmet(target):
            return found
        if self.pushed_since is not None and not self.is_pushed(target, now):
            last = (
                f"Its last push was at {target.pushed_at:%Y-%m-%d %H:%M} UTC."
                if target.pushed_at
                else "It has no push."
            )
            return Unmet("not-pushed-since", last)
        if not self.is_permitted(target):
            return Unmet("permission", f"The token's account has the role {target.permission}, not {self.permission}.")
        if self.without_open_pull_request and target.open_pull_request:
            return Unmet("open-pull-request", "It has an open pull request of this campaign.")
        return None

    def is_pushed(self, target: Target, now: datetime) -> bool:
        """Return whether a repository has a push since the time that is asked for."""
        if self.pushed_since is None:
            return True
        return target.pushed_at is not None and target.pushed_at >= since.before(self.pushed_since, now)

    def is_permitted(self, target: Target) -> bool:
        """Return whether the role suffices. One that is not known does: GitHub then refuses what it does not allow."""
        if self.permission is None or target.permission is None:
            return True
        return PERMISSIONS.index(target.permission) >= PERMISSIONS.index(self.permission)

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
