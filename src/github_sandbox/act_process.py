"""One process of act, hermetic and in time, and the end of all it has started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sysconfig
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

ACT = Path(sysconfig.get_path("scripts")) / "act"
TRACKING = "GITHUB_SANDBOX_RUN"
"""Marks the processes of a run, so that what a step left in the background is ended with it. GitHub's runner does so by
RUNNER_TRACKING_ID, which act sets to nothing."""
_GRACE_SECONDS = 2.0


class RunTimeoutError(AssertionError):
    """act did not end in time and was killed; the message ends with the last lines of the log."""


def run_act(
    arguments: list[str],
    directory: Path,
    place: Path,
    timeout_seconds: float,
    take: Callable[[str], None],
) -> tuple[int, str]:
    """Exit code, and what act complained of; `take` is given its log line by line, while it is written.

    Its files are below `place`.

    Raises:
        RunTimeoutError: it took longer than allowed; nothing of it is left running.
    """
    environment = _environment(place)
    tail: deque[str] = deque(maxlen=20)
    late = threading.Event()
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaint,
        subprocess.Popen(
            [str(ACT), *arguments],
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaint,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        ) as process,
    ):
        assert process.stdout is not None

        def expire() -> None:
            late.set()
            _stop(process)

        timer = threading.Timer(timeout_seconds, expire)
        timer.start()
        try:
            for line in process.stdout:
                tail.append(line.rstrip("\n"))
                take(line)
            process.wait()
        except BaseException:  # Ctrl-C above all
            _stop(process)
            raise
        finally:
            timer.cancel()
            timer.join()
            _end_all(environment[TRACKING])
        complaint.seek(0)
        said = complaint.read()
    if late.is_set():
        raise RunTimeoutError(f"act did not end within {timeout_seconds:g} s:\n" + "\n".join([*tail, said]))
    return process.returncode, said


def _environment(place: Path) -> dict[str, str]:
    # Without this virtual environment: the shipped actions must find a Python by themselves, as on a runner.
    own = {str(ACT.parent), str(Path(ACT.parent).resolve())}
    path = [entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if entry and entry not in own]
    return {
        "PATH": os.pathsep.join(path),
        "HOME": str(place / "home"),
        TRACKING: f"{os.getpid()}-{place}",
        "XDG_CACHE_HOME": str(place / "cache"),
        "XDG_CONFIG_HOME": str(place / "config"),
        "TMPDIR": str(place),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
    }


def _stop(process: subprocess.Popen[str]) -> None:
    """Ask act to end, which ends its steps; if it takes too long, make it."""
    process.terminate()
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _end_all(tracking_id: str) -> None:
    """End every process of a run, whatever session and process group it has put itself in."""
    while alive := _tracked(tracking_id):
        for pid in alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def _tracked(tracking_id: str) -> list[int]:
    """Processes that inherited the id, from /proc (the shipped actions run on Linux only)."""
    mark = f"{TRACKING}={tracking_id}\0".encode()
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended, or is another user's
            if mark in (place / "environ").read_bytes():
                found.append(int(place.name))
    return found
