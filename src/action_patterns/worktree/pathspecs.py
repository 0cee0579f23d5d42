"""The `paths` a caller limits changes to, as git pathspecs.

A path names a file or a directory with all below it, from the root of the repository. One with `*`, `?` or `[` is a
pattern, unless a file of exactly that name exists: `*` and `?` stay within a directory, `**` crosses directories
(git docs: "gitglossary", pathspec, magic word `glob`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from action_patterns.errors import InputError, Problem

_FIX = "Name a path inside the checkout, relative to its root."


@dataclass(frozen=True, slots=True)
class Pathspec:
    """One of the caller's paths."""

    given: str
    path: str
    is_pattern: bool

    @property
    def text(self) -> str:
        """As git takes it."""
        return f":({'glob' if self.is_pattern else 'literal'},top){self.path}"


def read(paths: Iterable[str], root: Path) -> tuple[Pathspec, ...]:
    """The pathspecs; empty for no limit, also when one of the paths is the root itself.

    Raises:
        InputError: for every path that is outside the checkout or in `.git`.
    """
    problems: list[Problem] = []
    specs: list[Pathspec] = []
    everything = False
    for given in paths:
        text = given
        if text.startswith("/"):
            try:
                text = Path(text).relative_to(root).as_posix()
            except ValueError:
                problems.append(Problem(f"The path {given!r} is outside the checkout {root}.", _FIX))
                continue
        parts = [part for part in text.split("/") if part not in ("", ".")]
        if ".." in parts:
            problems.append(Problem(f"The path {given!r} has a '..' component.", _FIX))
        elif "\0" in text:
            problems.append(Problem(f"The path {given!r} contains a NUL character.", _FIX))
        elif parts and parts[0].lower() == ".git":
            problems.append(Problem(f"The path {given!r} is git's own directory.", _FIX))
        elif not parts:
            everything = True
        else:
            path = "/".join(parts)
            specs.append(Pathspec(given, path, is_pattern=_is_pattern(path, root)))
    if problems:
        raise InputError(*problems)
    return () if everything else tuple(dict.fromkeys(specs))


def _is_pattern(path: str, root: Path) -> bool:
    # `app/[slug]/page.tsx` is a file name in many projects; as a pattern it would match quite another file.
    place = root / path
    return any(character in path for character in "*?[") and not (place.exists() or place.is_symlink())
