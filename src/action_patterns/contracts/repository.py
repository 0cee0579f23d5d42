"""The one rule for names of repositories."""

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
