"""The class of a failed command, from its exit code and the end of its output. Pure, and in linear time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from action_patterns.resilience.ended import signal_of
from action_patterns.resilience.failed_command import GIT_USAGE, NOT_FOUND, NOT_RUN, SIGNALS, Failure, FailureClass
from action_patterns.resilience.messages import (
    CURL_CODE,
    CURL_PERMANENT,
    CURL_TRANSIENT,
    FOLLOWS,
    LIMIT_REMAINING,
    LIMIT_RESET,
    PHRASES,
    RETRY_AFTER,
    STATUS,
    Judgement,
    judge_status,
)

LINES = 30
"""Lines at the end of the output that count: what is above them is seldom about the end."""
_LINE_CHARACTERS = 2_000
_EVIDENCE_CHARACTERS = 200
_COLOURS = re.compile(r"\x1b\[[0-9;]{0,20}[A-Za-z]")
_OPERATORS = frozenset(";|&()`\n")


class _Found(NamedTuple):
    judgement: Judgement
    line: str


def classify(exit_code: int, output: str, *, now: float, timed_out: bool = False, script: str = "") -> Failure:
    """Return the class of a command that failed.

    The last line that says something counts. A line of the tool's own words counts, never a number alone.

    Args:
        exit_code: as shells have it.
        output: the end of what the command printed.
        now: time in seconds since 1970, for a `Retry-After` that is relative.
        timed_out: the command was ended for time.
        script: lines of bash that ran. If they are one call of curl, its exit code has curl's meaning.
    """
    lines = _lines(output)
    status, limited = _status(lines), _is_limited(lines)
    wait_until = _wait_until(lines, now)
    if timed_out:
        return Failure("timed-out", status, "The time of the attempt was over.", wait_until)
    if (by_code := _by_code(exit_code, lines)) is not None:
        return Failure(by_code[0], status, by_code[1], wait_until)
    found = _last(lines) or _by_curl(exit_code, script) or _last_follower(lines)
    if found is None:
        return Failure("unknown", status, "", wait_until)
    judgement = found.judgement
    if limited and judgement == "permanent" and status in (403, 429) and STATUS.search(found.line.lower()):
        judgement = "rate-limited"
    return Failure(judgement, status, found.line.strip()[:_EVIDENCE_CHARACTERS], wait_until)


def classes_of_status(status: int) -> frozenset[FailureClass]:
    """Return the classes that an HTTP status can have: a 403 is a limit too."""
    return frozenset({judge_status(status), "rate-limited"} if status == 403 else {judge_status(status)})


def _lines(output: str) -> list[str]:
    """Return the last lines, without colours. Progress bars end their lines with a carriage return."""
    kept = [line for line in output.splitlines()[-4 * LINES :] if line.strip()][-LINES:]
    return [_COLOURS.sub("", line[:_LINE_CHARACTERS]) for line in kept]


def _by_code(exit_code: int, lines: Sequence[str]) -> tuple[FailureClass, str] | None:
    if exit_code == GIT_USAGE and any("usage: git" in line for line in lines):
        return "permanent", "git does not know the option."
    if exit_code in SIGNALS:
        return "killed", f"{signal_of(exit_code) or f'Signal {exit_code - 128}'} ended the command."
    if exit_code == NOT_FOUND:
        return "permanent", _shell_line(lines, "not found") or "A program was not found."
    if exit_code == NOT_RUN:
        return "permanent", _shell_line(lines, "denied", "cannot execute") or "A program may not run."
    return None


def _shell_line(lines: Sequence[str], *words: str) -> str:
    """Return bash's last message with one of the words, without the path of its script. Empty: there is none."""
    line = next((line for line in reversed(lines) if any(word in line for word in words)), "")
    _, place, message = line.rpartition(": line ")
    return f"{place[2:]}{message}".strip()[:_EVIDENCE_CHARACTERS]


def _by_curl(exit_code: int, script: str) -> _Found | None:
    """Return what curl's exit code says, where the script is one call of curl: with `--silent` it prints nothing."""
    call = script.replace("\\\n", " ").strip()
    if not call.startswith("curl ") or not _OPERATORS.isdisjoint(_unquoted(call)):
        return None
    judgement = _judge_curl(exit_code)
    return None if judgement is None else _Found(judgement, "curl printed no message.")


def _unquoted(call: str) -> str:
    """Return what is outside quotes, near enough to find an operator: an odd one is found where there is none."""
    return "".join(re.split(r"[\"']", call)[::2])


def _judge_curl(code: int) -> Judgement | None:
    if code in CURL_TRANSIENT:
        return "transient"
    return "permanent" if code in CURL_PERMANENT else None


def _last(lines: Sequence[str]) -> _Found | None:
    """Return the last line that says something by its own words."""
    for line in reversed(lines):
        if (judgement := _judge(line.lower())) is not None:
            return _Found(judgement, line)
    return None


def _judge(line: str) -> Judgement | None:
    """Return what a line in lower case says. A limit counts before the status it came with."""
    if _has(line, PHRASES["rate-limited"]):
        return "rate-limited"
    if (status := _status_in(line)) is not None:
        # The answer of curl --include: below 400 it is no failure.
        return judge_status(status) if status >= 400 else None
    found = CURL_CODE.search(line)
    if found and (judgement := _judge_curl(int(found[1] or found[2]))) is not None:
        return judgement
    return next((judgement for judgement, phrases in PHRASES.items() if _has(line, phrases)), None)


def _last_follower(lines: Sequence[str]) -> _Found | None:
    for line in reversed(lines):
        for judgement, phrases in FOLLOWS.items():
            if _has(line.lower(), phrases):
                return _Found(judgement, line)
    return None


def _has(line: str, phrases: Sequence[str]) -> bool:
    return any(phrase in line for phrase in phrases)


def _status_in(line: str) -> int | None:
    found = STATUS.search(line)
    return None if found is None else int(next(group for group in found.groups() if group is not None))


def _status(lines: Sequence[str]) -> int | None:
    """Return the last status in the lines, if it is 400 or more."""
    for line in reversed(lines):
        if (status := _status_in(line.lower())) is not None:
            return status if 400 <= status < 600 else None
    return None


def _is_limited(lines: Sequence[str]) -> bool:
    """Return whether the output names a limit: in words, or in the headers of the answer."""
    low = [line.lower() for line in lines]
    return any(
        _has(line, PHRASES["rate-limited"])
        or RETRY_AFTER.match(line)
        or ((left := LIMIT_REMAINING.match(line)) and int(left[1]) == 0)
        for line in low
    )


def _wait_until(lines: Sequence[str], now: float) -> float | None:
    """Return the time that the last headers of an answer name: Retry-After, or the reset of a limit that is used up."""
    low = [line.lower() for line in reversed(lines)]
    if (found := _first(RETRY_AFTER, low)) is not None:
        return _retry_after(found, now)
    left, reset = _first(LIMIT_REMAINING, low), _first(LIMIT_RESET, low)
    # One second more: the server's clock and ours need not agree to the second.
    return float(reset) + 1.0 if reset is not None and left is not None and int(left) == 0 else None


def _first(pattern: re.Pattern[str], lines: Sequence[str]) -> str | None:
    return next((found[1].strip() for line in lines if (found := pattern.match(line))), None)


def _retry_after(value: str, now: float) -> float | None:
    """Return the time of a Retry-After: seconds, or a date (RFC 9110, 10.2.3). None: it is neither."""
    if value.isascii() and value.isdigit():
        return now + int(value[:9])
    from email.utils import parsedate_to_datetime  # seldom, and it takes long to import

    try:
        return parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError):
        return None
