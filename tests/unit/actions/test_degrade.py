from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.actions.degrade import decide
from action_patterns.actions.degrade.decide import Failure, Next, Stage, Tried, judge
from action_patterns.actions.degrade.tiers import default_names
from action_patterns.errors import InputError, Problem
from action_patterns.ports.processes import Ended, StepFiles
from support.degrade_stage import FAILED, KILLED, WELL, degrade, wrote

SURVIVED = Ended(exit_code=0, survivors=("sudo (pid 7)",))
BAD_FILES = Ended(exit_code=0, files=StepFiles(problems=("GITHUB_OUTPUT, line 3: no end.",)))


def failure(cause: Any = "failed") -> Failure:
    return Failure(cause, "run", "ended with exit code 1", 1)


def tried(*failures: Failure | None, first: int = 0) -> list[Tried]:
    return [Tried(tier=place, failure=each, seconds=1.0) for place, each in enumerate(failures, first)]


@pytest.mark.parametrize(
    ("forced", "precondition", "so_far", "expected"),
    [
        (None, None, [], Next("try", 0)),
        (1, None, [], Next("try", 1)),
        (None, failure(), [], Next("fails", 0, "precondition-failed")),
        (1, failure(), [], Next("fails", 0, "precondition-failed")),
        (None, None, tried(None), Next("holds", 0, "first-tier-holds")),
        (0, None, tried(None), Next("holds", 0, "forced")),
        (2, None, tried(None, first=2), Next("holds", 2, "forced")),
        (None, None, tried(failure()), Next("try", 1)),
        (None, None, tried(failure(), None), Next("holds", 1, "degraded")),
        (None, None, tried(failure(), failure()), Next("try", 2)),
        (None, None, tried(failure(), failure(), failure()), Next("fails", 2, "all-tiers-failed")),
        (None, None, tried(failure("survivors")), Next("fails", 0, "survivors")),
        (1, None, tried(failure("survivors"), first=1), Next("fails", 1, "survivors")),
        (0, None, tried(failure()), Next("fails", 0, "forced-tier-failed")),
        (1, None, tried(failure(), first=1), Next("fails", 1, "forced-tier-failed")),
    ],
)
def test_the_next_step(forced: int | None, precondition: Failure | None, so_far: list[Tried], expected: Next) -> None:
    assert decide(3, forced, precondition, so_far) == expected


@pytest.mark.parametrize(
    ("stage", "ended", "expected"),
    [
        ("run", WELL, None),
        ("run", FAILED, ("failed", "`run` ended with exit code 3", 3)),
        ("validate", FAILED, ("validation-failed", "`validate` ended with exit code 3", 3)),
        ("run", KILLED, ("killed", "`run` was killed by SIGKILL (9)", 137)),
        ("validate", KILLED, ("killed", "`validate` was killed by SIGKILL (9)", 137)),
        ("run", Ended(exit_code=127), ("failed", "`run` was not found (exit code 127)", 127)),
        ("run", Ended(exit_code=128), ("failed", "`run` ended with exit code 128", 128)),
        ("run", Ended(exit_code=124, timed_out=True), ("timed-out", "`run` ran longer than 5 seconds", 124)),
        ("run", Ended(exit_code=0, timed_out=True), ("timed-out", "`run` ran longer than 5 seconds", 124)),
        (
            "run",
            BAD_FILES,
            ("files-refused", "`run` wrote files that the runner refuses. GITHUB_OUTPUT, line 3: no end", 1),
        ),
        ("run", replace(BAD_FILES, exit_code=4), ("failed", "`run` ended with exit code 4", 4)),
        ("run", wrote(a="x" * 450_001), ("files-refused", "`run` wrote outputs that are longer than GitHub keeps", 1)),
        ("run", wrote(a="x" * 440_000), None),
    ],
)
def test_the_cause_of_a_failure(stage: Stage, ended: Ended, expected: tuple[str, str, int] | None) -> None:
    found = judge(stage, ended, 5.0)
    assert (found and (found.cause, found.sentence, found.exit_code)) == expected


def test_processes_that_cannot_be_ended_are_a_failure_and_named() -> None:
    found = judge("run", SURVIVED, 5.0)
    assert found is not None
    assert (found.cause, found.exit_code) == ("survivors", 1)
    assert "sudo (pid 7)" in found.how


@pytest.mark.parametrize(
    ("number", "names"),
    [
        (2, ("optimal", "guaranteed")),
        (3, ("optimal", "acceptable", "guaranteed")),
        (4, ("optimal", "acceptable-1", "acceptable-2", "guaranteed")),
    ],
)
def test_default_names(number: int, names: tuple[str, ...]) -> None:
    assert default_names(number) == names


def refused(tiers: str, **inputs: Any) -> list[str]:
    """Return the problems of a step that ran nothing."""
    with pytest.raises(InputError) as caught:
        degrade(tiers=tiers, **inputs)
    assert all(problem.fix and problem.file is None for problem in caught.value.problems)
    return [f"{problem.what} {problem.fix}" for problem in caught.value.problems]


TWO = "- run: a\n- run: b\n"


