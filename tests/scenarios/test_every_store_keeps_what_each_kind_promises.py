"""`store` names refs, branches or a directory, and each kind of record behaves the same in each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from action_patterns.errors import ConflictError, InputError, NotFoundError, RefusedError
from github_sandbox import Edition
from support.breaker_stage import OPEN, leg
from support.ledger_stage import Runner, claim, finish, ledger, names
from support.lock_stage import Job, lock_stage
from support.marker_stage import once
from support.stage import TARGET, stage
from support.state_stage import state, value_of
from support.stores import STORES, store_of


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Iterator[str]:
    with store_of(request.param) as name:
        yield name


def test_values_are_read_merged_swapped_listed_and_deleted(store: str) -> None:
    with stage() as scene:

        def step(mode: str, **inputs: Any) -> Any:
            return state(scene, mode, store=store, **inputs)

        assert step("get", default="none").outputs.reason == "absent"
        assert step("put", value=["a"]).outputs.reason == "created"
        assert step("put", value=["b"], merge="append").outputs.reason == "merged"
        version = step("get").outputs.version
        assert step("compare-and-swap", version=version, value="c").outputs.reason == "swapped"
        assert step("compare-and-swap", version=version, value="d").outputs.reason == "version-changed"
        assert value_of(step("get")) == "c"
        step("put", key="cursor/2", value=1)
        step("put", key="Other", value=1)
        assert step("list", prefix="cursor").outputs.keys == '["cursor","cursor/2"]'
        assert step("delete").outputs.reason == "deleted"
        assert step("delete").outputs.reason == "absent"
        assert step("list").outputs.keys == '["Other","cursor/2"]'
        assert step("put", value=1).outputs.reason == "created"


def test_one_run_begins_and_a_dead_one_is_taken_over(store: str) -> None:
    with stage() as scene:
        first = once(scene, "begin", run_id=1_001, store=store)
        assert first.outputs.begun
        assert once(scene, "begin", run_id=1_002, store=store).outputs.reason == "in-progress"
        assert once(scene, "begin", run_id=1_001, attempt=2, store=store).outputs.reason == "resumed"
        assert once(scene, "complete", run_id=1_001, attempt=2, store=store).outputs.completed
        assert once(scene, "begin", run_id=1_002, store=store).outputs.reason == "already-done"
        assert first.outputs.marker is not None
        kept = scene.sandbox.repository(TARGET).refs()
        assert (first.outputs.marker in kept) == (not store.startswith("/"))
        assert Path(first.outputs.marker).is_file() == store.startswith("/")


def test_one_job_has_a_lock_and_the_next_gets_it(store: str) -> None:
    def story(job: Job) -> str:
        assert job.lock("acquire", wait_seconds=100, store=store).outputs.acquired
        job.stage.holds[-1].until = job.time + 5.0
        job.sleep(5.0)
        return job.lock("release", store=store).outputs.reason

    with lock_stage() as play:
        jobs = [play.job(story, at=float(number)) for number in range(3)]
        play.play()
        assert [job.error for job in jobs] == [None] * 3
        assert [job.result for job in jobs] == ["released"] * 3
        play.assert_exclusive()


def test_a_ledger_knows_what_is_left(store: str) -> None:
    with stage(checked=False) as scene:
        mine = claim(scene, ["a", "b", "c"], store=store)
        finish(scene, mine.claim, {"a": "success", "b": "failure"}, store=store)
        again = claim(scene, ["a", "b", "c"], store=store, runner=Runner(attempt=2))
        assert (names(again.todo), names(again.done)) == (["b", "c"], ["a"])
        finish(scene, again.claim, {"b": "success", "c": "success"}, store=store, runner=Runner(attempt=2))
        assert names(ledger(scene, "list", states="done", store=store).outputs.targets) == ["a", "b", "c"]
        assert ledger(scene, "clean", older_than_days=0, dry_run="false", store=store).outputs.removed_count == 3
        assert claim(scene, ["a"], store=store, runner=Runner(attempt=3)).reason == "claimed"


def test_a_breaker_opens_and_one_probe_closes_it(store: str) -> None:
    with lock_stage() as play:
        ends = [
            play.job(lambda job, result=result: leg(job, result, threshold=2, store=store), at=at)  # type: ignore[misc]
            for at, result in ((0.0, "failure"), (10.0, "failure"), (20.0, "success"), (20.0 + OPEN, "success"))
        ]
        play.play()
        last = "breaker-open" if store.startswith("/") else "recovered"  # The time of a directory is real.
        assert [job.result.reason for job in ends] == ["counted", "opened", "breaker-open", last]


def test_a_branch_that_changes_starts_no_workflow() -> None:
    with stage() as scene:
        state(scene, "put", value=1, store="branches")
        ((name, oid),) = scene.sandbox.repository(TARGET).refs("refs/heads/action-patterns/").items()
        assert name == "refs/heads/action-patterns/state/cursor"
        assert "[skip ci]" in scene.sandbox.repository(TARGET).commit(oid).message


def test_a_server_that_takes_branches_only_is_named_with_the_way_out() -> None:
    with stage() as scene:
        kept = scene.sandbox.edition
        scene.sandbox.edition = Edition(
            graphql=kept.graphql, unknown_mutations=kept.unknown_mutations, only_branches_and_tags=True
        )
        with pytest.raises(RefusedError) as refused:
            state(scene, "put", value=1)
        assert "`store: branches`" in refused.value.remediation
        assert state(scene, "put", value=1, store="branches").outputs.reason == "created"
        assert state(scene, "delete", store="branches").outputs.reason == "deleted"


def test_a_directory_that_is_no_store_is_red(tmp_path: Path) -> None:
    with stage() as scene:
        state(scene, "put", value=1)
        for path in (tmp_path, tmp_path / "absent"):
            with pytest.raises(NotFoundError, match="is no store"):
                state(scene, "get", default="none", store=str(path))


def test_a_record_in_a_file_that_cannot_be_read_is_red_and_named() -> None:
    with store_of("directory") as store, stage() as scene:
        name = once(scene, "begin", store=store).outputs.marker or ""
        path = Path(name)
        path.write_text(path.read_text().replace("pending", "dreaming"))
        with pytest.raises(ConflictError) as caught:
            once(scene, "begin", store=store)
        assert f"`rm {name}`" in caught.value.remediation


@pytest.mark.parametrize("store", ["state", "./state", "~/state", "a/b", "/srv/../etc", ""])
def test_a_store_that_is_neither_is_refused(store: str) -> None:
    with stage() as scene:
        state(scene, "get")
        with pytest.raises((InputError, ValueError), match="absolute path"):
            state(scene, "get", store=store)
