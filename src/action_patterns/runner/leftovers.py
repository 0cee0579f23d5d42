"""Directories that another user left in RUNNER_TEMP: root, in a job with `container:` on a self-hosted runner."""

from __future__ import annotations

import errno
import os
from pathlib import Path

OURS = "action-patterns"
"""Prefix of the names in RUNNER_TEMP that only this project's actions give."""


def set_aside(temp: str, path: str) -> bool:
    """Rename the highest part of one of our paths below RUNNER_TEMP that belongs to another user.

    The fixed names stay ours, as workflows upload them; the other user's files stay too. Returns whether it was done.
    """
    parts = Path(os.path.relpath(os.path.realpath(Path(temp, path)), temp)).parts
    if not parts[0].startswith(OURS) or ".." in parts:
        return False
    for depth in range(1, len(parts)):
        place = Path(temp, *parts[:depth])
        try:
            if place.lstat().st_uid != os.geteuid():
                place.rename(place.with_name(f"{place.name}.of-another-user-{os.urandom(4).hex()}"))
                return True
        except OSError:  # absent, or RUNNER_TEMP is not ours: the first error says it
            return False
    return False


def remedy(error: OSError, temp: str) -> str:
    """Return what to do about a file system that refused a file."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"Make room on the disk of the runner: {temp} is full."
    if error.errno == errno.EROFS:
        return "Name a path on a file system that is not read-only."
    return (
        f"Remove what another user left there, or name another path inside $GITHUB_WORKSPACE or $RUNNER_TEMP ({temp})."
    )
