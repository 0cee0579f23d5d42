"""What track writes: a table of how the campaign stands, what text of ours there is, and what follows."""

from __future__ import annotations

import pytest

from action_patterns import registry
from action_patterns.actions.track import ACTION
from action_patterns.contracts import RunReport
from action_patterns.ports import Post
from action_patterns.report.aggregate import aggregate
from action_patterns.report.track import Kind, Step, decide, marker
from support.report_builders import context, fleet

ME = "bot"


def report_of(*outcomes: str) -> RunReport:
    roster, records = fleet(list(outcomes))
    return aggregate(roster, records, context())


WRONG, WELL, UNSURE = report_of("failed", "updated"), report_of("updated", "updated"), report_of("deferred", "updated")


def post(number: int, report: RunReport, *, open_: bool = True, author: str = ME) -> Post:
    return Post(number, f"https://x/{number}", author, f"{marker(report)}\nText", "t", open_)


def done(kind: Kind, report: RunReport, *posts: Post) -> list[tuple[str, int | None]]:
    return [(step.do, step.post.id if step.post else None) for step in decide(kind, report, posts, ME)]


def test_the_registry_finds_it() -> None:
    assert registry.load("track") is ACTION


@pytest.mark.parametrize(
    ("kind", "report", "posts", "steps"),
    [
        ("issue", WRONG, [], [("create", None)]),
        ("issue", WRONG, [post(3, WRONG)], []),
        ("issue", WRONG, [post(3, WELL)], [("update", 3)]),
        ("issue", WRONG, [post(3, WRONG, open_=False)], [("update", 3)]),
        ("issue", WELL, [], []),
        ("issue", WELL, [post(3, WRONG)], [("close", 3)]),
        ("issue", WELL, [post(3, WELL, open_=False)], []),
        ("issue", UNSURE, [post(3, WRONG)], []),
        ("issue", WRONG, [post(3, WRONG, author="mallory")], [("create", None)]),
        ("issue", WRONG, [Post(3, "u", ME, "No marker")], [("create", None)]),
        ("issue", WRONG, [post(9, WRONG), post(3, WRONG)], [("remove", 9)]),
        ("issue", WRONG, [post(9, WRONG, open_=False), post(3, WRONG)], []),
        ("comment", WRONG, [], [("create", None)]),
        ("comment", WELL, [], []),
        ("comment", WELL, [post(3, WRONG)], [("update", 3)]),
        ("comment", WELL, [post(3, WELL)], []),
        ("comment", UNSURE, [post(3, WRONG)], []),
        ("comment", WRONG, [post(9, WELL), post(3, WELL)], [("remove", 9), ("update", 3)]),
    ],
)
def test_decide(kind: Kind, report: RunReport, posts: list[Post], steps: list[tuple[str, int | None]]) -> None:
    assert done(kind, report, *posts) == steps


def test_another_campaigns_text_is_not_ours_and_a_hostile_name_closes_no_comment() -> None:
    other = WRONG.model_copy(update={"name": "x --> <b>"})
    assert marker(other).count("-->") == 1
    assert "<b>" not in marker(other)
    assert decide("issue", other, [post(3, WRONG)], ME) == (Step("create"),)
