"""What the local GitHub assumes. Each test is a line of its FACTS.md that only the real one can confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from action_patterns.errors import LostRaceError
from action_patterns.github_api.graphql import queries

if TYPE_CHECKING:
    from conftest import Live

ABSENT = "f" * 40


def test_update_refs_is_a_compare_and_swap_for_this_token(live: Live) -> None:
    desired = live.desired_state()
    tip = live.upsert(desired).after_oid
    observed = live.gateway.pulls.observe(live.repository, branch=desired.branch, base=None, paths=[])
    assert observed.base_tip is not None
    with pytest.raises(LostRaceError):
        live.gateway.git.update_branch(
            live.repository,
            observed.repository_id,
            desired.branch,
            before=observed.base_tip.oid,  # not what the branch is at
            after=observed.base_tip.oid[::-1] if observed.base_tip.oid[::-1] != tip else ABSENT,
        )
    assert live.gateway.git.read_branch(live.repository, desired.branch) == tip


def test_what_stands_beside_a_swap_shows_the_pull_request_and_changes_nothing(
    live: Live, record_property: pytest.RecordProperty
) -> None:
    """Moved to where it is: GitHub may refuse that, and the pull request is to be shown all the same."""
    desired = live.desired_state()
    live.upsert(desired)
    observed = live.gateway.pulls.observe(live.repository, branch=desired.branch, base=None, paths=[])
    (pull,) = (pull for pull in observed.pull_requests if pull.state == "OPEN")
    tip = observed.branch_tip
    assert tip is not None
    before = live.rest("GET", f"/pulls/{pull.number}")
    shown = live.gateway.git.update_branch(
        live.repository, observed.repository_id, desired.branch, before=tip.oid, after=tip.oid, pull_id=pull.id
    )
    after = live.rest("GET", f"/pulls/{pull.number}")
    record_property("shown", shown is not None)
    record_property("updated_at", (before["updated_at"], after["updated_at"]))
    assert shown is not None, "it costs a read more on each update, and nothing else"
    assert (shown.number, shown.head_oid, shown.body) == (pull.number, tip.oid, pull.body)

    edited = live.gateway.pulls.update(live.repository, pull.number, pull.id, {"title": f"{pull.title}!"})
    assert (edited.overwritten, edited.after.title, edited.after.head_oid) == (pull.body, f"{pull.title}!", tip.oid)


def test_a_missing_path_is_null_and_no_error(live: Live) -> None:
    observed = live.gateway.pulls.observe(live.repository, branch="none", base=None, paths=["no/such/path"])
    assert observed.files == {"no/such/path": None}


def test_what_a_hundred_paths_in_one_query_cost(live: Live, record_property: pytest.RecordProperty) -> None:
    owner, _, name = live.repository.partition("/")
    variables = {"owner": owner, "name": name, "branch": "refs/heads/none", "head": "none", "below": "refs/heads/none/"}
    variables |= {f"p{i}": f"no/such/path/{i}" for i in range(queries.PATHS_PER_QUERY)}
    body = {"query": queries.observe(queries.PATHS_PER_QUERY, 0, named_base=False), "variables": variables}
    answer = live.transport.send("safe", "graphql", "POST", live.transport.graphql_url, body, scope=live.repository)
    cost = answer.data["data"]["rateLimit"]["cost"]
    record_property("graphql-cost-of-100-paths", cost)
    assert cost <= 2, f"a no-op costs {cost} points"


def test_whether_commits_are_signed(live: Live, record_property: pytest.RecordProperty) -> None:
    tip = live.upsert(live.desired_state()).after_oid
    verification = live.rest("GET", f"/git/commits/{tip}")["verification"]
    record_property("verified", verification["verified"])
    record_property("verification-reason", verification["reason"])
    assert set(verification) >= {"verified", "reason"}


def test_a_tree_written_in_portions_is_the_tree_git_would_make(live: Live) -> None:
    files: dict[str, str | bytes | None] = {f"many/{number:03}.txt": f"{number}\n" for number in range(520)}
    result = live.upsert(live.desired_state(files))
    assert result.outcome == "created", result
    assert len(live.rest("GET", f"/pulls/{result.pull_request_number}/files?per_page=100")) == 100


def test_what_the_jobs_of_the_newest_run_tell(live: Live, record_property: pytest.RecordProperty) -> None:
    ended = live.rest("GET", "/actions/runs?status=completed&per_page=1")["workflow_runs"]
    if not ended:
        pytest.skip("No workflow of this repository has run: start one, best a matrix of which a part is cancelled.")
    (run,) = ended
    jobs = live.gateway.runs.jobs(live.repository, run["id"])
    record_property("jobs", [(job.name, job.attempt, job.conclusion, job.began) for job in jobs])
    assert {job.attempt for job in jobs} == set(range(1, run["run_attempt"] + 1))
    for job in jobs:
        assert job.url == f"{run['html_url']}/job/{job.id}"
        assert (job.status, job.conclusion is None) == ("completed", False)
        if job.conclusion in ("success", "skipped"):
            assert job.began is (job.conclusion == "success"), job
