"""The output of a caller's command on its way to the runner."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress

TAIL_BYTES = 64 * 1024
"""Bytes of the end that are kept for reading."""
_LINE_BYTES = 4096
"""A workflow command that is looked for is not longer."""
_STOP = re.compile(rb"::stop-commands::(.+)")


class PassThrough:
    """Hands on two streams as they come, keeps their end, and closes what a command left open for the runner.

    A command that is killed may have begun a line, a group, or a time without workflow commands, and the runner would
    take what we say afterwards for a part of it.
    """

    def __init__(self, stdout: int = 1, stderr: int = 2) -> None:
        """The numbers are file descriptors."""
        self._fds = (stdout, stderr)
        self._lines = [b"", b""]
        self._tail = bytearray()
        self._resume = b""
        self._group = False

    def stdout(self, chunk: bytes) -> None:
        """Hand on standard output."""
        self._take(0, chunk)

    def stderr(self, chunk: bytes) -> None:
        """Hand on standard error."""
        self._take(1, chunk)

    def close(self) -> None:
        """End the line, the time without workflow commands and the group that the command left open."""
        for index, line in enumerate(self._lines):
            if line:
                self._look(line)
                self._write(index, b"\n")
        if self._resume:
            self._write(0, b"::" + self._resume + b"::\n")
        if self._group:
            self._write(0, b"::endgroup::\n")

    def tail(self) -> bytes:
        """Return the end of what was printed, both streams as they came."""
        return bytes(self._tail)

    def _take(self, index: int, chunk: bytes) -> None:
        self._write(index, chunk)
        self._tail += chunk
        if len(self._tail) > TAIL_BYTES:
            del self._tail[:-TAIL_BYTES]
        first, *others = chunk.split(b"\n")
        self._lines[index] = (self._lines[index] + first)[:_LINE_BYTES]
        for line in others:
            self._look(self._lines[index])
            self._lines[index] = line[:_LINE_BYTES]

    def _look(self, line: bytes) -> None:
        line = line.strip()
        if self._resume:
            if line == b"::" + self._resume + b"::":
                self._resume = b""
        elif found := _STOP.fullmatch(line):
            self._resume = found[1]
        elif line.startswith((b"::group::", b"##[group]")):
            self._group = True
        elif line.startswith((b"::endgroup::", b"##[endgroup]")):
            self._group = False

    def _write(self, index: int, data: bytes) -> None:
        # The reader may be gone: the command shall still end as it would.
        with suppress(OSError):
            while data:
                data = data[os.write(self._fds[index], data) :]


class Disarmed:
    """Shows two streams line by line without an effect on the runner, and keeps their end: content of others."""

    def __init__(self, show: Callable[[str], None]) -> None:
        """`show` prints a line that is no workflow command."""
        self._show = show
        self._lines = [b"", b""]
        self._tail = bytearray()

    def stdout(self, chunk: bytes) -> None:
        """Show standard output."""
        self._take(0, chunk)

    def stderr(self, chunk: bytes) -> None:
        """Show standard error."""
        self._take(1, chunk)

    def close(self) -> None:
        """Show the lines that have no end."""
        for index, line in enumerate(self._lines):
            if line:
                self._take(index, b"\n")

    def tail(self) -> bytes:
        """Return the end of what was printed, both streams as they came."""
        return bytes(self._tail)

    def _take(self, index: int, chunk: bytes) -> None:
        self._tail += chunk
        if len(self._tail) > TAIL_BYTES:
            del self._tail[:-TAIL_BYTES]
        *whole, self._lines[index] = (self._lines[index] + chunk).split(b"\n")
        for line in whole:
            self._show(line.decode(errors="replace"))
        if len(self._lines[index]) > TAIL_BYTES:
            self._show(self._lines[index].decode(errors="replace"))
            self._lines[index] = b""
