"""Words for how a command ended, by its exit code. Pure."""

from __future__ import annotations

from action_patterns.errors import EXIT_NOT_EXECUTABLE, EXIT_NOT_FOUND, EXIT_SIGNAL

_SIGNALS = {
    2: "SIGINT",
    3: "SIGQUIT",
    4: "SIGILL",
    6: "SIGABRT",
    7: "SIGBUS",
    8: "SIGFPE",
    9: "SIGKILL",
    11: "SIGSEGV",
    13: "SIGPIPE",
    14: "SIGALRM",
    15: "SIGTERM",
    24: "SIGXCPU",
    25: "SIGXFSZ",
    31: "SIGSYS",
}
"""Linux's numbers. SIGHUP is not among them: git ends with 129 for a wrong option."""

_SPECIAL = {
    EXIT_NOT_EXECUTABLE: f"may not be executed (exit code {EXIT_NOT_EXECUTABLE})",
    EXIT_NOT_FOUND: f"was not found (exit code {EXIT_NOT_FOUND})",
}


def signal_of(exit_code: int) -> str | None:
    """Return the signal that ended a command, as `SIGKILL (9)`. None: no signal did, by its exit code."""
    number = exit_code - EXIT_SIGNAL
    return f"{_SIGNALS[number]} ({number})" if number in _SIGNALS else None


def how_it_ended(exit_code: int, *, timed_out: bool = False, limit_seconds: float | None = None) -> str:
    """Return the end of a sentence whose subject is the command, without a full stop."""
    if timed_out:
        limit = f" than {seconds(limit_seconds)}" if limit_seconds is not None else " than it may"
        return f"ran longer{limit}"
    if (signal := signal_of(exit_code)) is not None:
        return f"was killed by {signal}"
    return _SPECIAL.get(exit_code, f"ended with exit code {exit_code}")


def seconds(number: float) -> str:
    """Return `1 second`, `2.5 seconds`, `595 seconds`."""
    shown = f"{number:,.1f}".removesuffix(".0") if number < 10 else f"{number:,.0f}"
    return shown + (" second" if shown == "1" else " seconds")
