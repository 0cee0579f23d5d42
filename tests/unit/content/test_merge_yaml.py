"""Keys of a source are merged into YAML: lines of blocks, and positions in braces."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.content.merge import merge
from action_patterns.errors import InputError


def merged(there: str, owned: str) -> str:
    return merge("yaml", there.encode(), owned.encode(), path="p.yml").decode()


WORKFLOW = """\
# Tests.
name: test  # shown
on:
  push:
    branches: [main]   # only

jobs:
  unit:
    steps:
    - run: |
        make
        \tmake test

# The end.
"""


@pytest.mark.parametrize(
    ("there", "owned", "expected"),
    [
        ("a: 1\n", "a: 2\n", "a: 2\n"),
        ("a: 1  # c\nb: 2\n", "a: '2' # d\n", "a: '2'  # c\nb: 2\n"),
        ("a: 1\nb: 2\n", "a:\n", "b: 2\n"),
        ("a: 1\nb: 2", "b: ~", "a: 1"),
        ("a: 1\nb: 2", "b: null\nc: 3", "a: 1\nc: 3"),
        ("a: 1\r\nb: 2\r\n", "c:\n- 1\n- 2\n", "a: 1\r\nb: 2\r\nc:\r\n- 1\r\n- 2\r\n"),
        ("\ufeffa: 1\n", "b: é\n", "\ufeffa: 1\nb: é\n"),
        ("a:\n    x: 1\n", "a:\n  y: 2\n", "a:\n    x: 1\n    y: 2\n"),
        ("a:\n  x: 1\n  # c\nb: 2\n", "a:\n  x:\n", "a: {}\n  # c\nb: 2\n"),
        ("a: # c\n  x: 1\n", "a:\n  x:\n", "a: {} # c\n"),
        ("a: 1\n", "a: null\n", "{}\n"),
        ("a: 1\n", "a: null\nb: 2\n", "b: 2\n"),
        ("a:\n  x: 1\n  y: 2\n", "a:\n  y:\nb: 3\n", "a:\n  x: 1\nb: 3\n"),
        ("a:\n  x: 1\n", "a:\n  y: 2\nb: 3\n", "a:\n  x: 1\n  y: 2\nb: 3\n"),
        ("a: {}\n", "a:\n  b: 1\n", "a:\n  b: 1\n"),
        ("a:\n", "a: 1\n", "a: 1\n"),
        ("a: 1\n", "a: {b: null, c: {}}\n", "a: {c: {}}\n"),
        ("a: [1]\n", "a: [{b: null}]\n", "a: [{b: null}]\n"),
        ("a:\n- 1\n- 2 # two\nb: 3\n", "a: [4]\n", "a: [4]\nb: 3\n"),
        ("a: |\n  x\n\nb: 1\n", "a: |\n  y\n  z\n", "a: |\n  y\n  z\n\nb: 1\n"),
        ("a: 1\nb: |+\n  x\n\n", "c: 1\n", "a: 1\nb: |+\n  x\n\nc: 1\n"),
        ("a: {x: 1, y: 2} # c\n", "a: {y: null, z: [1]}\n", "a: {x: 1, z: [1]} # c\n"),
        ("a: {x: 1,}\n", "a: {x: null}\n", "a: {}\n"),
        ("a: {x: 1}\n", "a:\n  y:\n  - 'p, q'\n  - z: |\n      t\n", "a: {x: 1, y: ['p, q', {z: \"t\\n\"}]}\n"),
        ("a: {\n  x: 1, # one\n  y: 2 # two\n}\n", "a: {z: 3}\n", "a: {\n  x: 1, # one\n  y: 2, # two\n  z: 3\n}\n"),
        ("a: {\n  x: 1,\n  y: 2, # two\n}\n", "a: {z: 3}\n", "a: {\n  x: 1,\n  y: 2, # two\n  z: 3,\n}\n"),
        ("a: {\n  x: 1, # one\n  y: 2\n}\n", "a: {x: null}\n", "a: {\n  y: 2\n}\n"),
        ("{a: 1}\n", "b: 2\n", "{a: 1, b: 2}\n"),
        ('{"a":1}\n', "b: 2\n", '{"a":1,b: 2}\n'),
        ("a: 1\n", '{"b":{"c":2}}\n', 'a: 1\n"b": {"c":2}\n'),
        ("{}\n", "a:\n  b: 1\n", "a:\n  b: 1\n"),
        ("# c\n", "a: 1\n", "# c\na: 1\n"),
        ("---\n", "a: 1\n", "---\na: 1\n"),
        ("--- # c\na: 1\n", "---\na: 2\n", "--- # c\na: 2\n"),
        ("a: yes\n", "a: true\n", "a: true\n"),
        ("a: 0o17\n", "a: '0o17'\n", "a: '0o17'\n"),
        ("on: push\n", '"on": [push]\n', "on: [push]\n"),
        ("a: 'x\n  y'\nb: 1\n", "a: z\n", "a: z\nb: 1\n"),
        (WORKFLOW, "on:\n  push:\n    branches: [main, dev]\n", WORKFLOW.replace("[main]", "[main, dev]")),
        (
            WORKFLOW,
            "jobs:\n  unit:\n    steps: null\n    uses: ./a\n",
            WORKFLOW.split("    steps", maxsplit=1)[0] + "    uses: ./a\n\n# The end.\n",
        ),
    ],
)
def test_only_the_lines_of_changed_keys_differ(there: str, owned: str, expected: str) -> None:
    assert merged(there, owned) == expected
    assert merged(expected, owned) == expected


@pytest.mark.parametrize(
    ("owned", "expected"),
    [
        ("# c\na: 1\nb: null # gone\nc:\n  d: ~\n", "# c\na: 1\nc: {}\n"),
        ("a:  1 # c\r\n", "a:  1 # c\r\n"),
        ("---\na: {b: null}", "---\na: {}"),
    ],
)
@pytest.mark.parametrize("there", [None, b"", b"\n"])
def test_an_absent_file_becomes_the_source_without_its_nulls(owned: str, expected: str, there: bytes | None) -> None:
    assert merge("yaml", there, owned.encode(), path="p").decode() == expected


@pytest.mark.parametrize("owned", ["name: test", "'name': \"test\"", "jobs: {unit: {}}", "gone: ~", "# nothing"])
def test_without_a_difference_the_very_bytes_are_returned(owned: str) -> None:
    content = WORKFLOW.encode()
    assert merge("yaml", content, owned.encode(), path="p") is content


REFUSED = [
    ("a: &x 1\n", "it has the anchor `&x` in line 1"),
    ("a: 1\nb: *x\n", "it has the alias `*x` in line 2"),
    ("a:\n  <<: {b: 1}\n", "it has the merge key `<<` in line 2"),
    ("a: !!str 1\n", "it has the tag `!!str` in line 1"),
    ("a: !x 1\n", "it has the tag `!x` in line 1"),
    ("a: 1\n---\nb: 2\n", "it holds several documents in line 2"),
    ("%YAML 1.2\n---\na: 1\n", "it has a directive in line 1"),
    ("a:\n\tb: 1\n", "it has a tab before a value in line 2"),
    ("a: 1\na: 2\n", "it has the key 'a' twice in line 2"),
    ("b: {a: 1, 'a': 2}\n", "it has the key 'a' twice in line 1"),
    ("? a\n: 1\n", "it has a key that is no plain text in line 1"),
    ("? a\n", "it has a key that is no plain text in line 1"),
    ("[a]: 1\n", "it has a key that is no plain text in line 1"),
    ("a: 1\x85b: 2\n", "it has the line end U+0085 in line 1"),
    ("a: 1\rb: 2\n", "it has the line end U+000D in line 1"),
    ("a: \x01\n", "it has the character 0x01 in line 1"),
    ("- a\n", "it is a list, and only the keys of a mapping are merged"),
    ("a\n", "it is a single value, and only the keys of a mapping are merged"),
    ("a: " + "[" * 40 + "]" * 40, "it is nested too deeply, beyond 30 levels in line 1"),
    ("a: 'b\n", "it is no YAML (while scanning a quoted scalar found unexpected end of stream) in line 2"),
]


@pytest.mark.parametrize(("content", "why"), REFUSED)
def test_what_cannot_be_edited_is_refused_by_name_and_line(content: str, why: str) -> None:
    with pytest.raises(InputError) as caught:
        merged(content, "z: 1\n")
    assert caught.value.message == f"p.yml of the target cannot be merged: {why}."
    assert caught.value.remediation
    with pytest.raises(InputError) as caught:
        merged("z: 1\n", content)
    assert caught.value.message == f"The source of p.yml cannot be merged: {why}."


@pytest.mark.parametrize(
    ("there", "owned"),
    [
        ("a: {x: 1, # one\n  y: 2}\n", "a: {y: null}\n"),
        ("a: |\n  x", "b: 1\n"),
    ],
)
def test_an_edit_that_would_change_more_is_refused(there: str, owned: str) -> None:
    with pytest.raises(InputError, match=r"^p\.yml of the target cannot be merged: it is laid out in a way"):
        merged(there, owned)


def reference(target: Any, patch: Any) -> Any:
    """The algorithm of RFC 7396, section 2."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = reference(result.get(key), value)
    return result


