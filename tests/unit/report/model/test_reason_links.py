"""Every reason of ours leads to the row that explains it, at this release; a reason of others leads nowhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from markdown_it import MarkdownIt

from action_patterns import registry
from action_patterns.actions.record import Facts, RecordInputs, decide
from action_patterns.contracts import RunReport, TargetResult
from action_patterns.errors import Category
from action_patterns.escape import link_url
from action_patterns.release import REPOSITORY, VERSION
from action_patterns.report.model import reason_links
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.render import comment, html, plain_text
from action_patterns.report.render.markdown import document
from action_patterns.report.render.view import Detail, Page
from support.html_document import read
from support.report_builders import LIMITED, PROTECTED, context, plan, record

ROOT = Path(__file__).resolve().parents[4]
OWN = f"https://github.com/{REPOSITORY}/blob/{VERSION}/"
GHES = "https://git.acme.example"
WITHOUT_RECORDS = {
    "once",
    "skip-unchanged",
    "degrade",
    "rate-limit",
    "retry",
    "state",
    "lock",
    "breaker",
    "preflight",
    "assert",
    "ensure",
    "detect-changes",
    "verdict",
    "cancel-superseded",
    "ledger",
}
"""Their reasons are outputs of their steps, and stand in no record."""


def test_every_reason_that_an_action_can_record_and_every_category_of_error_has_a_guide() -> None:
    actions = [registry.load(name) for name in registry.ACTIONS if name not in WITHOUT_RECORDS]
    codes = {reason.code for action in actions for reason in action.reasons} | set(get_args(Category))
    assert codes == set(reason_links.GUIDES)


@pytest.mark.parametrize(("code", "guide"), reason_links.GUIDES.items())
def test_a_guide_leads_to_the_one_row_that_explains_its_reason(code: str, guide: str) -> None:
    assert guide.startswith(OWN)
    path, _, fragment = guide.removeprefix(OWN).partition("#")
    page = (ROOT / path).read_text()
    assert len(re.findall(rf'(?:name|id)="{fragment}"', page)) == 1
    assert re.search(rf'^\| <a name="{fragment}"></a>`{code}` \|', page, re.MULTILINE)
    assert link_url(guide, GHES) == link_url(guide, "https://github.com") == guide, "it is never a link otherwise"


def reported(*records: TargetResult) -> RunReport:
    return aggregate(plan(*(each.target for each in records)), records, context(), needs={"apply": "failure"})


def test_only_the_causes_that_are_ours_have_one() -> None:
    theirs = PROTECTED.model_copy(update={"remediation": "Ask us."})
    report = reported(
        record(0, "acme/a", "blocked", reason="human-commit"),
        record(1, "acme/b", "deferred", error=LIMITED),
        record(2, "acme/c", "failed", reason="tests-failed", error=theirs),
    )
    assert {cause.reason: cause.guide for cause in report.causes} == {
        "human-commit": f"{OWN}actions/upsert-pr/README.md#reason-human-commit",
        "rate-limit": f"{OWN}actions/upsert-pr/README.md#reason-rate-limit",
        "tests-failed": None,
    }
    (missing,) = aggregate(plan("acme/a"), (), context(), needs={"apply": "cancelled"}).causes
    assert missing.guide == f"{OWN}actions/report/README.md#reason-cancelled"


@pytest.mark.parametrize("reason", ["human-commit", "cancelled", "conflict", "tests-failed"])
@pytest.mark.parametrize("outcome", ["failed", "blocked", "missing", "deferred"])
def test_a_reason_that_own_steps_recorded_has_none_even_where_it_is_one_of_our_words(reason: str, outcome: Any) -> None:
    facts = Facts(plan("acme/api"), context(run_attempt=1))
    theirs = decide(RecordInputs(target="acme/api", index=0, outcome=outcome, reason=reason), facts).result
    (cause,) = reported(theirs).causes
    assert (cause.reason, cause.guide) == (reason, None)
    ours = record(0, "acme/api", "failed", reason=reason)
    assert reason_links.of([theirs]) is None
    assert reason_links.of([ours, theirs]) is None
    assert reason_links.of([ours, ours]) == reason_links.GUIDES.get(reason)


@pytest.mark.parametrize("server_url", ["https://github.com", GHES])
def test_every_channel_that_tells_a_cause_tells_its_guide(server_url: str) -> None:
    report = reported(record(0, "acme/a", "blocked", reason="human-commit"))
    page, guide = Page(context=context(server_url=server_url)), reason_links.GUIDES["human-commit"]
    for detail in (Detail(), Detail(messages=False)):
        assert f" · [guide]({guide}) |" in document.render(report, page, detail)
    assert f" · [guide]({guide}) |" in comment.fit(report, page)
    assert f"\n  Guide: {guide}\n" in plain_text.render(report, page)
    (link,) = read(html.render(report, page)).all("a", href=guide)
    assert (link.text, "article" in link.inside) == ("Guide", True)
    assert link.attributes["aria-label"] == "Guide to human-commit"


@pytest.mark.parametrize(
    "guide",
    [
        None,
        "",
        "https://evil.example/",
        f"{OWN}../../../evil/README.md#reason-x",
        f"{OWN}actions/upsert-pr/README.md#reason-x) [x](https://evil.example",
        "javascript:alert(1)",
    ],
)
def test_a_guide_that_somebody_wrote_into_a_report_is_no_link_and_is_not_told(guide: str | None) -> None:
    report = reported(record(0, "acme/a", "blocked", reason="human-commit"))
    report = report.model_copy(update={"causes": (report.causes[0].model_copy(update={"guide": guide}),)})
    page = Page(context=context(server_url=GHES))
    for text in (document.render(report, page, Detail()), comment.fit(report, page), plain_text.render(report, page)):
        assert "uide" not in text
        assert not guide or guide not in text
    tokens = MarkdownIt("commonmark").enable("table").parse(comment.fit(report, page))
    links = [str(each.attrs["href"]) for token in tokens for each in token.children or () if each.type == "link_open"]
    assert links
    assert all(link.startswith(f"{GHES}/") for link in links)
    assert not [each for each in read(html.render(report, page)).all("a") if each.text == "Guide"]
