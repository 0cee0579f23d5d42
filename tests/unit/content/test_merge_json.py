"""Keys of a source are merged into JSON: RFC 7396 on data, edits of single lines on text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.content.merge import merge
from action_patterns.errors import InputError

PACKAGE = '{\n  "name": "a",\n  "scripts": {\n    "test": "x",\n    "lint": "y"\n  },\n  "private": true\n}\n'


def merged(there: str, owned: str) -> str:
    return merge("json", there.encode(), owned.encode(), path="p.json").decode()


@pytest.mark.parametrize(
    ("there", "owned", "expected"),
    [
        ("{}\n", '{"a": 1}', '{"a": 1}\n'),
        ('{"a": 1}', '{"a": 2}', '{"a": 2}'),
        ('{"a":1,"b":2}', '{"c": 3}', '{"a":1,"b":2,"c":3}'),
        ('{"a": 1, "b": 2}', '{"c": 3, "b": null}', '{"a": 1, "c": 3}'),
        ('{"a": 1, "b": 2}', '{"a": null}', '{"b": 2}'),
        ('{"a": 1}', '{"a": null}', "{}"),
        ('{"a": 1}', '{"a": null, "b": 2}', '{"b": 2}'),
        ('{"a": 1}', '{"a": {"b": null, "c": {"d": null}}}', '{"a": {"c": {}}}'),
        ('{"a": [1]}', '{"a": [{"b": null}]}', '{"a": [{"b": null}]}'),
        ('{"a": {"x": 1}}', '{"a": 2}', '{"a": 2}'),
        ('{"a": 1.0}', '{"a": true}', '{"a": true}'),
        ('{\r\n\t"a": 1\r\n}', '{\n  "b": [\n    1\n  ]\n}', '{\r\n\t"a": 1,\r\n\t"b": [\r\n\t\t1\r\n\t]\r\n}'),
        ('\ufeff{"a": 1}', '{"a": "\\u00e9"}', '\ufeff{"a": "\\u00e9"}'),
        (PACKAGE, '{"scripts": {"lint": null}}', PACKAGE.replace('"x",\n    "lint": "y"', '"x"')),
        (PACKAGE, '{"scripts": {"test": null}}', PACKAGE.replace('    "test": "x",\n', "")),
        (PACKAGE, '{"private": false}', PACKAGE.replace("true", "false")),
        (PACKAGE, '{"scripts": {"b": "z"}}', PACKAGE.replace('"y"', '"y",\n    "b": "z"')),
    ],
)
def test_only_the_lines_of_changed_keys_differ(there: str, owned: str, expected: str) -> None:
    assert merged(there, owned) == expected
    assert merged(expected, owned) == expected


@pytest.mark.parametrize(
    ("owned", "expected"),
    [
        ('{"a": 1, "b": null}\n', '{"a": 1}\n'),
        ('{\n  "a": {\n    "b": null,\n    "c": 1\n  }\n}\n', '{\n  "a": {\n    "c": 1\n  }\n}\n'),
        ('\ufeff{"a":  1}\r\n', '\ufeff{"a":  1}\r\n'),
    ],
)
@pytest.mark.parametrize("there", [None, b"", b"\n"])
def test_an_absent_file_becomes_the_source_without_its_nulls(owned: str, expected: str, there: bytes | None) -> None:
    assert merge("json", there, owned.encode(), path="p").decode() == expected


@pytest.mark.parametrize("there", [PACKAGE, '{"name":"a"} ', '{ "name" : "\\u0061" }'])
def test_without_a_difference_the_very_bytes_are_returned(there: str) -> None:
    content = there.encode()
    assert merge("json", content, b'{"name": "a", "gone": null}', path="p") is content


REFUSED = [
    ('{\n"a": 1 // c\n}', "it has a comment in line 2"),
    ('{"a": 1 /* c */}', "it has a comment in line 1"),
    ('{"a": 1, # c\n}', "it has a comment in line 1"),
    ('{\n"a": 1,\n}', "it has a trailing comma in line 2"),
    ('{"a": [1,\n]}', "it has a trailing comma in line 1"),
    ('{"a": 1,\n"a": 2}', "it has the key 'a' twice in line 2"),
    ("{a: 1}", "it has a key without double quotes in line 1"),
    ("{'a': 1}", "it has a key without double quotes in line 1"),
    ("{\"a\": 'b'}", "it has a text in single quotes in line 1"),
    ('{"a" 1}', "it has no colon behind the key 'a' in line 1"),
    ('{"a": 1 "b": 2}', "it has neither `,` nor `}` behind a value in line 1"),
    ('{"a": [1 2]}', "it has neither `,` nor `]` behind a value in line 1"),
    ('{"a": NaN}', "it has 'NaN}' where a value is expected in line 1"),
    ('{"a": 01}', "it has '01}' where a value is expected in line 1"),
    ('{"a": ', "it ends where a value is expected in line 1"),
    ('{"a": "b', "it has a text that is not closed, or an escape that JSON does not have in line 1"),
    ('{"a": "\\x"}', "it has a text that is not closed, or an escape that JSON does not have in line 1"),
    ('{"a": "\t"}', "it has a text that is not closed, or an escape that JSON does not have in line 1"),
    ("{} {}", "it has text behind its value in line 1"),
    ("[1]", "it is a list, and only the keys of a mapping are merged"),
    ("1", "it is a single value, and only the keys of a mapping are merged"),
    ('{"a": ' + "1" * 1001 + "}", "it has a number of more than 1,000 characters in line 1"),
    ('{"a": ' + "[" * 200, "it is nested beyond 100 levels in line 1"),
    (" " * 1_000_001 + "{}", "it has 1,000,003 characters, of at most 1,000,000"),
]


@pytest.mark.parametrize(("content", "why"), REFUSED)
def test_what_cannot_be_edited_is_refused_by_name_and_line(content: str, why: str) -> None:
    with pytest.raises(InputError) as caught:
        merged(content, "{}")
    assert caught.value.message == f"p.json of the target cannot be merged: {why}."
    assert caught.value.remediation
    with pytest.raises(InputError) as caught:
        merged("{}", content)
    assert caught.value.message == f"The source of p.json cannot be merged: {why}."


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(InputError, match=r"p\.json of the target holds the byte 0xff"):
        merge("json", b'{"a": "\xff"}', b"{}", path="p.json")


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


KEYS = st.sampled_from(["a", "b", "c", 'q"', "é"])
SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.text('ab"\\ {},:#é\n', max_size=4)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=5)
INDENTS = st.sampled_from([None, 1, 2, 4, "\t"])
ENDS = st.sampled_from(["", "\n"])


@given(OBJECTS, OBJECTS, INDENTS, INDENTS, ENDS, st.booleans(), st.booleans())
def test_the_data_is_what_the_rfc_says_and_a_second_merge_changes_nothing(
    there: Any, owned: Any, one: Any, other: Any, end: str, crlf: bool, bom: bool
) -> None:
    text = json.dumps(there, indent=one) + end
    content = (b"\xef\xbb\xbf" if bom else b"") + text.replace("\n", "\r\n" if crlf else "\n").encode()
    source = json.dumps(owned, indent=other).encode()
    found = merge("json", content, source, path="p")
    assert json.loads(found.decode("utf-8-sig")) == reference(there, owned)
    assert merge("json", found, source, path="p") is found
    assert found.endswith(b"\n") == content.endswith(b"\n")
    assert found.startswith(b"\xef\xbb\xbf") == bom
    if crlf and "\n" in text:
        assert b"\n" not in found.replace(b"\r\n", b"")


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5), VALUES, st.integers(1, 4), ENDS)
def test_lines_of_other_keys_keep_their_bytes(there: Any, value: Any, indent: int, end: str) -> None:
    text = json.dumps(there, indent=indent, ensure_ascii=False) + end
    found = merged(text, json.dumps({"new": 1 if value is None else value}, indent=2))
    lines = text.splitlines()
    # The last key gets a comma.
    assert found.splitlines()[: len(lines) - 2] == lines[:-2]
    assert merged(found, '{"new": null}') == text


def test_an_absent_file_is_the_reference_of_an_empty_one() -> None:
    owned = '{"a": {"b": null, "c": [null]}, "d": null}'
    found = merge("json", None, owned.encode(), path="p")
    assert json.loads(found) == reference({}, json.loads(owned))
