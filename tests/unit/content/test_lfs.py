"""A pointer is what git-lfs takes for one (git-lfs docs: "spec.md")."""

from __future__ import annotations

import pytest

from action_patterns.content.lfs import is_pointer

VERSION = b"version https://git-lfs.github.com/spec/v1\n"
OID = b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
SIZE = b"size 12345\n"
EXTENSION = b"ext-0-foo sha256:" + b"ab" * 32 + b"\n"


@pytest.mark.parametrize(
    "content",
    [
        VERSION + OID + SIZE,
        VERSION + EXTENSION + OID + SIZE,
        VERSION + OID + SIZE.rstrip(),
        (VERSION + OID + SIZE).replace(b"\n", b"\r\n"),
    ],
    ids=["the specification's example", "extension", "no last newline", "crlf"],
)
def test_pointers(content: bytes) -> None:
    assert is_pointer(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text\n" + VERSION + OID + SIZE,
        VERSION,
        VERSION + OID,
        VERSION + SIZE,
        VERSION + OID[:40] + b"\n" + SIZE,
        VERSION + OID + SIZE + b"#" * 1024,
        b"version https://git-lfs.github.com/spec/v10\n" + OID + SIZE,
        b"\0" + VERSION + OID + SIZE,
    ],
)
def test_what_is_none(content: bytes) -> None:
    assert not is_pointer(content)
