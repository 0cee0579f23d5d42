"""JSON Schemas of users. Pure.

Nothing is fetched, and expressions take linear time: the engine is Rust's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

MASK = "the value"
"""The words that stand for a value in a message."""
MOST_ERRORS = 20
"""Errors that are counted for one document. A document of the wrong kind has one for each of its items."""


class SchemaError(NamedTuple):
    """A place of a document that the schema refuses."""

    place: str
    """Its address as a JSONPath, `$.jobs[0].name`."""
    message: str
    """A clause without a full stop. Values of the document are left out."""


class JsonSchema:
    """A JSON Schema of any draft; without `$schema` of 2020-12."""

    __slots__ = ("_validator",)

    def __init__(self, schema: object) -> None:
        """Compile a schema.

        Raises:
            ValueError: it is none. The message is a clause that says why.
        """
        from jsonschema_rs import RegexOptions, ValidationError, validator_for

        if not isinstance(schema, dict | bool):
            raise ValueError("a schema is a mapping, and this is none")  # noqa: TRY004 - text of a user
        try:
            self._validator = validator_for(
                schema,
                offline=True,
                pattern_options=RegexOptions(),
                validate_formats=True,
                mask=MASK,
            )
        except ValidationError as error:
            raise ValueError(f"{_address(error)}: {_clause(error.message)}") from None
        except UnicodeEncodeError:
            raise ValueError("it has bytes that are no UTF-8") from None

    def errors(self, value: object) -> tuple[SchemaError, ...]:
        """Return the places of a document that the schema refuses, at most `MOST_ERRORS`."""
        try:
            return tuple(SchemaError(_address(error), _clause(error.message)) for error in self._first(value))
        except UnicodeEncodeError:
            return (SchemaError("$", "it has bytes that are no UTF-8"),)

    def _first(self, value: object) -> Iterator[ValidationError]:
        for count, error in enumerate(self._validator.iter_errors(value)):
            if count == MOST_ERRORS:
                return
            yield error


def _address(error: ValidationError) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.instance_path)


def _clause(message: str) -> str:
    return " ".join(message.split()).removesuffix(".")
