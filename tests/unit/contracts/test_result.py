"""Records: one file each, and errors as a report shows them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.contracts import Counts, ErrorRecord, Outcome, Target, TargetResult
from action_patterns.contracts.result import FAILING, Recorder, error_record, record_file, told_by_name
from action_patterns.errors import (
    ActionPatternsError,
    InputError,
    LostRaceError,
    PermissionDeniedError,
    Problem,
    RateLimitedError,
)
from support.report_builders import record as record_of

WHEN = datetime(2026, 7, 1, tzinfo=UTC)


def record(index: int = 0, **fields: Any) -> TargetResult:
    return record_of(index, "acme/api", **fields)


parts = st.sampled_from(("", "lint", "Lint", "li.nt", "li-nt", "lint-a", "-", "ä", "x" * 200, "a/b"))
identity = st.tuples(st.integers(0, 99_999), st.integers(1, 99), parts, parts)


@given(identity, identity)
def test_a_record_file_is_unique_per_target_attempt_job_and_name_where_case_does_not_count_too(
    one: tuple[int, int, str, str], other: tuple[int, int, str, str]
) -> None:
    names = [record_file(record(index=i, attempt=a, job=job, name=name)) for i, a, job, name in (one, other)]
    assert (names[0].lower() == names[1].lower()) == (one == other)
    assert max(map(len, names)) < 200
    assert "/" not in names[0]


def test_a_record_file_shows_job_and_name() -> None:
    assert record_file(record(7, job="lint", name="sync-lint")).startswith("lint.sync-lint.")
    assert record_file(record(7)) == "00007-a1.json"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (PermissionDeniedError("m", remediation="r", request_id="i"), ("permission", False, "i", None)),
        (LostRaceError("m", remediation="r"), ("conflict", True, None, None)),
        (RateLimitedError("m", remediation="r", resumes_at=WHEN), ("rate-limit", True, None, WHEN)),
        (InputError(Problem("m", "r")), ("input", False, None, None)),
    ],
)
def test_an_error_as_a_report_shows_it(error: ActionPatternsError, expected: tuple[object, ...]) -> None:
    shown = error_record(error)
    assert (shown.category, shown.retryable, shown.request_id, shown.resumes_at) == expected
    assert (shown.message, shown.remediation) == ("m", "r")
    assert isinstance(shown, ErrorRecord)


def test_a_record_of_a_version_that_told_no_limit_is_read_as_one_without() -> None:
    older = json.loads(record().encode())
    del older["usage"]["lowest_limit"]
    read = TargetResult.decode(json.dumps(older), name="older")
    assert (read.usage.requests, read.usage.lowest_limit) == (1, None)


def test_there_is_a_count_for_every_outcome() -> None:
    assert set(Counts.model_fields) == set(get_args(Outcome))
    assert Counts(created=2, missing=1).total == 3


def test_a_limit_and_a_choice_do_not_count_as_failures() -> None:
    assert {"failed", "blocked", "missing"} == FAILING


def test_a_target_knows_owner_and_name() -> None:
    target = Target(repository="acme/api.rest")
    assert (target.owner, target.name) == ("acme", "api.rest")


@given(st.integers(0, 10**6), st.integers(1, 10**6 - 1), parts, parts)
def test_a_records_file_tells_whose_it_is(index: int, attempt: int, job: str, name: str) -> None:
    written = record_file(record(index=index, attempt=attempt, job=job, name=name))
    by = Recorder(job, name).id if job or name else None
    assert told_by_name(f"records/{written}") == (index, attempt, by)
    assert told_by_name(f"record-{index}-a{attempt}.json") == (index, attempt, None)


@pytest.mark.parametrize("name", ["x.json", "00001-a0.json", "00001-a2.json.txt", "1-2.json", "00001-a2/x.json", ""])
def test_any_other_file_tells_nothing(name: str) -> None:
    assert told_by_name(name) is None
