"""The signals that end a process, as a terminal or a runner leaves them to it.

A shell has what it starts in the background ignore SIGINT and SIGQUIT, and so does nohup with SIGHUP. A child inherits
that, and a test that interrupts a child would wait in vain for its end.
"""

from __future__ import annotations

import signal

ENDING = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP)


def restore() -> None:
    """Let the signals that end a process end this one and all it starts."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    for number in ENDING:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