@pytest.mark.parametrize(
    ("tiers", "inputs", "said"),
    [
        ("[]", {}, "`tiers` is empty"),
        ("a: b", {}, "`tiers` is not a list"),
        ("- run: a", {}, "use the action `retry`"),
        ("- run: a\n" * 101, {"force_tier": "optimal"}, "has 101 tiers"),
        ("- run: a\n- just text", {}, "line 2: tier 2: the item must be a mapping"),
        ("- run: a\n- validate: b", {}, "line 2: tier 2: `run` is missing. Add `run`"),
        ("- run: a\n- run:\n", {}, "line 2: tier 2: `run` must be text"),
        ("- run: a\n- run: ' '\n", {}, "line 2: tier 2: `run` must not be empty"),
        ("- run: a\n- run: b\n  validate: ''\n", {}, "line 3: tier 2: `validate` must not be empty"),
        ("- run: a\n- run: b\n  validate:\n", {}, "line 3: tier 2: `validate` must be text"),
        ("- run: a\n- run: [b]\n", {}, "line 2: tier 2: `run` must be text"),
        ("- run: a\n- run: b\n  timeout-seconds:\n", {}, "line 3: tier 2: `timeout-seconds` must be a number"),
        ("- run: a\n- run: b\n  timeout-seconds: nan\n", {}, "line 3: tier 2: `timeout-seconds` must be a number"),
        ("- run: a\n- rum: b\n", {}, "line 2: tier 2: `rum` is not a known key. Write `run`."),
        ("- run: a\n- run: b\n  validat: c", {}, "line 3: tier 2: `validat` is not a known key. Write `validate`."),
        ("- run: a\n- run: b\n  color: c", {}, "Known here: name, run, validate, timeout-seconds."),
        ("- run: a\n- run: b\n  timeout-seconds: 0", {}, "line 3: tier 2: `timeout-seconds` must be more than 0"),
        ("- run: a\n- run: b\n  timeout-seconds: soon", {}, "`timeout-seconds` must be a number"),
        ("- run: a\n- run: b\n  timeout-seconds: 5m", {}, "`timeout-seconds` must be a number: write `300`."),
        ("- run: a\n- run: b\n  timeout-seconds: .inf", {}, "`timeout-seconds` must be a number"),
        ("- run: a\n- run: b\n  name: Not Good", {}, "line 3: tier 2: `name` must be in kebab case"),
        (
            "- run: a\n  name: x\n- run: b\n  name: x",
            {},
            "line 3: the tier 'x' is there twice; the other one is in line 1",
        ),
        ("- run: a\n  name: guaranteed\n- run: b", {}, "the tier 'guaranteed' is there twice"),
        ("- run: a\n- run: b\n  run: c", {}, "line 3: has the key 'run' a second time"),
        ("- run: 'a\n", {}, "is not valid YAML"),
        (TWO, {"force_tier": "optimum"}, "`force-tier` is 'optimum', and no tier has this name. Write `optimal`."),
        (TWO, {"force_tier": "x"}, "Name one of: optimal, guaranteed."),
        (TWO, {"budget_seconds": 0}, "`budget-seconds` is 0"),
        (TWO, {"budget_seconds": -1}, "`budget-seconds` is -1"),
        (TWO, {"budget_seconds": float("inf")}, "`budget-seconds` is inf"),
        (
            "- run: a\n  timeout-seconds: 8\n- run: b\n  timeout-seconds: 3",
            {"budget_seconds": 10},
            "ask for 11 seconds",
        ),
        ("- run: a\n  timeout-seconds: 10\n- run: b", {"budget_seconds": 10}, "leaves nothing for `guaranteed`"),
        (
            "- run: a\n  timeout-seconds: 5\n- run: b\n  timeout-seconds: 5",
            {"budget_seconds": 10, "precondition": "true"},
            "leaves nothing for the precondition",
        ),
    ],
)
def test_a_wrong_input_is_refused_before_anything_runs(tiers: str, inputs: dict[str, Any], said: str) -> None:
    (problem,) = refused(tiers, **inputs)
    assert said in problem


def test_a_step_without_a_problem_is_not_refused() -> None:
    assert degrade(WELL, tiers=TWO).outputs.reason == "first-tier-holds"
    exact = "- run: a\n  timeout-seconds: 5\n- run: b\n  timeout-seconds: 5"
    assert degrade(WELL, tiers=exact, budget_seconds=10).outputs.reason == "first-tier-holds"


def test_every_option_of_a_command_is_handed_on() -> None:
    stage = degrade(WELL, WELL, WELL, precondition="ask", nounset="true", working_directory="sub")
    assert stage.scripts == ["ask", "best", "check best"]
    assert {(command.nounset, command.working_directory, command.isolated) for command in stage.commands} == {
        (True, "sub", False)
    }


