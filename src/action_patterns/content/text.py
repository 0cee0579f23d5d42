"""Spellings of text that are compared and named. Pure."""

from __future__ import annotations

import re

_SLUG_LENGTH = 40


def with_lf(text: str) -> str:
    """Return a text with LF as its only line end. GitHub's web editor writes CRLF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def slug(text: str) -> str:
    """Return the readable part of a name: `[a-z0-9-]`, at most 40 characters; empty if no character is left."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_SLUG_LENGTH].strip("-")
