"""Tests of one value: of a variable, of a document's node, of a command's output. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field

from action_patterns.checks.node import SHOWN_CHARACTERS, Type, as_text, equal, is_of, show
from action_patterns.checks.quantity import of_value, parse
from action_patterns.content.linear_regex import LinearRegex, searchable
from action_patterns.discovery.section import Section
from action_patterns.escape import clip
from action_patterns.input_types import Flag

_SHOWN_NODES = 5


class Fault(NamedTuple):
    """One test that does not hold."""

    code: str
    what: str
    """A sentence: what was found, and what is required."""
    fix: str
    never: str = ""
    """A sentence: what not to do."""


def _expression(value: str) -> str:
    try:
        LinearRegex(value)
    except ValueError as error:
        raise ValueError(str(error).removeprefix("it ")) from None
    return value


def _quantity(value: str) -> str:
    parse(value)
    return value


def _several(value: object) -> object:
    return tuple(value) if isinstance(value, list) else (value,)


Expression = Annotated[str, AfterValidator(_expression)]
Bound = Annotated[str, AfterValidator(_quantity)]


def _texts(value: object) -> object:
    return _several(value)


Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]


class Expectations(Section):
    """Tests of a value. Each that is given must hold."""

    type: Type | None = Field(
        default=None,
        description="Its type. A text counts as an `integer`, `number`, `boolean`, `array`, `object` or `null` if it is"
        " one in JSON; `json` is any text that is JSON.",
    )
    equals: Any = Field(
        default=None,
        description="The value it must have: a text, a list or a mapping. A number, `true`, `false` and `null` of a"
        " document equal the text that writes them.",
    )
    one_of: Annotated[tuple[Any, ...], BeforeValidator(_several)] | None = Field(
        default=None, min_length=1, description="Values of which it must have one."
    )
    matches: Expression | None = Field(
        default=None,
        description="A regular expression, in linear time (Rust's syntax), that must match somewhere in the text. Write"
        " `^` and `$` for the whole.",
    )
    not_matches: Expression | None = Field(
        default=None, description="A regular expression that must match nowhere in the text."
    )
    contains: Texts | None = Field(
        default=None, min_length=1, description="Texts that it must contain; of a list, items."
    )
    not_contains: Texts | None = Field(
        default=None, min_length=1, description="Texts that it must not contain; of a list, items."
    )
    at_least: Bound | None = Field(
        default=None,
        description="The least number, with its unit if it has one: `3`, `10 MiB`, `30 s`, `80 %`.",
        examples=["10 MiB"],
    )
    at_most: Bound | None = Field(default=None, description="The greatest number, as for `at-least`.")
    non_empty: Flag = Field(default=False, description="`true`: it is no empty text, list or mapping, and not null.")

    @property
    def tests(self) -> set[str]:
        """The names of the tests that are given."""
        return self.model_fields_set & Expectations.model_fields.keys()

    def faults(self, value: Any, subject: str, *, sensitive: bool = False) -> Iterator[Fault]:
        """Yield a fault for each test that a value does not meet.

        Args:
            value: a text, or a value of a document.
            subject: the beginning of each sentence, `The value`.
            sensitive: the value is shown nowhere.
        """
        shown = f"{subject} has a value that is not shown" if sensitive else f"{subject} is {show(value)}"
        for name, test in _TESTS.items():
            if name in self.tests:
                yield from test(self, value, shown)


_CORRECT = "Correct the step or file that it comes from."
_KEEP = "Change the assertion only if the requirement has changed."


def _type(tests: Expectations, value: Any, shown: str) -> Iterator[Fault]:
    assert tests.type is not None
    if not is_of(value, tests.type):
        wanted = "JSON" if tests.type == "json" else f"of the type {tests.type}"
        yield Fault("wrong-type", f"{shown}, which is not {wanted}.", _CORRECT, _KEEP)


def _equals(tests: Expectations, value: Any, shown: str) -> Iterator[Fault]:
    if not equal(tests.equals, value):
        yield Fault("not-equal", f"{shown}, and must be {show(tests.equals)}.", _CORRECT, _KEEP)


def _one_of(tests: Expectations, value: Any, shown: str) -> Iterator[Fault]:
    assert tests.one_of is not None
    if not any(equal(each, value) for each in tests.one_of):
        yield Fault("not-one-of", f"{shown}, and must be one of {_listed(tests.one_of)}.", _CORRECT, _KEEP)


def _matches(tests: Expectations, value: Any, shown: str) -> Iterator[Fault]:
    assert tests.matches is not None
    if not LinearRegex(tests.matches).search(searchable(as_text(value))):
        what = f"{shown}, which `{clip(tests.matches, SHOWN_CHARACTERS)}` does not match."
        yield Fault("no-match", what, _CORRECT, "Do not loosen the expression to get past.")


def _not_matches(tests: Expectations, value: Any, shown: str) -> Iterator[Fault]:
    assert tests.not_matches is not None
    if LinearRegex(tests.not_matches).search(searchable(as_text(value))):
        what = f"{shown}, which `{clip(tests.not_matches, SHOWN_CHARACTERS)}` matches and must not."
        yield Fault("match", what, _CORRECT, "Do not narrow the expression to get past.")


def _holds(value: Any, part: str) -> bool:
    if isinstance(value, list):
        return any(equal(part, each) for each in value)
    if isinstance(value, dict):
        return part in value
    return part in as_text(value)


def _contains(tests: Expectations, value: Any, shown: str) -> Iterator[Fault]:
    if lacks := [each for each in tests.contains or () if not _holds(value, each)]:
        yield Fault("lacks", f"{shown}, and must contain {_listed(lacks)}.", _CORRECT, _KEEP)


def _not_contains(tests: Expectations, value: Any, shown: str) -> Iterator[Fault]:
    if there := [each for each in tests.not_contains or () if _holds(value, each)]:
        yield Fault("contains", f"{shown}, and must not contain {_listed(there)}.", _CORRECT, _KEEP)


def _bound(bound: str, value: Any, shown: str, holds: Callable[[Decimal, Decimal], bool], code: str) -> Iterator[Fault]:
    wanted, found = parse(bound), of_value(value)
    words = "at least" if code == "too-small" else "at most"
    if found is None:
        yield Fault(
            "no-number",
            f"{shown}, which is no number, and must be {words} {bound}.",
            _CORRECT,
            "Write a number and at most its unit.",
        )
    elif found.measure != wanted.measure:
        has = f"in {found.measure}" if found.measure else "without a unit"
        needs = f"in {wanted.measure}" if wanted.measure else "without a unit"
        what = f"{shown}, a number {has}, and must be {words} {bound}, one {needs}."
        yield Fault("wrong-unit", what, "Write both with units of one kind, or both without.", "No unit is assumed.")
    elif not holds(found.amount, wanted.amount):
        yield Fault(code, f"{shown}, and must be {words} {bound}.", _CORRECT, _KEEP)


def _at_least(tests: Expectations, value: Any, shown: str) -> Iterator[Fault]:
    assert tests.at_least is not None
    yield from _bound(tests.at_least, value, shown, lambda found, wanted: found >= wanted, "too-small")


def _at_most(tests: Expectations, value: Any, shown: str) -> Iterator[Fault]:
    assert tests.at_most is not None
    yield from _bound(tests.at_most, value, shown, lambda found, wanted: found <= wanted, "too-large")


def _non_empty(tests: Expectations, value: Any, shown: str) -> Iterator[Fault]:
    blank = isinstance(value, str) and not value.strip()
    if tests.non_empty and (value is None or value in ([], {}) or blank):
        what = f"{shown}, and must not be empty."
        fix = "Look at the step that it comes from: an output that is not set and an empty one look alike here."
        yield Fault("empty", what, fix, "Do not fill in a default before you know which it is.")


_TESTS: dict[str, Callable[[Expectations, Any, str], Iterator[Fault]]] = {
    "non_empty": _non_empty,
    "type": _type,
    "equals": _equals,
    "one_of": _one_of,
    "matches": _matches,
    "not_matches": _not_matches,
    "contains": _contains,
    "not_contains": _not_contains,
    "at_least": _at_least,
    "at_most": _at_most,
}


def _listed(values: Sequence[Any]) -> str:
    more = f" and {len(values) - _SHOWN_NODES} more" if len(values) > _SHOWN_NODES else ""
    return ", ".join(show(each) for each in values[:_SHOWN_NODES]) + more


def joined(faults: Iterable[Fault]) -> Fault | None:
    """Return all faults as one: each sentence, and each fix once. None: there is none."""
    found = list(faults)
    if not found:
        return None
    shown, left = found[:_SHOWN_NODES], len(found) - _SHOWN_NODES
    more = [f"{left} more of its tests do not hold."] if left > 0 else []
    return Fault(
        found[0].code,
        " ".join([*(each.what for each in shown), *more]),
        " ".join(dict.fromkeys((*(each.fix for each in shown), *(each.never for each in shown if each.never)))),
    )