def test_a_directory_that_is_not_there_is_bad_input_and_one_that_a_tier_removed_its_cause() -> None:
    gone = InputError(Problem("There is no directory 'sub'.", "Make it."))
    with pytest.raises(InputError, match="no directory"):
        degrade(gone, working_directory="sub")
    stage = degrade(FAILED, gone, gone, working_directory="sub", secrets=("sub",))
    assert "sub'" not in stage.outputs.errors + stage.finish.summary
    assert [each["cause"] for each in stage.errors] == ["failed", "not-run", "not-run"]
    assert stage.finish.exit_code == 2


def test_only_the_tier_that_holds_writes_for_later_steps() -> None:
    asked = Ended(exit_code=0, files=StepFiles(outputs={"asked": "yes", "from": "precondition"}, env=b"P=1\n"))
    lost, kept = wrote(only="lost", path="bad"), wrote(path="good")
    stage = degrade(asked, lost, FAILED, kept, WELL, precondition="ask")
    assert json.loads(stage.outputs.outputs) == {"asked": "yes", "from": "precondition", "path": "good"}
    assert stage.processes.published == [asked.files, kept.files, WELL.files]
    red = degrade(asked, lost, FAILED, lost, FAILED, lost, FAILED, precondition="ask")
    assert red.processes.published == []
    assert red.outputs.outputs == "{}"


def test_processes_in_the_background_are_named() -> None:
    stage = degrade(replace(WELL, background=("server (pid 214)",)), WELL)
    assert stage.annotation.level == "warning"
    assert "server (pid 214)" in stage.annotation.message


def test_secrets_are_shown_nowhere() -> None:
    loud = Ended(exit_code=1, output="password hunter2\n", seconds=1)
    leaks = wrote(token="hunter2", version="1")
    stage = degrade(loud, leaks, WELL, secrets=("hunter2",))
    shown = [stage.finish.summary, repr(stage.finish.annotations), repr(stage.outputs), *stage.log.lines]
    assert not any("hunter2" in text for text in shown)
    assert "password ***" in stage.finish.summary
    assert stage.errors[0]["message"] == "password ***"
    assert json.loads(stage.outputs.outputs) == {"version": "1"}
    assert "Output with a secret" in [annotation.title for annotation in stage.finish.annotations]


def test_what_a_command_printed_changes_no_structure() -> None:
    hostile = Ended(exit_code=1, output="```\n</details> | x | @acme\n::error::x\n", seconds=1)
    stage = degrade(hostile, WELL, WELL)
    assert "````\n```\n</details> | x | @acme" in stage.finish.summary
    assert len([line for line in stage.finish.summary.splitlines() if line.startswith("| ")]) == 5
    long = degrade(Ended(exit_code=1, output="x" * 60_000), WELL, WELL)
    assert len(long.finish.summary) < 5_000
    assert len(long.outputs.errors) < 1_000


def anything() -> st.SearchStrategy[Ended]:
    files = st.sampled_from([StepFiles(), StepFiles(outputs={"a": "b"}), StepFiles(problems=("GITHUB_ENV, line 1.",))])
    return st.builds(
        Ended,
        exit_code=st.sampled_from([0, 0, 0, 1, 124, 126, 127, 130, 137, 143, 255]),
        timed_out=st.sampled_from([False, False, True]),
        seconds=st.sampled_from([0.0, 1.0, 7.0, 60.0, 10.0**9]),
        files=files,
        survivors=st.sampled_from([(), (), (), ("sudo (pid 7)",)]),
        background=st.sampled_from([(), ("sleep (pid 9)",)]),
    )


@given(
    answers=st.lists(anything(), min_size=7, max_size=7),
    force=st.sampled_from(["", "", "optimal", "acceptable", "guaranteed"]),
    precondition=st.sampled_from(["", "ask"]),
    budget=st.sampled_from([5.0, 30.0, 3000.0]),
)
def test_green_only_if_a_tier_and_its_validation_ended_with_0(
    answers: list[Ended], force: str, precondition: str, budget: float
) -> None:
    stage = degrade(*answers, all_used=False, force_tier=force, precondition=precondition, budget_seconds=budget)
    outputs, ended = stage.outputs, stage.processes.ended
    good = [
        each.exit_code == 0 and not each.timed_out and not each.survivors and not each.files.problems for each in ended
    ]
    assert outputs.exit_code == stage.finish.exit_code
    green = stage.finish.exit_code == 0
    assert green == bool(outputs.tier) == (outputs.tier_index is not None) == (outputs.reason in GREEN)
    if green:
        assert good[-2:] == [True, True]
        assert stage.scripts[-2:] == SCRIPTS[outputs.tier]
        assert outputs.degraded == (outputs.tier != "optimal")
    else:
        assert not stage.processes.published
        assert outputs.degraded is False
        assert "error" in [each.level for each in stage.finish.annotations]
    # Nothing was started after processes that could not be ended, nor after a precondition that failed.
    assert not any(each.survivors for each in ended[:-1])
    assert not precondition or good[0] or len(ended) == 1
    assert stage.processes.clock.monotonic() <= budget


GREEN = {"first-tier-holds", "degraded", "forced"}
SCRIPTS = {
    "optimal": ["best", "check best"],
    "acceptable": ["good", "check good"],
    "guaranteed": ["safe", "check safe"],
}
