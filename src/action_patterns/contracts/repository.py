"""The one rule for names of repositories, of directories in them, and of items."""

from __future__ import annotations

import re

# The underscore is in logins of managed users (GitHub docs: "About Enterprise Managed Users").
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")


def is_repository(name: str) -> bool:
    """Return whether `owner/name` is a name that GitHub gives to repositories.

    The owner has 1 to 39 letters, digits, hyphens and underscores. The name has 1 to 100 letters, digits, dots, hyphens
    and underscores, and is neither `.` nor `..`.
    """
    return _REPOSITORY.fullmatch(name) is not None


def address(repository: str, directory: str | None) -> str:
    """Return the name of a target: `owner/name`, or `owner/name:directory` for a component.

    No name of a repository has a colon, and git writes a path behind a revision so.
    """
    return repository if directory is None else f"{repository}:{directory}"


def repository_of(target: str) -> str:
    """Return the repository that a target is, or is in."""
    return target.partition(":")[0]


def is_target(name: str) -> bool:
    """Return whether a text is the name of a target: a repository, or a directory in one."""
    repository, colon, directory = name.partition(":")
    return is_repository(repository) and (not colon or _is_directory(directory))


def _is_directory(path: str) -> bool:
    if path == ".":
        return True
    return path.isprintable() and not {"", ".", ".."} & set(path.split("/"))


ITEM_CHARACTERS = 200
"""Longest name of an item: a report shows each name whole, and GitHub cuts the name of a job after 100."""


def is_item(name: str) -> bool:
    """Return whether a text can be the name of an item: one printable line, without spaces around or side by side.

    Characters that hide or reorder others are not printable, so a report shows each name exactly.
    """
    return 0 < len(name) <= ITEM_CHARACTERS and name.isprintable() and name == " ".join(name.split())


def is_same_target(one: str, other: str) -> bool:
    """Return whether two names are of one target. GitHub ignores the case of a repository, and git keeps a path's."""
    return (repository_of(one).lower(), one.partition(":")[2]) == (
        repository_of(other).lower(),
        other.partition(":")[2],
    )
