"""The lines of `retry-on` and `stop-on`: which failures are retried, and which end the step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, cast, get_args

from action_patterns.content.linear_regex import LinearRegex, searchable
from action_patterns.errors import Problem
from action_patterns.resilience.failed_command import Failure, FailureClass, classes_of

Kind = Literal["class", "exit", "http", "text"]
KINDS: tuple[Kind, ...] = get_args(Kind)
CLASSES: tuple[FailureClass, ...] = get_args(FailureClass)
BY_OUTPUT: frozenset[FailureClass] = frozenset({"rate-limited", "conflict"})
"""The classes that no exit code has."""
SYNTAX = "Write `class: transient`, `exit: 28, 35`, `http: 502, 5xx`, `text: connection reset` or `text: /expression/`"

_SHOWN_CLAUSES = 5
_SHOWN_CHARACTERS = 80
_NUMBERS = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?", re.ASCII)
_FAMILY = re.compile(r"[45]xx", re.IGNORECASE)


class Condition(NamedTuple):
    """One value of a line."""

    kind: Kind
    value: str
    """The value as it was written."""
    numbers: frozenset[int] = frozenset()
    """Exit codes or HTTP statuses."""
    expression: LinearRegex | None = None

    def __str__(self) -> str:
        """Return the condition as a line."""
        return f"{self.kind}: {self.value}"

    def matches(self, ended: EndedCommand) -> bool:
        """Return whether the condition holds for a command that failed."""
        match self.kind:
            case "class":
                return ended.failure.failure_class == self.value
            case "exit":
                return ended.exit_code in self.numbers
            case "http":
                return ended.failure.status in self.numbers
            case "text":
                if self.expression is not None:
                    return self.expression.search(searchable(ended.output))
                return self.value.casefold() in ended.output.casefold()

    @property
    def identity(self) -> tuple[Kind, frozenset[int] | str]:
        """Value that two spellings of one condition share."""
        return self.kind, self.numbers or (self.value if self.expression else self.value.casefold())


class EndedCommand(NamedTuple):
    """A failed command, as conditions see it."""

    exit_code: int
    output: str
    failure: Failure


def parse(lines: Sequence[str], name: str) -> tuple[tuple[Condition, ...], tuple[Problem, ...]]:
    """Return the conditions of an input, and a problem for each line that means nothing."""
    conditions: list[Condition] = []
    problems: list[Problem] = []
    for line in lines:
        found = tuple(_parse_line(line))
        conditions += (each for each in found if isinstance(each, Condition))
        clauses = dict.fromkeys(each for each in found if isinstance(each, str))
        if clauses:
            from action_patterns.escape import clip  # for the steps with such a line

            what = f"`{name}` has the line `{clip(line, _SHOWN_CHARACTERS)}`: {'; '.join([*clauses][:_SHOWN_CLAUSES])}."
            problems.append(Problem(what, f"{SYNTAX}, one kind a line."))
    return tuple(conditions), tuple(problems)


def contradictions(retry_on: Iterable[Condition], stop_on: Iterable[Condition]) -> Iterator[Problem]:
    """Yield a problem for each condition of `retry-on` that a condition of `stop-on` makes void."""
    stops = tuple(stop_on)
    for retries in retry_on:
        if stop := next((each for each in stops if _covers(each, retries)), None):
            yield Problem(
                f"`retry-on` has `{retries}` and `stop-on` has `{stop}`: a failure of the first is never retried.",
                "Remove one of the two. `stop-on` counts before `retry-on`, so it may be the narrower one.",
            )


def first_match(conditions: Iterable[Condition], ended: EndedCommand) -> Condition | None:
    """Return the first condition that holds. None: none does."""
    return next((each for each in conditions if each.matches(ended)), None)


def _parse_line(line: str) -> Iterator[Condition | str]:
    """Yield the conditions of a line, and a clause for each part that is none."""
    kind, colon, rest = (part.strip() for part in line.partition(":"))
    if not colon or kind not in KINDS:
        yield f"`{kind[:_SHOWN_CHARACTERS]}` is none of {', '.join(f'`{each}`' for each in KINDS)}"
    elif not rest:
        yield "it has no value"
    elif kind == "text":
        yield _text(rest)
    else:
        known = cast("Kind", kind)
        yield from (_value(known, value.strip()[:_SHOWN_CHARACTERS]) for value in rest.split(","))


def _text(value: str) -> Condition | str:
    if not (len(value) > 1 and value[0] == value[-1] == "/"):
        return Condition(kind="text", value=value)
    try:
        expression = LinearRegex(value[1:-1])
    except ValueError as error:
        return str(error)
    if expression.search(""):
        return "the expression matches every output"
    return Condition(kind="text", value=value, expression=expression)


def _value(kind: Kind, value: str) -> Condition | str:
    if kind == "class":
        known = f"`{value}` is no class; the classes are {', '.join(CLASSES)}"
        return Condition(kind=kind, value=value) if value in CLASSES else known
    numbers = _numbers(value) if kind == "exit" else _statuses(value)
    if isinstance(numbers, str):
        return numbers
    return Condition(kind=kind, value=value, numbers=numbers)


def _numbers(value: str) -> frozenset[int] | str:
    """Return exit codes: a number, or two with a hyphen between."""
    found = _NUMBERS.fullmatch(value)
    if found is None:
        return f"`{value}` is no exit code from 1 to 255, and no range of them"
    first = int(found[1])
    last = int(found[2] or first)
    if first == 0:
        return "exit code 0 is success"
    if not first <= last <= 255:
        return f"`{value}` is no exit code from 1 to 255, and no range of them"
    return frozenset(range(first, last + 1))


def _statuses(value: str) -> frozenset[int] | str:
    if _FAMILY.fullmatch(value):
        hundreds = int(value[0]) * 100
        return frozenset(range(hundreds, hundreds + 100))
    if value.isascii() and value.isdigit() and 400 <= int(value[:4]) < 600:
        return frozenset({int(value)})
    return f"`{value}` is no HTTP status from 400 to 599, and neither `4xx` nor `5xx`"


def _covers(stop: Condition, retries: Condition) -> bool:
    """Return whether each failure that one condition holds for is one that the other holds for too."""
    if stop.kind == retries.kind:
        return stop.identity == retries.identity or (bool(retries.numbers) and retries.numbers <= stop.numbers)
    if stop.kind != "class":
        return False
    match retries.kind:
        case "http":
            from action_patterns.resilience.classify import classes_of_status  # for the steps that name both

            return all(classes_of_status(status) <= {stop.value} for status in retries.numbers)
        case "exit":
            return all(
                (classes := classes_of(code)) is not None and classes <= {stop.value} for code in retries.numbers
            )
        case _:
            return False
