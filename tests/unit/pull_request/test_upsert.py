"""Whatever happens to a target becomes one record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from action_patterns.contracts import TargetResult
from action_patterns.errors import (
    ActionPatternsError,
    AuthenticationError,
    Category,
    DefectError,
    PermissionDeniedError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)
from action_patterns.ports.pull_requests import NewPullRequest, Observed, PullRequest
from action_patterns.pull_request.reasons import DECISIONS, FAILURES
from action_patterns.pull_request.upsert import Assignment, failure, upsert
from support.builders import desired_state
from support.fake_github import FakeGitHub, FakePullRequests
from support.fake_repository import Repository

HERE = Assignment(plan_id="1-1-abc", index=3, attempt=2, repository="acme/api")
NOW = datetime(2026, 7, 1, tzinfo=UTC)


class StillClock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        pass


class FailingPulls(FakePullRequests):
    """Pull requests that GitHub refuses to show, or to open."""

    reading: ActionPatternsError | None = None
    opening: ActionPatternsError | None = None

    def observe(self, repository: str, **asked: Any) -> Observed:
        if self.reading:
            raise self.reading
        return super().observe(repository, **asked)

    def create(self, repository: str, new: NewPullRequest) -> PullRequest:
        if self.opening:
            raise self.opening
        return super().create(repository, new)


class Failing(FakeGitHub):
    pulls: FailingPulls
    pulls_type = FailingPulls


def target() -> Failing:
    return Failing(Repository("acme/api", {"README.md": b"# api\n"}))


def run(github: FakeGitHub, *, dry_run: bool = False) -> TargetResult:
    return upsert(desired_state(), HERE, github, StillClock(), dry_run=dry_run)


def test_a_record_says_what_was_done_where_and_at_what_cost() -> None:
    github = target()
    record = run(github)
    assert (record.plan_id, record.index, record.attempt, record.target) == ("1-1-abc", 3, 2, "acme/api")
    assert (record.outcome, record.reason, record.pull_request_number) == ("created", "opened", 1)
    assert record.pull_request_url == "https://github.com/acme/api/pull/1"
    assert record.after_oid == github.hosted["acme/api"].refs[record.branch or ""]
    assert record.files == ("ci.yml",)
    assert (record.usage.requests, record.usage.writes) == (5, 4)
    assert (record.started_at, record.finished_at) == (NOW, NOW)
    assert record.error is None


def test_a_second_record_says_unchanged() -> None:
    github = target()
    first, second = run(github), run(github)
    assert (second.outcome, second.reason) == ("unchanged", "up-to-date")
    assert second.before_oid == second.after_oid == first.after_oid


def test_a_dry_run_is_planned_with_its_requests() -> None:
    record = run(target(), dry_run=True)
    assert (record.outcome, record.reason) == ("planned", "opened")
    assert record.planned_requests[-1] == "POST /repos/acme/api/pulls"
    assert record.after_oid is None


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (AuthenticationError("x", remediation="y"), "failed", "authentication"),
        (PermissionDeniedError("x", remediation="y"), "failed", "permission"),
        (UnavailableError("x", remediation="y"), "failed", "unavailable"),
        (RateLimitedError("x", remediation="y", resumes_at=NOW), "deferred", "rate-limit"),
    ],
)
@pytest.mark.parametrize("where", ["reading", "opening"])
def test_an_error_is_a_record_with_its_category_as_reason(
    error: ActionPatternsError, outcome: str, reason: str, where: str
) -> None:
    if (where, reason) == ("opening", "permission"):
        outcome, reason = "blocked", "pull-request-refused"
    github = target()
    setattr(github.pulls, where, error)
    record = run(github)
    assert (record.outcome, record.reason) == (outcome, reason)
    assert record.error is not None
    assert (record.error.category, record.error.remediation.partition(" ")[0]) == (error.category, "y")
    assert record.branch == desired_state().branch


def test_a_limit_says_when_to_come_back() -> None:
    record = failure(RateLimitedError("x", remediation="y", resumes_at=NOW), HERE)
    assert record.error is not None
    assert (record.error.resumes_at, record.error.retryable) == (NOW, True)


def test_what_was_reached_before_an_error_is_told() -> None:
    github = target()
    github.pulls.opening = UnavailableError("x", remediation="y")
    record = run(github)
    assert record.after_oid == github.hosted["acme/api"].refs[desired_state().branch]


def test_githubs_own_words_come_before_the_reasons_remedy() -> None:
    github = target()
    github.pulls.opening = RefusedError("No ref", remediation="Their words.")
    record = run(github)
    assert record.error is not None
    assert record.message == "No ref"
    assert record.error.remediation.startswith("Their words. Follow the message. For GITHUB_TOKEN: Settings > Actions")


def test_a_block_has_a_remedy_of_its_own() -> None:
    github = target()
    repository = github.hosted["acme/api"]
    repository.move(desired_state().branch, repository.refs["main"])
    record = run(github)
    assert (record.outcome, record.reason) == ("blocked", "foreign-branch")
    assert record.error is not None
    assert record.error.category == "conflict"
    assert "Rename or delete that branch" in record.error.remediation


def test_every_error_category_is_a_reason_of_failure() -> None:
    assert {reason.code for reason in FAILURES} == set(get_args(Category))
    assert not {reason.code for reason in FAILURES} & {reason.code for reason in DECISIONS}
    for reason in FAILURES:
        assert reason.meaning
        assert reason.remedy


def test_a_defect_is_failed() -> None:
    assert failure(DefectError("x", remediation="y"), HERE).outcome == "failed"
