"""Keys of a source are merged into TOML."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
import tomlkit
from hypothesis import event, given
from hypothesis import strategies as st

from action_patterns.content.merge import merge
from action_patterns.content.merge.document import Names
from action_patterns.content.merge.toml import merge_text
from action_patterns.content.merge.toml_text import Edits
from action_patterns.errors import InputError


def merged(there: str, owned: str) -> str:
    return merge("toml", there.encode(), owned.encode(), path="p.toml").decode()


PYPROJECT = """\
# Ours.
[project]
name = "a"   # shown
dependencies = [
  "b", # why
]

[tool.ruff]
line-length = 100
"""


@pytest.mark.parametrize(
    ("there", "owned", "expected"),
    [
        ("a = 1 # c\nb = 2\n", "a = 2\n", "a = 2 # c\nb = 2\n"),
        ("a = 1", "b = 2", "a = 1\nb = 2"),
        ("a = 1\r\n", "b = [\n  1,\n]\n", "a = 1\r\nb = [\r\n  1,\r\n]\r\n"),
        ("\ufeffa = 1\n", "a = 2\n", "\ufeffa = 2\n"),
        ("a = 1\n", "a = 1.0\n", "a = 1.0\n"),
        ("a = {x = 1, y = 2} # c\n", "a = {z = 3}\n", "a = {x = 1, y = 2, z = 3} # c\n"),
        ("a.b.c = 1\n", "a.b.d = 2\n", "a.b.c = 1\na.b.d = 2\n"),
        ("[[p]]\nn = 1\n\n[[p]]\nn = 2\n", "[[p]]\nn = 3\n", "[[p]]\nn = 3\n"),
        ("[a]\nx = 1\n[b]\ny = 1\n[a.c]\nz = 1\n", "[a.c]\nz = 2\n", "[a]\nx = 1\n[b]\ny = 1\n[a.c]\nz = 2\n"),
        ("[[p]]\nn = 1\n", "a = 1\n", "a = 1\n\n[[p]]\nn = 1\n"),
        ("a = 1\n\n[[p]]\nn = 1\n", "b = 2\n[c]\nd = 1", "a = 1\nb = 2\n\n[[p]]\nn = 1\n\n[c]\nd = 1\n"),
        (PYPROJECT, "[tool.ruff]\nline-length = 0x78\n", PYPROJECT.replace("100", "0x78")),
        (PYPROJECT, "[tool.mypy]\nstrict = true # all\n", f"{PYPROJECT}\n[tool.mypy]\nstrict = true # all\n"),
        (PYPROJECT, "[project]\ndependencies = ['c']\n", PYPROJECT.replace('[\n  "b", # why\n]', "['c']")),
    ],
)
def test_only_the_lines_of_changed_keys_differ(there: str, owned: str, expected: str) -> None:
    assert merged(there, owned) == expected
    assert merged(expected, owned) == expected


@pytest.mark.parametrize("there", [None, b"", b"\n"])
def test_an_absent_file_becomes_the_source(there: bytes | None) -> None:
    assert merge("toml", there, b"# c\r\na = 1", path="p") == b"# c\r\na = 1"


@pytest.mark.parametrize("owned", ["project.name = 'a'", "[tool]", "# nothing", "[project]\ndependencies = ['b']"])
def test_without_a_difference_the_very_bytes_are_returned(owned: str) -> None:
    content = PYPROJECT.encode()
    assert merge("toml", content, owned.encode(), path="p") is content


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("a = 1\na = 2\n", "it is no TOML (Cannot overwrite a value) in line 2"),
        ("a = \n", "it is no TOML (Invalid value) in line 1"),
        ("a = " + "[" * 5000, "it is no TOML (nested too deeply)"),
        ("a = " + "[" * 120 + "]" * 120, "it is nested beyond 100 levels"),
        ("#" * 1_000_001, "it has 1,000,001 characters, of at most 1,000,000"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name_and_line(content: str, why: str) -> None:
    with pytest.raises(InputError) as caught:
        merged(content, "z = 1\n")
    assert caught.value.message == f"p.toml of the target cannot be merged: {why}."
    assert caught.value.remediation
    for there in ("z = 1\n", ""):
        with pytest.raises(InputError) as caught:
            merged(there, content)
        assert caught.value.message == f"The source of p.toml cannot be merged: {why}."


def test_a_document_in_which_another_line_changes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Edits, "applied", lambda _, text: "a = 2\nb = 3 # c\n")
    names = Names("p", "TOML")
    with pytest.raises(InputError, match=r"^p cannot be merged: it is laid out in a way that no edit of single lines"):
        merge_text("a = 1\nb = 2 # c\n", "a = 2\n", names=names, source=names)


@pytest.mark.parametrize(
    ("there", "owned", "expected"),
    [
        ("a = 1\n\n# of x\n[x]\n", "b = 2\n", "a = 1\nb = 2\n\n# of x\n[x]\n"),
        ("# c\n\n# of x\n[x]\n", "a = 1\n", "# c\n\na = 1\n\n# of x\n[x]\n"),
        ("[x]\na = 1\n# b = 2\n\n[z]\n", "[x.y]\n", "[x]\na = 1\n# b = 2\n\n[x.y]\n\n[z]\n"),
        ("[a]\nx = 1\n\n# of b\n[b]\n", "[a.c]\nz = 1\n", "[a]\nx = 1\n\n[a.c]\nz = 1\n\n# of b\n[b]\n"),
        ("[x]\n  a = 1\n[z]\n", '[x]\n"b c" = 2 # d\n', '[x]\n  a = 1\n  "b c" = 2 # d\n[z]\n'),
        ("x = { b = 1 }\n", "[x]\na.c = 1\n", "x = { b = 1, a.c = 1 }\n"),
        ("x.b = 1\ny = 2\n", "[x]\na = 1\n", "x.b = 1\nx.a = 1\ny = 2\n"),
        ("[[x]]\na = 1\n\n# c\n[[x]]\n[z]\n", "[[x]]\na = 2\n", "[[x]]\na = 2\n[z]\n"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_comment_stays_above_its_table(there: str, owned: str, expected: str, line_end: str) -> None:
    there, expected = (text.replace("\n", line_end) for text in (there, expected))
    assert merged(there, owned) == expected
    assert merged(expected, owned) == expected


def reference(target: Any, patch: Any) -> Any:
    """The algorithm of RFC 7396, section 2, without null."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        result[key] = reference(result.get(key), value)
    return result


