"""After the merge nothing is left to propose, and the result still leads to the pull request that brought it."""

from __future__ import annotations

import pytest

from action_patterns.actions.upsert_pr.text import line, summary
from action_patterns.report.build import build
from support.people import target
from support.report_builders import context, plan
from support.stage import TARGET, desired_state, stage


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_run_after_the_merge_names_it(method: str) -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        target(scene).merge_pull(1, method=method)
        scene.forget()
        result = scene.upsert(desired_state())
        assert (result.outcome, result.reason, scene.writes()) == ("unchanged", "already-on-base", 0)
        assert (result.pull_request_number, result.pull_request_state) == (1, "merged")
        assert result.message == "#1 was merged."
        server = scene.context.server_url
        address = f"{server}/{TARGET}/pull/1"
        assert line(result) == f"Outcome: unchanged (already-on-base), {TARGET}#1 merged: {address}"
        linked = f"[#1]({address}) merged"
        assert f"[\\#\u20601]({address}) merged" in summary(result, server)
        roster = plan(TARGET)
        told = build(roster, [result.model_copy(update={"plan_id": roster.plan_id})], context(server_url=server))
        assert linked in told.markdown
        assert "merged" in told.html


def test_content_that_came_by_another_way_names_no_pull_request() -> None:
    with stage() as scene:
        result = scene.upsert(desired_state({"README.md": "# api\n"}))
        assert (result.outcome, result.pull_request_number) == ("unchanged", None)
        assert line(result) == f"Outcome: unchanged (already-on-base), {TARGET}, no pull request"


def test_one_that_a_person_opened_and_merged_from_our_branch_is_not_named() -> None:
    asked_for = desired_state({"ci.yml": "on: push\n"})
    with stage() as scene:
        repository = target(scene)
        repository.commit_files(asked_for.branch, {"ci.yml": b"on: push\n"}, author="Alice <alice@example.com>")
        repository.open_pull(asked_for.branch, author="alice", title="Mine", body="By hand.")
        repository.merge_pull(1)
        assert scene.upsert(asked_for).pull_request_number is None
