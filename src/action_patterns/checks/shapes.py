"""The shape of a text: what a rule of a check says about a value, without the value. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from action_patterns.checks.specification import Specification

Format = Literal["boolean", "email", "integer", "json", "number", "pem", "repository", "sha", "url"]


def _texts(value: object) -> object:
    """One value a line, or a list of values: a value may have commas."""
    return tuple(line.strip() for line in value.splitlines() if line.strip()) if isinstance(value, str) else value


class Shape(Specification):
    """Rules for one text."""

    format: Format | None = Field(default=None, description="Form of the value.")
    pattern: str | None = Field(
        default=None, description="Regular expression in Rust's syntax that the whole value matches."
    )
    one_of: Annotated[tuple[str, ...], BeforeValidator(_texts)] = Field(
        default=(), min_length=1, description="The values that are allowed."
    )
    min_length: int | None = Field(default=None, ge=1, description="Characters at least.")
    max_length: int | None = Field(default=None, ge=1, description="Characters at most.")
    minimum: float | None = Field(
        default=None, allow_inf_nan=False, description="For `integer` and `number`: the value at least."
    )
    maximum: float | None = Field(
        default=None, allow_inf_nan=False, description="For `integer` and `number`: the value at most."
    )

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        if value is not None:
            _compiled(value)
        return value

    @model_validator(mode="after")
    def _bounds(self) -> Shape:
        if (self.minimum is not None or self.maximum is not None) and self.format not in ("integer", "number"):
            raise ValueError("`minimum` and `maximum` need `format: integer` or `format: number`")
        for low, high in ((self.min_length, self.max_length), (self.minimum, self.maximum)):
            if low is not None and high is not None and low > high:
                raise ValueError("the least value is above the greatest")
        return self

    def mismatch(self, value: str) -> str:
        """Return the first rule that a value breaks, as the end of a sentence. Empty: none. Never the value."""
        if self.min_length is not None and len(value) < self.min_length:
            return f"has {len(value):,} characters, fewer than {self.min_length:,}"
        if self.max_length is not None and len(value) > self.max_length:
            return f"has {len(value):,} characters, more than {self.max_length:,}"
        if self.one_of and value not in self.one_of:
            return f"is none of: {', '.join(self.one_of)}"
        if self.format is not None and not _FORMATS[self.format][0](value):
            return f"is not {_FORMATS[self.format][1]}"
        if self.minimum is not None and float(value) < self.minimum:
            return f"is less than {self.minimum:g}"
        if self.maximum is not None and float(value) > self.maximum:
            return f"is more than {self.maximum:g}"
        if self.pattern is not None and not _compiled(self.pattern)(value):
            return f"does not match the pattern {self.pattern}"
        return ""


def _compiled(pattern: str) -> Callable[[str], bool]:
    from action_patterns.content.linear_regex import LinearRegex, searchable  # a list without patterns needs none

    expression = LinearRegex(rf"\A(?:{pattern})\z")
    return lambda value: expression.search(searchable(value))


def _is_number(value: str) -> bool:
    try:
        number = float(value)
    except ValueError:
        return False
    return value.isascii() and "_" not in value and number - number == 0.0


def _is_integer(value: str) -> bool:
    return value.isascii() and value.removeprefix("-").isdecimal()


def _is_json(value: str) -> bool:
    from action_patterns.content.bounded_json import loads  # few lists need it

    try:
        loads(value)
    except (ValueError, RecursionError):
        return False
    return True


def _is_url(value: str) -> bool:
    from urllib.parse import urlsplit  # few lists need it

    try:
        parts = urlsplit(value)
        return (
            parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0 and value.isprintable()
        )
    except ValueError:
        return False


def _is_pem(value: str) -> bool:
    lines = [line.strip() for line in value.strip().splitlines()]
    if len(lines) < 3:
        return False
    label = lines[0].removeprefix("-----BEGIN ").removesuffix("-----")
    return lines[0] == f"-----BEGIN {label}-----" and lines[-1] == f"-----END {label}-----" and bool(label)


def _is_email(value: str) -> bool:
    local, at, domain = value.rpartition("@")
    return bool(at and local and "." in domain.strip(".")) and value.isprintable() and " " not in value


def _is_repository(value: str) -> bool:
    from action_patterns.contracts.repository import is_repository  # few lists need it

    return is_repository(value)


_FORMATS: dict[Format, tuple[Callable[[str], bool], str]] = {
    "boolean": (lambda value: value in ("true", "false"), "`true` or `false`"),
    "email": (_is_email, "an e-mail address"),
    "integer": (_is_integer, "a whole number"),
    "json": (_is_json, "JSON"),
    "number": (_is_number, "a number"),
    "pem": (
        _is_pem,
        "PEM text with its BEGIN and END lines. A secret that was pasted in one line has lost its line ends",
    ),
    "repository": (_is_repository, "a repository of the form owner/name"),
    "sha": (
        lambda value: len(value) in (40, 64) and all(c in "0123456789abcdef" for c in value),
        "a full commit id in lower case",
    ),
    "url": (_is_url, "an address that begins with http:// or https://"),
}
"""Test and words of each format."""
