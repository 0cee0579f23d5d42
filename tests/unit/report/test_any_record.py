"""Whatever decodes as a record can be told: one hostile file must not cost the report of all the others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.contracts import Usage
from action_patterns.contracts.result import TargetResult
from action_patterns.errors import InputError
from action_patterns.report.build import build
from action_patterns.report.render import comment, junit
from action_patterns.report.render.view import Page
from support.report_builders import context, plan, record

EXTREME_TIMES = (
    None,
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "1999-12-31T23:59:59Z",
    "2000-01-01T00:00:00Z",
    "2100-12-31T23:59:59Z",
    "2101-01-01T00:00:00+01:00",
    "2026-07-01T23:02:00+09:00",
    -1e18,
    1e300,
)
HUGE = "HUGE"
EXTREME_NUMBERS = (0, 1, -1, -10, 10**8, 10**15, 10**15 + 1, 10**400, HUGE, 0.5, 1e300, "NaN", "Infinity", True, None)
times = st.sampled_from(EXTREME_TIMES) | st.datetimes().map(lambda at: f"{at.isoformat()}Z")
numbers = st.sampled_from(EXTREME_NUMBERS) | st.integers()
limits = st.fixed_dictionaries(
    {"resource": st.sampled_from(("core", "graphql", "| x", ""))}
    | dict.fromkeys(("remaining", "limit"), st.sampled_from((0, 1, 60, 10**15)) | numbers)
    | {"resets_at": times}
)
fields = st.fixed_dictionaries(
    {},
    optional={
        "started_at": times,
        "finished_at": times,
        "index": numbers,
        "attempt": numbers,
        "pull_request_number": numbers,
        "usage": st.fixed_dictionaries(
            {}, optional=dict.fromkeys(("requests", "writes", "seconds_waited"), numbers) | {"lowest_limit": limits}
        ),
        "error": st.fixed_dictionaries(
            {"category": st.just("rate-limit"), "retryable": st.booleans()}
            | dict.fromkeys(("message", "remediation"), st.text()),
            optional={"resumes_at": times},
        ),
        "outcome": st.sampled_from(("failed", "deferred", "updated", "planned", "unchanged")),
    },
)  # fmt: skip


def decoded(changes: dict[str, Any]) -> TargetResult:
    text = json.dumps(json.loads(record(0, "acme/api").encode()) | changes)
    # Neither is anything Python's encoder writes: a number without end, and one that is none.
    text = text.replace(f'"{HUGE}"', "1" + 4200 * "0").replace('"NaN"', "NaN").replace('"Infinity"', "Infinity")
    return TargetResult.decode(text, name="record")


@given(changes=st.lists(fields, min_size=1, max_size=3))
def test_whatever_decodes_as_a_record_can_be_told_in_every_channel(changes: list[dict[str, Any]]) -> None:
    records = []
    for index, change in enumerate(changes):
        try:
            records.append(decoded({"index": index, "target": f"acme/{index}"} | change))
        except InputError:
            continue
    told = build(plan("acme/0", "acme/1", "acme/2"), records, context())
    assert told.report == type(told.report).decode(told.report.encode(), name="report")
    assert comment.fit(told.report, Page(context=context()))
    assert junit.render(told.report)


@pytest.mark.parametrize(
    "changes",
    [
        {"started_at": "0001-01-01T00:00:00+14:00"},
        {"finished_at": "9999-12-31T23:59:59-12:00"},
        {"error": {"category": "rate-limit", "message": "", "remediation": "", "retryable": True,
                   "resumes_at": "0001-01-01T00:00:00+14:00"}},
        {"usage": {"seconds_waited": "NaN"}},
        {"usage": {"seconds_waited": "Infinity"}},
        {"usage": {"seconds_waited": 1e300}},
        {"usage": {"requests": -10}},
        {"usage": {"requests": HUGE}},
        {"attempt": HUGE},
        {"usage": {"lowest_limit": {"resource": "core", "remaining": 0, "limit": 0, "resets_at": "2026-07-01T14:47Z"}}},
        {"usage": {"lowest_limit": {"resource": "a b", "remaining": 0, "limit": 1, "resets_at": "2026-07-01T14:47Z"}}},
    ],
)  # fmt: skip
def test_what_cannot_be_calculated_with_is_no_record(changes: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        decoded(changes)


def test_times_are_held_in_utc() -> None:
    assert '"started_at": "2026-07-01T14:02:00Z"' in decoded({"started_at": "2026-07-01T23:02:00+09:00"}).encode()


def test_the_most_that_many_records_may_say_still_has_a_sum() -> None:
    most = Usage(requests=10**8, writes=10**8, seconds_waited=10**8)
    names = [f"acme/{index}" for index in range(50)]
    report = build(plan(*names), [record(i, name, usage=most) for i, name in enumerate(names)], context()).report
    assert report.usage.requests == 50 * 10**8
