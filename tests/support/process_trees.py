"""Trees of processes as commands make them, and a look at which of them are alive."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

MARK = "TREE_MARK"
"""Every process of a tree has this variable."""

_DAEMON = f"""{sys.executable} -I -S -c '
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open(os.environ["UP"], "a").write("up\\n")
        time.sleep(1000)
    os._exit(0)
os.wait()
time.sleep(1000)
'"""
_CHAIN = f"""{sys.executable} -I -S -c '
import os, time
open(os.environ["UP"], "a").write("up\\n")
end = time.monotonic() + 60
while time.monotonic() < end:
    if os.fork():
        os._exit(0)
    os.setsid()
    time.sleep(0.002)
' & sleep 1000"""

KINDS = {
    "a child": 'sleep 1000 & echo up >>"$UP"; wait',
    "a pipeline": 'sleep 1000 | cat & echo up >>"$UP"; wait',
    "deaf": 'bash -c \'trap "" TERM HUP INT; echo up >>"$UP"; while :; do sleep 1000; done\' & wait',
    "a session": 'setsid sleep 1000 & echo up >>"$UP"; wait',
    "nohup": 'nohup sleep 1000 >/dev/null 2>&1 & disown; echo up >>"$UP"; sleep 1000',
    "a daemon": _DAEMON,
    "stopped": 'sleep 1000 & kill -STOP $!; echo up >>"$UP"; wait',
    "a chain": _CHAIN,
    "a trap that exits 0": "trap 'exit 0' TERM; echo up >>\"$UP\"; sleep 1000 & wait",
}
"""Scripts of bash that write a line to the file UP once their tree stands, and then take long. The chain ends after a
minute: a test that is killed would leave it to the machine."""

LEFT = {
    "a child": "sleep 1000 &",
    "a session": "setsid sleep 1000 >/dev/null 2>&1 </dev/null &",
    "a daemon": "(setsid sleep 1000 &) ; true",
    "deaf": 'bash -c \'trap "" TERM; echo up >>"$UP"; sleep 999; sleep 999\' & until [ -s "$UP" ]; do sleep 0.01; done',
}
"""Scripts that end with 0 and leave a process."""


def living(mark: str) -> list[str]:
    """Return the living processes of a tree. One that has ended and was not waited for has no variables."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}\0".encode() in (place / "environ").read_bytes():
                found.append(f"{(place / 'comm').read_text().strip()} ({place.name})")
        except OSError:  # It is gone, or another user's.
            continue
    return found


def until(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Wait for a condition. Returns whether it holds in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def is_up(up: Path) -> bool:
    """Return whether a tree has written that it stands."""
    return up.exists() and up.stat().st_size > 0
