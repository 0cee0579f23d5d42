"""Whether what an action leaves can be written: tried before it does anything."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from action_patterns.errors import Problem

_FILES = ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
_SIZE = 64 * 1024
_FIX = (
    "Make room on the runner's disk, and let the runner's user own the place: a container that ran as root may have"
    " left it. Nothing was done yet, so a rerun is safe."
)


def problems(temp: str, variables: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each place that cannot be written: RUNNER_TEMP, and the files of outputs and summary."""
    try:
        Path(temp).mkdir(parents=True, exist_ok=True)
        # Some bytes: a full disk may still take the name of a file.
        with tempfile.TemporaryFile(dir=temp, prefix="action-patterns-") as tried:
            tried.write(bytes(_SIZE))
            tried.flush()
    except OSError as error:
        yield Problem(f"RUNNER_TEMP ({temp}) cannot be written: {error.strerror}.", _FIX)
    for name in _FILES:
        if place := variables.get(name, "").strip():
            try:
                os.close(os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644))
            except OSError as error:
                yield Problem(f"The file that {name} names ({place}) cannot be written: {error.strerror}.", _FIX)
