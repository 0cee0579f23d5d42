"""The diff of a file at a terminal: text is shown as it is, and nothing of it acts."""

from __future__ import annotations

import pytest

from action_patterns.report.render.file_diff import file_diff


def test_lines_are_those_of_a_unified_diff() -> None:
    told = file_diff("ci.yml", b"a\nb\n", b"a\nc")
    assert told == "--- a/ci.yml\n+++ b/ci.yml\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n\\ No newline at end of file\n"


@pytest.mark.parametrize("content", [b"\x89PNG\x00", b"\xff\xfe\xff", b"caf\xe9\n"])
def test_binary_content_is_named(content: bytes) -> None:
    assert file_diff("x", content, b"text\n") == "Binary files a/x and b/x differ\n"
    assert file_diff("x", None, content) == "Binary files /dev/null and b/x differ\n"
    assert file_diff("x", content, None) == "Binary files a/x and /dev/null differ\n"


def test_what_acts_on_a_terminal_is_replaced_in_content_and_path() -> None:
    told = file_diff("a\x1b[2J", "x\r\ny\x0cz\u202e\u2028\x9b31m\n".encode(), b"x\n")
    assert set(told) & set("\x1b\r\x0c\u202e\u2028\x9b") == set()
    assert "-x␍\n-y\ufffdz\ufffd\ufffd\ufffd31m\n+x\n" in told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b"", b"", "# x: the same text, another mode\n"),
        (b"a\n", b"a\n", "# x: the same text, another mode\n"),
        (None, b"", "--- /dev/null\n+++ b/x\n"),
        (b"", None, "--- a/x\n+++ /dev/null\n"),
    ],
)
def test_without_a_line_that_differs_it_still_says_what_changes(
    old: bytes | None, new: bytes | None, told: str
) -> None:
    assert file_diff("x", old, new) == told
