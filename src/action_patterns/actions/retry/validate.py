"""The check of retry's inputs: every problem at once, before a command runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from action_patterns.action.input_checks import breaker_problems
from action_patterns.actions.retry import conditions
from action_patterns.actions.retry.conditions import BY_OUTPUT, Condition
from action_patterns.actions.retry.interface import RetryInputs
from action_patterns.errors import InputError, Problem
from action_patterns.input_types import input_name


class Conditions(NamedTuple):
    """The lines of both inputs."""

    retry_on: tuple[Condition, ...] = ()
    """Empty: every failure but those of class `permanent` and `conflict`."""
    stop_on: tuple[Condition, ...] = ()


def validate(inputs: RetryInputs) -> Conditions:
    """Return the conditions of the inputs.

    Raises:
        InputError: everything that is wrong with the inputs.
    """
    retry_on, odd_retry_on = conditions.parse(inputs.retry_on, "retry-on")
    stop_on, odd_stop_on = conditions.parse(inputs.stop_on, "stop-on")
    problems = [
        *_scripts(inputs),
        *_numbers(inputs),
        *breaker_problems(inputs, inputs.breaker, inputs.state_repository),
        *odd_retry_on,
        *odd_stop_on,
        *conditions.contradictions(retry_on, stop_on),
    ]
    if inputs.keep_background:
        problems += _unreadable("retry-on", retry_on)
        problems += _unreadable("stop-on", stop_on)
    if problems:
        raise InputError(*problems)
    return Conditions(retry_on, stop_on)


def _scripts(inputs: RetryInputs) -> Iterator[Problem]:
    if not inputs.run.strip():
        yield Problem("`run` has no line.", "Write the command; if an expression is there, it came to nothing.")


def _numbers(inputs: RetryInputs) -> Iterator[Problem]:
    if inputs.attempts < 1:
        yield Problem(
            f"`attempts` is {inputs.attempts}: the command would never run.", "Write 1 for no retry, or more."
        )
    for field in ("timeout_seconds", "budget_seconds"):
        value = getattr(inputs, field)
        if value is not None and value <= 0:
            name = input_name(field)
            yield Problem(
                f"`{name}` is {value:g}: no attempt has time.",
                f"Write more than 0, or leave `{name}` out for no limit.",
            )
    for field in ("delay_seconds", "max_delay_seconds", "grace_seconds"):
        value = getattr(inputs, field)
        if value < 0:
            yield Problem(f"`{input_name(field)}` is {value:g}, and a time is never negative.", "Write 0 or more.")
    timeout, budget = inputs.timeout_seconds, inputs.budget_seconds
    if timeout is not None and budget is not None and timeout > budget > 0:
        yield Problem(
            f"`timeout-seconds` is {timeout:g} and `budget-seconds` is {budget:g}: no attempt gets its time.",
            "Write a budget that holds at least one attempt, or lower `timeout-seconds`.",
        )
    if 0 <= inputs.max_delay_seconds < inputs.delay_seconds:
        yield Problem(
            f"`delay-seconds` is {inputs.delay_seconds:g} and `max-delay-seconds` is {inputs.max_delay_seconds:g}: the"
            " bound of the first wait passes the bound of all waits.",
            "Lower `delay-seconds`, or raise `max-delay-seconds`.",
        )


def _unreadable(name: str, given: tuple[Condition, ...]) -> Iterator[Problem]:
    for condition in given:
        if condition.kind in ("text", "http") or (condition.kind == "class" and condition.value in BY_OUTPUT):
            yield Problem(
                f"`{name}` has `{condition}`, and with `keep-background` the action cannot read the output.",
                "Use `exit:` with codes, or remove `keep-background`.",
            )
