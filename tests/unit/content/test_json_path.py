"""JSON paths of users: RFC 9535, within bounds, and in linear time."""

from __future__ import annotations

import re
import time
from contextlib import suppress

import pytest

from action_patterns.content.json_path import MOST_CHARACTERS, MOST_NODES, JsonPath

DOCUMENT = {"a": [{"x": "ab", "n": 1}, {"x": "abb", "n": 20}], "b.c": {"x": None}, "on": True}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", [DOCUMENT]),
        ("$.a[*].n", [1, 20]),
        ("$.a[1].x", ["abb"]),
        ("$.a[-1:].n", [20]),
        ("$['b.c'].x", [None]),
        ("$..n", [1, 20]),
        ("$.a[?@.n > 10].x", ["abb"]),
        ("$.a[?match(@.x, 'a|ab')].n", [1]),
        ("$.a[?search(@.x, 'bb')].n", [20]),
        ("$.a[?search(@.n, '1')].n", []),
        ("$.a[?search(@.x, '(')].n", []),
        ("$.a[?length(@.x) == 3].n", [20]),
        ("$.missing", []),
    ],
)
def test_a_path_finds(path: str, found: list[object]) -> None:
    assert [node.value for node in JsonPath(path).find(DOCUMENT)] == found


def test_a_node_has_its_normalized_path() -> None:
    (node,) = JsonPath("$.a[1].x").find(DOCUMENT)
    assert node.place == "$['a'][1]['x']"


@pytest.mark.parametrize("document", ["text", 3, None, True])
def test_a_scalar_is_a_document_of_one_node(document: object) -> None:
    assert [node.value for node in JsonPath("$").find(document)] == [document]
    assert JsonPath("$.a").find(document) == ()


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("", "no JSONPath"),
        ("a.b", "expected `$`"),
        ("$.a[", "unexpected end"),
        ("$.a[?@.x ==]", "unexpected end"),
        ("$.a | $.b", "unexpected token"),
        ("$[?foo(@.a)]", "not defined"),
        ("$[99999999999999999999]", "out of range"),
        ("$..x..x..x", "descends"),
        ("$" + ".a" * MOST_CHARACTERS, "characters"),
        ("$" + "[" * 400, "no JSONPath"),
    ],
)
def test_what_is_no_path_is_refused_in_words(path: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)) as error:
        JsonPath(path)
    assert "TOKEN" not in str(error.value)


def test_a_path_that_nests_deeply_is_taken_or_refused_in_words() -> None:
    path = "$[?" + "(" * 240 + "@.a" + ")" * 240 + "]"
    with suppress(ValueError):
        assert JsonPath(path).find({"x": {"a": 1}})


def test_a_path_that_finds_too_much_is_refused() -> None:
    assert len(JsonPath("$[*]").find([0] * MOST_NODES)) == MOST_NODES
    with pytest.raises(ValueError, match="more than 1,000 nodes"):
        JsonPath("$[*]").find([0] * (MOST_NODES + 1))


@pytest.mark.parametrize("function", ["match", "search"])
def test_an_expression_takes_linear_time(function: str) -> None:
    path = JsonPath(f"$[?{function}(@, '^(a+)+$')]")
    began = time.process_time()
    assert path.find(["a" * 50_000 + "!"]) == ()
    assert time.process_time() - began < 5.0, "Python's engine would take years"
