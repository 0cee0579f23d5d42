from __future__ import annotations

import pytest

from action_patterns.actions.retry import run
from action_patterns.actions.retry.conditions import CLASSES, EndedCommand, contradictions, first_match, parse
from action_patterns.actions.retry.interface import RetryInputs
from action_patterns.errors import InputError
from action_patterns.resilience.failed_command import Failure
from support.retrying import Stage


@pytest.mark.parametrize(
    ("line", "matches", "fails"),
    [
        ("class: transient", (1, "", Failure("transient")), (1, "", Failure("unknown"))),
        ("class: unknown, killed", (137, "", Failure("killed")), (1, "", Failure("transient"))),
        ("exit: 28", (28, "", Failure("unknown")), (2, "", Failure("unknown"))),
        ("exit: 1, 64-66 ,70", (65, "", Failure("unknown")), (67, "", Failure("unknown"))),
        ("http: 503", (22, "", Failure("transient", 503)), (22, "503", Failure("transient"))),
        ("http: 5XX", (22, "", Failure("transient", 599)), (22, "", Failure("permanent", 499))),
        (
            "text: Connection Reset, twice",
            (1, "a connection reset, TWICE\n", Failure("unknown")),
            (1, "reset", Failure("unknown")),
        ),
        (r"text: /ORA-\d{5}/", (1, "x ORA-00600\n", Failure("unknown")), (1, "ora-00600", Failure("unknown"))),
        ("text: /", (1, "a/b", Failure("unknown")), (1, "ab", Failure("unknown"))),
    ],
)
def test_a_line_holds_for_some_failures_and_not_for_others(
    line: str, matches: tuple[int, str, Failure], fails: tuple[int, str, Failure]
) -> None:
    conditions, problems = parse([line], "retry-on")
    assert not problems
    assert first_match(conditions, EndedCommand(*matches)) is not None
    assert first_match(conditions, EndedCommand(*fails)) is None


@pytest.mark.parametrize(
    ("line", "clause"),
    [
        ("transient", "`transient` is none of `class`, `exit`, `http`, `text`"),
        ("code: 7", "`code` is none of `class`, `exit`, `http`, `text`"),
        ("exit:", "it has no value"),
        ("exit: 0", "exit code 0 is success"),
        ("exit: 0-3", "exit code 0 is success"),
        ("exit: 256", "`256` is no exit code from 1 to 255, and no range of them"),
        ("exit: 9-3", "`9-3` is no exit code from 1 to 255, and no range of them"),
        ("exit: -1", "`-1` is no exit code from 1 to 255, and no range of them"),
        ("exit: 1,", "`` is no exit code from 1 to 255, and no range of them"),
        ("http: 200", "`200` is no HTTP status from 400 to 599, and neither `4xx` nor `5xx`"),
        ("http: 6xx", "`6xx` is no HTTP status from 400 to 599, and neither `4xx` nor `5xx`"),
        ("http: ٤٠٤", "`٤٠٤` is no HTTP status from 400 to 599, and neither `4xx` nor `5xx`"),
        ("class: flaky", f"`flaky` is no class; the classes are {', '.join(CLASSES)}"),
        ("text: /.*/", "the expression matches every output"),
        ("text: /(a/", "it is no regular expression: unclosed group"),
        (r"text: /(a)\1/", "it is no regular expression: backreferences are not supported"),
    ],
)
def test_a_line_that_means_nothing_is_refused(line: str, clause: str) -> None:
    _, (problem,) = parse([line], "stop-on")
    assert problem.what == f"`stop-on` has the line `{line}`: {clause}."
    assert "`class: transient`" in problem.fix


@pytest.mark.parametrize(
    ("retry_on", "stop_on", "contradict"),
    [
        ("class: transient", "class: transient", True),
        ("class: transient", "class: killed", False),
        ("text: Reset", "text: reset", True),
        ("text: /a/", "text: /A/", False),
        ("text: /a/", "text: /a/", True),
        ("exit: 28", "exit: 20-30", True),
        ("exit: 20-30", "exit: 28", False),
        ("http: 502", "http: 5xx", True),
        ("http: 5xx", "http: 502", False),
        ("http: 503", "class: transient", True),
        ("http: 5xx", "class: transient", False),
        ("http: 403", "class: permanent", False),
        ("http: 429", "class: rate-limited", True),
        ("exit: 137", "class: killed", True),
        ("exit: 127", "class: permanent", True),
        ("exit: 28", "class: transient", False),
        ("class: killed", "exit: 137", False),
        ("text: a", "class: unknown", False),
    ],
)
def test_a_line_that_the_other_input_makes_void_is_a_contradiction(
    retry_on: str, stop_on: str, *, contradict: bool
) -> None:
    found = list(contradictions(parse([retry_on], "")[0], parse([stop_on], "")[0]))
    assert bool(found) is contradict
    if found:
        assert found[0].what.startswith(f"`retry-on` has `{retry_on}` and `stop-on` has `{stop_on}`")


def test_everything_that_is_wrong_is_named_at_once_and_nothing_runs() -> None:
    world = Stage(()).world()
    inputs = RetryInputs(
        run=" ",
        attempts=0,
        timeout_seconds=0,
        budget_seconds=-1,
        delay_seconds=-2,
        grace_seconds=-1,
        retry_on="class: flaky\nhttp: 502\ntext: reset",
        stop_on="http: 5xx\nexit: 0",
        keep_background=True,
    )
    with pytest.raises(InputError) as caught:
        run(inputs, world.ports())
    whats = [problem.what for problem in caught.value.problems]
    assert [what.split(":")[0].split(" and ")[0] for what in whats] == [
        "`run` has no line.",
        "`attempts` is 0",
        "`timeout-seconds` is 0",
        "`budget-seconds` is -1",
        "`delay-seconds` is -2,",
        "`grace-seconds` is -1,",
        "`retry-on` has the line `class",
        "`stop-on` has the line `exit",
        "`retry-on` has `http",
        "`retry-on` has `http",
        "`retry-on` has `text",
        "`stop-on` has `http",
    ]
    assert all(problem.fix for problem in caught.value.problems)
    assert not world.processes.commands


@pytest.mark.parametrize(
    ("inputs", "what"),
    [
        ({"timeout_seconds": 600, "budget_seconds": 300}, "`timeout-seconds` is 600 and `budget-seconds` is 300"),
        ({"delay_seconds": 90}, "`delay-seconds` is 90 and `max-delay-seconds` is 60"),
        ({"keep_background": True, "stop_on": "class: conflict"}, "`stop-on` has `class: conflict`"),
        ({"max_delay_seconds": -1}, "`max-delay-seconds` is -1"),
    ],
)
def test_inputs_that_contradict_each_other_are_refused(inputs: dict[str, object], what: str) -> None:
    with pytest.raises(InputError) as caught:
        run(RetryInputs.model_validate({"run": "true", **inputs}), Stage(()).world().ports())
    assert [problem.what.startswith(what) for problem in caught.value.problems] == [True]


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "soon", "1 s"])
def test_a_time_is_a_number(value: str) -> None:
    with pytest.raises(ValueError, match="budget"):
        RetryInputs.model_validate({"run": "true", "budget-seconds": value})
