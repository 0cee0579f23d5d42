"""The directory that holds environments: one builder at a time, no leftovers, nothing old. Standard library only."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bootstrap.failures import NO_EXEC, CannotStartError
from bootstrap.installers import note

# A shared environment that no job has used for so long is removed.
KEPT_SECONDS = 30 * 86400
# As launch.sh names environments: the lock's digest and the interpreter.
ENVIRONMENT_NAME = re.compile(r"[0-9a-f]{16}-3\.\d.*")


def must_run_programs(base: Path) -> None:
    """Refuse a file system that runs no programs, before anything is downloaded to it."""
    if os.statvfs(base).f_flag & os.ST_NOEXEC:
        raise CannotStartError(
            f"The Python environment was not made. {base} is on a file system that runs no programs (mounted with "
            f"`noexec`). {NO_EXEC}"
        )


@contextlib.contextmanager
def one_at_a_time(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold an exclusive lock on `path`; the kernel drops it when this process ends, however it ends.

    Raises:
        BlockingIOError: another process holds it, and `wait` is off.
    """
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not wait:
                raise
            note("waiting for another step which is making the same Python environment")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def building_directory(base: Path, name: str) -> Iterator[Path]:
    """Yield a directory on the file system of `base`, so that a rename out of it is atomic. Always removed."""
    directory = Path(tempfile.mkdtemp(prefix=f".{name}.building-", dir=base))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def prune(base: Path, name: str, workspace: Path) -> None:
    """Move out of a shared directory what no job has used for long; `workspace` is removed with it.

    launch.sh writes `.used` at every start. A job lasts days at most, so nothing that runs loses its files.
    """
    oldest = time.time() - KEPT_SECONDS
    for marker in base.glob("*/.complete"):
        environment = marker.parent
        if (
            environment.name == name
            or not ENVIRONMENT_NAME.fullmatch(environment.name)
            or last_use(environment) > oldest
        ):
            continue
        # Who makes it holds the lock. Another user's files stay.
        with contextlib.suppress(OSError), one_at_a_time(base / f".{environment.name}.lock", wait=False):
            environment.rename(workspace / environment.name)
            note(f"removed {environment}, which no job has used for {KEPT_SECONDS // 86400} days")


def last_use(environment: Path) -> float:
    """Return when an environment was made or used last."""
    return max((environment / name).stat().st_mtime for name in (".complete", ".used") if (environment / name).exists())
