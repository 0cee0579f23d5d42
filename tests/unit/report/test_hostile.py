"""Whatever a name, a reason or a message holds, no channel gets a row, link, image, mention, tag or command more."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from action_patterns.contracts import ErrorRecord, Exclusion, RunReport
from action_patterns.escape import is_repository, visible
from action_patterns.report.build import Rendered, build
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.model.reason_links import GUIDES
from action_patterns.report.render import comment
from action_patterns.report.render.view import Page
from support.html_document import read
from support.report_builders import context, job, plan, record
from support.sample import examples

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
ATTACKS = (
    "|", "\\|", "`", "```\n", "\n", "\r\n\r\n# h\n", "| x | y |\n", "[a](https://evil.example)", "](https://evil.example)",
    "![a](https://evil.example/x.png)", "<img src=x onerror=y>", "<!-- ", "-->", "</summary>", "</details>",
    "<script>alert(1)</script>", "https://evil.example", "www.evil.example", "@octocat", "#1", "GH-1", ":tada:", "$x$",
    "::error::x", "##[error]x", "\n::set-output name=x::y", "\u202e", "\x00", "\x1b[31m", "\u2028", "> [!NOTE]", "---",
    "```mermaid", "</testcase>", "]]>",
)  # fmt: skip
hostile = st.lists(st.sampled_from(ATTACKS) | st.text(max_size=4), min_size=1, max_size=4).map("".join)
OUTCOMES = ("created", "failed", "blocked", "deferred", "planned", "unchanged", "skipped", "missing")


def told(text: str, *, linked: str = "", reason: str | None = None, server_url: str = "https://github.com") -> Rendered:
    """One run in which everything that others may write is this text; the names differ by their number."""
    reason = text if reason is None else reason
    names = [f"{linked}{index}{text}" for index in range(len(OUTCOMES))]
    error = ErrorRecord(category="conflict", message=text, remediation=text, retryable=False)
    records = [
        record(
            index,
            name,
            outcome,
            reason=reason,
            message=text,
            error=error if outcome in ("failed", "blocked") else None,
            pull_request_url=None,
            pull_request_number=None,
            files=(text,),
            changed_fields=(text,),
            planned_requests=(text,),
        )
        for index, (name, outcome) in enumerate(zip(names, OUTCOMES, strict=True))
        if outcome != "missing"
    ]
    roster = plan(*names, name=text, excluded=(Exclusion(repository=text, reason="archived"),))
    before = aggregate(roster, records, context(run_id=1, run_number=411))
    return build(
        roster, records, context(workflow=text, repository="acme/platform", server_url=server_url), previous=before,
        notes=(text,), artifact_name=text, name=text,
        jobs=[job(index, name=f"{text} / Apply {index}: {text}", url=text) for index in range(len(OUTCOMES))],
    )  # fmt: skip


def flat(tokens: Iterable[Token]) -> list[Token]:
    return [each for token in tokens for each in (token, *flat(token.children or ()))]


def structure(markdown: str) -> Counter[str]:
    """How often each kind occurs. Text and code do not count; nor do breaks inside the fences."""
    return Counter(token.type for token in flat(PARSER.parse(markdown)) if token.type not in ("text", "code_inline"))


PLAIN = told("plain text")
PAGE = Page(context=context(), artifact_name="artifact")


def prose(markdown: str) -> str:
    return "\n".join(token.content for token in flat(PARSER.parse(markdown)) if token.type == "text")


AUTOMATIC = re.compile(r"@\w|(?<![\w\u2060])#\d|\bGH-\d|://|\bwww\.|:tada:", re.IGNORECASE)


@settings(max_examples=examples(40), deadline=None)
@given(text=hostile)
def test_the_summary_and_the_comment_keep_their_structure(text: str) -> None:
    assume(not is_repository(f"0{text}"))  # that would rightly be linked
    said = told(text)
    for ours, theirs in (
        (PLAIN.markdown, said.markdown),
        (comment.fit(PLAIN.report, PAGE), comment.fit(said.report, PAGE)),
    ):
        expected, found = structure(ours), structure(theirs)
        assert not found - expected  # a text of nothing takes its line with it; none adds one
        assert found["image"] == 0
        assert not AUTOMATIC.search(prose(theirs))
        links = [str(t.attrs["href"]) for t in flat(PARSER.parse(theirs)) if t.type == "link_open"]
        assert all(link.startswith("https://github.com/") for link in links)


@settings(max_examples=examples(40), deadline=None)
@given(text=hostile)
def test_the_log_has_as_many_lines_and_none_is_a_command(text: str) -> None:
    lines = told(text).text.splitlines()
    assert len(lines) <= len(PLAIN.text.splitlines())
    assert not any(line.startswith("::") or "##[" in line or "\x1b" in line for line in lines)


HARMLESS = read(PLAIN.html)


@settings(max_examples=examples(40), deadline=None)
@given(text=hostile)
@example(text="/0")
def test_the_html_keeps_its_elements_and_attributes(text: str) -> None:
    page = told(text).html
    document = read(page)
    more = document.structure() - HARMLESS.structure()
    # A name that could be a repository's is a link, and `names` in a sentence are code. Where all names could be, they
    # are the value of an input too. These are counted apart.
    assert set(more) <= {("a", "href"), ("code",), ("pre", "tabindex")}, more
    assert more["pre", "tabindex"] <= 1
    links = {each.attributes["href"] for each in document.all("a")}
    assert all(link == "#targets" or link.startswith("https://github.com/") for link in links)
    policies = [
        page.partition('Content-Security-Policy" content="')[2].partition('"')[0] for page in (page, PLAIN.html)
    ]
    assert policies[0] == policies[1]
    data = json.loads(document.one("script", id="data").text)
    assert len(data["rows"]) == len(OUTCOMES)
    assert {row[0] for row in data["rows"]} == {visible(f"{index}{text}") for index in range(len(OUTCOMES))}


GHES = "https://git.acme.example"
like_ours = st.tuples(st.sampled_from(sorted({*GUIDES, *GUIDES.values()})), hostile).map("".join)
reasons = st.sampled_from(sorted(GUIDES)) | hostile | like_ours


@settings(max_examples=examples(40), deadline=None)
@given(text=hostile, reason=reasons)
def test_every_link_leads_to_the_runs_own_server_or_to_the_guide_of_a_reason_of_ours(text: str, reason: str) -> None:
    said = told(text, reason=reason, server_url=GHES)
    summary, said_again = said.markdown, comment.fit(said.report, Page(context=context(server_url=GHES)))
    tokens = flat([*PARSER.parse(summary), *PARSER.parse(said_again)])
    links = {str(token.attrs["href"]) for token in tokens if token.type == "link_open"}
    links |= {each.attributes["href"] for each in read(said.html).all("a")}
    elsewhere = {link for link in links if not link.startswith(f"{GHES}/")} - {"#targets"}
    # One target left no record: that reason is ours.
    assert elsewhere == {GUIDES["lost"], *([GUIDES[reason]] if reason in GUIDES else [])}


@settings(max_examples=examples(40), deadline=None)
@given(text=hostile)
def test_the_json_reads_back_as_it_was(text: str) -> None:
    report = told(text).report
    encoded = report.encode()
    assert RunReport.decode(encoded, name="run-report.json") == report
    assert json.loads(encoded)["name"] == text
