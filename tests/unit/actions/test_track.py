"""What track writes: a table of how the campaign stands, what text of ours there is, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from pydantic import SecretStr

from action_patterns import registry
from action_patterns.actions.track import ACTION, TrackInputs, TrackOutputs, run
from action_patterns.contracts import RunReport
from action_patterns.errors import AnswerLostError, InputError, UnavailableError
from action_patterns.ports.github import GitHub
from action_patterns.ports.issues import Newest, Post
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.render import comment
from action_patterns.tracking.decide import Kind, Step, decide
from action_patterns.tracking.memory import marker
from support.memory_ports import MemoryFiles, World
from support.report_builders import context, fleet

ME = "bot"


def report_of(*outcomes: str) -> RunReport:
    roster, records = fleet(list(outcomes))
    return aggregate(roster, records, context())


WRONG, WELL, UNSURE = report_of("failed", "updated"), report_of("updated", "updated"), report_of("deferred", "updated")
WORSE, LATER = report_of("failed", "failed"), report_of("failed", "deferred")
MUCH_LATER = LATER.model_copy(
    update={
        "causes": tuple(
            c.model_copy(update={"resumes_at": c.resumes_at + timedelta(hours=1)}) if c.resumes_at else c
            for c in LATER.causes
        )
    }
)
FIRST, SECOND = report_of("failed", "skipped"), report_of("skipped", "failed")
EMPTY, SKIPPED = report_of(), report_of("skipped", "updated")
NO_ROSTER = aggregate(None, (), context(), name="sync-files")


def of_run(report: RunReport, number: int, *, run_id: int = 0) -> RunReport:
    """What another run would have written: ids grow with numbers where nothing else is said."""
    return report.model_copy(
        update={"run_id": run_id or report.run_id + number - 412, "run_number": number, "attempt": 1}
    )


def post(
    number: int,
    report: RunReport,
    *,
    open_: bool = True,
    author: str = ME,
    above: str = "",
    written_into: int | None = None,
) -> Post:
    body = f"{above}{marker(report, post=written_into)}\nText"
    return Post(id=number, url=f"https://x/{number}", author=author, body=body, title="t", open=open_)


def damaged() -> Post:
    """A text of ours whose state a person cut."""
    return Post(id=3, url="u", author=ME, body=marker(WRONG).partition("says")[0])


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
        ("issue", WRONG, [post(3, WRONG, open_=False)], []),  # a person closed it, and nothing is different
        ("issue", WRONG, [post(3, LATER, open_=False)], []),  # what is deferred is no failure
        ("issue", WRONG, [post(3, WORSE, open_=False)], [("close", 3)]),  # fewer fail: remembered, and not opened
        ("issue", WORSE, [post(3, WRONG, open_=False)], [("update", 3)]),  # something else fails
        ("issue", EMPTY, [post(3, WRONG)], []),  # what vanished is not repaired
        ("issue", SKIPPED, [post(3, WRONG)], [("update", 3)]),  # it says that the target was skipped
        ("issue", WELL, [post(3, NO_ROSTER)], [("close", 3)]),
        ("issue", EMPTY, [post(3, NO_ROSTER)], []),
        ("issue", WRONG, [post(3, WELL, open_=False)], [("update", 3)]),
        ("issue", NO_ROSTER, [post(3, WELL, open_=False)], [("update", 3)]),
        ("issue", WELL, [post(3, WRONG, open_=False)], [("close", 3)]),  # or its failing again would go unsaid
        ("issue", WRONG, [post(3, LATER)], [("update", 3)]),
        ("issue", LATER, [post(3, MUCH_LATER)], [("update", 3)]),
        ("issue", WELL, [post(3, of_run(WRONG, 413))], []),
        ("issue", WRONG, [post(3, of_run(WELL, 413), open_=False)], []),
        ("issue", WORSE, [post(3, WRONG.model_copy(update={"attempt": 3}))], []),
        ("issue", WORSE, [post(3, of_run(WRONG, 411))], [("update", 3)]),
        ("issue", WORSE, [post(3, of_run(WRONG, 500, run_id=1))], [("update", 3)]),  # of another workflow, before it
        ("issue", WORSE, [post(9, of_run(WRONG, 413)), post(3, WRONG)], []),
        ("issue", WRONG, [damaged()], [("update", 3)]),
        ("issue", WELL, [damaged()], [("update", 3)]),  # what failed is not known, so neither is that all is done
        ("issue", WRONG, [post(3, WRONG, above="> see the wiki\r\n\r\n")], []),
        ("issue", WELL, [post(3, WRONG, above="> see the wiki\n")], [("close", 3)]),
        ("issue", WELL, [post(4, WRONG, written_into=3), post(3, WRONG)], [("close", 3)]),  # a copy of it
        ("issue", WRONG, [post(4, WRONG, written_into=3)], [("create", None)]),
        ("issue", WELL, [post(9, WORSE), post(3, WRONG)], [("close", 3), ("remove", 9)]),
        ("issue", FIRST, [post(9, SECOND), post(3, FIRST)], [("update", 3), ("remove", 9)]),  # it takes over its names
        ("issue", WELL, [], []),
        ("issue", WELL, [post(3, WRONG)], [("close", 3)]),
        ("issue", WELL, [post(3, WELL, open_=False)], []),
        ("issue", UNSURE, [post(3, WRONG)], []),
        ("issue", WRONG, [post(3, WRONG, author="mallory")], [("create", None)]),
        ("issue", WRONG, [Post(id=3, url="u", author=ME, body="No marker")], [("create", None)]),
        ("issue", WRONG, [post(9, WRONG), post(3, WRONG)], [("remove", 9)]),
        ("issue", WRONG, [post(9, WRONG, open_=False), post(3, WRONG)], []),
        ("comment", WRONG, [], [("create", None)]),
        ("comment", WELL, [], []),
        ("comment", WELL, [post(3, WRONG)], [("update", 3)]),
        ("comment", WELL, [post(3, WELL)], []),
        ("comment", UNSURE, [post(3, WRONG)], []),
        ("comment", WRONG, [post(9, WELL), post(3, WELL)], [("update", 3), ("remove", 9)]),
    ],
)
def test_decide(kind: Kind, report: RunReport, posts: list[Post], steps: list[tuple[str, int | None]]) -> None:
    assert done(kind, report, *posts) == steps


def test_another_campaigns_text_is_not_ours_and_a_hostile_name_closes_no_comment() -> None:
    other = WRONG.model_copy(update={"name": "x --> <b>"})
    assert marker(other).count("-->") == 1
    assert "<b>" not in marker(other)
    assert decide("issue", other, [post(3, WRONG)], ME) == (Step("create"),)


class Lagging:
    """ports.Issues whose listing is one read behind, and which loses as many answers as it is told."""

    def __init__(self, lost: int = 0) -> None:
        self.there: list[Post] = []
        self.shown: tuple[Post, ...] = ()
        self.lost = lost

    def viewer(self, repository: str) -> str:
        return ME

    def repository_id(self, repository: str) -> str:
        return ""

    def newest(self, repository: str, *, pages: int, author: str = "") -> Newest:
        shown, self.shown = self.shown, tuple(self.there)
        return Newest(shown, complete=True)

    def update(self, repository: str, number: int, fields: Mapping[str, str]) -> None:
        self.there[number - 1] = replace(self.there[number - 1], body=fields["body"])

    def create(self, repository: str, *, title: str, body: str, labels: Sequence[str]) -> Post:
        if self.lost:
            self.lost -= 1
            raise AnswerLostError("The answer was lost.", remediation="Look.")
        self.there.append(Post(id=len(self.there) + 1, url="https://x/1", author=ME, body=body, title=title))
        return self.there[-1]


def track(issues: Lagging, report: RunReport, **inputs: str) -> tuple[TrackOutputs, list[str]]:
    world = World(files=MemoryFiles({"run-report.json": report.encode()}))
    github = cast("GitHub", SimpleNamespace(issues=issues))
    ports = replace(world.ports(), github=lambda credentials, allowance: github)
    return run(TrackInputs(report="run-report.json", token=SecretStr("t"), **inputs), ports).outputs, world.log.lines


def test_what_github_acknowledged_is_not_created_again_when_the_listing_lags() -> None:
    issues = Lagging()
    assert track(issues, WRONG)[0].outcome == "created"
    assert len(issues.there) == 1


def test_answers_that_are_lost_again_and_again_are_an_error() -> None:
    with pytest.raises(UnavailableError, match="After 4 rounds"):
        track(Lagging(lost=9), WRONG)


def test_an_old_run_says_which_newer_one_it_leaves_alone() -> None:
    issues = Lagging()
    issues.shown = (post(3, of_run(WRONG, 413)),)
    outputs, log = track(issues, WELL)
    assert outputs.outcome == "unchanged"
    assert any("A newer run wrote the current text (413, attempt 1)" in line for line in log)


def test_a_report_without_a_name_is_refused_unless_it_is_given_one() -> None:
    nameless = aggregate(None, (), context())
    with pytest.raises(InputError, match="has no name") as refused:
        track(Lagging(), nameless)
    assert "Set `name`" in refused.value.remediation
    issues = Lagging()
    track(issues, nameless, name="sync-files")
    assert issues.there[0].title == "sync-files: targets failing"
    assert decide("issue", WELL, issues.there, ME)[0].do == "close", "a run with a plan knows it for its own"


def test_a_name_follows_the_rule_of_every_name() -> None:
    with pytest.raises(InputError, match="`name` is 'Nightly \\[x\\]', which no campaign has") as refused:
        track(Lagging(), WRONG, name="Nightly [x]")
    assert "`title`" in refused.value.remediation


def test_the_text_says_of_which_run_its_numbers_are() -> None:
    issues = Lagging()
    track(issues, WRONG)
    assert comment.AS_OF in issues.there[0].body
