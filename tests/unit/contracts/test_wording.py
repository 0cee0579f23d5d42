"""No word of the library that checks values reaches a person."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from action_patterns.contracts.wording import list_hint, reason

FOREIGN = ("valid tuple", "valid string", "dictionary", "instance", "Input", "Tuple", "String", "validation", "unable")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str


CASES: list[tuple[Any, Any, str]] = [
    (str, ["x"], "must be text"),
    (tuple[str, ...], "x", "must be a list"),
    (list[str], "x", "must be a list"),
    (dict[str, str], "x", "must be a mapping of keys to values"),
    (Part, "x", "must be a mapping of keys to values"),
    (Part, {}, "is missing"),
    (Part, {"name": "x", "nme": "x"}, "is not a known key"),
    (Literal["a", "b"], "c", "must be 'a' or 'b'"),
    (Literal["", "a", "b"], "c", "must be 'a' or 'b'"),
    (int, "x", "must be a whole number"),
    (int, 1.5, "must be a whole number"),
    (float, "x", "must be a number"),
    (bool, "x", "must be true or false"),
    (Annotated[int, Field(ge=1)], 0, "must be at least 1"),
    (Annotated[int, Field(le=1)], 2, "must be at most 1"),
    (Annotated[int, Field(gt=1)], 1, "must be more than 1"),
    (Annotated[int, Field(lt=1)], 1, "must be less than 1"),
    (Annotated[tuple[str, ...], Field(min_length=1)], [], "must not be empty"),
    (Annotated[str, Field(min_length=1)], "", "must not be empty"),
    (Annotated[str, Field(max_length=1)], "ab", "must have at most 1 characters"),
    (Annotated[str, Field(pattern="^a$")], "b", "must be text of another form"),
    (datetime, "x", "must be a time with its zone, as in 2026-07-01T14:02:00Z"),
    (AwareDatetime, "2026-07-01T14:02:00", "must be a time with its zone, as in 2026-07-01T14:02:00Z"),
    (bytes, 1.5, "has a value that is not allowed here"),
]


@pytest.mark.parametrize(("kind", "value", "said"), CASES)
def test_it_says_what_is_wanted(kind: Any, value: Any, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(value)
    (error,) = refused.value.errors(include_url=False)
    assert reason(error) == said
    assert not any(word in said for word in FOREIGN)


def test_no_json_is_said_without_the_position_of_a_parser() -> None:
    with pytest.raises(ValidationError) as refused:
        Part.model_validate_json("{")
    assert reason(refused.value.errors()[0]) == "is not valid JSON"


@pytest.mark.parametrize("line", ["- a.txt", "* a", '["a.txt"]', "[a, b]", "'a.txt'", "a.txt, b.txt"])
def test_a_line_that_looks_like_a_list_has_a_hint(line: str) -> None:
    assert list_hint(line) == " Write one a line, without dashes, brackets, quotes and commas."


@pytest.mark.parametrize("line", ["", "a.txt", "-a", "[a-z]*.js", "{a,b}.js", "*.md", "!a b"])
def test_another_line_has_none(line: str) -> None:
    assert list_hint(line) == ""
