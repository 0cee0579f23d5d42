"""A name with a line break, a quote, a tab, a backslash or bytes that are no UTF-8 is listed as it is."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from support.detecting import Remote, detect, git
from support.editions import without_github

pytestmark = without_github(why="The names are in a checkout.")

NAMES = (
    'a"quote',
    "a\nline",
    "a\ttab",
    "a\\backslash",
    "-a",
    ":a",
    "*",
    "é",
    os.fsdecode(b"latin-\xe9"),
    " a ",
    "a/[b]/c",
)


@pytest.mark.parametrize("source", ["commits", "worktree"])
def test_a_name_keeps_its_bytes(tmp_path: Path, source: str) -> None:
    remote = Remote(tmp_path / "remote")
    base = remote.commit({"README.md": "1\n"})
    head = remote.commit(dict.fromkeys([f"src/{name}" for name in NAMES], "1\n"))
    remote.push("main")
    workspace = remote.check_out(head if source == "commits" else base)
    if source == "worktree":
        for name in NAMES:
            place = workspace / "src" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("1\n")
    answer = detect(workspace, "push", {"before": base}, sha=head, source=source, groups="src: src/**\ndocs: docs/**")
    expected = sorted(f"src/{name}" for name in NAMES)
    assert answer.paths == expected
    assert json.loads(answer.outputs["files"]) == expected
    assert git(workspace, "ls-files", "-z", "--", ":(glob)src/**") or source == "worktree"
    assert answer.groups == {"src": True, "docs": False}
    assert answer.count == str(len(NAMES))
