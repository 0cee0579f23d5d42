"""End every process below this one. Imported only where something must be ended: psutil takes a tenth of our start."""

from __future__ import annotations

import contextlib
import time

import psutil

from action_patterns.process import supervisor

KILL_SECONDS = 5.0
"""Time for killed processes to be gone. It is long, as a slow machine may look late at a process that starts others."""
_RESCAN_SECONDS = 0.05


def end(grace_seconds: float) -> tuple[str, ...]:
    """Ask all to end, kill those that do not, and return those that live on, each as `name (pid n)`.

    Args:
        grace_seconds: time between SIGTERM and SIGKILL.
    """
    own = psutil.Process()
    found = own.children(recursive=True)
    for process in found:
        with contextlib.suppress(psutil.Error):
            process.terminate()
            process.resume()
    if grace_seconds > 0:
        psutil.wait_procs(found, timeout=grace_seconds)
    deadline = time.monotonic() + KILL_SECONDS
    while (found := _living(own)) and time.monotonic() < deadline:
        supervisor.kill()
        psutil.wait_procs(found, timeout=_RESCAN_SECONDS)
    return tuple(_name(process) for process in found)


def _living(own: psutil.Process) -> list[psutil.Process]:
    living = []
    for process in own.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE:
                living.append(process)
    if not living:  # A process that starts another and ends may be in no look at the table of processes.
        for pid, _ in supervisor.children():
            with contextlib.suppress(psutil.Error):
                living.append(psutil.Process(pid))
    return living


def _name(process: psutil.Process) -> str:
    try:
        return f"{process.name()} (pid {process.pid})"
    except psutil.Error:
        return f"pid {process.pid}"
