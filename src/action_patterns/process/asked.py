"""Run several programs side by side for the few lines that each prints."""

from __future__ import annotations

import errno
import os
import selectors
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from action_patterns.process.captured import kill, reap

MOST_BYTES = 64 * 1024
"""Bytes that are kept of what a program prints to either stream. The rest is read and dropped."""
_LOOK_SECONDS = 0.02
"""Time between two looks at whether a program ended: one that left a process behind closes no pipe."""


class Answered(NamedTuple):
    """The end of one of several programs. `returncode` None: it could not be started, for the reason `refused`."""

    returncode: int | None
    stdout: bytes = b""
    stderr: bytes = b""
    timed_out: bool = False
    refused: int = 0
    """The system's error number."""


class _Asked:
    """A program that runs."""

    def __init__(self, child: subprocess.Popen[bytes], seconds: float, selector: selectors.BaseSelector) -> None:
        self.child = child
        self.answer: Answered | None = None
        self._until = time.monotonic() + seconds
        self._selector = selector
        self._kept: dict[IO[bytes], bytearray] = {}
        for pipe in (child.stdout, child.stderr):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
            self._kept[pipe] = bytearray()
            selector.register(pipe, selectors.EVENT_READ, self)

    def read(self, pipe: IO[bytes]) -> bool:
        """Read what is in a pipe. Return whether there was something."""
        try:
            part = os.read(pipe.fileno(), MOST_BYTES)
        except BlockingIOError:
            return False
        kept = self._kept[pipe]
        kept += part[: MOST_BYTES - len(kept)]
        if not part:
            self._close(pipe)
        return bool(part)

    @property
    def is_open(self) -> bool:
        """Whether a process may still print."""
        return bool(self._open())

    def look(self) -> None:
        """Find out whether it ended, or has to."""
        ended = self.child.poll() is not None
        if not ended and time.monotonic() < self._until:
            return
        if not ended or self._open():
            kill(self.child)  # It, or what it left behind.
        for pipe in self._open():
            # The pipe of a process that left the group never ends, and may fill as fast as it is read.
            while len(self._kept[pipe]) < MOST_BYTES and self.read(pipe):
                pass
        stdout, stderr = (bytes(kept) for kept in self._kept.values())
        self.end()
        self.answer = Answered(self.child.returncode, stdout, stderr, timed_out=not ended)

    def end(self) -> None:
        """Leave no process and no pipe."""
        for pipe in self._open():
            self._close(pipe)
        if self.child.returncode is None:
            kill(self.child)
        reap(self.child)

    def _open(self) -> list[IO[bytes]]:
        return [pipe for pipe in self._kept if not pipe.closed]

    def _close(self, pipe: IO[bytes]) -> None:
        self._selector.unregister(pipe)
        pipe.close()


def run_all(
    programs: Sequence[tuple[Sequence[str], float]], *, cwd: str | Path, env: Mapping[str, str]
) -> list[Answered]:
    """Run programs side by side, each until its end or for its seconds, and return what they print, in their order.

    They read nothing from stdin. Each is killed with all it started when its time is over.
    """
    found: list[_Asked | Answered] = []
    with selectors.DefaultSelector() as selector:
        try:
            for argv, seconds in programs:
                child = _started(argv, cwd, env)
                found.append(
                    Answered(None, refused=child) if isinstance(child, int) else _Asked(child, seconds, selector)
                )
            while running := [*_running(found)]:
                # One that closed its pipes is about to end.
                seconds = _LOOK_SECONDS if all(each.is_open for each in running) else _LOOK_SECONDS / 10
                for key, _ in selector.select(seconds):
                    key.data.read(key.fileobj)
                for each in running:
                    each.look()
        except BaseException:  # an interrupt must not leave one running
            for each in _running(found):
                each.end()
            raise
    return [each if isinstance(each, Answered) else _answer(each) for each in found]


def _running(found: Sequence[_Asked | Answered]) -> Iterator[_Asked]:
    return (each for each in found if isinstance(each, _Asked) and each.answer is None)


def _answer(asked: _Asked) -> Answered:
    assert asked.answer is not None
    return asked.answer


def _started(argv: Sequence[str], cwd: str | Path, env: Mapping[str, str]) -> subprocess.Popen[bytes] | int:
    """Start a program. Return the system's error number if it does not."""
    try:
        return subprocess.Popen(
            list(argv),
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        return error.errno or errno.EIO
    except ValueError:  # a NUL in a name
        return errno.ENOENT
