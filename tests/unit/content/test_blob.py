"""Blob ids are git's own; text is what survives JSON byte for byte."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.content.blob import as_text, blob_oid

SAMPLES = [b"", b"hello\n", b"a\r\nb\r\n", b"\0\xff\x89PNG", "Größe 日本\n".encode(), b"x" * 100_000]


def test_ids_are_those_of_git_hash_object(tmp_path: Path) -> None:
    paths = []
    for number, content in enumerate(SAMPLES):
        paths.append(tmp_path / str(number))
        paths[-1].write_bytes(content)
    told = subprocess.run(
        ["git", "hash-object", "--no-filters", *map(str, paths)], capture_output=True, text=True, check=True
    ).stdout.split()
    assert [blob_oid(content) for content in SAMPLES] == told


@given(st.binary())
def test_text_survives_json_or_is_no_text(content: bytes) -> None:
    text = as_text(content)
    if text is not None:
        assert json.loads(json.dumps(text)).encode() == content


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_utf_8_is_text(text: str) -> None:
    assert as_text(text.encode()) == text


@pytest.mark.parametrize("content", [b"\xff", b"\xe9t\xe9", b"a\0b", b"\xed\xa0\x80"])
def test_anything_else_travels_as_base64(content: bytes) -> None:
    assert as_text(content) is None
