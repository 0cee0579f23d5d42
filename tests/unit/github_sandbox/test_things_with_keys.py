"""Labels, milestones, releases, environments, tags and the cancellation of runs, as GitHub's pages and threads say."""

from __future__ import annotations

from typing import Any

import pytest
from github_sandbox_bench import Bench, served

R = "/repos/acme/api"
TOKENS: dict[str, Any] = {
    "tok-bot": {"login": "bot", "permission": "admin"},
    "reads": {"login": "app[bot]", "kind": "installation", "permissions": {"contents": "read"}},
}


def refused(answer: Any) -> tuple[int, str, str]:
    """Return status, field and code."""
    (error,) = answer.json()["errors"]
    return answer.status_code, error["field"], error["code"]


def test_a_label_has_one_name_in_any_case_and_keeps_what_is_not_sent() -> None:
    with served(tokens=TOKENS) as bench:
        made = bench.post(f"{R}/labels", {"name": "Bug", "color": "FF0000", "description": "d"})
        assert (made.status_code, made.json()["color"]) == (201, "ff0000")
        assert bench.get(f"{R}/labels/bUG").json()["name"] == "Bug"
        assert refused(bench.post(f"{R}/labels", {"name": "bug"})) == (422, "name", "already_exists")
        changed = bench.patch(f"{R}/labels/BUG", {"color": "00ff00"}).json()
        assert (changed["name"], changed["color"], changed["description"]) == ("Bug", "00ff00", "d")
        assert bench.patch(f"{R}/labels/bug", {"new_name": "defect"}).json()["name"] == "defect"
        assert bench.get(f"{R}/labels/bug").status_code == 404
        assert refused(bench.post(f"{R}/labels", {"name": "x", "color": "red"})) == (422, "color", "invalid")
        long = bench.post(f"{R}/labels", {"name": "x", "description": "x" * 101})
        assert refused(long) == (422, "description", "too_long")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2020-09-24T06:59:00Z", "2020-09-23T07:00:00Z"),
        ("2020-09-24T07:01:00Z", "2020-09-24T07:00:00Z"),
        ("2022-11-14T07:00:00Z", "2022-11-13T08:00:00Z"),
        ("2022-11-14T12:00:00Z", "2022-11-14T08:00:00Z"),
    ],
)
def test_a_due_date_is_a_day_in_pacific_time(bench: Bench, sent: str, kept: str) -> None:
    """The examples of microsoft/PowerShellForGitHub#133 and wordpress-mobile/release-toolkit#419."""
    made = bench.post(f"{R}/milestones", {"title": "v1", "due_on": sent}).json()
    assert made["due_on"] == kept
    assert bench.get(f"{R}/milestones/1").json()["due_on"] == kept
    assert bench.patch(f"{R}/milestones/1", {"state": "closed"}).json()["due_on"] == kept
    assert refused(bench.post(f"{R}/milestones", {"title": "v1"})) == (422, "title", "already_exists")


def test_a_draft_has_no_tag_and_shows_to_who_may_push() -> None:
    with served(tokens=TOKENS) as bench:
        for _ in range(2):
            assert bench.post(f"{R}/releases", {"tag_name": "v1", "draft": True}).status_code == 201
        assert bench.get(f"{R}/releases/tags/v1").status_code == 404
        assert bench.get(f"{R}/git/ref/tags/v1").status_code == 404
        assert len(bench.get(f"{R}/releases").json()) == 2
        assert bench.get(f"{R}/releases", token="reads").json() == []
        made = bench.post(f"{R}/releases", {"tag_name": "v1"})
        assert (made.status_code, bench.get(f"{R}/releases/tags/v1").json()["id"]) == (201, made.json()["id"])
        assert refused(bench.post(f"{R}/releases", {"tag_name": "v1"})) == (422, "tag_name", "already_exists")
        assert bench.send("DELETE", f"{R}/releases/{made.json()['id']}").status_code == 204
        assert bench.get(f"{R}/git/ref/tags/v1").status_code == 200


def test_a_put_replaces_an_environment() -> None:
    with served(tokens=TOKENS) as bench:
        person = bench.get("/users/alice").json()["id"]
        settings = {"wait_timer": 5, "prevent_self_review": True, "reviewers": [{"type": "User", "id": person}]}
        made = bench.send("PUT", f"{R}/environments/Prod", json=settings).json()
        assert [rule["type"] for rule in made["protection_rules"]] == ["wait_timer", "required_reviewers"]
        assert made["created_at"] == made["updated_at"]
        again = bench.send("PUT", f"{R}/environments/prod", json={"wait_timer": 7}).json()
        assert (again["id"], again["name"]) == (made["id"], "Prod")
        assert [rule["type"] for rule in again["protection_rules"]] == ["wait_timer"]
        assert bench.get(f"{R}/environments").json()["total_count"] == 1
        assert bench.send("PUT", f"{R}/environments/{'x' * 256}", json={}).status_code == 422


def test_a_run_that_has_ended_is_not_cancelled() -> None:
    repository = {"name": "acme/api", "files": {"a": "x"}, "runs": [{"status": "queued"}]}
    with served(repositories=[repository], tokens=TOKENS) as bench:
        found = bench.sandbox.world.repository("acme/api")
        assert found is not None
        (run,) = found.contents.runs
        assert bench.post(f"{R}/actions/runs/{run.id}/cancel", {}).status_code == 202
        assert (run.status, run.conclusion) == ("completed", "cancelled")
        again = bench.post(f"{R}/actions/runs/{run.id}/cancel", {})
        assert (again.status_code, again.json()["message"]) == (409, "Cannot cancel a workflow run that is completed.")
        assert bench.post(f"{R}/actions/runs/1/cancel", {}).status_code == 404
