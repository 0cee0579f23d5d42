"""Random edits of a worktree and its index, and what git would commit of them."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from support.detecting import GIT, git

NAMES = ("a.txt", "b", "src/a.py", "src/deep/b.txt", "docs/x y.md", 'docs/q"\n.md', "docs/c", "new", "new/a", "out/x")


def edit(workspace: Path, dice: random.Random) -> None:
    """Make one to three edits, each of one kind."""
    for _ in range(dice.randint(1, 3)):
        name = dice.choice(NAMES)
        place = workspace / name
        kind = dice.choice(("write", "crlf", "same", "delete", "mode", "link", "stage", "unstage", "commit", "ignore"))
        if kind in ("write", "crlf", "same", "link"):
            _make_room(workspace, place)
            if kind == "link":
                place.symlink_to("b")
            else:
                end = "\r\n" if kind == "crlf" else "\n"
                text = name if kind == "same" else f"{name if kind == 'crlf' else dice.randrange(3)}"
                place.write_bytes(f"{text}{end}".encode())
        elif kind == "delete":
            _remove(place)
        elif kind == "mode" and place.is_file() and not place.is_symlink():
            place.chmod(0o755 if dice.random() < 0.5 else 0o644)
        elif kind == "stage":
            git(workspace, "add", "--all")
        elif kind == "unstage":
            git(workspace, "rm", "--quiet", "-r", "--cached", "--ignore-unmatch", "--", name)
        elif kind == "commit":
            git(workspace, "commit", "--quiet", "--allow-empty", "--message", "local")
        elif kind == "ignore":
            (workspace / ".git/info/exclude").write_text(dice.choice(("out/\n", "*.md\n", "new\n", "")))


def truth(workspace: Path, base: str) -> Mapping[str, str]:
    """Return the paths that differ from a commit once everything is added, each with git's letter."""
    index = workspace.parent / "index"
    shutil.copy2(workspace / ".git/index", index)
    variables = {**GIT, "GIT_INDEX_FILE": str(index)}

    def run(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=workspace, env=variables, capture_output=True, check=True)
        return os.fsdecode(done.stdout)

    run("add", "--all")
    fields = run("diff-index", "--cached", "--name-status", "--no-renames", "-z", base).split("\0")
    return dict(zip(fields[1::2], fields[:-1:2], strict=True))


def _make_room(workspace: Path, place: Path) -> None:
    _remove(place)
    for above in reversed(place.relative_to(workspace).parents[:-1]):
        if (workspace / above).is_symlink() or (workspace / above).is_file():
            (workspace / above).unlink()
    place.parent.mkdir(parents=True, exist_ok=True)


def _remove(place: Path) -> None:
    if place.is_symlink() or place.is_file():
        place.unlink()
    elif place.is_dir():
        shutil.rmtree(place)
