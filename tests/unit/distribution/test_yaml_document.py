"""YAML with line numbers and without surprises."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.distribution.yaml_document import parse
from action_patterns.errors import InputError


def problems(text: str) -> list[tuple[str, int | None]]:
    with pytest.raises(InputError) as refused:
        parse(text, name="d.yml")
    assert all(problem.file == "d.yml" for problem in refused.value.problems)
    return [(problem.what, problem.line) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("yes", "yes"),
        ("12:30", "12:30"),
        ("1.10", "1.10"),
        ("0o7", "0o7"),
        ("010", "010"),
        ("2026-07-01", "2026-07-01"),
        ("true", "true"),
        ("'null'", "null"),
        ('"~"', "~"),
        ('""', ""),
        ("null", None),
        ("~", None),
        ("", None),
        ("NULL", None),
    ],
)
def test_a_scalar_stays_the_text_that_was_written(text: str, value: str | None) -> None:
    assert parse(f"key: {text}\n", name="d.yml").data == {"key": value}


def test_keys_stay_text_too() -> None:
    assert parse("on: 1\nyes: 2\n12:30: 3\n", name="d").data == {"on": "1", "yes": "2", "12:30": "3"}


def test_each_key_and_item_knows_its_line() -> None:
    document = parse("a:\n  b:\n    - x\n    - y: 1\n\nc: z\n", name="d")
    assert document.data == {"a": {"b": ["x", {"y": "1"}]}, "c": "z"}
    lines = {(): 1, ("a",): 1, ("a", "b"): 2, ("a", "b", 0): 3, ("a", "b", 1): 4, ("a", "b", 1, "y"): 4, ("c",): 6}
    assert document.lines == lines
    assert document.line(("a", "b", 1, "absent", "deeper")) == 4
    assert document.line(("absent",)) == 1


def test_a_key_given_twice_is_named_with_the_second_line() -> None:
    assert problems("a: 1\nb:\n  c: 1\n  c: 2\na: 2\n") == [
        ("d.yml has the key 'c' a second time.", 4),
        ("d.yml has the key 'a' a second time.", 5),
    ]


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("a: 1\n<<: {b: 2}\n", "a merge key", 2),
        ("a: 1\n? [x]\n: y\n", "a key that is not plain text", 2),
        ("a: &x 1\n", "an anchor or alias", 1),
        ("a: 1\nb: &x\n  c: 1\nd: *x\n", "an anchor or alias", 2),
        ("&x [*x]\n", "an anchor or alias", 1),
        ("a: [1\nb: 2\n", "is not valid YAML", 2),
        ("a: 1\n\tb: 2\n", "is not valid YAML", 2),
        ("a: 1\n---\nb: 2\n", "is not valid YAML", 2),
        ("a: \x01\n", "is not valid YAML", 1),
        ("[" * 1000 + "]" * 1000, "nested too deeply", 1),
    ],
    ids=["merge", "complex key", "anchor", "alias", "recursion", "bracket", "tab", "two documents", "control", "deep"],
)
def test_what_cannot_be_read_is_named_with_its_line(text: str, said: str, line: int) -> None:
    ((what, where),) = problems(text)
    assert said in what
    assert where == line


def test_a_few_lines_cannot_grow_into_gigabytes() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert problems("\n".join(lines))


plain: st.SearchStrategy[Any] = st.recursive(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc-", min_size=1), inner, max_size=3),
    max_leaves=8,
)


@given(plain)
def test_what_yaml_writes_is_read_back(value: Any) -> None:
    text = yaml.safe_dump(value, default_style='"', allow_unicode=True)
    if "&" in text or "*" in text:  # the dumper shares equal parts
        return
    assert parse(text, name="d").data == value


@given(st.text(max_size=40) | st.text("a:-[]{}&*!|>'\"#%@,? \n", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(InputError):
        parse(text, name="d")


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("a:\n\t- b", "a tab stands before a value", 2),
        ("a: b: c", "a second `key: value` stands where one value ends", 1),
        ("a: b\n  c: d", "a second `key: value` stands where one value ends", 2),
        ("a: 'x", "a quote is not closed", 1),
        ("a: [b, c\nd: e", "a `[` is not closed, or an item in it needs quotes", 2),
        ("a: {b: c\nd: e", "a `{` is not closed, or a value in it needs quotes", 2),
        ("a: @x", "a value begins with a character that has a meaning in YAML", 1),
        ("a: b\n---\nc: d", "a second document begins at `---`", 2),
        ("a:\n  - b\n - c", "the line does not belong to what stands above it", 3),
        ('a: "\\q"', "a text in double quotes has a backslash with another meaning", 1),
        ("a: |x\n b", "text stands behind `|` or `>`", 1),
        ("a: ]", "the structure of the line cannot be read", 1),
        ("a: b\nc: \x01", "it holds the character 0x01, which no text has", 2),
        ("key: *", "a value begins with `*` or `&`", 1),
        ("[" * 40, "it is nested too deeply, beyond 30 levels", 1),
    ],
)
def test_a_mistake_is_named_in_words_of_ours(text: str, said: str, line: int) -> None:
    with pytest.raises(InputError) as refused:
        parse(text, name="d.yml")
    (problem,) = refused.value.problems
    assert (problem.what, problem.line) == (f"d.yml is not valid YAML: {said}.", line)
    foreign = ("token", "scalar", "flow", "block", "stream", "node", "scanning", "parsing")
    assert not any(word in f"{problem.what} {problem.fix}" for word in foreign)
