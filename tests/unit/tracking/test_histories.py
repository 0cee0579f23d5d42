"""Random histories of runs and people's edits: at most one open issue, closed only when what it names is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import cast, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from action_patterns.actions.track import TrackInputs, run
from action_patterns.contracts import Outcome, RunReport
from action_patterns.contracts.result import FAILING, UNTRIED
from action_patterns.ports.github import GitHub
from action_patterns.ports.issues import Newest, Post
from action_patterns.tracking.memory import JOB, RUN, Failure, Memory, failing, memory_of
from support import sample
from support.memory_ports import MemoryFiles, World
from support.tracking import NAMES, report_of

ME = "bot"

runs = st.none() | st.dictionaries(st.sampled_from(NAMES), st.sampled_from(get_args(Outcome)), max_size=3)
edits = st.sampled_from(("close", "write above", "write below", "copy of another", "own copy", "cut the state"))
histories = st.lists(runs | edits, max_size=12)


class Repository:
    """ports.Issues in memory."""

    def __init__(self) -> None:
        self.posts: dict[int, Post] = {}

    def viewer(self, repository: str) -> str:
        return ME

    def repository_id(self, repository: str) -> str:
        return "7"

    def newest(self, repository: str, *, pages: int, author: str = "") -> Newest:
        return Newest(tuple(self.posts.values()), complete=True)

    def create(self, repository: str, *, title: str, body: str, labels: Sequence[str]) -> Post:
        return self.add(Post(id=0, url="", author=ME, body=body, title=title))

    def update(self, repository: str, number: int, fields: Mapping[str, str]) -> None:
        assert len(fields.get("body", "")) <= 65_536
        post = self.posts[number]
        state = fields.get("state", "open" if post.open else "closed")
        self.posts[number] = replace(post, body=fields.get("body", post.body), open=state == "open")

    def add(self, post: Post) -> Post:
        number = len(self.posts) + 1
        self.posts[number] = replace(post, id=number, url=f"https://x/{number}")
        return self.posts[number]


def track(repository: Repository, report: RunReport) -> None:
    world = World(files=MemoryFiles({"run-report.json": report.encode()}))
    github = cast("GitHub", SimpleNamespace(issues=repository))
    run(TrackInputs(report="run-report.json", token="t"), replace(world.ports(), github=lambda *_: github))  # type: ignore[arg-type]


def edited(repository: Repository, number: int, edit: str) -> int | None:
    """Let a person edit the issue. Return the number of a copy."""
    post = repository.posts[number]
    match edit:
        case "close":
            repository.posts[number] = replace(post, open=False)
        case "write above":
            repository.posts[number] = replace(post, body=f"A note.\r\n{post.body}")
        case "write below":
            repository.posts[number] = replace(post, body=f"{post.body}\n\nA note.")
        case "cut the state":
            repository.posts[number] = replace(post, body=post.body.replace('"failing"', ""))
        case _:
            if edit == "own copy":
                return repository.add(replace(post, open=True)).id
            # As a text from before it had its id.
            body = post.body.replace(f',"post":{number}', "")
            return repository.add(replace(post, author="alice", body=body, open=True)).id
    return None


def is_done(failure: Failure, report: RunReport) -> bool:
    """Whether the run shows by itself that it is done."""
    if failure.reason == RUN:
        return report.counts.total > 0
    assert failure.reason != JOB
    outcomes = {result.outcome for result in report.results if result.target == failure.name}
    return bool(outcomes) and not outcomes & (FAILING | UNTRIED)


@settings(max_examples=sample.examples(100))
@given(history=histories)
def test_at_most_one_issue_is_open_and_it_closes_only_when_what_it_names_is_done(
    history: Sequence[Mapping[str, str] | str | None],
) -> None:
    repository, ours, copies = Repository(), list[int](), set[int]()
    for number, event in enumerate(history, 1):
        if isinstance(event, str):
            copy = edited(repository, ours[0], event) if ours else None
            copies |= {copy} if copy else set()
            continue
        report = report_of(event, number).model_copy(update={"repository_id": "7"})
        before = {at: repository.posts[at] for at in ours}
        held = {at: memory_of(report, post.body) or Memory() for at, post in before.items()}
        track(repository, report)
        ours += [at for at in repository.posts if at not in copies and at not in ours]
        now = {at: repository.posts[at] for at in ours}
        assert sum(post.open for post in now.values()) <= 1
        assert all(repository.posts[at].open for at in copies), "copies stay as they are"
        assert len(ours) <= 1, "there is one issue for all times"
        for at, post in before.items():
            if post.open and not now[at].open:
                assert not held[at].more
                assert all(is_done(failure, report) for failure in held[at].failures)
            others = failing(report) - held[at].failures
            assert now[at].open or not others, "something else fails, so it is open"
            assert now[at].open == post.open or post.open or others, "it is opened only if something else fails"
        assert not failing(report) or ours, "the first failure opens an issue"
