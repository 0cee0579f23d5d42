"""JUnit: one case per target, mapped honestly, and legal XML whatever the names hold."""

from __future__ import annotations

from typing import get_args
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.contracts import Outcome, RunReport
from action_patterns.escape import visible
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.render import junit
from support.report_builders import context, fleet, plan, record

KIND = {
    "failed": "failure",
    "blocked": "failure",
    "missing": "error",
    "skipped": "skipped",
    "deferred": "skipped",
    "planned": "skipped",
}


def suite(report: RunReport) -> ET.Element:
    root = ET.fromstring(junit.render(report))
    (found,) = root.findall("testsuite")
    return found


@pytest.mark.parametrize("outcome", get_args(Outcome))
def test_each_outcome_is_what_it_is(outcome: str) -> None:
    roster, records = fleet([outcome, "updated"])
    found = suite(aggregate(roster, records, context()))
    first, second = found.findall("testcase")
    results = [child for child in first if child.tag in ("failure", "error", "skipped")]
    assert [child.tag for child in results] == ([KIND[outcome]] if outcome in KIND else [])
    assert (first.get("name"), second.get("name")) == ("acme/service-00000", "acme/service-00001")
    for kind, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        assert found.get(attribute) == str(int(KIND.get(outcome) == kind))
    assert found.get("tests") == "2"


def test_a_failure_says_why_and_what_to_do() -> None:
    found = suite(aggregate(plan("acme/pay"), [record(0, "acme/pay", "blocked")], context()))
    failure = found.find("testcase/failure")
    assert failure is not None
    assert (failure.get("type"), failure.get("message")) == (
        "branch-protected",
        "A ruleset forbids the branch action-patterns/sync.",
    )
    assert (failure.text or "").startswith("blocked: Add the App to the ruleset's bypass list")
    assert found.get("timestamp") == "2026-07-01T14:02:00"
    assert found.findall("testcase")[0].get("time") == "11.0"


def test_without_a_roster_it_is_an_error_and_never_an_empty_suite() -> None:
    found = suite(aggregate(None, [], context(), name="sync"))
    assert (found.get("tests"), found.get("errors")) == ("1", "1")


def test_nothing_to_do_is_one_skipped_case_that_says_so() -> None:
    """Jenkins and dorny's reporter are red for an empty suite."""
    found = suite(aggregate(plan(), [], context()))
    assert (found.get("tests"), found.get("errors"), found.get("skipped")) == ("1", "0", "1")
    skipped = found.find("testcase/skipped")
    assert skipped is not None
    assert (skipped.get("message") or "").startswith("Nothing to do: ")
    verdict = found.find("properties/property[@name='verdict']")
    assert verdict is not None
    assert verdict.get("value") == "nothing-to-do"


hostile = st.text(st.characters(codec=None, exclude_categories=()), max_size=12) | st.sampled_from(
    [
        "]]>",
        "</testcase><testcase name='x'/>",
        "<!-- ",
        "&amp;",
        "\x00",
        "\x1b[31m",
        "\ud800",
        "\ufffe",
        "\uffff",
        "\r\n",
    ]
)


@given(name=hostile, message=hostile)
def test_hostile_text_adds_no_element_and_reads_back(name: str, message: str) -> None:
    result = record(0, "acme/" + name, "failed", message=message, reason=message, error=None, pull_request_url=message)
    report = aggregate(plan("acme/" + name), [result], context())
    found = suite(report)
    assert len(list(found.iter())) == 1 + 4 + 1 + 1 + (1 if message else 0)
    (case,) = found.findall("testcase")
    clean = visible("acme/" + name)
    for noncharacter in "\ufffe\uffff":
        clean = clean.replace(noncharacter, "\ufffd")
    assert case.get("name") == clean
