"""`retry` with a key asks the breaker before its command, and reports how the step ended."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.action.contract import Finish
from action_patterns.actions.retry import run
from action_patterns.actions.retry.interface import RetryInputs, RetryOutputs
from action_patterns.errors import InputError, Problem
from action_patterns.ports.processes import Ended
from support.breaker_stage import KEY, OPEN, breaker, record
from support.editions import WITH_LEASES, only_on
from support.lock_stage import Job, lock_stage
from support.memory_processes import Answer
from support.refusals import blind
from support.stage import TARGET
from support.stores import STORES, store_of

pytestmark = only_on(*WITH_LEASES, why="Without a swap there is no shared breaker, and a warning says so.")

FAILS = Ended(exit_code=1, output="it is down\n", seconds=2.0)
WORKS = Ended(exit_code=0, seconds=2.0)


def retry(job: Job, *answers: Answer, **inputs: Any) -> Finish[RetryOutputs]:
    """One step of a job, whose commands end as the answers say."""
    job.processes._answers = iter(answers)
    given = {
        "run": "publish",
        "attempts": 1,
        "breaker": KEY,
        "breaker_threshold": 3,
        "state_repository": TARGET,
        "token": "tok-bot",
    }
    return run(RetryInputs(**(given | inputs)), job.ports())


def test_failures_open_it_the_rest_runs_nothing_and_one_probe_closes_it() -> None:
    with lock_stage() as play:
        failing = [play.job(lambda job: retry(job, FAILS), at=10.0 * number) for number in range(3)]
        rest = [play.job(lambda job: retry(job, WORKS), at=60.0 + number) for number in range(2)]
        probe = play.job(lambda job: retry(job, WORKS), at=60.0 + OPEN)
        after = play.job(lambda job: retry(job, WORKS), at=100.0 + OPEN)
        play.play()
        assert [(job.result.exit_code, job.result.outputs.outcome) for job in failing] == [(1, "failed")] * 3
        assert failing[2].result.annotations[-1].title == f"opened: {KEY}"
        for job in rest:
            end = job.result
            assert (end.exit_code, end.outputs.outcome, end.outputs.reason) == (0, "skipped", "breaker-open")
            assert (end.outputs.attempts, job.processes.commands) == (0, [])
            (said,) = end.annotations
            assert (said.level, said.title) == ("warning", "breaker-open: publish")
            assert "Failures in a row: 3. One job may probe from 2026-07-01T12:05:" in said.message
        assert any("this step is the one that probes" in line for line in probe.log.lines)
        assert [job.result.outputs.outcome for job in (probe, after)] == ["succeeded", "succeeded"]
        found = record(play)
        assert found is not None
        assert (found.state, found.failures) == ("closed", ())


def test_all_attempts_of_a_step_count_as_one() -> None:
    with lock_stage() as play:
        play.job(lambda job: retry(job, FAILS, FAILS, FAILS, attempts=3))
        play.play()
        found = record(play)
        assert found is not None
        assert (found.state, len(found.failures)) == ("closed", 1)


@pytest.mark.parametrize("place", STORES)
def test_a_stop_flag_in_any_store_keeps_the_command_from_running(place: str) -> None:
    with store_of(place) as store, lock_stage() as play:
        play.job(lambda job: breaker(job, "stop", message="It moves.", store=store))
        job = play.job(lambda job: retry(job, WORKS, store=store), at=10.0)
        elsewhere = play.job(lambda job: retry(job, WORKS, store="branches" if place == "refs" else "refs"), at=20.0)
        play.play()
        assert (job.result.outputs.outcome, job.result.outputs.reason) == ("skipped", "stopped")
        assert "It moves." in job.result.annotations[0].message
        assert job.processes.commands == []
        assert elsewhere.result.outputs.outcome == "succeeded", "two places are two stores"


@pytest.mark.parametrize(("policy", "outcome"), [("work", "succeeded"), ("stop", "skipped")])
def test_a_breaker_that_cannot_be_read_is_a_warning(policy: str, outcome: str) -> None:
    with lock_stage(checked=False) as play:
        blind(play.scene.sandbox, "no right")
        job = play.job(lambda job: retry(job, WORKS, breaker_on_unreadable=policy))
        play.play()
        assert (job.result.exit_code, job.result.outputs.outcome) == (0, outcome)
        assert {each.level for each in job.result.annotations} == {"warning"}
        assert any("store-unreadable" in each.title for each in job.result.annotations)


def open_for_a_probe(job: Job) -> None:
    retry(job, FAILS, breaker_threshold=1)


def test_a_probe_finds_the_work_done_and_says_nothing_about_the_service() -> None:
    with lock_stage() as play:
        play.job(open_for_a_probe)
        again = play.job(lambda job: retry(job, WORKS, probe="is it done"), at=10.0 + OPEN, attempt=2)
        play.play()
        assert again.result.outputs.reason == "probe-done"
        found = record(play)
        assert found is not None
        assert (found.state, found.probe) == ("open", None), "the next step probes"


def test_a_step_that_could_not_run_its_command_gives_the_probe_back() -> None:
    with lock_stage() as play:
        play.job(open_for_a_probe)

        def refuses(job: Job) -> object:
            def run(command: object) -> Ended:
                raise InputError(Problem("There is no such directory.", "Check the path."))

            job.processes.run = run  # type: ignore[method-assign]
            return retry(job)

        job = play.job(refuses, at=10.0 + OPEN)
        play.play()
        assert isinstance(job.error, InputError)
        found = record(play)
        assert found is not None
        assert (found.state, found.probe) == ("open", None)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"breaker": None}, "`state-repository` is given"),
        ({"breaker": None, "breaker_threshold": 3}, "`breaker-threshold` is given, and `breaker` is not"),
        ({"breaker": "ghp_" + "a" * 36}, "`breaker` holds a token of GitHub"),
        ({"breaker": None, "state_repository": None, "store": "branches"}, "`store` is given, and `breaker` is not"),
        ({"breaker": "x" * 501}, "501 characters"),
        ({"state_repository": "api"}, "`state-repository` is 'api'"),
    ],
)
def test_wrong_inputs_are_refused_before_anything_is_asked(inputs: dict[str, Any], said: str) -> None:
    with lock_stage() as play:
        job = play.job(lambda job: retry(job, **inputs))
        play.play()
        assert isinstance(job.error, InputError)
        assert said in job.error.message
        assert job.calls == 0
