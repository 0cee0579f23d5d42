"""The `paths` a caller limits changes to: git pathspecs, which git itself resolves (git docs: "gitglossary", pathspec).

A line reaches git as it is written, magic words and exclusions included. Only an absolute path is made relative, and a
path that leads out of the checkout or into `.git` is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from action_patterns.content.changes import is_git_name
from action_patterns.errors import InputError, Problem

_FIX = "Name a path inside the checkout, relative to its root."
_EXCLUDES = frozenset("!^")
_WILD = frozenset("*?[\\")


class Pathspec(NamedTuple):
    """One of the caller's paths."""

    given: str
    text: str
    """As git takes it."""

    @property
    def has_magic(self) -> bool:
        """It begins with `:`, so that git reads more than a path."""
        return self.text.startswith(":")

    @property
    def excludes(self) -> bool:
        """It takes paths away."""
        if self.text.startswith(":("):
            return "exclude" in self.text[2:].partition(")")[0].split(",")
        signs = self.text[1:] if self.has_magic else ""
        return any(sign in _EXCLUDES for sign in signs[: len(signs) - len(signs.lstrip("/!^"))])

    def is_literal(self, root: Path) -> bool:
        """Return whether it names one path, which may be a file whose name looks like a pattern."""
        if self.has_magic:
            return False
        # `app/[slug]/page.tsx` is a file name in many projects, and git takes it for one where it exists.
        place = root / self.text
        return not _WILD & set(self.text) or place.exists() or place.is_symlink()


def read(paths: Iterable[str], root: Path) -> tuple[Pathspec, ...]:
    """Return the pathspecs, in the order that was written; empty for no limit.

    Raises:
        InputError: for every path that is outside the checkout or in `.git`.
    """
    problems: list[Problem] = []
    specs: list[Pathspec] = []
    for given in paths:
        text = given
        if text.startswith("/"):
            try:
                text = Path(text).relative_to(root).as_posix()
            except ValueError:
                problems.append(Problem(f"The path {given!r} is outside the checkout {root}.", _FIX))
                continue
        parts = _path_of(text).split("/")
        if ".." in parts:
            problems.append(Problem(f"The path {given!r} has a '..' component.", _FIX))
        elif "\0" in text:
            problems.append(Problem(f"The path {given!r} contains a NUL character.", _FIX))
        elif any(is_git_name(part) for part in parts):
            problems.append(Problem(f"The path {given!r} is git's own directory.", _FIX))
        else:
            specs.append(Pathspec(given, text))
    if problems:
        raise InputError(*problems)
    return tuple(dict.fromkeys(specs))


def _path_of(text: str) -> str:
    """Return a pathspec without its magic."""
    if text.startswith(":("):
        return text.partition(")")[2]
    return text[1:].lstrip("/!^") if text.startswith(":") else text
