"""Blob ids, computed as git does, so that a file can be compared with GitHub's without fetching it."""

from __future__ import annotations

import hashlib
import re
from typing import TypeGuard

_OID = re.compile(r"[0-9a-f]{40}")

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""The id of a tree without entries. git and GitHub take it for a commit also where no such object is stored
(stackoverflow.com/questions/10790088).
"""


def is_oid(text: str | None) -> TypeGuard[str]:
    """Return whether a text is the id of an object (SHA-1, 40 hex digits)."""
    return text is not None and _OID.fullmatch(text) is not None


def blob_oid(content: bytes) -> str:
    r"""The id git gives these bytes: SHA-1 of `blob <length>\0` and the content (git book: "Git Objects")."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def as_text(content: bytes) -> str | None:
    """The content as text that survives a JSON round trip byte for byte; None when it must travel as base64."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
