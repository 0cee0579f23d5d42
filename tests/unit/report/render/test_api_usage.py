"""What the run cost and how near its limits came, in the words of both reports."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from action_patterns.contracts import RateLimit, RunReport, Usage
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.render import api_usage, html
from action_patterns.report.render.view import Page
from support.html_document import read
from support.report_builders import START, context, plan, record


def report_with(limit: RateLimit | None, *, finished_at: datetime | None = START) -> RunReport:
    usage = Usage(requests=903, writes=64, lowest_limit=limit)
    return aggregate(plan("acme/api"), [record(0, "acme/api", usage=usage, finished_at=finished_at)], context())


def left(resource: str, resets_at: datetime, *, remaining: int = 4_125) -> RateLimit:
    return RateLimit(resource=resource, remaining=remaining, limit=5_000, resets_at=resets_at)


@pytest.mark.parametrize(
    ("limit", "finished_at", "told"),
    [
        (left("core", START + timedelta(minutes=45)), START,
         "lowest remaining 4,125 of 5,000 (`core`, of one token) · resets 14:47 UTC"),
        (left("graphql", START, remaining=0), START,
         "lowest remaining 0 of 5,000 (`graphql`, of one token) · was reset 14:02 UTC"),
        (left("core", START + timedelta(hours=10)), START,
         "lowest remaining 4,125 of 5,000 (`core`, of one token) · resets 2026-07-02 00:02 UTC"),
        (left("core", START), None,
         "lowest remaining 4,125 of 5,000 (`core`, of one token) · resets 2026-07-01 14:02 UTC"),
    ],
    ids=["later", "in the run", "the next day", "nobody knows when it ended"],
)  # fmt: skip
def test_the_lowest_limit_and_its_reset_are_told(limit: RateLimit, finished_at: datetime | None, told: str) -> None:
    report = report_with(limit, finished_at=finished_at)
    assert told in api_usage.section(report)[1].split(" · most for")[0]
    facts = [each.text for each in read(html.render(report, Page(context=context()))).all("li")]
    assert told.replace("`", "") in facts


def test_where_github_told_of_no_limit_none_is_told() -> None:
    assert "remaining" not in api_usage.section(report_with(None))[1]


def test_it_is_the_tightest_of_all_targets() -> None:
    names = ("acme/api", "acme/web")
    limits = (left("graphql", START), left("core", START, remaining=4_000))
    records = [record(i, names[i], usage=Usage(requests=1, lowest_limit=limit)) for i, limit in enumerate(limits)]
    for given in (records, records[::-1]):
        report = aggregate(plan(*names), given, context())
        assert "lowest remaining 4,000 of 5,000 (`core`, of one token)" in api_usage.section(report)[1]
