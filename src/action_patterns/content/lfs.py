"""Git LFS pointers: the short text git keeps where a large file is (git-lfs docs: "spec.md", "The Pointer")."""

from __future__ import annotations

import re

MAX_POINTER_BYTES = 1024
"""Same page: a pointer is smaller than this, its extensions included."""

_VERSION = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\r?\n")
_OID = re.compile(rb"^oid sha256:[0-9a-f]{64}\r?$", re.MULTILINE)
_SIZE = re.compile(rb"^size [0-9]+\r?$", re.MULTILINE)


def is_pointer(content: bytes) -> bool:
    """Whether git-lfs would fetch an object in the place of this content."""
    return (
        len(content) <= MAX_POINTER_BYTES
        and _VERSION.match(content) is not None
        and _OID.search(content) is not None
        and _SIZE.search(content) is not None
    )
