"""The whole summary, filled with hostile text everywhere, keeps the structure it has with harmless text."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from action_patterns.actions.discover import DiscoverInputs
from action_patterns.contracts import ErrorRecord, Exclusion
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.render import comment, html
from action_patterns.report.render.markdown import document, layout
from action_patterns.report.render.view import Detail, Page
from support.html_document import read
from support.report_builders import context, fleet, job, plan, record
from support.sample import examples

GREEN = ("created", "updated", "closed", "unchanged", "skipped")
OUTCOMES = ("failed", "blocked", "deferred", "created", "updated", "planned", "unchanged", "skipped")

ATTACKS = st.sampled_from(
    ["|", "a | b", "`", "```", "\n\n# h\n", "\n| x | y |\n", "[a](https://e.example)", "![a](https://e.example)",
     "<img src=x>", "<!--", "</details>", "</summary>", "@octocat", "#1", "https://e.example", "\\", "&#124;", "\r",
     "\n> q\n", "\n- i\n", "**", "$", "'", '"', "\x00", "\u202e"]
)  # fmt: skip
hostile = st.lists(ATTACKS | st.text(max_size=4), min_size=1, max_size=5).map("".join)


def render(text: str, detail: Detail, outcomes: tuple[str, ...]) -> str:
    """A report in which `text` stands wherever a text of others may stand."""
    names = [f"{text}{index}" for index in range(len(outcomes))]
    records = [
        record(
            index,
            name,
            outcome,
            reason=text,
            message=text,
            pull_request_number=index,
            pull_request_url=text,
            files=(text,),
            changed_fields=(text, text),
            refused_fields=(text,),
            planned_requests=(text, text),
            error=ErrorRecord(category="defect", message=text, remediation=text, retryable=False)
            if outcome in ("failed", "blocked", "deferred")
            else None,
        )
        for index, (name, outcome) in enumerate(zip(names, outcomes, strict=True))
    ]
    excluded = tuple(Exclusion(repository=name, reason="archived", detail=text) for name in names)
    roster = plan(*names, excluded=excluded, name=text, source_repository=text, source_oid=text)
    page = Page(context=context(workflow=text), artifact_name=text, notes=(text, text))
    before = aggregate(plan(*names[1:], f"{text}x"), (), context(run_id=1, run_number=411))
    return document.render(aggregate(roster, records, page.context, previous=before), page, detail)


def structure(text: str) -> list[str]:
    """Blocks in their order, and how many links and tags stand in the text; code may come from a note's backticks."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    inline = Counter(child.type for token in tokens for child in token.children or ())
    kept = ("link_open", "image", "html_inline", "em_open", "s_open", "strong_open", "softbreak", "hardbreak")
    return [token.type for token in tokens] + [f"{kind}: {inline[kind]}" for kind in kept]


@pytest.mark.slow
@pytest.mark.parametrize("outcomes", [OUTCOMES, GREEN], ids=["all", "green"])
@pytest.mark.parametrize("detail", layout.LADDER, ids=range(len(layout.LADDER)))
@settings(max_examples=examples(40), deadline=None)
@given(text=hostile)
def test_hostile_text_changes_no_structure(detail: Detail, outcomes: tuple[str, ...], text: str) -> None:
    # A harmless text that is no repository's name either, so that neither is linked.
    assert structure(render("x " + text, detail, outcomes)) == structure(render("harmless text", detail, outcomes))


def test_equal_reports_give_equal_bytes() -> None:
    roster, records = fleet([*OUTCOMES, "missing"])
    page = Page(context=context())
    texts = {document.render(aggregate(roster, order, context()), page, Detail()) for order in (records, records[::-1])}
    assert len(texts) == 1


def test_only_links_to_this_server_are_made_of_pull_requests() -> None:
    urls = {
        "https://github.com/acme/a/pull/5": "[#5](https://github.com/acme/a/pull/5)",
        "https://github.com.evil.example/acme/a/pull/5": "#",
        "https://evil.example/acme/a/pull/5": "#",
        "javascript:alert(1)": "#",
    }
    for url, expected in urls.items():
        records = [record(0, "acme/a", "created", pull_request_number=5, pull_request_url=url)]
        text = document.render(aggregate(plan("acme/a"), records, context()), Page(context=context()), Detail())
        assert expected in text
        assert ("/pull/5" in text) == expected.startswith("[")


