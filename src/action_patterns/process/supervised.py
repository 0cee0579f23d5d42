"""Run a command and the whole tree of processes it starts. Nothing of the tree outlives the call.

Two processes stand guard: this one and a supervisor between it and the command. Each adopts what is orphaned below it,
so a SIGKILL of either leaves the other to end the tree. Only where both are killed at once does it live on.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from errno import ENOENT
from pathlib import Path

from action_patterns.errors import EXIT_NOT_EXECUTABLE, EXIT_NOT_FOUND, EXIT_SIGNAL, EXIT_TIMED_OUT
from action_patterns.process.captured import ProcessError

CANCEL_GRACE_SECONDS = 3.0
"""Grace of a cancelled step at most. GitHub sends SIGKILL 10 seconds after its first signal, and other steps of the job
that run `always()` need the runner."""

_SUPERVISOR = Path(__file__).with_name("supervisor.py")
_END_SECONDS = 2.5
"""Time for the supervisor to end after its grace; killing takes it two."""
_CHUNK = 1 << 16
_PR_SET_CHILD_SUBREAPER = 36

Sink = Callable[[bytes], None]
Extend = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeEnded:
    """A command and its tree that are gone, but for `survivors`."""

    exit_code: int
    """Never 0 for a command that was ended; 124 for time."""
    timed_out: bool = False
    refused: int = 0
    """Number of the error (errno(3)) why the program did not start; 0: it did."""
    background: tuple[str, ...] = ()
    """Processes that a successful command left and that were ended, each as `name (pid n)`."""
    survivors: tuple[str, ...] = ()
    """Processes that could not be ended."""


def supervise(
    argv: Sequence[str],
    *,
    cwd: str | Path,
    env: Mapping[str, str],
    timeout_seconds: float | None,
    grace_seconds: float,
    keep_background: bool,
    sinks: tuple[Sink, Sink] | None,
    extend: Extend | None = None,
    extend_every_seconds: float = 0.0,
) -> TreeEnded:
    """Run a program with no input, and wait until it and all it started are gone.

    Args:
        argv: the program and its arguments.
        cwd: directory it runs in.
        env: its whole environment.
        timeout_seconds: time after which all of it is ended; None: no limit.
        grace_seconds: time between SIGTERM and SIGKILL.
        keep_background: leave what a successful command started.
        sinks: get what it prints, standard output and error, as it comes. None: both are those of this process.
        extend: returns the seconds that the program has from then on, in place of what was left of its time. The
            supervisor keeps the time, so the tree ends in time while this call blocks.
        extend_every_seconds: time between two calls of `extend`.

    Raises:
        ProcessError: the supervisor cannot start, or this is not Linux.
    """
    _adopt(argv)
    control, write_control = os.pipe()
    status, write_status = os.pipe()
    timeout = -1.0 if timeout_seconds is None else timeout_seconds
    if extend and timeout_seconds is not None:
        # From here on, and not from the supervisor's start.
        os.write(write_control, _until(timeout_seconds))
    command = [sys.executable, "-I", "-S", str(_SUPERVISOR), str(control), str(write_status)]
    command += [repr(timeout), repr(grace_seconds), str(int(keep_background)), *argv]
    pipe = None if sinks is None else subprocess.PIPE
    try:
        child = subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            pass_fds=(control, write_status),
            # The signals of a terminal reach this process alone, which then ends the tree in order.
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        os.close(write_control)
        os.close(status)
        raise ProcessError(f"could not be started: {error}.", argv, remediation="Check the runner.") from None
    finally:
        os.close(control)
        os.close(write_status)
    watch = _Watch(child, status, write_control, sinks)
    try:
        watch.until_gone(None, extend, extend_every_seconds)
    except BaseException:  # The step is cancelled: nothing may outlive it.
        watch.cancel(min(grace_seconds, CANCEL_GRACE_SECONDS))
        raise
    finally:
        watch.close()
    return watch.ended(grace_seconds)


class _Watch:
    """The wrapper's side: it passes on what the command prints, and hears the supervisor."""

    def __init__(
        self, child: subprocess.Popen[bytes], status: int, control: int, sinks: tuple[Sink, Sink] | None
    ) -> None:
        self._child = child
        self._status = status
        self._control = control
        self._said = b""
        self._streams: dict[int, Sink] = {}
        for stream, sink in zip((child.stdout, child.stderr), sinks or (), strict=False):
            if stream is not None:
                self._streams[stream.fileno()] = sink
        self._poll = select.poll()
        for fd in (status, *self._streams):
            self._poll.register(fd, select.POLLIN)

    def until_gone(
        self, deadline: float | None, extend: Extend | None = None, extend_every_seconds: float = 0.0
    ) -> None:
        """Pass on what is printed until the supervisor ends, then what is left in the pipes."""
        speaking = True
        due = time.monotonic() + extend_every_seconds if extend else None
        while speaking:
            if extend is not None and due is not None and due <= time.monotonic():
                self._extend(extend())
                due = time.monotonic() + extend_every_seconds
            until = due if deadline is None else deadline
            left = None if until is None else until - time.monotonic()
            if deadline is not None and left is not None and left <= 0:
                return
            for fd, _ in self._poll.poll(None if left is None else max(0.0, left) * 1000 + 1):
                chunk = os.read(fd, _CHUNK)
                if fd != self._status:
                    self._pass_on(fd, chunk)
                elif chunk:
                    self._said += chunk
                else:
                    speaking = False
        # A survivor may hold a pipe open, so this does not wait for the end of a stream.
        self._poll.unregister(self._status)
        while ready := self._poll.poll(0):
            for fd, _ in ready:
                self._pass_on(fd, os.read(fd, _CHUNK))

    def _pass_on(self, fd: int, chunk: bytes) -> None:
        if chunk:
            self._streams[fd](chunk)
        else:
            self._poll.unregister(fd)

    def _extend(self, seconds: float) -> None:
        with contextlib.suppress(OSError):  # The supervisor is gone already.
            os.write(self._control, _until(seconds))

    def cancel(self, grace_seconds: float) -> None:
        """Have the tree ended, and end what is left of it when that takes too long."""
        with contextlib.suppress(OSError):  # The supervisor is gone already.
            os.write(self._control, f"end {grace_seconds!r}\n".encode())
        deadline = time.monotonic() + grace_seconds + _END_SECONDS
        with contextlib.suppress(OSError):
            self.until_gone(deadline)
        if not self._gone:
            with contextlib.suppress(ProcessLookupError):
                self._child.send_signal(signal.SIGKILL)
            _end_descendants(0.0)

    @property
    def _gone(self) -> bool:
        return self._said.endswith(b"gone\n") or b"refused" in self._said

    def close(self) -> None:
        """Close the pipes and wait for the supervisor, which has ended or was killed."""
        for pipe in (self._child.stdout, self._child.stderr):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        os.close(self._status)
        os.close(self._control)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._child.pid, 0)
        self._child.returncode = 0

    def ended(self, grace_seconds: float) -> TreeEnded:
        """Return how it ended."""
        said: dict[str, list[str]] = {}
        for line in self._said.decode(errors="replace").splitlines():
            word, _, rest = line.partition(" ")
            said.setdefault(word, []).append(rest)
        if "refused" in said:
            number = int(said["refused"][0])
            code = EXIT_NOT_FOUND if number == ENOENT else EXIT_NOT_EXECUTABLE
            return TreeEnded(exit_code=code, refused=number)
        if "gone" not in said:
            # The supervisor was killed, so its tree is ours now.
            return TreeEnded(exit_code=EXIT_SIGNAL + signal.SIGKILL, survivors=_end_descendants(grace_seconds))
        timed_out = "timed-out" in said
        survivors = tuple(said.get("survivor", ()))
        code = (
            EXIT_TIMED_OUT if timed_out else int(said["ended"][0]) if "ended" in said else EXIT_SIGNAL + signal.SIGKILL
        )
        return TreeEnded(
            exit_code=code,
            timed_out=timed_out,
            background=tuple(said.get("background", ())),
            survivors=survivors,
        )


def _until(seconds: float) -> bytes:
    return f"until {time.monotonic() + seconds!r}\n".encode()


def _adopt(argv: Sequence[str]) -> None:
    """Adopt what a killed supervisor leaves (prctl(2)).

    Raises:
        ProcessError: this is not Linux.
    """
    if sys.platform != "linux":
        raise ProcessError(
            f"is not run on {sys.platform}: only Linux lets a process adopt what its children leave.",
            argv,
            remediation="Run the job on Linux, for example `runs-on: ubuntu-latest`.",
        )
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _end_descendants(grace_seconds: float) -> tuple[str, ...]:
    """End every process below this one, and return the names of those that live on."""
    from action_patterns.process.descendants import end

    return end(grace_seconds)
