"""A block between two markers, and a comment at the head of a file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.content.block import BEGIN, END, comment_of, with_block, with_header
from action_patterns.errors import InputError


def block(there: str | None, text: str, path: str = ".gitignore", comment: str | None = None) -> str:
    content = None if there is None else there.encode()
    return with_block(content, text.encode(), name="c", path=path, comment=comment).decode()


MARKED = f"# {BEGIN}: c\nx\n# {END}: c\n"


@pytest.mark.parametrize(
    ("there", "text", "expected"),
    [
        (None, "x\n", MARKED),
        ("", "x", MARKED),
        ("\ufeff", "x", f"\ufeff{MARKED}"),
        ("a\n", "x\n", f"a\n\n{MARKED}"),
        ("a", "x\n", f"a\n\n{MARKED}"),
        ("a\n\n", "x\n", f"a\n\n{MARKED}"),
        ("\n", "x\n", f"\n{MARKED}"),
        ("a\r\n", "x\n", "a\r\n\r\n" + MARKED.replace("\n", "\r\n")),
        ("a\r\n\r\n", "x\r\n", "a\r\n\r\n" + MARKED.replace("\n", "\r\n")),
        ("a\n", "x\r\n", f"a\n\n{MARKED}"),
        (f"a\n{MARKED}b", "y\nz\n", "a\n" + MARKED.replace("x", "y\nz") + "b"),
        (MARKED.rstrip("\n"), "y", MARKED.rstrip("\n").replace("x", "y")),
        (f"\ufeff{MARKED}", "y", "\ufeff" + MARKED.replace("x", "y")),
        (MARKED, "", MARKED.replace("x\n", "")),
        (MARKED, "\n", MARKED.replace("x\n", "")),
        (MARKED, "x\n\n", MARKED.replace("x\n", "x\n\n")),
        (MARKED.replace(": c", ": other"), "y", MARKED.replace(": c", ": other") + "\n" + MARKED.replace("x", "y")),
    ],
)
def test_a_block_is_replaced_in_its_place_or_appended(there: str | None, text: str, expected: str) -> None:
    assert block(there, text) == expected
    assert block(expected, text) == expected


def test_the_same_block_gives_the_very_bytes() -> None:
    content = f"a\r\n{MARKED}".replace("\n", "\r\n").encode()
    assert with_block(content, b"x\n", name="c", path="Makefile") is content


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        *(
            (path, "# -")
            for path in (".gitignore", "docs/CODEOWNERS", "Dockerfile", "Makefile", "a.sh", "a.PY", "a.yml")
        ),
        *(
            (path, "# -")
            for path in ("a/b.toml", "Dockerfile.dev", ".editorconfig", ".env", "x.env", "a.b/requirements.txt")
        ),
        *((path, "<!-- - -->") for path in ("README.md", "a.html", "pom.xml", "a.csproj")),
        *(
            (path, "// -")
            for path in ("a.js", "a.ts", "a.go", "A.java", "a.c", "a.rs", "go.mod", "a.jsonc", "Jenkinsfile")
        ),
        ("a.css", "/* - */"),
        *((path, "-- -") for path in ("a.sql", "a.lua")),
        ("a.ini", "; -"),
        ("a.tex", "% -"),
        (".vimrc", '" -'),
    ],
)
def test_the_comment_follows_from_the_name(path: str, expected: str) -> None:
    assert comment_of(path).around("-") == expected


@pytest.mark.parametrize(
    ("comment", "expected"),
    [("#", "# -"), ("//", "// -"), ("<!--", "<!-- - -->"), ("/*", "/* - */"), ("{- -}", "{- - -}"), (" ; ", "; -")],
)
def test_the_rule_may_name_the_comment(comment: str, expected: str) -> None:
    assert comment_of("LICENSE", comment).around("-") == expected
    assert comment_of("a.py", comment).around("-") == expected


@pytest.mark.parametrize("path", ["LICENSE", "a.json", "a.unknown", ".json", "py", "md"])
def test_a_name_without_a_known_comment_is_refused(path: str) -> None:
    with pytest.raises(InputError) as caught:
        block(None, "x", path)
    assert (
        caught.value.message
        == f"{path} has a name that says nothing about its comments, so a block or a header in it has no markers."
    )
    assert "Set `comment`" in caught.value.remediation


@pytest.mark.parametrize("comment", ["", " ", "#\n#", "#\r;"])
def test_a_comment_that_is_none_is_refused(comment: str) -> None:
    with pytest.raises(InputError, match=r"^The comment .* for a\.py is none\.$"):
        comment_of("a.py", comment)


FIRST, LAST = f"# {BEGIN}: c", f"# {END}: c"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([FIRST, "x"], f"begin marker `{FIRST}` in line 1"),
        (["a", LAST], f"end marker `{LAST}` in line 2"),
        ([LAST, FIRST], f"begin marker `{FIRST}` in line 2 and the end marker `{LAST}` in line 1"),
        ([FIRST, FIRST, LAST], f"begin marker `{FIRST}` in lines 1, 2 and the end marker `{LAST}` in line 3"),
        ([FIRST, LAST, LAST], f"begin marker `{FIRST}` in line 1 and the end marker `{LAST}` in lines 2, 3"),
        ([FIRST, LAST, FIRST, LAST], f"begin marker `{FIRST}` in lines 1, 3 and the end marker `{LAST}` in lines 2, 4"),
    ],
)
def test_markers_that_are_unclosed_or_doubled_are_refused_with_their_lines(lines: list[str], why: str) -> None:
    with pytest.raises(InputError) as caught:
        block("\r\n".join(lines), "x")
    assert caught.value.message == f".gitignore of the target has no single block of ours, but the {why}."
    assert caught.value.remediation


@pytest.mark.parametrize("text", [FIRST, f"a\n  {LAST}\r\n"])
def test_a_text_that_holds_our_markers_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"^The source of \.gitignore holds a marker of its block, in line [12]\.$"):
        block(None, text)


LINES = st.lists(st.sampled_from([b"", b"a", b"# c", b" b ", b"\xff", b"# END"]), max_size=5)


@given(LINES, LINES, LINES, st.booleans(), st.booleans())
def test_all_around_a_block_keeps_its_bytes(
    before: list[bytes], one: list[bytes], other: list[bytes], crlf: bool, final: bool
) -> None:
    end = b"\r\n" if crlf else b"\n"
    there = end.join(before) + (end if final else b"")
    first = with_block(there, b"\n".join(one), name="c", path="Makefile")
    assert first.startswith(there)
    second = with_block(first + b"tail", b"\n".join(other), name="c", path="Makefile")
    assert second.startswith(there)
    assert second.endswith(b"tail")
    assert with_block(second, b"\n".join(other), name="c", path="Makefile") is second
    assert with_block(second, b"\n".join(one), name="c", path="Makefile") == first + b"tail"


@pytest.mark.parametrize(
    ("path", "there", "expected"),
    [
        ("a.py", "x\n", "# one\n# two\nx\n"),
        ("a.py", "", "# one\n# two\n"),
        ("a.py", "#!/bin/sh\n# -*- coding: utf-8 -*-\nx\n", "#!/bin/sh\n# -*- coding: utf-8 -*-\n# one\n# two\nx\n"),
        ("a.sh", "#!/bin/sh", "#!/bin/sh\n# one\n# two\n"),
        ("a.xml", '<?xml version="1.0"?>\r\n<a/>', '<?xml version="1.0"?>\r\n<!-- one -->\r\n<!-- two -->\r\n<a/>'),
        ("a.html", "\ufeff<!doctype html>\n", "\ufeff<!doctype html>\n<!-- one -->\n<!-- two -->\n"),
        (
            "Dockerfile",
            "# syntax=docker/dockerfile:1\nFROM x\n",
            "# syntax=docker/dockerfile:1\n# one\n# two\nFROM x\n",
        ),
        ("a.md", "---\nt: 1\n---\n# A\n", "---\nt: 1\n---\n<!-- one -->\n<!-- two -->\n# A\n"),
        ("a.php", "<?php\nx();\n", "<?php\n// one\n// two\nx();\n"),
    ],
)
def test_a_header_is_added_once(path: str, there: str, expected: str) -> None:
    found = with_header(there.encode(), "one\ntwo\n", path=path)
    lines = found.decode().splitlines(keepends=True)
    marks = [line for line in lines if BEGIN in line or END in line]
    assert "".join(line for line in lines if line not in marks) == expected
    at = next(at for at, line in enumerate(lines) if "one" in line)
    assert [lines[at - 1], lines[at + 2]] == marks
    assert with_header(found, "one\ntwo\n", path=path) is found


@pytest.mark.parametrize("there", ["x\n", "#!/bin/sh\r\nx\r\n", "", "# x"])
def test_another_header_replaces_the_one_that_is_there(there: str) -> None:
    one = with_header(there.encode(), "one", path="a.sh")
    other = with_header(one, "two\nthree", path="a.sh")
    assert b"one" not in other
    assert other.count(BEGIN.encode()) == other.count(END.encode()) == 1
    assert with_header(other, "one", path="a.sh") == one


@pytest.mark.parametrize("text", [f"a\n{BEGIN} header\n", f"{END} header"])
def test_a_header_that_holds_its_markers_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="which is one of the markers around it"):
        with_header(b"", text, path="a.py")


def test_a_header_that_would_end_its_comment_is_refused() -> None:
    with pytest.raises(InputError, match=r"^The header of a\.md holds `-->`"):
        with_header(b"", "a --> b", path="a.md")
