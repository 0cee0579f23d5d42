"""JSON Schemas of users: nothing is fetched, expressions take linear time, and no value is shown."""

from __future__ import annotations

import time

import pytest

from action_patterns.content.json_schema import MOST_ERRORS, JsonSchema


def test_every_place_is_named_without_its_value() -> None:
    schema = JsonSchema({"required": ["a"], "properties": {"b": {"items": {"type": "integer"}}, "c": {"const": 1}}})
    found = {error.place: error.message for error in schema.errors({"b": [1, "secret"], "c": "secret"})}
    assert set(found) == {"$", "$.b[1]", "$.c"}
    assert "secret" not in " ".join(found.values())
    assert JsonSchema({"type": "object"}).errors({}) == ()


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ([], "a schema is a mapping"),
        ("x", "a schema is a mapping"),
        ({"type": "objekt"}, "$.type"),
        ({"pattern": "("}, "regex"),
        ({"pattern": "(?=x)"}, "regex"),
        ({"$ref": "#/nope"}, "does not exist"),
        ({"$ref": "https://example.com/schema.json"}, "Retrieval is disabled"),
        ({"$ref": "file:///etc/passwd"}, "Retrieval is disabled"),
        ({"$schema": "https://example.com/meta"}, "meta-schema"),
        ({"const": "\ud800"}, "UTF-8"),
    ],
)
def test_what_is_no_schema_is_refused_in_words(schema: object, why: str) -> None:
    with pytest.raises(ValueError, match=why.replace("$", r"\$")):
        JsonSchema(schema)


def test_the_errors_of_a_document_of_the_wrong_kind_are_bounded() -> None:
    assert len(JsonSchema({"items": {"type": "integer"}}).errors(["x"] * 10_000)) == MOST_ERRORS


def test_a_text_that_is_no_utf8_breaks_every_schema() -> None:
    (error,) = JsonSchema({"type": "string"}).errors("\ud800")
    assert error.message == "it has bytes that are no UTF-8"


def test_a_pattern_takes_linear_time() -> None:
    schema = JsonSchema({"pattern": "^(a+)+$"})
    began = time.process_time()
    assert schema.errors("a" * 50_000 + "!")
    assert time.process_time() - began < 5.0, "Python's engine would take years"
