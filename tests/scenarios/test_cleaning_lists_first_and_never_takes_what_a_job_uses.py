"""`clean` of any kind lists until `dry-run: false`, and leaves what is held, waited for, young, or not closed."""

from __future__ import annotations

import pytest

from action_patterns.state.breaker import BreakerRecord
from action_patterns.state.lock import LockRecord
from action_patterns.state.record import read
from support.breaker_stage import breaker, leg
from support.ledger_stage import names
from support.lock_stage import Job, LockStage, lock_stage, outputs
from support.marker_stage import DAY, github_is, once
from support.skip_stage import night, proofs, skip
from support.stage import TARGET, stage

OLD = 91 * 86_400.0
"""Seconds after which the default age is over."""


def there(play: LockStage, kind: type[LockRecord | BreakerRecord]) -> list[str]:
    """The names of the records of a kind."""
    repository = play.scene.sandbox.repository(TARGET)
    refs = repository.refs(kind.namespace()).items()
    found = [(name, repository.commit(oid).message) for name, oid in refs]
    return sorted(read(kind, message, name=name).operation for name, message in found if message.startswith(kind.kind))


def test_a_lock_goes_when_no_job_holds_it_or_waits_for_it() -> None:
    def free(job: Job) -> None:
        for name in ("free/a", "free/b", "other"):
            claim = job.lock("acquire", name=name).outputs.claim
            job.lock("release", name=name, claim=claim)
        job.lock("acquire", name="free/dead", lease_seconds=3_600)

    def holds(job: Job) -> None:
        job.lock("acquire", name="free/held", lease_seconds=10 * 86_400)

    def waits(job: Job) -> object:
        return job.lock("acquire", name="free/held", wait_seconds=120)

    def cleans(job: Job) -> list[object]:
        calls = []
        before = there(job.stage, LockRecord)
        dry = job.lock("clean", prefix="free/").outputs
        assert (dry.outcome, dry.reason, dry.removed_count) == ("planned", "would-clean", 3)
        assert there(job.stage, LockRecord) == before
        young = job.lock("clean", prefix="free/", older_than_days=92, dry_run=False).outputs
        assert (young.outcome, young.reason, young.removed) == ("unchanged", "nothing-to-clean", "[]")
        calls.append(names(job.lock("clean", prefix="free/", dry_run=False).outputs.removed))
        again = job.lock("clean", prefix="free/", dry_run=False).outputs
        assert again.reason == "nothing-to-clean"
        return calls

    with lock_stage(checked=False) as play:
        play.job(free)
        play.job(holds, at=OLD - 86_400)
        waiter = play.job(waits, at=OLD - 60)
        cleaner = play.job(cleans, at=OLD)
        play.play()
        assert cleaner.result == [["free/a", "free/b", "free/dead"]]
        assert outputs(waiter).reason == "wait-exhausted"
        assert there(play, LockRecord) == ["free/held", "other"]


@pytest.mark.parametrize(("waits", "gone"), [(100, ["n"]), (400, [])])
def test_a_waiter_of_a_dead_holder_keeps_a_lock_as_long_as_it_renews_its_ticket(waits: int, gone: list[str]) -> None:
    """The dead holder's lease is over, and so is that of a waiter which gave up. One that looks is in use."""

    def holds(job: Job) -> None:
        job.lock("acquire", name="n", lease_seconds=280)

    def cleans(job: Job) -> list[str]:
        return names(job.lock("clean", older_than_days=0, dry_run=False).outputs.removed)

    with lock_stage(checked=False) as play:
        play.job(holds)
        play.job(lambda job: job.lock("acquire", name="n", wait_seconds=waits), at=10.0)
        first, second = (play.job(cleans, at=at) for at in (270.0, 460.0))
        play.play()
        assert first.result == []
        assert second.result == gone


def test_a_breaker_goes_when_it_is_closed_and_not_stopped() -> None:
    def reports(job: Job) -> None:
        leg(job, "failure", key="closed", threshold=2)
        for key in ("open", "half-open"):
            leg(job, "failure", key=key, threshold=1)
        breaker(job, "stop", key="stopped", message="maintenance")
        job.sleep(400.0)
        assert breaker(job, "check", key="half-open").outputs.probe

    def cleans(job: Job) -> list[str]:
        assert breaker(job, "clean").outputs.reason == "would-clean"
        return names(breaker(job, "clean", dry_run=False).outputs.removed)

    with lock_stage(checked=False) as play:
        play.job(reports)
        cleaner = play.job(cleans, at=OLD)
        play.play()
        assert cleaner.result == ["closed"]
        assert there(play, BreakerRecord) == ["half-open", "open", "stopped"]


def test_a_marker_is_listed_first_and_chosen_by_prefix() -> None:
    with stage() as scene:
        for operation in ("release/a", "release/b", "other"):
            once(scene, "begin", operation=operation)
            once(scene, "fail", operation=operation)
        with github_is(91 * DAY, scene):
            listed = once(scene, "clean", operation=None, values="", prefix="release/")
            assert listed.summary.startswith("### Clean markers: 2 would go")
            assert listed.summary.endswith("- `release/a`\n- `release/b`\n")
            dry = listed.outputs
            assert (dry.reason, dry.removed) == ("would-clean", '["release/a","release/b"]')
            wet = once(scene, "clean", operation=None, values="", prefix="release/", dry_run=False).outputs
            assert (wet.reason, wet.removed_count) == ("cleaned", 2)
            rest = once(scene, "clean", operation=None, values="").outputs
            assert rest.removed == '["other"]'


def test_proofs_go_by_the_age_of_the_newest_of_their_key() -> None:
    with stage() as scene:
        night(scene, key="scan/old")
        night(scene, key="scan/used")
        night(scene, key="scan/used", later=60 * DAY, salt="2")
        dry = skip(scene, "clean", later=91 * DAY).outputs
        assert (dry.reason, dry.removed, len(proofs(scene))) == ("would-clean", '["scan/old"]', 3)
        assert skip(scene, "clean", later=91 * DAY, dry_run=False).outputs.removed == '["scan/old"]'
        assert len(proofs(scene)) == 2
        assert skip(scene, "clean", later=91 * DAY, prefix="x", older_than_days=0).outputs.reason == "nothing-to-clean"
