"""JSON and YAML of others as typed values: YAML by its core schema, and nothing that grows or runs."""

from __future__ import annotations

import pytest

from action_patterns.content.typed_document import format_of, load

BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 10)}]\n" for n in range(6)
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("yes", "yes"),
        ("12:30", "12:30"),
        ("2024-01-01", "2024-01-01"),
        ("010", 10),
        ("0x1F", 31),
        ("1e3", 1000.0),
        ("-.5", -0.5),
        ("true", True),
        ("'true'", "true"),
        ("~", None),
        ("", None),
        ("{a: 1, 2: b}", {"a": 1, "2": "b"}),
        ("a: &x [1]\nb: *x\n", {"a": [1], "b": [1]}),
        ("<<: {a: 1}", {"<<": {"a": 1}}),
        ("!!str 5", "5"),
    ],
)
def test_yaml_is_read_by_its_core_schema(text: str, value: object) -> None:
    found = load(text, "yaml")
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (BOMB, "aliases written out"),
        ("a: &a [*a]", "aliases written out"),
        ("!!python/object/apply:os.system [x]", "means nothing here"),
        ("!Ref x", "means nothing here"),
        ("a: [", "no YAML"),
        ("a: 1\n---\nb: 2", "no YAML"),
        ("\x00", "no text has"),
        ("a: 1\na: 2", "twice"),
        ("? [a]\n: 1", "a key is no text"),
        ("[" * 40 + "]" * 40, "too deeply"),
        ("1" * 5_000, "a number that is none, or too long"),
        ("!!int x", "a number that is none"),
        ("1e999", "a number that is none, or too long"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        load(text, "yaml")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"a": 1, "b": {}, "a": 1}',
        "{a: 1}",
        "[NaN]",
        "[Infinity]",
        "1e999",
        '"\\ud800"',
        "[" * 200,
        "1" * 5_000,
    ],
)
def test_what_is_no_json_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="it is no JSON"):
        load(text, "json")


@pytest.mark.parametrize(
    ("path", "found"), [("a.yml", "yaml"), ("a.YAML", "yaml"), ("a.json", "json"), ("yml", "json"), ("a", "json")]
)
def test_a_name_says_the_format(path: str, found: str) -> None:
    assert format_of(path) == found
