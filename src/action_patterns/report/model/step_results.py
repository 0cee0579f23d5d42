"""Outcomes of a job's own steps -> the outcome of its target. Pure.

A step has two results (GitHub docs: "Contexts reference", `steps.<step_id>.outcome`). `continue-on-error` turns the
`conclusion` of a failed step into `success`, and leaves its `outcome`: only that one counts here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, cast, get_args

from action_patterns.content.bounded_json import loads
from action_patterns.contracts import Outcome
from action_patterns.contracts.result import FAILING
from action_patterns.errors import InputError, Problem
from action_patterns.escape import CODE_CHARACTERS, clip

StepOutcome = Literal["success", "failure", "cancelled", "skipped"]
OUTCOMES: tuple[StepOutcome, ...] = get_args(StepOutcome)

BESIDE_A_FAILED_STEP: frozenset[Outcome] = FAILING | {"deferred"}
"""Outcomes of the caller's own that a failed step does not contradict."""

STEP_FAILED = "step-failed"
STEP_CANCELLED = "step-cancelled"
STEPS_SKIPPED = "steps-skipped"
STEPS_SUCCEEDED = "steps-succeeded"

_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_FIX = "Write one line for each step, in their order: `build=${{ steps.build.outcome }}`."
_NAMED = 5
"""Steps in one message."""


class Step(NamedTuple):
    """One step of the job, and how it ended before `continue-on-error` counted."""

    id: str
    outcome: StepOutcome


class Derived(NamedTuple):
    """The outcome of a target, from those of its steps."""

    outcome: Outcome
    reason: str
    message: str


def parse(text: str) -> tuple[Step, ...]:
    """Return the steps in their order.

    Args:
        text: lines of `<id>=<outcome>`, or `${{ toJSON(steps) }}`. Blank: no steps are given.

    Raises:
        InputError: every step without an outcome, with an unknown one, or given twice.
    """
    given = list(_json(text) if text.lstrip().startswith(("{", "[")) else _lines(text))
    problems = [problem for step, outcome in given if (problem := _refuse(step, outcome))]
    seen: set[str] = set()
    for step, _ in given:
        if step.lower() in seen:
            problems.append(Problem(f"`steps` gives the step `{_shown(step)}` twice.", "Leave one of the lines out."))
        seen.add(step.lower())
    if not given and text.strip():
        problems.append(Problem("`steps` names no step: none before this one has an `id`.", f"Give them ids. {_FIX}"))
    if problems:
        raise InputError(*problems)
    return tuple(Step(step, cast("StepOutcome", outcome)) for step, outcome in given)


def _lines(text: str) -> Iterator[tuple[str, object]]:
    for line in filter(None, map(str.strip, text.splitlines())):
        step, equals, outcome = line.partition("=")
        yield (step.strip(), outcome.strip()) if equals else (line, None)


def _json(text: str) -> Iterator[tuple[str, object]]:
    try:
        given = loads(text)
    except ValueError as error:
        raise InputError(Problem(f"`steps` begins like JSON and is none: {error}.", _FIX)) from None
    if not isinstance(given, dict):
        raise InputError(Problem("`steps` is a JSON list, not the object that `toJSON(steps)` gives.", _FIX))
    for step, described in given.items():
        yield step, described.get("outcome") if isinstance(described, dict) else None


def _refuse(step: str, outcome: object) -> Problem | None:
    if outcome in OUTCOMES:
        # act numbers the steps without an id; GitHub leaves them out.
        return (
            None if _ID.fullmatch(step) or step.isdecimal() else Problem(f"`steps` has the id {_shown(step)!r}.", _FIX)
        )
    if outcome is None:
        return Problem(f"`steps` gives no outcome in {_shown(step)!r}.", _FIX)
    if outcome == "":
        return Problem(
            f"`steps` has an empty outcome for the step `{_shown(step)}`: no step before this one has that id.",
            "Correct the id, and put record after the step. A step that an `if` passed over has the outcome `skipped`.",
        )
    return Problem(
        f"`steps` has {_shown(str(outcome))!r} for the step `{_shown(step)}`, which is no outcome.",
        f"An outcome is {', '.join(OUTCOMES[:-1])} or {OUTCOMES[-1]}. {_FIX}",
    )


def _shown(text: str) -> str:
    return clip(text, CODE_CHARACTERS)


def has_failed(steps: Sequence[Step]) -> bool:
    """Return whether a step failed or was cancelled."""
    return any(step.outcome in ("failure", "cancelled") for step in steps)


def derive(steps: Sequence[Step]) -> Derived:
    """Return the outcome of a target whose steps are given; there is at least one.

    A cancelled step counts as failed: its work may be half done. Steps that succeed are `unchanged`: no step says
    that it changed the target.
    """
    if has_failed(steps):
        reason = STEP_FAILED if _ids(steps, "failure") else STEP_CANCELLED
        return Derived("failed", reason, failure_message(steps))
    if succeeded := _ids(steps, "success"):
        left = _ids(steps, "skipped")
        skipped = f"; {_named(left)} {_was(left)} skipped" if left else ""
        return Derived("unchanged", STEPS_SUCCEEDED, f"{_begin(succeeded)} succeeded{skipped}.")
    left = _ids(steps, "skipped")
    return Derived("skipped", STEPS_SKIPPED, f"No step ran: {_named(left)} {_was(left)} skipped.")


def failure_message(steps: Sequence[Step]) -> str:
    """Return the sentences about the steps that failed or were cancelled, in their order."""
    places = {step.id: place for place, step in enumerate(steps, 1)}
    sentences = []
    for outcome, words in (("failure", "failed"), ("cancelled", "cancelled")):
        if ids := _ids(steps, cast("StepOutcome", outcome)):
            be = "" if outcome == "failure" else f"{_was(ids)} "
            first = f" The first is step {places[ids[0]]} of {len(steps)}." if len(steps) > 1 else ""
            sentences.append(f"{_begin(ids)} {be}{words}.{first}")
    return " ".join(sentences)


def _ids(steps: Sequence[Step], outcome: StepOutcome) -> list[str]:
    return [step.id for step in steps if step.outcome == outcome]


def _was(ids: Sequence[str]) -> str:
    return "was" if len(ids) == 1 else "were"


def _begin(ids: Sequence[str]) -> str:
    return f"S{_named(ids)[1:]}"


def _named(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _NAMED:,} more" if len(ids) > _NAMED else ""
    return f"{'step' if len(ids) == 1 else 'steps'} {', '.join(f'`{_shown(step)}`' for step in ids[:_NAMED])}{more}"
