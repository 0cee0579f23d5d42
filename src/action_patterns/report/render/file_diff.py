"""The change of one file as a unified diff for a terminal. Pure.

A target's files are other people's text: no byte of them may move the cursor, change a colour or pass for another line.
"""

from __future__ import annotations

import difflib

from action_patterns.escape import terminal_lines


def file_diff(path: str, old: bytes | None, new: bytes | None) -> str:
    """Return the diff. None: the file is not there. Binary content is named, not shown."""
    before, after = "/dev/null" if old is None else f"a/{path}", "/dev/null" if new is None else f"b/{path}"
    old_text, new_text = _text(old), _text(new)
    if old_text is None or new_text is None:
        return terminal_lines(f"Binary files {before} and {after} differ\n")
    lines = difflib.unified_diff(_lines(old_text), _lines(new_text), before, after)
    text = "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
    if not text:
        text = (
            f"# {path}: the same text, another mode\n"
            if old is not None and new is not None
            else f"--- {before}\n+++ {after}\n"
        )
    return terminal_lines(text)


def _lines(text: str) -> list[str]:
    # By line feed alone: `splitlines` would take a carriage return or a form feed for the end of a line.
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def _text(content: bytes | None) -> str | None:
    """Return the text of a file. None: it is binary."""
    if b"\0" in (content or b""):
        return None
    try:
        return (content or b"").decode()
    except UnicodeDecodeError:
        return None