KEYS = st.sampled_from(["a", "b", "c", "q'", "é", "x y"])
SCALARS = st.booleans() | st.integers(-3, 3) | st.floats(-1, 1) | st.text("ab\"\\ {},:#é\n[]='", max_size=6)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
TABLES = st.dictionaries(KEYS, VALUES, max_size=4)


@given(TABLES, TABLES, st.booleans())
def test_the_data_is_what_the_rfc_says_or_the_file_is_refused(there: Any, owned: Any, crlf: bool) -> None:
    text = tomlkit.dumps(there).replace("\n", "\r\n" if crlf else "\n")
    source = tomlkit.dumps(owned).encode()
    try:
        found = merge("toml", text.encode(), source, path="p")
    except InputError as error:
        event(error.message)
        return
    data = tomllib.loads(found.decode())
    assert data == reference(tomllib.loads(text), tomllib.loads(source.decode()))
    assert merge("toml", found, source, path="p") is found


@given(st.dictionaries(KEYS, SCALARS, min_size=2), SCALARS, st.data())
def test_lines_of_other_keys_keep_their_bytes(there: Any, new: Any, data: st.DataObject) -> None:
    """Plain keys are never refused."""
    parts = {key: tomlkit.dumps({key: value}) for key, value in there.items()}
    text = "# c\n\n".join(parts.values())
    key = data.draw(st.sampled_from(list(there)))
    at = list(parts).index(key)
    before = "".join(f"{each}# c\n\n" for each in list(parts.values())[:at])
    after = text[len(before) + len(parts[key]) :]
    found = merged(text, tomlkit.dumps({key: new}))
    assert found.startswith(before)
    assert found.endswith(after)
