"""The HTML report as text: one file, under a policy that names its own parts by their very text."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

from action_patterns.contracts import RunReport
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.render import html
from action_patterns.report.render.html import table
from action_patterns.report.render.view import Page
from support.html_document import Document, read
from support.report_builders import SERVER, context, fleet, job, plan, record

PAGE = Page(context=context(), artifact_name="artifact")
MIXED = ["updated", "unchanged", "failed", "deferred", "skipped", "created", "missing", "blocked", "closed", "planned"]


def report_of(outcomes: list[str]) -> RunReport:
    roster, records = fleet(outcomes)
    return aggregate(roster, records, context(), needs={"apply": "failure"})


def document_of(report: RunReport) -> Document:
    return read(html.render(report, PAGE))


def hash_of(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def policy(document: Document) -> dict[str, str]:
    (meta,) = [each for each in document.all("meta") if each.attributes.get("http-equiv") == "Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in meta.attributes["content"].split(";"))


def test_the_policy_forbids_all_but_the_two_parts_it_names_by_their_text() -> None:
    document = document_of(report_of(MIXED))
    (script,) = [each for each in document.all("script") if not each.attributes]
    assert policy(document) == {
        "default-src": "'none'",
        "style-src": hash_of(document.one("style").text),
        "script-src": hash_of(script.text),
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
    }
    assert [each.tag for each in document.elements].index("meta") == 2, "before anything it applies to but the charset"


@pytest.mark.parametrize("outcomes", [MIXED * 40, ["updated"], []], ids=["400 targets", "one", "none"])
def test_it_needs_no_other_file_and_has_no_style_or_handler_in_an_attribute(outcomes: list[str]) -> None:
    document = document_of(report_of(outcomes))
    names = {name for element in document.elements for name in element.attributes}
    assert not {name for name in names if name.startswith("on") or name in ("style", "src", "srcset", "action")}
    assert not [each for each in document.elements if each.tag in ("link", "img", "iframe", "object", "form", "base")]
    for anchor in document.all("a"):
        href = anchor.attributes["href"]
        assert href == "#targets" or href.startswith("https://github.com/")
    css = document.one("style").text
    assert "url(" not in css
    assert "@import" not in css


def test_the_script_writes_text_and_never_markup() -> None:
    (script,) = [each for each in document_of(report_of(MIXED)).all("script") if not each.attributes]
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|fetch|XMLHttp", script.text
    )


@pytest.mark.parametrize("number", [0, 1, 99, 100, 101, 2_500])
def test_the_first_rows_are_there_without_a_script_and_it_says_of_how_many(number: int) -> None:
    document = document_of(report_of((MIXED * 250)[:number]))
    if not number:
        assert document.all("table") == []
        return
    rows = [each for each in document.all("tr") if "tbody" in each.inside]
    shown = min(number, table.PAGE_ROWS)
    assert len(rows) == shown
    assert document.one("p", id="showing").text == f"Showing {shown:,} of {number:,} targets"
    assert len(json.loads(document.one("script", id="data").text)["rows"]) == number


def test_the_data_reads_back_as_it_was() -> None:
    report = report_of(MIXED)
    data = json.loads(document_of(report).one("script", id="data").text)
    assert data == json.loads(json.dumps(table.rows(report, PAGE).data))
    assert [(row[0], data["outcomes"][row[2]][0]) for row in data["rows"]][:2] == [
        ("acme/service-00002", "failed"),
        ("acme/service-00006", "missing"),
    ]
    started, seconds = data["rows"][1][10:12]
    assert (started, seconds) == (None, None), "nothing is known of a target without a record"


def test_every_cause_is_told_with_its_remedy_and_when_to_run_again() -> None:
    cards = [each.text for each in document_of(report_of(["failed", "deferred", "updated"])).all("article")]
    assert len(cards) == 2
    assert "branch-protected" in cards[0]
    assert "Fix first" in cards[0]
    assert "Add the App to the ruleset's bypass list" in cards[0]
    assert "Safe after 2026-07-01 14:47 UTC" in cards[1]


def test_a_pull_request_of_another_host_is_no_link() -> None:
    records = [record(0, "acme/api", "created", pull_request_url="https://evil.example/acme/api/pull/40")]
    report = aggregate(plan("acme/api"), records, context())
    document = document_of(report)
    assert not [each for each in document.all("a") if "pull/" in each.attributes["href"]]
    assert "#40" in document.one("tbody").text
    assert json.loads(document.one("script", id="data").text)["rows"][0][6] == ""


def test_a_target_leads_to_the_log_of_its_job_in_its_card_and_in_the_table() -> None:
    roster, records = fleet(["failed", "updated", "missing"])
    jobs = [job(0, "failure"), job(1), job(2, "cancelled", url="https://evil.example/job/1")]
    report = aggregate(roster, records, context(), jobs=jobs)
    document = document_of(report)
    logs = [each for each in document.all("a") if each.text == "log"]
    assert [(each.attributes["href"], "article" in each.inside, "tbody" in each.inside) for each in logs] == [
        (jobs[0].url, True, False),
        (jobs[0].url, False, True),
        (jobs[1].url, False, True),
    ]
    data = json.loads(document.one("script", id="data").text)
    assert [data["logs"][row[9]] for row in data["rows"]] == [jobs[0].url, "", jobs[1].url]
    assert not [each for each in document_of(report_of(MIXED)).all("a") if each.text == "log"], "none is known"


def test_a_log_of_many_targets_is_held_once() -> None:
    roster, records = fleet(["failed"] * 50)
    report = aggregate(roster, records, context(), jobs=[job(0, "failure")])
    one_leg = report.model_copy(
        update={"results": tuple(r.model_copy(update={"job_url": f"{SERVER}/job/1"}) for r in report.results)}
    )
    assert table.rows(one_leg, PAGE).data["logs"] == ["", f"{SERVER}/job/1"]


def test_the_times_are_utc_whatever_the_records_say() -> None:
    from datetime import datetime, timedelta, timezone

    begun = datetime(2026, 7, 1, 16, 2, tzinfo=timezone(timedelta(hours=2)))
    records = [record(0, "acme/api", started_at=begun, finished_at=begun + timedelta(seconds=61))]
    document = document_of(aggregate(plan("acme/api"), records, context()))
    assert document.one("tbody").text.strip().endswith("14:02:001 min 1 s")
