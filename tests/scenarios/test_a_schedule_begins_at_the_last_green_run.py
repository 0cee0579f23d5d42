"""A scheduled run is compared with the last commit at which its job was green, and with nothing that is newer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from support.detecting import Detected, Remote, detect
from support.editions import WITH_LEASES, only_on
from support.marker_stage import DAY, github_is
from support.stage import FLEET, TARGET, Stage, stage

pytestmark = only_on(*WITH_LEASES, why="Marks are swapped, as in test_state_is_not_written_without_a_swap.")

MAIN = "refs/heads/main"


class Job:
    """One job of a repository, by its commits and its marks."""

    def __init__(self, scene: Stage, folder: Path) -> None:
        self.scene = scene
        self.remote = Remote(folder / "remote")
        self.workspaces: dict[str, Path] = {}
        self.first = self.commit("a")

    def commit(self, name: str) -> str:
        oid = self.remote.commit({name: self.remote.git("rev-list", "--all", "--count")})
        self.remote.push("HEAD:main")
        return oid

    def run(
        self,
        sha: str,
        *,
        run_id: int,
        event: str = "schedule",
        ref: str = MAIN,
        attempt: int = 1,
        mode: str = "check",
        token: str = "tok-bot",
        before: str = "",
        **inputs: str,
    ) -> Detected:
        address = self.scene.context
        if sha not in self.workspaces:
            self.workspaces[sha] = self.remote.check_out(sha)
        workspace = self.workspaces[sha]
        return detect(
            workspace,
            event,
            {"before": before} if before else {},
            sha=sha,
            ref=ref,
            run_id=run_id,
            attempt=attempt,
            variables={
                "GITHUB_REPOSITORY": TARGET,
                "GITHUB_SERVER_URL": address.server_url,
                "GITHUB_API_URL": address.api_url,
                "GITHUB_GRAPHQL_URL": address.graphql_url,
            },
            mode=mode,
            token=token,
            **({} if mode == "clean" else {"key": "nightly"}),
            **inputs,
        )

    def succeed(self, sha: str, *, run_id: int, **more: str) -> Detected:
        """Check, work and complete."""
        answer = self.run(sha, run_id=run_id, **more)  # type: ignore[arg-type]
        done = self.run(sha, run_id=run_id, mode="complete", **more)  # type: ignore[arg-type]
        assert (done.code, done.mark) == (0, "marked"), done.log
        return answer


@pytest.fixture
def job(tmp_path: Path) -> Callable[[Stage], Job]:
    return lambda scene: Job(scene, tmp_path)


def test_a_night_does_what_is_new_since_the_last_green_one(job: Callable[[Stage], Job]) -> None:
    with stage(served=True) as scene:
        on = job(scene)
        assert on.succeed(on.first, run_id=1).base_reason == "no-green-run"
        assert on.run(on.first, run_id=2).files == [], "nothing is new"
        second, third = on.commit("b"), on.commit("c")
        failed = on.run(third, run_id=3)
        assert (failed.base, failed.files, failed.base_reason) == (on.first, ["b", "c"], "last-green")
        fourth = on.commit("d")
        answer = on.run(fourth, run_id=4)
        assert (answer.base, answer.files) == (on.first, ["b", "c", "d"]), "the run before it completed nothing"
        assert second != third


def test_a_push_forgets_nothing_that_a_failed_run_left_out(job: Callable[[Stage], Job]) -> None:
    with stage(served=True) as scene:
        on = job(scene)
        on.succeed(on.first, run_id=1, event="push", before="")
        second = on.commit("b")
        on.run(second, run_id=2, event="push", before=on.first)
        third = on.commit("c")
        answer = on.succeed(third, run_id=3, event="push", before=second)
        assert (answer.base, answer.files) == (on.first, ["b", "c"])
        assert on.run(third, run_id=4).files == []


def test_a_rerun_takes_the_same_base_again_and_never_a_newer_green(job: Callable[[Stage], Job]) -> None:
    with stage(served=True) as scene:
        on = job(scene)
        on.succeed(on.first, run_id=1)
        second = on.commit("b")
        first_attempt = on.run(second, run_id=2)
        third = on.commit("c")
        on.succeed(third, run_id=3)
        again = on.run(second, run_id=2, attempt=2)
        assert (again.base, again.files, again.base_reason) == (on.first, first_attempt.files, "recorded")
        of_another_run = on.run(second, run_id=4)
        assert (of_another_run.base, of_another_run.files) == (on.first, ["b"]), "a green run that is newer"
        assert on.run(second, run_id=2, attempt=2, mode="complete").mark == "marked"
        assert on.run(third, run_id=5).files in ([], ["c"])


def test_old_marks_are_listed_first_and_those_of_a_branch_in_use_stay(job: Callable[[Stage], Job]) -> None:
    with stage(served=True) as scene:
        on = job(scene)
        on.succeed(on.first, run_id=1)
        on.succeed(on.first, run_id=2, ref="refs/heads/gone")
        with github_is(60 * DAY, scene):
            on.run(on.first, run_id=3)
        with github_is(91 * DAY, scene):
            dry = on.run(on.first, run_id=4, mode="clean", prefix="night").outputs
            assert (dry["reason"], dry["removed"]) == ("would-clean", '["nightly on refs/heads/gone"]')
            wet = on.run(on.first, run_id=4, mode="clean", **{"dry-run": "false"}).outputs
            assert (wet["outcome"], wet["removed-count"]) == ("updated", "1")
            assert on.run(on.first, run_id=5).base_reason == "last-green"
            assert on.run(on.first, run_id=6, mode="clean", paths="a").code == 2


def test_a_pull_request_marks_nothing_that_counts_for_a_branch(job: Callable[[Stage], Job]) -> None:
    with stage(served=True) as scene:
        on = job(scene)
        for event, ref in (
            ("pull_request", "refs/pull/1/merge"),
            ("pull_request_target", MAIN),
            ("merge_group", "refs/heads/gh-readonly-queue/main/pr-1"),
            ("push", "refs/tags/v1"),
        ):
            on.run(on.first, run_id=1, event=event, ref=ref)
            done = on.run(on.first, run_id=1, event=event, ref=ref, mode="complete")
            assert (done.code, done.mark) == (0, "no-branch")
            assert on.run(on.first, run_id=9).base_reason == "no-green-run", event


def test_a_branch_begins_with_the_marks_of_the_default_branch(job: Callable[[Stage], Job]) -> None:
    with stage(served=True) as scene:
        on = job(scene)
        on.succeed(on.first, run_id=1)
        topic = on.commit("b")
        answer = on.succeed(topic, run_id=2, event="workflow_dispatch", ref="refs/heads/topic")
        assert (answer.base, answer.files) == (on.first, ["b"])
        assert on.run(topic, run_id=3).files == ["b"], "the branch's own mark counts for the branch alone"


def test_without_a_check_nothing_is_marked(job: Callable[[Stage], Job]) -> None:
    with stage(served=True) as scene:
        on = job(scene)
        done = on.run(on.first, run_id=1, mode="complete")
        assert (done.code, done.mark) == (0, "not-checked")
        assert "Run `check` first" in done.log
        on.run(on.first, run_id=1)
        done = on.run(on.commit("b"), run_id=1, mode="complete")
        assert (done.code, done.mark) == (0, "another-commit")


def test_without_write_permission_everything_is_done_and_said(job: Callable[[Stage], Job]) -> None:
    readers = {"tok-read": {"login": "alice", "kind": "pat", "permission": "read", "repositories": "all"}}
    with stage(FLEET | {"tokens": FLEET["tokens"] | readers}, served=True) as scene:
        on = job(scene)
        answer = on.run(on.first, run_id=1, token="tok-read")
        assert (answer.code, answer.everything, answer.mark) == (0, True, "not-writable")
        assert "contents: write" in answer.log
        done = on.run(on.first, run_id=1, token="tok-read", mode="complete")
        assert (done.code, done.mark) == (0, "not-checked")
        on.succeed(on.first, run_id=2)
        second = on.commit("b")
        answer = on.run(second, run_id=3, token="tok-read")
        assert (answer.base, answer.files, answer.mark) == (on.first, ["b"], "not-writable")


def test_where_the_store_cannot_be_read_everything_is_done_and_said(job: Callable[[Stage], Job]) -> None:
    with stage(served=True) as scene:
        on = job(scene)
        on.succeed(on.first, run_id=1)
        answer = on.run(on.first, run_id=2, token="tok-unknown")
        assert (answer.code, answer.everything, answer.base_reason) == (0, True, "store-unreadable")
        assert "::warning" in answer.log
