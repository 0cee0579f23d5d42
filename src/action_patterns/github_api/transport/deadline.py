"""One deadline over a whole call, from the look-up of the name to the last byte of the body.

The time-outs of an HTTP library are for one read each: a server that sends a byte now and then never meets them.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")


class LateError(Exception):
    """The call did not end in time. It may go on, and nothing waits for it."""


class _Result(NamedTuple):
    value: Any = None
    error: BaseException | None = None


class Worker:
    """A thread that makes the calls of one other thread. A call that is late costs the worker, not the caller."""

    def __init__(self) -> None:
        self.busy = False
        """A call has not ended: it was late, or its caller was interrupted."""
        self._calls: queue.SimpleQueue[Callable[[], Any]] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[_Result] = queue.SimpleQueue()
        # A daemon: the end of the process does not wait for a server that never ends its answer.
        threading.Thread(target=self._work, daemon=True, name="request").start()

    def call(self, call: Callable[[], T], seconds: float) -> T:
        """Return the result of the call, or raise its error.

        Raises:
            LateError: it did not end within `seconds`. A worker that is `busy` must not be used again.
        """
        self.busy = True
        self._calls.put(call)
        try:
            result = self._results.get(timeout=seconds)
        except queue.Empty:
            raise LateError from None
        self.busy = False
        if result.error is not None:
            raise result.error
        value: T = result.value
        return value

    def _work(self) -> None:
        while True:
            call = self._calls.get()
            try:
                result = _Result(call())
            except BaseException as error:  # noqa: BLE001 - the caller raises it
                result = _Result(error=error)
            self._results.put(result)
