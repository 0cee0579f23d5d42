"""The upsert scenarios, on the real thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Live


def test_a_pull_request_is_opened_once_and_the_rerun_costs_one_read(live: Live) -> None:
    desired = live.desired_state(
        {"hello.txt": "hello\n", "logo.png": b"\x89PNG\0\xff"}, labels=["action-patterns-live"]
    )
    first = live.upsert(desired)
    assert first.outcome == "created", first
    second = live.upsert(desired)
    assert second.outcome == "unchanged", second
    assert (second.usage.requests, second.usage.writes) == (1, 0)
    assert second.pull_request_number == first.pull_request_number
    assert len(live.pulls(desired.branch)) == 1


def test_new_content_updates_the_same_pull_request_in_four_requests(live: Live) -> None:
    first = live.upsert(live.desired_state())
    second = live.upsert(live.desired_state({"hello.txt": "hello again\n"}))
    assert (second.outcome, second.changed_fields) == ("updated", ("content",)), second
    assert second.pull_request_number == first.pull_request_number
    assert second.usage.requests <= 4


def test_a_commit_by_somebody_else_stops_the_update(live: Live) -> None:
    desired = live.desired_state()
    tip = live.upsert(desired).after_oid
    commit = live.rest("GET", f"/git/commits/{tip}")
    mine = [{"path": "mine.txt", "mode": "100644", "type": "blob", "content": "by hand\n"}]
    tree = live.rest("POST", "/git/trees", {"base_tree": commit["tree"]["sha"], "tree": mine})["sha"]
    theirs = live.rest("POST", "/git/commits", {"message": "By hand", "tree": tree, "parents": [tip]})["sha"]
    live.rest("PATCH", f"/git/refs/heads/{desired.branch}", {"sha": theirs, "force": False})
    result = live.upsert(live.desired_state({"hello.txt": "other\n"}))
    assert (result.outcome, result.reason) == ("blocked", "human-commit"), result
    assert live.gateway.git.read_branch(live.repository, desired.branch) == theirs


def test_a_pull_request_closed_by_somebody_stays_closed(live: Live) -> None:
    desired = live.desired_state()
    number = live.upsert(desired).pull_request_number
    live.rest("PATCH", f"/pulls/{number}", {"state": "closed"})
    result = live.upsert(desired)
    assert (result.outcome, result.reason) == ("skipped", "closed-by-someone"), result


def test_a_branch_left_by_a_dead_run_gets_its_pull_request(live: Live) -> None:
    first = live.upsert(live.desired_state())
    # As if a run had died after the branch was written: the same commit, at a branch without a pull request.
    other = live.desired_state(branch=f"{live.key}-left")
    live.rest("POST", "/git/refs", {"ref": f"refs/heads/{other.branch}", "sha": first.after_oid})
    result = live.upsert(other)
    assert result.outcome == "created", result
    assert result.pull_request_number != first.pull_request_number
    assert result.after_oid == first.after_oid
