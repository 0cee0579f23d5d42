"""One process of act, hermetic and within a time limit, and the end of every process it starts."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sysconfig
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import cache
from pathlib import Path

ACT = Path(sysconfig.get_path("scripts")) / "act"
TRACKING = "GITHUB_SANDBOX_RUN"
"""The variable that marks the processes of a run, so that those left in the background end with it.

GitHub's runner uses RUNNER_TRACKING_ID, which act sets to the empty string.
"""
_GRACE_SECONDS = 2.0
_ASKS_FOR_NODE = ("--no-warnings", "-e", "console.log(process.execPath)")
_ANSWER = """#!/bin/sh
if [ "$*" = {question} ]; then echo {answer}; else exec {node} "$@"; fi
"""


class RunTimeoutError(AssertionError):
    """act did not end in time and was killed; the message ends with the last lines of the log."""


def run_act(
    arguments: list[str],
    directory: Path,
    place: Path,
    timeout_seconds: float,
    take: Callable[[str], None],
    cancelled: threading.Event,
) -> tuple[int, str]:
    """Run act, and return its exit code and its standard error. `take` receives each line of the log as act writes it.

    act's files are below `place`. Once `cancelled` is set, act cancels its jobs, as for Ctrl-C.

    Raises:
        RunTimeoutError: act exceeded the time limit; none of its processes is left.
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
        threading.Thread(target=_cancel, args=(process, cancelled), daemon=True).start()
        try:
            for line in process.stdout:
                tail.append(line.rstrip("\n"))
                take(line)
            process.wait()
        except BaseException:  # chiefly Ctrl-C
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
    # Without this virtual environment: the shipped actions must find a Python as they do on a runner.
    own = {str(ACT.parent), str(Path(ACT.parent).resolve())}
    path = [entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if entry and entry not in own]
    return {
        "PATH": os.pathsep.join([*_answer_for_node(place / "bin", path), *path]),
        "HOME": str(place / "home"),
        TRACKING: f"{os.getpid()}-{place}",
        "XDG_CACHE_HOME": str(place / "cache"),
        "XDG_CONFIG_HOME": str(place / "config"),
        "TMPDIR": str(place),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
    }


def _answer_for_node(directory: Path, path: list[str]) -> list[str]:
    """Return a directory whose `node` tells its own path at once, or nothing where node is not installed.

    act asks for it at the start of each job, and node takes a tenth of a second of CPU time to say it. Any other
    question goes to node itself.
    """
    found = shutil.which("node", path=os.pathsep.join(path))
    told = _told_by_node(found) if found else ""
    if not found or not told:
        return []
    directory.mkdir(parents=True, exist_ok=True)
    question, *places = map(shlex.quote, (" ".join(_ASKS_FOR_NODE), told, found))
    (directory / "node").write_text(_ANSWER.format(question=question, answer=places[0], node=places[1]), "utf-8")
    (directory / "node").chmod(0o755)
    return [str(directory)]


@cache
def _told_by_node(node: str) -> str:
    # The node on PATH may be a script of a version manager, which knows where the real one is.
    return subprocess.run([node, *_ASKS_FOR_NODE], capture_output=True, text=True, check=False).stdout.strip()


def _cancel(process: subprocess.Popen[str], cancelled: threading.Event) -> None:
    """Interrupt act once the run is cancelled. Ends with act."""
    while process.poll() is None:
        if cancelled.wait(0.2):
            process.send_signal(signal.SIGINT)
            return


def _stop(process: subprocess.Popen[str]) -> None:
    """Ask act to end, which ends its steps; kill it after the grace period."""
    process.terminate()
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _end_all(tracking_id: str) -> None:
    """Kill every process of a run, in any session and process group."""
    while alive := _tracked(tracking_id):
        for pid in alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def _tracked(tracking_id: str) -> list[int]:
    """Return the processes that inherited the id, from /proc (the shipped actions run on Linux only)."""
    mark = f"{TRACKING}={tracking_id}\0".encode()
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # the process ended, or belongs to another user
            if mark in (place / "environ").read_bytes():
                found.append(int(place.name))
    return found
