"""Annotations and summary of retry. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from action_patterns.action.command_outputs import left_out, refusals
from action_patterns.actions.retry.history import Attempt, History
from action_patterns.actions.retry.interface import REASONS
from action_patterns.escape import CODE_CHARACTERS, cell_code, clip, code_span, inline
from action_patterns.ports.log import Annotation
from action_patterns.ports.processes import Ended
from action_patterns.resilience.failed_command import Failure

_REASONS = {each.code: each for each in REASONS}
_SHOWN = 5
"""Attempts that an annotation names, the last ones. The summary has all."""


def name_of(script: str) -> str:
    """Return the first line of a script, as a name."""
    return clip(script.strip().partition("\n")[0], CODE_CHARACTERS)


def waiting(attempt: Attempt, number: int, attempts: int) -> str:
    """Return a line of the log about an attempt that failed, and the wait after it."""
    failed = f"Attempt {number} of {attempts} failed"
    cause = _cause(attempt.ended, attempt.failure) if attempt.failure else ""
    return f"{failed}: {cause}. The next attempt begins in {attempt.decision.wait_seconds:.1f} s."


def annotations_of(name: str, history: History, secret: tuple[str, ...]) -> Iterator[Annotation]:
    """Yield what is shown beside the run. `secret`: outputs that hold a secret."""
    yield from _result(name, history)
    yield from _background(name, history)
    if secret:
        yield left_out(secret)


def _result(name: str, history: History) -> Iterator[Annotation]:
    """Yield the annotation about the end. A first attempt that succeeded has none."""
    reason = _REASONS[history.reason]
    causes = [f"Attempt {number}: {_cause(ended, failure)}." for number, ended, failure in history.failed]
    if history.is_done and causes:
        yield Annotation(
            level="warning",
            title=f"Flaky: {name}",
            message="\n".join((reason.meaning, *causes[-_SHOWN:], reason.remedy)),
        )
    elif history.reason == "probe-done":
        yield Annotation(level="notice", title=f"Already done: {name}", message=f"{reason.meaning}\n{reason.remedy}")
    elif not history.is_done:
        yield Annotation(
            level="error",
            title=f"{history.reason}: {name}",
            message="\n".join((reason.meaning, *_details(history), *causes[-_SHOWN:], reason.remedy)),
        )


def _cause(ended: Ended, failure: Failure) -> str:
    evidence = f": {failure.evidence.rstrip('.')}" if failure.evidence else ""
    return f"exit code {ended.exit_code}, {failure.failure_class}{evidence}"


def _details(history: History) -> Iterator[str]:
    """Yield what the reason leaves open."""
    for ended in (history.probe, history.last):
        if ended is not None and ended.survivors:
            yield f"Still alive: {', '.join(ended.survivors)}."
    if history.probe is not None and history.reason != "survivors":
        yield f"The probe ended with exit code {history.probe.exit_code}."
    if history.attempts and (condition := history.attempts[-1].decision.condition):
        yield f"The condition is `{condition}`."
    if history.reason == "wait-beyond-budget" and history.failure and history.failure.wait_until:
        yield f"The server asked to wait until {_time(history.failure.wait_until)}."
    counts = history.probe if history.reason == "files-refused" and history.probe else history.last
    if counts is not None and (refused := refusals(counts.files)):
        yield from ("The files of the command were not passed on:", *refused)


def _time(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError):
        return "a time beyond the calendar"


def _background(name: str, history: History) -> Iterator[Annotation]:
    """Yield a warning for processes that a successful command left."""
    if history.last is not None and history.last.background:
        yield Annotation(
            level="warning",
            title=f"Background processes ended: {name}",
            message="The command succeeded and left processes, which were ended:"
            f" {', '.join(history.last.background)}.\n"
            "Let the command wait for them, or set `keep-background: true`.",
        )


def summary(name: str, history: History) -> str:
    """Return a row for each attempt. A first attempt that succeeded has nothing to show."""
    if history.is_done and not history.failed:
        return ""
    ending = "succeeded" if history.is_done else "failed"
    rows = [
        f"| {number} | {each.ended.exit_code} | {each.failure.failure_class if each.failure else 'succeeded'} "
        f"| {each.ended.seconds:.1f} | {_wait(each)} | {_evidence(each)} |"
        for number, each in enumerate(history.attempts, 1)
    ]
    head = ("| Attempt | Exit code | Class | Seconds | Wait (s) | Cause |", "| --: | --: | :-- | --: | --: | :-- |")
    return "\n".join(
        (
            f"### {code_span(name)}: {ending} ({history.reason})",
            "",
            inline(_REASONS[history.reason].meaning),
            "",
            *(head if rows else ()),
            *rows,
            "",
        )
    )


def _wait(attempt: Attempt) -> str:
    return f"{attempt.decision.wait_seconds:.1f}" if attempt.decision.step == "wait" else "–"


def _evidence(attempt: Attempt) -> str:
    evidence = attempt.failure.evidence if attempt.failure else ""
    return cell_code(clip(evidence, CODE_CHARACTERS)) or "–"
