"""Names of the files that a write makes before it renames them. A killed process leaves one; it never is content."""

from __future__ import annotations

import re

_PREFIX = ".action-patterns-writing-"
_NAME = re.compile(re.escape(_PREFIX) + "[0-9a-f]{16}")


def temporary_name(random: bytes) -> str:
    """Return a name. `random` has eight bytes."""
    return f"{_PREFIX}{random.hex()}"


def is_temporary(path: str) -> bool:
    """Return whether the last component of a path is such a name."""
    return _NAME.fullmatch(path.rpartition("/")[2]) is not None
