"""Two contents of a file that differ in volatile parts at most are the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.content.volatile import VolatileParts
from action_patterns.errors import InputError


def same(expressions: list[str], one: str | bytes, other: str | bytes, path: str) -> bool:
    there, desired = (each.encode() if isinstance(each, str) else each for each in (one, other))
    parts = VolatileParts.of(expressions, path=path)
    found = parts.same(there, desired, path)
    assert parts.same(desired, there, path) == found
    return found


@pytest.mark.parametrize(
    ("expression", "path", "one", "other", "expected"),
    [
        ("/# made .*/", "a", "# made 1\nx\n", "# made 2\nx\n", True),
        ("/# made .*/", "a", "# made 1\nx\n", "# made 2\ny\n", False),
        ("/# made .*/", "a", "# made 1\nx\n", "x\n", True),
        ("/made/", "a", "# made 1\n", "# made 2\n", False),
        ("/a|b/", "a", "a\n", "b\n", True),
        ("/a|b/", "a", "ab\n", "b\n", False),
        ("/a/", "a", "a\r\nx\r\n", "x\r\n", True),
        ("/a/", "a", "a\r\nx\r\n", "x\n", False),
        ("/.*é.*/", "a", "é1", "é2", True),
        ("/a/", "a", b"\xff", b"a", False),
        ("/a/", "a", b"\xff", b"\xff", True),
        (
            "<!-- from -->…<!-- to -->",
            "a",
            "<!-- from -->\n1\n<!-- to -->\nx",
            "<!-- from -->\n2\n<!-- to -->\nx",
            True,
        ),
        ("from…to", "a", "from\n1\nto\nx", "from\n2\nto\ny", False),
        ("from…to", "a", "from\n1\nto\n", "1\n", False),
        ("from…to", "a", "from\n1\n", "from\n2\n", False),
        ("$.at", "a.json", '{"at": 1, "b": 2}', '{"at": [3], "b": 2}', True),
        ("$.at", "a.json", '{"at": 1, "b": 2}', '{"at": 1, "b": 3}', False),
        ("$.at", "a.json", '{"at": 1}', '{"at":  1}', False),
        ("$.at", "a.json", '{"at": 1}', "{}", False),
        ("$.at", "a.json", "{", '{"at": 1}', False),
        ("$.at", "a.json", '\ufeff{"at": 1}', '\ufeff{"at": 2}', True),
        ("$.a[1].at", "x/a.JSON", '{"a": [0, {"at": 1}]}', '{"a": [0, {"at": 2}]}', True),
        ("$.a[1].at", "a.json", '{"a": [0]}', '{"a": [1]}', False),
        ("$[0]", "a.json", "[1, 2]", "[3, 2]", True),
        ('$["a b"].c', "a.json", '{"a b": {"c": 1}}', '{"a b": {"c": 2}}', True),
        ("$.a.at", "a.yml", "a:\n  at: 1 # c\n  b: x\n", "a:\n  at: 2 # c\n  b: x\n", True),
        ("$.a.at", "a.yaml", "a:\n  at: 1 # c\n", "a:\n  at: 2 # d\n", False),
        ("$.a", "a.yml", "a:\n- 1\nb: 1\n", "a:\n- 2\n- 3\nb: 1\n", True),
        ("$.a", "a.yml", "a: &x 1\n", "a: 1\n", False),
        ("$.tool.at", "a.toml", "[tool]\nat = 1 # c\n", "[tool]\nat = 2 # c\n", True),
        ("$.tool.at", "a.toml", "[tool]\nat = 1\nb = 1\n", "[tool]\nat = 2\nb = 2\n", False),
        ("$.tool.at", "a.toml", "[tool]\n", "[tool]\nat = 1\n", False),
        ("$.p[1].at", "a.toml", "[[p]]\n[[p]]\nat = 1\n", "[[p]]\n[[p]]\nat = 2\n", True),
        ("$.a", "a.toml", "a = ", "a = 1", False),
    ],
)
def test_the_parts_that_do_not_count(
    expression: str, path: str, one: str | bytes, other: str | bytes, *, expected: bool
) -> None:
    assert same([expression], one, other, path) is expected


def test_several_expressions_count_together() -> None:
    expressions = ["$.at", "$.at.inner", "$.gone", "$.a[0]", '/  "line".*/', "from…to"]
    text = '{\n  "at": {"inner": 0},\n  "a": [0],\n  "line": 0,\n  "from": "",\n  "x": 0,\n  "to": ""\n}\n'
    assert same(expressions, text, text.replace("0", "1"), "a.json")
    assert not same(expressions[:-1], text, text.replace("0", "1"), "a.json")
    toml = "at = {inner = 0}\na = [0]\n"
    assert same(expressions[:4], toml, toml.replace("0", "1"), "a.toml")


BAD = [
    ("x", "a", "it is no expression"),
    ("", "a", "it is no expression"),
    ("//", "a", "it is no expression"),
    ("/a/i", "a", "it is no expression"),
    ("…to", "a", "it is no expression"),
    ("from…to…end", "a", "it is no expression"),
    ("/(/", "a", "it is no regular expression: unclosed group"),
    ("/a)|(?:b/", "a", "it is no regular expression: unopened group"),
    (
        "/(?=a)/",
        "a",
        "it is no regular expression: look-around, including look-ahead and look-behind, is not supported",
    ),
    ("/" + "(a{1000}){1000}/", "a", "it is no regular expression: it is too large"),
    ("/" + "a" * 1000, "a", "it has more than 1,000 characters"),
    ("$", "a.json", "`$` is the whole file"),
    ("$x", "a.json", "'x' in it is no step to a value"),
    ("$.a..b", "a.json", "'..b' in it is no step to a value"),
    ("$.a[x]", "a.json", "'[x]' in it is no step to a value"),
    ("$.a[*]", "a.json", "'[*]' in it is no step to a value"),
    ('$["\\x"]', "a.json", '"\\x" in it is no text of JSON'),
    ("$.a", "a.md", "the file is neither .json, .yaml, .yml nor .toml, so it has no keys"),
    ("$.a", "json/a", "the file is neither .json, .yaml, .yml nor .toml, so it has no keys"),
]


@pytest.mark.parametrize(("expression", "path", "why"), BAD)
def test_a_bad_expression_is_refused(expression: str, path: str, why: str) -> None:
    with pytest.raises(InputError) as caught:
        VolatileParts.of([expression], path=path)
    shown = expression[:80]
    assert caught.value.message == f"The volatile part {shown!r} of {path} cannot be found: {why}."
    assert caught.value.remediation


def test_all_bad_expressions_are_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        VolatileParts.of([each for each, *_ in BAD], path="a.json")
    # The keys of the last two are those of a JSON file here.
    assert len(caught.value.problems) == len(BAD) - 2


KEYS = st.sampled_from(["a", "b", "at"])
VALUES = st.recursive(
    st.integers(0, 9) | st.text("ab{", max_size=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(KEYS, VALUES), VALUES, VALUES, VALUES)
def test_only_the_value_of_the_key_does_not_count(data: Any, one: Any, two: Any, other: Any) -> None:
    texts = [json.dumps({**data, "v": each}, indent=2) for each in (one, two)]
    assert same(["$.v"], texts[0], texts[1], "a.json")
    texts[1] = json.dumps({**data, "a": other, "v": two}, indent=2)
    first = json.dumps({**data, "v": 0}, indent=2)
    assert same(["$.v"], texts[0], texts[1], "a.json") == (first == json.dumps({**data, "a": other, "v": 0}, indent=2))