def test_a_report_that_claims_to_be_of_another_server_is_linked_nowhere() -> None:
    roster, records = fleet(["failed"])
    before = aggregate(roster, records, context(run_id=1, run_number=411, server_url="https://evil.example"))
    report = aggregate(roster, records, context(server_url="https://evil.example"), previous=before)
    page = Page(context=context(), artifact_name="artifact")
    summary, tokens = document.render(report, page, Detail()), MarkdownIt("commonmark").enable("table")
    links = [
        str(child.attrs["href"])
        for text in (summary, comment.fit(report, page))
        for token in tokens.parse(text)
        for child in token.children or ()
        if child.type == "link_open"
    ]
    links += [each.attributes["href"] for each in read(html.render(report, page)).all("a")]
    assert links
    assert not [link for link in links if "evil.example" in link]
    assert "Run 412, attempt 2 · commit" in summary


def test_a_ghes_run_is_rerun_on_its_own_host() -> None:
    roster, records = fleet(["failed"])
    page = Page(context=context(server_url="https://git.acme.example"))
    text = document.render(aggregate(roster, records, page.context), page, Detail())
    assert "gh run rerun 1234567 --repo git.acme.example/acme/platform --failed" in text


def new_run(**changes: Any) -> list[str]:
    roster, records = fleet(["failed", "updated", "deferred", "missing"])
    page = Page(context=context(**changes))
    text = document.render(aggregate(roster, records, page.context), page, Detail())
    (line,) = [line for line in text.splitlines() if line.startswith("gh workflow run")]
    return shlex.split(line)


def test_a_new_run_hands_discover_exactly_the_targets_that_failed_or_were_deferred() -> None:
    command = new_run()
    name, _, value = command[command.index("-f") + 1].partition("=")
    told = DiscoverInputs.model_validate({name: value})
    assert told.only == ("acme/service-00000", "acme/service-00002", "acme/service-00003")


@pytest.mark.parametrize(
    ("run", "ref"),
    [
        ({}, []),
        ({"ref_name": "it's new"}, ["--ref=it's new"]),
        ({"ref_name": "main", "default_branch": None}, ["--ref=main"]),
        ({"ref_name": "12/merge"}, []),
    ],
)
def test_a_new_run_is_of_the_same_branch(run: dict[str, Any], ref: list[str]) -> None:
    assert [word for word in new_run(**run) if word.startswith("--ref")] == ref


@pytest.mark.parametrize(
    ("workflow", "called"), [("--json x; id", "--json x; id"), (".github/workflows/nightly.yml", "nightly.yml")]
)
def test_a_workflow_is_never_taken_for_an_option(workflow: str, called: str) -> None:
    assert new_run(workflow=workflow)[-2:] == ["--", called]


def test_failures_are_listed_one_by_one_only_where_that_adds_something() -> None:
    def listed(*records: dict[str, Any]) -> bool:
        names = [f"acme/{index}" for index in range(len(records))]
        made = [record(index, names[index], "failed", **changes) for index, changes in enumerate(records)]
        text = document.render(aggregate(plan(*names), made, context()), Page(context=context()), Detail())
        return "one by one" in text

    assert not listed({}, {})
    assert listed({"pull_request_number": 1}, {})
    assert listed(*[{}] * 11)
    other = ErrorRecord(category="defect", message="other", remediation="same", retryable=False)
    assert listed({"error": other}, {"error": other.model_copy(update={"message": "another"})})


def test_each_failing_target_leads_to_the_log_of_its_job_by_cause_and_one_by_one() -> None:
    roster, records = fleet(["failed", "deferred", "missing", "updated"])
    records[0] = records[0].model_copy(update={"pull_request_number": 7})  # so that there is a table one by one
    jobs = [job(0, "failure"), job(1), job(2, "cancelled"), job(3)]
    report = aggregate(roster, records, context(), jobs=jobs)
    rows = [
        line for line in document.render(report, Page(context=context()), Detail()).splitlines() if "([log](" in line
    ]
    for index in range(3):
        name = f"acme/service-{index:05d}"
        linked = f"[{name}](https://github.com/{name}) ([log]({jobs[index].url}))"
        assert [row.count(linked) for row in rows].count(1) == 2, name
    assert len(rows) == 6
    assert jobs[3].url not in "".join(rows), "it went well"
    short = document.render(report, Page(context=context()), Detail(messages=False))
    assert short.count("([log](") == 3, "by cause alone, where rows are dear"


@pytest.mark.parametrize("url", ["https://evil.example/1", "javascript:alert(1)", "https://github.com/a b", ""])
def test_a_log_elsewhere_is_no_link(url: str) -> None:
    roster, records = fleet(["failed"])
    report = aggregate(roster, records, context(), jobs=[job(0, "failure", url=url)])
    assert "log](" not in document.render(report, Page(context=context()), Detail())
