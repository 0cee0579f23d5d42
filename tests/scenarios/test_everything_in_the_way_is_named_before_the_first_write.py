"""Preflight: what a run has read tells most of what GitHub would refuse. It is said at once, and nothing is written.

What protects a branch REST tells to administrators alone: there GitHub says it, of a write that it refuses.
"""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.content.blob import blob_oid
from action_patterns.content.changes import FileChange
from action_patterns.contracts import TargetResult
from action_patterns.pull_request.spec.desired import Desired
from support.people import APP, PERSON, commit_by_hand, refused_before_any_write, seed, settled, target
from support.stage import JOB_TOKEN, Stage, desired_state, stage

BRANCH = desired_state().branch
WORKFLOW = {".github/workflows/ci.yml": "on: push\n"}
CHANGED = {"ci.yml": "on: [push]\n"}


def refused_by_its_protection(scene: Stage, asked_for: Desired, reason: str, **run: Any) -> TargetResult:
    """Before any write, or, where that cannot be known, by GitHub; either way with a remedy and nothing left."""
    if scene.has_graphql:
        return refused_before_any_write(scene, asked_for, reason, **run)
    before = scene.sandbox.snapshot()
    result = scene.upsert(asked_for, **run)
    assert (result.outcome, result.reason) == ("blocked", "branch-refused")
    assert result.error is not None
    assert "`action-patterns/**`" in result.error.remediation
    assert [check.answer for check in result.checks if check.check == reason] in ([], ["unknown"])
    assert scene.sandbox.snapshot() == before
    return result


def test_a_person_who_may_only_read_is_told_so() -> None:
    world = seed()
    world["tokens"][PERSON]["permission"] = "read"
    with stage(world) as scene:
        refused_before_any_write(scene, desired_state(), "read-only", token=PERSON)


@pytest.mark.parametrize("classic", [True, False], ids=["protection", "ruleset"])
@pytest.mark.parametrize("rule", ["update", "pull_request"])
def test_a_bot_branch_that_takes_no_push(rule: str, *, classic: bool) -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        target(scene).protect("action-patterns/*", rule, classic=classic)
        result = refused_by_its_protection(scene, desired_state(CHANGED), "branch-protected")
        by_github = "Cannot update" if rule == "update" else "through a pull request"
        assert ("may not push" if scene.has_graphql else by_github) in result.message


def test_a_bot_branch_that_takes_no_force_push_may_be_appended_to_and_no_more() -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        target(scene).protect("action-patterns/*", "non_fast_forward", classic=False)
        if scene.has_leases:
            refused_before_any_write(scene, desired_state(CHANGED), "branch-protected")
        else:  # It is only ever moved forward.
            assert scene.upsert(desired_state(CHANGED)).outcome == "updated"
        commit_by_hand(scene, BRANCH)
        more = {"ci.yml": "on: [push, pull_request]\n"}
        assert scene.upsert(desired_state(more, on_human_commits="append")).outcome == "updated"


def test_who_is_on_the_bypass_list_is_not_held_up() -> None:
    with stage() as scene:
        scene.upsert(desired_state())
        target(scene).protect("action-patterns/*", "update", bypass=["bot"], classic=False)
        assert scene.upsert(desired_state(CHANGED)).outcome == "updated"


def test_workflow_files_and_the_jobs_own_token() -> None:
    with stage(seed()) as scene:
        result = refused_before_any_write(scene, desired_state(WORKFLOW), "workflow-files", token=JOB_TOKEN)
        assert ".github/workflows/ci.yml" in result.message
        assert result.error is not None
        assert "GITHUB_TOKEN never may" in result.error.remediation


def test_workflow_files_and_a_classic_token_by_its_scopes() -> None:
    with stage(seed(scopes=["repo"])) as scene:
        refused_before_any_write(scene, desired_state(WORKFLOW), "workflow-files", token=PERSON)
    with stage(seed(scopes=["repo", "workflow"])) as scene:
        assert scene.upsert(desired_state(WORKFLOW), token=PERSON).outcome == "created"


def test_what_is_unknown_blocks_nothing() -> None:
    """Nothing tells of an App's token whether it has `workflows: write`: it is tried."""
    with stage(seed()) as scene:
        result = scene.upsert(desired_state(WORKFLOW), token=APP)
        assert result.outcome == "created"
        assert [check.answer for check in result.checks if check.check == "workflow-files"] == ["unknown"]


def test_a_bot_branch_for_signed_commits_only() -> None:
    with stage(seed()) as scene:
        for token in (PERSON, APP):
            key = f"for {token}"
            scene.upsert(desired_state(key=key), token=token)
        target(scene).protect("action-patterns/*", "required_signatures", classic=False)
        refused_by_its_protection(scene, desired_state(CHANGED, key=f"for {PERSON}"), "unsigned-commits", token=PERSON)
        named = desired_state(CHANGED, key=f"for {APP}", author="Ada <ada@example.com>")
        refused_by_its_protection(scene, named, "unsigned-commits", token=APP)
        assert scene.upsert(desired_state(CHANGED, key=f"for {APP}"), token=APP).outcome == "updated"


def test_a_base_for_signed_commits_only_is_asked_at_the_merge() -> None:
    with stage(seed(rulesets=[{"refs": ["main"], "rules": ["required_signatures"]}])) as scene:
        assert scene.upsert(desired_state(), token=PERSON).outcome == "created"


@pytest.mark.parametrize("path", ["src", "README.md/more.txt"], ids=["a directory is there", "a file is above"])
def test_a_path_that_something_else_takes(path: str) -> None:
    with stage() as scene:
        refused_before_any_write(scene, desired_state({path: "x\n"}), "path-clash")


def test_a_checkout_that_is_behind_in_the_same_path() -> None:
    seen = FileChange(path="README.md", mode="100644", content=b"# API\n", base_oid=blob_oid(b"# api\n"))
    with stage() as scene:
        target(scene).commit_files("main", {"README.md": b"# Other\n"}, message="Meanwhile")
        result = refused_before_any_write(scene, desired_state(changes=[seen]), "stale-checkout")
        assert "README.md" in result.message
        assert result.error is not None
        assert result.error.retryable
    with stage() as scene:
        target(scene).commit_files("main", {"other.txt": b"1\n"}, message="Elsewhere")
        assert scene.upsert(desired_state(changes=[seen])).outcome == "created"
        settled(scene, desired_state(changes=[seen]))


def test_all_that_is_in_the_way_is_said_at_once() -> None:
    """No fork, a branch in the way, workflow files, a path that is taken: four things to mend, in one message."""
    others = {"name": "acme/other", "files": {"README.md": "other\n"}, "branches": {"sync": {}}}
    everything = WORKFLOW | {"src": "x\n"}
    with stage(seed(others, scopes=["repo"])) as scene:
        asked_for = desired_state(everything, branch="sync/config", head_repository="acme/other")
        result = refused_before_any_write(scene, asked_for, "not-a-fork", token=PERSON)
        for said in ("is no fork", "'sync' exists", ".github/workflows/ci.yml", "'src' is a directory"):
            assert said in result.message
        against = {check.check for check in result.checks if check.answer == "no"}
        assert against == {"not-a-fork", "branch-clash", "workflow-files", "path-clash"}


def test_a_dry_run_stops_where_a_real_one_does() -> None:
    with stage() as scene:
        target(scene).set_branch("sync", str(target(scene).tip("main")))
        refused_before_any_write(scene, desired_state(branch="sync/config"), "branch-clash", dry_run=True)
