"""One entry of a list of checks, as a caller writes it. The modules of the categories derive from it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeVar

from pydantic import BeforeValidator, Field, model_validator

from action_patterns.checks.check import Finding
from action_patterns.discovery.section import Section
from action_patterns.errors import Problem
from action_patterns.input_types import NameList, input_name, split_names

if TYPE_CHECKING:
    from action_patterns.action.session import Session
    from action_patterns.ports.bundle import Ports
    from action_patterns.ports.permissions import Verb


T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class World:
    """The things that a check may read."""

    ports: Ports
    github: Callable[[Sequence[Verb], Sequence[str]], Session]
    """Opens GitHub for verbs and repositories; the same session for the same verbs."""
    jobs: Mapping[str, str] = field(default_factory=dict)
    """Results of the jobs before, by id."""
    facts: dict[tuple[str, ...], Any] = field(default_factory=dict)
    """Answers that several checks of one list share. The next run has none of them."""

    def recall(self, key: tuple[str, ...], read: Callable[[], T]) -> T:
        """Return a fact, which is read once."""
        if key not in self.facts:
            self.facts[key] = read()
        found: T = self.facts[key]
        return found


def not_an_input(name: str) -> str:
    """Return the name of a variable.

    Raises:
        ValueError: it is that of an input of this action, which no check looks at: one is the token.
    """
    if name.upper().startswith("INPUT_"):
        raise ValueError("begins with `INPUT_`, as the inputs of this action do. Pass the value by another name")
    return name


def _required(value: object) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return value.lower() == "true"
    if not isinstance(value, str | list | tuple):
        return value
    from action_patterns.checks.events import events_of  # few lists name events

    return events_of(tuple(split_names(value) if isinstance(value, str) else map(str, value)))


class SharedKeys(Section):
    """The keys that an entry of every kind may have, in one model for all kinds: pydantic is slow to make fields."""

    name: str = Field(
        default="", description="Name of the check in the table. Default: its kind and subject, for example `tool git`."
    )
    required: Annotated[bool | tuple[str, ...], BeforeValidator(_required)] = Field(
        default=True,
        description="`true`: a failure makes the list fail. `false`: it is shown only. Names of events, for example"
        " `push, release`: required on these events and optional on others.",
    )
    needs: NameList = Field(default=(), description="Names of checks that must hold before this one is asked.")
    message: str = Field(default="", description="Your words for a failure, shown before the facts.")
    fix: str = Field(default="", description="Your way to fix a failure, in place of the built-in one.")
    page: str = Field(default="", description="Your page about it, in place of the built-in source.")

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_left_out(cls, value: Any) -> Any:
        return _checked(value, ("name", "message", "fix", "page"))

    def is_required(self, event: str) -> bool:
        """Return whether a failure counts on this event."""
        return self.required if isinstance(self.required, bool) else event in self.required


def _checked(value: Any, may_be_empty: Container[str]) -> Any:
    """Refuse a rule with nothing behind it, an expression that came to nothing: left out, it would hold always."""
    for key, each in value.items() if isinstance(value, dict) else ():
        if (each is None or each == "") and key not in may_be_empty:
            raise ValueError(f"`{key}` is empty: an expression came to nothing there")
    return value


class Specification(Section):
    """An entry without the shared keys: one key names the kind and its subject, the others say more."""

    subject: ClassVar[str]
    """The field that names the kind."""
    may_be_empty: ClassVar[frozenset[str]] = frozenset()
    """Keys of values for which an empty text is one."""

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_left_out(cls, value: Any) -> Any:
        return _checked(value, (*cls.may_be_empty, cls.subject, input_name(cls.subject)))

    @property
    def makes_red(self) -> bool:
        """Whether a failure may make the step red."""
        return True

    def title(self) -> str:
        """Return the name in the table, where the entry gives none."""
        return f"{input_name(self.subject)} {getattr(self, self.subject)}"

    def problems(self, world: World) -> Iterator[Problem]:  # noqa: ARG002 - a kind that names files looks at them
        """Yield what is wrong with the files that the entry names, before anything is asked."""
        yield from ()

    def answer(self, world: World) -> Finding:
        """Return the answer. A kind that can ask for several at once overrides `ask` instead."""
        raise NotImplementedError

    @classmethod
    def ask(cls, subjects: Sequence[Self], world: World) -> Sequence[Finding]:
        """Return the answers for several entries of this kind, in their order."""
        return [each.answer(world) for each in subjects]
