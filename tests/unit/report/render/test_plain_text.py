"""The same report for logs and terminals."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.render import plain_text
from action_patterns.report.render.headline import verdict_line
from action_patterns.report.render.view import Page
from support.report_builders import context, fleet, plan, record


def test_failures_come_first_and_the_verdict_last() -> None:
    roster, records = fleet(["unchanged", "updated", "failed", "missing"])
    report = aggregate(roster, records, context())
    lines = plain_text.render(report, Page(context=context())).splitlines()
    assert [line.split()[0] for line in lines[1:5]] == ["failed", "missing", "updated", "unchanged"]
    assert lines[-1] == verdict_line(report)
    assert lines[-2].endswith(context().run_url)


def test_columns_are_aligned() -> None:
    roster, records = fleet(["failed", "updated", "unchanged"])
    lines = plain_text.render(aggregate(roster, records, context()), Page(context=context())).splitlines()
    assert len({line.index("acme/service") for line in lines[1:4]}) == 1


ATTACKS = st.sampled_from(("\n", "::error::x", "##[error]", "\x1b[2J", "\r", "a", " "))


@given(text=st.lists(ATTACKS, min_size=1).map("".join))
def test_no_text_of_others_starts_a_line_or_adds_one(text: str) -> None:
    def lines(value: str) -> list[str]:
        records = [record(0, value, "failed", reason=value, message=value)]
        page = Page(context=context(), notes=(value,))
        roster = plan(value, name=value)
        return plain_text.render(aggregate(roster, records, context()), page).split("\n")

    hostile, harmless = lines("x" + text), lines("x")
    assert len(hostile) == len(harmless)
    assert not [line for line in hostile if line.lstrip().startswith(("::", "##["))]
    assert not any("##[" in line or "\x1b" in line or "\r" in line for line in hostile)
