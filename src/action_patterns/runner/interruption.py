"""Ctrl-C at a terminal: while targets are written, the first says what is being finished; the next stops at once."""

from __future__ import annotations

import os
import signal
from types import TracebackType
from typing import NoReturn, Self

from action_patterns.errors import EXIT_INTERRUPTED

SHOW_CURSOR = "\x1b[?25h"
NAMES = 5


class Interruption:
    """Handles Ctrl-C while targets are being written. The first one raises KeyboardInterrupt, so that none begins."""

    def __init__(self) -> None:
        self._working: dict[str, None] = {}

    def begin(self, target: str) -> None:
        """Take note that a target is being written. Any thread may call it."""
        self._working[target] = None

    def end(self, target: str) -> None:
        """Take note that a target is done."""
        self._working.pop(target, None)

    def __enter__(self) -> Self:
        signal.signal(signal.SIGINT, self._first)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # The process waits for its threads until its very end, and Ctrl-C ends that too.
        signal.signal(signal.SIGINT, _while_finishing if kind is KeyboardInterrupt else _at_once)

    def _first(self, _number: int, _frame: object) -> NoReturn:
        signal.signal(signal.SIGINT, _while_finishing)
        _say(finishing(list(self._working)))
        raise KeyboardInterrupt


def stop_at_once() -> None:
    """End the process at Ctrl-C. For what only reads."""
    signal.signal(signal.SIGINT, _at_once)


def finishing(working: list[str]) -> str:
    """Return the message about the targets that are being written."""
    if not working:
        return "Interrupted. Run the same command again to go on: what is done stays done."
    more = f" and {len(working) - NAMES} more" if len(working) > NAMES else ""
    return (
        f"Interrupted. Finishing {', '.join(working[:NAMES])}{more}; no other target begins. Press Ctrl-C again to stop"
        " at once. Run the same command again to go on: what is done stays done."
    )


def _at_once(_number: int, _frame: object) -> NoReturn:
    _say("Interrupted. This command was writing nothing. Run it again to go on.")
    os._exit(EXIT_INTERRUPTED)


def _while_finishing(_number: int, _frame: object) -> NoReturn:
    _say("Stopped. Run the same command again: it finishes what is half done.")
    os._exit(EXIT_INTERRUPTED)


def _say(message: str) -> None:
    # Not by the console: the signal may have struck while a thread held its lock.
    text = f"\n{message}\n"
    os.write(2, (SHOW_CURSOR + text if os.isatty(2) else text).encode())
