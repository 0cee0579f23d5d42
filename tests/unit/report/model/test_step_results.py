"""Outcomes of steps -> the outcome of their target: every combination, and every text that is none."""

from __future__ import annotations

import json
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.errors import InputError
from action_patterns.report.model.step_results import OUTCOMES, Step, StepOutcome, derive, has_failed, parse


def steps(*outcomes: StepOutcome) -> tuple[Step, ...]:
    return tuple(Step(chr(ord("a") + place), outcome) for place, outcome in enumerate(outcomes))


@pytest.mark.parametrize(
    ("outcomes", "outcome", "reason", "message"),
    [
        (("success",), "unchanged", "steps-succeeded", "Step `a` succeeded."),
        (("success", "success"), "unchanged", "steps-succeeded", "Steps `a`, `b` succeeded."),
        (("skipped", "success"), "unchanged", "steps-succeeded", "Step `b` succeeded; step `a` was skipped."),
        (("skipped",), "skipped", "steps-skipped", "No step ran: step `a` was skipped."),
        (("skipped", "skipped"), "skipped", "steps-skipped", "No step ran: steps `a`, `b` were skipped."),
        (("failure",), "failed", "step-failed", "Step `a` failed."),
        (("success", "failure"), "failed", "step-failed", "Step `b` failed. The first is step 2 of 2."),
        (
            ("failure", "success", "failure"),
            "failed",
            "step-failed",
            "Steps `a`, `c` failed. The first is step 1 of 3.",
        ),
        (("cancelled",), "failed", "step-cancelled", "Step `a` was cancelled."),
        (("success", "cancelled"), "failed", "step-cancelled", "Step `b` was cancelled. The first is step 2 of 2."),
        (
            ("cancelled", "failure"),
            "failed",
            "step-failed",
            "Step `b` failed. The first is step 2 of 2. Step `a` was cancelled. The first is step 1 of 2.",
        ),
    ],
)
def test_the_outcome_follows_from_the_steps(
    outcomes: tuple[StepOutcome, ...], outcome: str, reason: str, message: str
) -> None:
    assert derive(steps(*outcomes)) == (outcome, reason, message)


@pytest.mark.parametrize("outcomes", [*product(OUTCOMES, repeat=3)])
def test_no_combination_with_a_failure_is_a_success_in_any_order(outcomes: tuple[StepOutcome, ...]) -> None:
    found = {derive(steps(*order))[:2] for order in permutations(outcomes)}
    assert len(found) == 1, "the order of the steps is for the message alone"
    ((outcome, _),) = found
    bad = bool({"failure", "cancelled"} & set(outcomes))
    assert has_failed(steps(*outcomes)) is bad
    assert (outcome == "failed") is bad
    assert (outcome == "skipped") is (set(outcomes) == {"skipped"})


def test_many_steps_are_named_and_counted() -> None:
    found = derive(steps(*["failure"] * 9))
    assert found.message == "Steps `a`, `b`, `c`, `d`, `e` and 4 more failed. The first is step 1 of 9."


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", []),
        ("  \n", []),
        ("a=success", ["a"]),
        (" b = success \r\n\n a=failure", ["b", "a"]),
        ('{"b": {"outcome": "success"}, "a": {"outcome": "skipped", "conclusion": "success"}}', ["b", "a"]),
        # act numbers the steps that have no id.
        ('{"0": {"outcome": "success"}}', ["0"]),
    ],
)
def test_both_forms_keep_the_order(text: str, ids: list[str]) -> None:
    assert [step.id for step in parse(text)] == ids


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a=", "empty outcome for the step `a`"),
        ("a", "gives no outcome in 'a'"),
        ("success", "gives no outcome in 'success'"),
        ("a=Success", "'Success' for the step `a`"),
        ("a=success=failure", "'success=failure' for the step `a`"),
        ("a=timed_out", "'timed_out' for the step `a`"),
        ("=success", "has the id ''"),
        ("a b=success", "has the id 'a b'"),
        ("a=success\na=failure", "gives the step `a` twice"),
        ("a=success\nA=success", "gives the step `A` twice"),
        ("{", "begins like JSON and is none"),
        ("[]", "is a JSON list"),
        ("{}", "names no step"),
        ('{"a": {"conclusion": "success"}}', "gives no outcome in 'a'"),
        ('{"a": {"outcome": ""}}', "empty outcome for the step `a`"),
        ('{"a": {"outcome": 1}}', "'1' for the step `a`"),
        ('{"a": "success"}', "gives no outcome in 'a'"),
    ],
)
def test_what_is_no_outcome_is_never_a_success(text: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text)
    assert [problem.what for problem in caught.value.problems if what in problem.what]


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        parse("a=\nb=yes\nc\na=success")
    assert len(caught.value.problems) == 4


@given(st.text() | st.lists(st.text(alphabet='ab=\n {}[]"', max_size=8)).map("\n".join))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        found = parse(text)
    except InputError:
        return
    assert all(step.outcome in OUTCOMES for step in found)
    assert bool(found) == bool(text.strip())


@given(st.dictionaries(st.from_regex(r"[a-z_][a-z0-9_-]{0,8}", fullmatch=True), st.sampled_from(OUTCOMES), min_size=1))
def test_both_forms_say_the_same(given_steps: dict[str, StepOutcome]) -> None:
    lines = parse("\n".join(f"{step}={outcome}" for step, outcome in given_steps.items()))
    context = parse(json.dumps({step: {"outcome": outcome} for step, outcome in given_steps.items()}))
    assert lines == context == tuple(Step(*pair) for pair in given_steps.items())
