"""Run a program to its end and keep what it prints."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from action_patterns.errors import ActionPatternsError

_TAIL_CHARACTERS = 2000
_GRACE_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """A child that ended without being killed."""

    argv: tuple[str, ...]
    returncode: int
    stdout: bytes
    stderr: bytes

    @property
    def stderr_tail(self) -> str:
        """The end of what it complained, as text."""
        return self.stderr.decode(errors="replace").strip()[-_TAIL_CHARACTERS:]


class ProcessError(ActionPatternsError):
    """A child could not be started, did not end in time, or ended with an exit code that was not expected.

    The message holds the command and the end of its stderr.
    """

    def __init__(self, what: str, argv: Sequence[str], *, remediation: str, completed: Completed | None = None) -> None:
        tail = f"\n{completed.stderr_tail}" if completed and completed.stderr_tail else ""
        super().__init__(f"`{' '.join(argv)}` {what}{tail}", remediation=remediation)
        self.completed = completed


class ProgramMissingError(ProcessError):
    """There is no such program."""


def run(
    argv: Sequence[str],
    *,
    cwd: str | Path,
    timeout_seconds: float,
    env: Mapping[str, str] | None = None,
    input: bytes = b"",
    expected: frozenset[int] | None = frozenset({0}),
) -> Completed:
    """Run a program to its end.

    Args:
        argv: the program and its arguments; never a shell line.
        cwd: where it runs.
        timeout_seconds: after that it is killed, and all it started with it.
        env: its whole environment; None gives it this process's.
        input: what it reads from stdin.
        expected: exit codes that are an answer; None takes any.

    Raises:
        ProgramMissingError: there is no such program.
        ProcessError: it could not be started, was killed for time, or ended with another exit code.
    """
    try:
        child = subprocess.Popen(  # an argv list, never a shell
            list(argv),
            cwd=cwd,
            env=None if env is None else dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # Its own process group, so that what it started can be ended with it.
            start_new_session=True,
        )
    except FileNotFoundError as error:
        if not Path(cwd).is_dir():
            raise ProcessError(
                f"cannot run in {cwd}: no such directory.", argv, remediation="Check the path."
            ) from None
        raise ProgramMissingError(
            f"could not be started: {error.strerror}.", argv, remediation=f"Install {argv[0]} on the runner."
        ) from None
    except (OSError, ValueError) as error:
        raise ProcessError(f"could not be started: {error}.", argv, remediation="Check the runner.") from None
    try:
        stdout, stderr = child.communicate(input, timeout=timeout_seconds)
    except subprocess.TimeoutExpired:
        stdout, stderr = _end(child)
        raise ProcessError(
            f"did not end within {timeout_seconds:g} seconds and was killed.",
            argv,
            remediation="Run it by hand to see what it waits for.",
            completed=Completed(argv=tuple(argv), returncode=child.returncode, stdout=stdout, stderr=stderr),
        ) from None
    except BaseException:  # an interrupt must not leave it running
        kill(child)
        reap(child)
        raise
    completed = Completed(argv=tuple(argv), returncode=child.returncode, stdout=stdout, stderr=stderr)
    if expected is not None and child.returncode not in expected:
        how = f"exit code {child.returncode}" if child.returncode >= 0 else f"signal {-child.returncode}"
        raise ProcessError(f"ended with {how}.", argv, remediation="See its message above.", completed=completed)
    return completed


def _end(child: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """Kill the whole group; what was written until then."""
    kill(child)
    try:
        return child.communicate(timeout=_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        # Something left the group and holds the pipe open; it is not ours any more.
        reap(child)
        return b"", b""


def kill(child: subprocess.Popen[bytes]) -> None:
    """Kill a child with its process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def reap(child: subprocess.Popen[bytes]) -> None:
    """Wait for a child that was killed, and discard its output. Not by `wait()`: an interrupt may have struck in there
    just after it took its lock, and then the lock is never released.
    """
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe:
            with contextlib.suppress(OSError):
                pipe.close()
    if child.returncode is None:
        with contextlib.suppress(ChildProcessError):  # It was waited for when the interrupt came.
            os.waitpid(child.pid, 0)
        child.returncode = -signal.SIGKILL