KEYS = st.sampled_from(["a", "b", "c", "q'", "é", "1.5", "x y"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.text("ab\"\\ {},:#é\n-'", max_size=6)
    | st.sampled_from(["one\ntwo\n", "one\n\n", "- a", "key: value", "# c", "yes", "0o7", "long " * 30])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
MAPPINGS = st.dictionaries(KEYS, VALUES, max_size=5)


class Blocks(yaml.SafeDumper):
    """Writes texts of several lines as people do."""


def _text(dumper: Any, data: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)


Blocks.add_representer(str, _text)


def dump(data: Any, style: int, indent: int) -> str:
    dumper = (yaml.SafeDumper, Blocks)[style % 2]
    flow = (False, False, None, True)[style]
    text: str = yaml.dump(
        data, Dumper=dumper, default_flow_style=flow, indent=indent, allow_unicode=True, sort_keys=False
    )
    return text


STYLES, INDENTS = st.integers(0, 3), st.sampled_from([2, 4])


@given(MAPPINGS, MAPPINGS, STYLES, STYLES, INDENTS, st.booleans())
def test_the_data_is_what_the_rfc_says_and_a_second_merge_changes_nothing(
    there: Any, owned: Any, one: int, other: int, indent: int, crlf: bool
) -> None:
    text = dump(there, one, indent).replace("\n", "\r\n" if crlf else "\n")
    source = dump(owned, other, 2).encode()
    found = merge("yaml", text.encode(), source, path="p")
    assert yaml.safe_load(found) == reference(there, owned)
    assert merge("yaml", found, source, path="p") is found
    assert found.endswith(b"\n")
    if crlf:
        assert b"\n" not in found.replace(b"\r\n", b"")


LINES = st.lists(st.sampled_from(["", "# c", "  # indented", "   "]), max_size=3)


@given(st.dictionaries(KEYS, VALUES, min_size=2, max_size=5), MAPPINGS, LINES, st.data())
def test_lines_of_other_keys_keep_their_bytes(there: Any, new: Any, between: list[str], data: st.DataObject) -> None:
    """Each key has its own lines, with comments between them: those of keys that are not owned stay."""
    parts = {key: dump({key: value}, 0, 2) for key, value in there.items()}
    comments = "".join(f"{line}\n" for line in between)
    text = comments.join(parts.values())
    key = data.draw(st.sampled_from(list(there)))
    try:
        found = merged(text, dump({key: new}, 0, 2))
    except InputError:
        # A comment between the lines of one value: none of these has one.
        assert "   " in between
        return
    at = list(parts).index(key)
    before = "".join(each + comments for each in list(parts.values())[:at])
    after = text[len(before) + len(parts[key]) :]
    if found != text:
        assert found.startswith(before)
        assert found.endswith(after)
