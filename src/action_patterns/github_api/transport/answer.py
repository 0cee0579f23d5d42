"""An answer of GitHub, read value by value: one that is not of the documented type is an error that names its place.

A decision may stand on a value, or only be shown with it. The first kind is read by its type, and a value of another
type fails the target. The second kind is a `hint`, and a value of another type is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from action_patterns.errors import ActionPatternsError, AnswerLostError, UnexpectedAnswerError
from action_patterns.limits.refusal import read_date
from action_patterns.resilience.classification import OperationClass

T = TypeVar("T")
_MOST = 2**63
_NAMES: dict[type, str] = {str: "a text", int: "a number", bool: "true or false", dict: "an object", list: "a list"}


class Source(NamedTuple):
    """The request of an answer, for messages."""

    request: str
    request_id: str | None = None
    kind: OperationClass = "safe"
    headers: Mapping[str, str] = {}
    """Header fields of the answer, by lower-case name."""

    def error(self, what: str) -> ActionPatternsError:
        """Return the error for an answer that cannot be used: an `unsafe` request may have taken effect."""
        said = f"GitHub's answer to {self.request} is not of the documented form: {what}."
        if self.kind == "unsafe":
            return AnswerLostError(
                f"{said} The request may have taken effect.",
                remediation="Run again: the state is read before anything is sent a second time.",
                request_id=self.request_id,
            )
        return UnexpectedAnswerError(
            said,
            remediation="A proxy or another program between the runner and GitHub may have changed it: check the"
            " address of GitHub's API. If it comes from GitHub itself, give GitHub support the request id.",
            request_id=self.request_id,
        )


class Answer:
    """A value in an answer: a JSON value, its place, and the request it answers."""

    __slots__ = ("_source", "place", "value")

    def __init__(self, value: Any, source: Source, place: str = "") -> None:
        self.value = value
        self.place = place
        self._source = source

    def __getitem__(self, name: str) -> Answer:
        """Return a field of an object. A field that is missing is null.

        Raises:
            UnexpectedAnswerError: it is no object. AnswerLostError, here and below: the request was `unsafe`.
        """
        return Answer(self._typed(dict).get(name), self._source, f"{self.place}.{name}" if self.place else name)

    def __bool__(self) -> bool:
        """Return whether it is there: null is not."""
        return self.value is not None

    def __str__(self) -> str:
        """Return the place, for messages."""
        return self.place or "the whole"

    def text(self) -> str:
        """Return a text, or raise UnexpectedAnswerError."""
        return str(self._typed(str))

    def number(self) -> int:
        """Return a whole number, or raise UnexpectedAnswerError. GitHub counts nothing below zero."""
        found = int(self._typed(int))
        if not 0 <= found < _MOST:
            raise self.error("is no number that GitHub gives")
        return found

    def flag(self) -> bool:
        """Return true or false, or raise UnexpectedAnswerError."""
        return bool(self._typed(bool))

    def one_of(self, *known: str) -> str:
        """Return one of the known texts, or raise UnexpectedAnswerError."""
        found = self.text()
        if found not in known:
            raise self.error(f"is {found[:40]!r}, none of {', '.join(known)}")
        return found

    def names(self) -> Iterator[str]:
        """Yield the names of an object's fields, or raise UnexpectedAnswerError."""
        yield from self._typed(dict)

    def items(self) -> list[Answer]:
        """Return the values of a list, or raise UnexpectedAnswerError."""
        return [Answer(value, self._source, f"{self.place}[{index}]") for index, value in enumerate(self._typed(list))]

    def has(self, name: str) -> bool:
        """Return whether an object has a field of this name, null included."""
        return name in self._typed(dict)

    def nodes(self) -> list[Answer]:
        """Return the nodes of a GraphQL connection."""
        return self["nodes"].items()

    def hint(self, kind: type[T]) -> T | None:
        """Return the value. None: it is null or of another type, which costs no more than what is shown with it."""
        return self.value if type(self.value) is kind else None

    def answered_at(self) -> datetime:
        """Return the time of the answer by GitHub's clock, in full seconds (RFC 9110, "Date").

        Raises:
            UnexpectedAnswerError: the answer names no time.
        """
        found = read_date(self._source.headers)
        if found is None:
            raise self._source.error("it has no header `Date`, or one that cannot be read")
        return found

    def error(self, what: str) -> ActionPatternsError:
        """Return the error for a value that cannot be used, for a reason beside its type."""
        return self._source.error(f"`{self}` {what}")

    def _typed(self, kind: type) -> Any:
        # By the very type: to Python, true is a number.
        if type(self.value) is kind:
            return self.value
        found = "null" if self.value is None else _NAMES.get(type(self.value), "a number")
        raise self.error(f"is {found}, where {_NAMES[kind]} belongs")
