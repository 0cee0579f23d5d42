"""An outage, a missing right or a record of the future: the work goes on or stops as the caller says, and is warned."""

from __future__ import annotations

import pytest

from action_patterns.errors import ActionPatternsError, InputError
from action_patterns.state.breaker import BreakerRecord
from support.breaker_stage import breaker, leg
from support.lock_stage import Job, lock_stage
from support.refusals import blind
from support.stage import TARGET


@pytest.mark.parametrize("name", ["bad credentials", "no right", "bad gateway"])
def test_the_work_goes_on_with_a_warning_unless_the_caller_says_stop(name: str) -> None:
    with lock_stage(checked=False) as play:
        blind(play.scene.sandbox, name)
        works = play.job(lambda job: breaker(job, "check"))
        stops = play.job(lambda job: breaker(job, "check", on_unreadable="stop"), at=500.0)
        failed = {"result": "failure"}
        reports = play.job(lambda job: breaker(job, "report", claim=works.result.outputs.claim, **failed), at=1_000.0)
        play.play()
        ends = [job.result for job in (works, stops, reports)]
        assert [(end.outputs.allowed, end.outputs.outcome) for end in ends] == [
            (True, "unchanged"),
            (False, "skipped"),
            (False, "unchanged"),
        ]
        for end in ends:
            assert (end.exit_code, end.outputs.reason, end.outputs.state) == (0, "store-unreadable", "unknown")
            (said,) = end.annotations
            assert said.level == "warning"
            assert "store-unreadable" in said.title
        assert "The work goes on without it." in works.result.annotations[0].message
        assert "The work is not done." in stops.result.annotations[0].message
        assert works.result.outputs.claim is not None, "report asks for it"
        assert play.scene.writes() == 0


@pytest.mark.parametrize("mode", ["stop", "resume", "status"])
def test_who_stops_others_or_looks_is_told_that_nobody_was_reached(mode: str) -> None:
    with lock_stage(checked=False) as play:
        blind(play.scene.sandbox, "bad gateway")
        job = play.job(lambda job: breaker(job, mode, **({"message": "why"} if mode == "stop" else {})))
        play.play()
        assert isinstance(job.error, ActionPatternsError)


@pytest.mark.parametrize(("ours", "theirs"), [('"version": 1', '"version": 2'), ('"state"', '"status"')])
def test_a_record_of_the_future_or_of_others_stays_and_stops_no_work(ours: str, theirs: str) -> None:
    written: dict[str, str] = {}

    def overwrite(job: Job) -> None:
        leg(job, "failure")
        repository = job.stage.scene.sandbox.world.repository(TARGET)
        assert repository is not None
        git = repository.git
        (name, oid), *_ = job.stage.scene.sandbox.repository(TARGET).refs(BreakerRecord.namespace()).items()
        old = git.commit(oid)
        assert old is not None
        message = old.message.replace(ours, theirs)
        written[name] = git.write_commit(old.tree, [], message, old.author, old.committer)
        git.set_ref(name, written[name])

    with lock_stage(checked=False) as play:
        play.job(overwrite)
        later = play.job(lambda job: leg(job, "failure"), at=20.0)
        play.play()
        assert later.result.reason == "store-unreadable"
        assert play.scene.sandbox.repository(TARGET).refs(BreakerRecord.namespace()) == written


def test_a_token_that_cannot_reach_the_repository_is_an_input_and_no_outage() -> None:
    with lock_stage() as play:
        job = play.job(lambda job: breaker(job, "check", repository="acme/other", token=None, job_token="tok-bot"))
        play.play()
        assert isinstance(job.error, InputError)


def test_a_key_may_be_any_text() -> None:
    with lock_stage() as play:
        for number, key in enumerate(("70001", "ümläut / .. @{x}", "a\nb")):
            play.job(lambda job, key=key: leg(job, "failure", key=key, threshold=1), at=10.0 * number)  # type: ignore[misc]
        play.play()
        assert [job.result.reason for job in play.jobs] == ["opened"] * 3
        assert len(play.scene.sandbox.repository(TARGET).refs(BreakerRecord.namespace())) == 3
