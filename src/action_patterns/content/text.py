"""Spellings of text that are compared and named. Pure."""

from __future__ import annotations

import re

from action_patterns.errors import InputError, Problem

_SLUG_LENGTH = 40


def with_lf(text: str) -> str:
    """Return a text with LF as its only line end. GitHub's web editor writes CRLF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_text(content: bytes, name: str) -> str:
    """Return the text of a file, without its byte order mark. `name` is for the message.

    Raises:
        InputError: it is not UTF-8. The message has the line.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = f"holds the byte 0x{content[error.start]:02x}, which is not UTF-8"
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            what = "is UTF-16, not UTF-8"
        raise InputError(
            Problem(
                f"{name} {what}, in line {line}.",
                "Save it as UTF-8. PowerShell's `>` writes UTF-16: use `Out-File -Encoding utf8`.",
                file=name,
                line=line,
            )
        ) from None


def is_code(text: str) -> bool:
    """Return whether the text is a code in kebab case, such as `tests-failed`."""
    return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text) is not None


def slug(text: str) -> str:
    """Return the readable part of a name: `[a-z0-9-]`, at most 40 characters; empty if no character is left."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_SLUG_LENGTH].strip("-")
