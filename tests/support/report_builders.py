"""Plans, records and contexts for tests of reporting: everything has a default, a test states what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from action_patterns.contracts import (
    Budget,
    ErrorRecord,
    Exclusion,
    FileCounts,
    Plan,
    PlanEntry,
    RateLimit,
    Target,
    TargetResult,
    Usage,
)
from action_patterns.ports.context import Context
from action_patterns.ports.workflow_runs import Job

START = datetime(2026, 7, 1, 14, 2, tzinfo=UTC)
PLAN_ID = "1234567-1-0f0f0f0f0f0f"
SERVER = "https://github.com"

PROTECTED = ErrorRecord(
    category="conflict",
    message="A ruleset forbids the branch action-patterns/sync.",
    remediation="Add the App to the ruleset's bypass list, or choose another `branch`.",
    retryable=False,
)
LIMITED = ErrorRecord(
    category="rate-limit",
    message="A secondary limit was reached after 118 s of waiting.",
    remediation="Run again later, or lower `max-parallel`.",
    retryable=True,
    resumes_at=datetime(2026, 7, 1, 14, 47, tzinfo=UTC),
)


def left(index: int) -> RateLimit:
    """What GitHub says is left when a target is done: less with each."""
    return RateLimit(
        resource="graphql",
        remaining=max(0, 14_990 - index),
        limit=15_000,
        resets_at=datetime(2026, 7, 1, 14, 47, tzinfo=UTC),
    )


def context(**changes: Any) -> Context:
    values: dict[str, Any] = {
        "repository": "acme/platform",
        "sha": "3f9c2ab4d5e6f70812233445566778899aabbccd",
        "run_id": 1234567,
        "run_number": 412,
        "run_attempt": 2,
        "workflow": "distribute",
        "job": "report",
        "event_name": "workflow_dispatch",
        "ref_name": "main",
        "default_branch": "main",
        "server_url": SERVER,
        "api_url": "https://api.github.com",
        "graphql_url": "https://api.github.com/graphql",
        "workspace": "/workspace",
        "temp": "/temp",
    }
    return Context(**(values | changes))


def plan(*repositories: str, excluded: tuple[Exclusion, ...] = (), **changes: Any) -> Plan:
    values: dict[str, Any] = {
        "plan_id": PLAN_ID,
        "name": "sync-files",
        "source_repository": "acme/platform",
        "source_oid": "3f9c2ab4d5e6f70812233445566778899aabbccd",
        "content_digest": "",
        "planned_at": START,
        "visible": len(repositories) + len(excluded),
        "roster": tuple(
            PlanEntry(
                index=index, target=Target(repository=repository, default_branch="main"), expected_head_oid="a" * 40
            )
            for index, repository in enumerate(repositories)
        ),
        "excluded": excluded,
        "packing": (),
        "budget": Budget(
            requests_per_target=7, requests_needed=7, requests_remaining=5000, max_parallel=8, minimum_seconds=1
        ),
    }
    return Plan(**(values | changes))


def items_plan(*names: str) -> Plan:
    """Return a plan of items."""
    roster = tuple(
        PlanEntry(index=index, target=Target(repository="acme/platform", item=name), expected_head_oid=None)
        for index, name in enumerate(names)
    )
    return plan(kind="item", visible=0, roster=roster)


def record(index: int, target: str, outcome: str = "unchanged", **changes: Any) -> TargetResult:
    """A record; one that created or updated has a pull request, one that failed or was deferred an error."""
    values: dict[str, Any] = {
        "plan_id": PLAN_ID,
        "index": index,
        "target": target,
        "attempt": 1,
        "outcome": outcome,
        "reason": "up-to-date",
        "usage": Usage(requests=1, lowest_limit=left(index)),
        "started_at": START + timedelta(seconds=index),
        "finished_at": START + timedelta(seconds=index + 11),
    }
    number = 40 + index
    if outcome in {"created", "updated"}:
        values |= {
            "reason": "content-differs",
            "pull_request_number": number,
            "pull_request_url": f"{SERVER}/{target}/pull/{number}",
            "pull_request_state": "open",
            "review": "approved" if outcome == "updated" else "",
            "files": (".github/workflows/ci.yml", "renovate.json"),
            "file_counts": FileCounts(added=1, changed=1),
            "usage": Usage(requests=6, writes=4, lowest_limit=left(index)),
        }
    if outcome in {"failed", "blocked"}:
        values |= {"reason": "branch-protected", "error": PROTECTED, "message": PROTECTED.message}
    if outcome == "deferred":
        values |= {
            "reason": "rate-limit",
            "error": LIMITED,
            "message": LIMITED.message,
            "usage": Usage(requests=2, seconds_waited=118.0, lowest_limit=left(index)),
        }
    if outcome == "skipped":
        values |= {"reason": "no-matching-type"}
    if outcome == "planned":
        values |= {
            "reason": "content-differs",
            "planned_requests": (
                f"POST /repos/{target}/git/trees",
                f"POST /repos/{target}/git/commits",
                "POST /graphql updateRefs refs/heads/action-patterns/sync",
                f"POST /repos/{target}/pulls",
            ),
        }
    return TargetResult(**(values | changes))


def job(leg: int, conclusion: str | None = "success", **changes: Any) -> Job:
    """The job of a leg, as distribute.yml has it."""
    attempt = changes.get("attempt", 1)
    number = 1_000 * attempt + leg
    values: dict[str, Any] = {
        "id": number,
        "name": f"Distribute / Apply {leg}",
        "attempt": attempt,
        "status": "completed" if conclusion else "in_progress",
        "conclusion": conclusion,
        "url": f"{SERVER}/acme/platform/actions/runs/1234567/job/{number}",
    }
    return Job(**(values | changes))


def fleet(outcomes: list[str], prefix: str = "acme/service") -> tuple[Plan, list[TargetResult]]:
    """A plan of as many targets as outcomes, and a record of each; `missing` leaves none."""
    names = [f"{prefix}-{index:05d}" for index in range(len(outcomes))]
    records = [
        record(index, name, outcome)
        for index, (name, outcome) in enumerate(zip(names, outcomes, strict=True))
        if outcome != "missing"
    ]
    return plan(*names), records
