"""All that may have happened to a target before a run, and all that may be desired: strategies for hypothesis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from hypothesis import strategies as st

from action_patterns.content.changes import FileChange, Mode
from action_patterns.ports.github import GitHub
from action_patterns.pull_request.reconcile import Reconciliation, reconcile
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.spec.resolve import resolve
from action_patterns.pull_request.spec.spec import PullRequestSpec
from support.fake_github import FakeGitHub
from support.fake_repository import KilledError, Moment, Pull, Repository

TARGET = "acme/api"
START = {"a.txt": b"1\n", "b.txt": b"1\n", "d/c.txt": b"1\n", "d/e.txt": b"1\n"}

LONG = "A long line of text.\n" * 5_000
"""More than GitHub takes in one body."""

paths = st.sampled_from(["a.txt", "b.txt", "d/c.txt", "new.txt", "n/w.bin"])
contents = st.sampled_from([b"1\n", b"2\n", b"3\n", b"\0\xff", b""])
optional_modes: st.SearchStrategy[Mode | None] = st.sampled_from(
    [None, "100644", "100644", "100755", "120000"]  # an ordinary file most often
)


@st.composite
def changes(draw: st.DrawFn) -> tuple[FileChange, ...]:
    found = []
    for path in draw(st.lists(paths, max_size=3, unique=True)):
        mode: Mode | None = draw(optional_modes)
        found.append(FileChange(path=path, mode=mode, content=b"" if mode is None else draw(contents)))
    return tuple(found)


@st.composite
def desired_states(draw: st.DrawFn) -> Desired:
    asked_for = PullRequestSpec(
        base=draw(st.sampled_from([None, None, None, "main", "dev"])),
        title=draw(st.sampled_from(["Sync files", "Sync all files"])),
        body=draw(st.sampled_from(["", "Text.", "Text.", "Other --> text\r\n\r\nwith lines\n", LONG])),
        commit_message=draw(st.sampled_from([None, "chore: sync\n\nWith words.\n\nCo-authored-by: A <a@b>"])),
        labels=tuple(draw(st.lists(st.sampled_from(["bot", "Deps", "deps", "ci --> x"]), max_size=3))),
        assignees=tuple(draw(st.lists(st.sampled_from(["alice", "Bob", "nobody"]), max_size=2))),
        reviewers=tuple(draw(st.lists(st.sampled_from(["alice", "bob", "bot", "nobody"]), max_size=3))),
        team_reviewers=tuple(draw(st.lists(st.sampled_from(["core", "acme/core", "ghosts"]), max_size=2))),
        milestone=draw(st.sampled_from([None, None, "v1", "v2", "nowhere"])),
        draft=draw(st.sampled_from(["false", "true", "always-true"])),
        auto_merge=draw(st.sampled_from(["off", "off", "squash", "rebase"])),
        on_converged=draw(st.sampled_from(["close", "close", "keep"])),
        on_base_moved=draw(st.sampled_from(["leave", "leave", "rewrite"])),
        on_closed=draw(st.sampled_from(["respect", "reopen", "new"])),
        on_human_commits=draw(st.sampled_from(["stop", "stop", "append", "overwrite"])),
        adopt=draw(st.sampled_from(["never", "never", "same-author", "any"])),
    )
    return resolve(asked_for, key="sync", changes=draw(changes()))


@dataclass
class World:
    """A target, what people wrote on it, and the desired state that came last."""

    github: FakeGitHub
    repository: Repository
    branch: str
    said: int = 0
    texts: dict[str, int] | None = None
    """What people wrote outside our block, and on which pull request."""
    always_leases: bool = True
    """No run met a server on which a branch can only be moved forward."""

    def say(self, pull: Pull) -> str:
        self.said += 1
        self.texts = self.texts or {}
        text = f"A person's words {self.said}."
        self.texts[text] = pull.number
        return text


def run(world: World, desired_state: Desired, *, dry_run: bool = False) -> Reconciliation:
    github = cast("GitHub", world.github)  # It has what a reconciliation asks for.
    return reconcile(desired_state, TARGET, github, dry_run=dry_run, pause=lambda _: None)


Event = Callable[[World], None]


def _on_open(act: Callable[[World, Pull], None]) -> Event:
    def event(world: World) -> None:
        pull = world.repository.open_pull(world.branch)
        if pull is not None:
            act(world, pull)

    event.__name__ = act.__name__
    return event


def _on_branch(act: Callable[[World], None]) -> Event:
    def event(world: World) -> None:
        if world.branch in world.repository.refs:
            act(world)

    event.__name__ = act.__name__
    return event


@_on_branch
def a_person_commits_to_the_branch(world: World) -> None:
    world.repository.push(world.branch, {"mine.txt": b"mine\n"})


@_on_branch
def a_person_amends_our_commit(world: World) -> None:
    world.repository.amend(world.branch, {"mine.txt": b"mine\n"})


@_on_branch
def a_person_deletes_the_branch(world: World) -> None:
    world.repository.move(world.branch, None)


def a_person_makes_the_branch(world: World) -> None:
    if world.branch not in world.repository.refs:
        world.repository.move(world.branch, world.repository.refs["main"])
        world.repository.push(world.branch, {"mine.txt": b"mine\n"})


def a_person_opens_a_pull_request_there(world: World) -> None:
    refs = world.repository.refs
    if world.branch in refs and world.repository.open_pull(world.branch) is None:
        number = len(world.repository.pulls) + 1
        world.repository.pulls.append(
            Pull(number, "Mine", "My words", world.branch, "main", refs[world.branch], "alice")
        )


def a_fork_has_a_branch_of_that_name(world: World) -> None:
    number = len(world.repository.pulls) + 1
    world.repository.pulls.append(
        Pull(number, "From a fork", "x", world.branch, "main", "f" * 40, "mallory", foreign_head=True)
    )


@_on_open
def a_person_edits_the_title(world: World, pull: Pull) -> None:
    pull.title = world.say(pull)


@_on_open
def a_person_writes_below_our_block(world: World, pull: Pull) -> None:
    pull.body = f"{pull.body}\n{world.say(pull)}"


@_on_open
def a_person_writes_above_our_block(world: World, pull: Pull) -> None:
    head, _, rest = pull.body.partition("\n")
    pull.body = f"{head}\n{world.say(pull)}\n{rest}"


@_on_open
def a_person_removes_our_fences(world: World, pull: Pull) -> None:
    for fence in ("<!-- action-patterns:begin -->", "<!-- action-patterns:end -->"):
        pull.body = pull.body.replace(fence, "")


@_on_open
def a_person_removes_the_lower_fence(world: World, pull: Pull) -> None:
    pull.body = pull.body.replace("<!-- action-patterns:end -->", "")


@_on_open
def a_person_edits_inside_our_block(world: World, pull: Pull) -> None:
    pull.body = pull.body.replace("begin -->\n", "begin -->\nGraffiti\n")


@_on_open
def the_web_editor_saves_with_crlf(world: World, pull: Pull) -> None:
    pull.body = pull.body.replace("\r\n", "\n").replace("\n", "\r\n")


@_on_open
def a_person_labels(world: World, pull: Pull) -> None:
    pull.labels.append(world.repository.label("by-hand"))


@_on_open
def a_person_removes_labels(world: World, pull: Pull) -> None:
    pull.labels.clear()


@_on_open
def a_person_retargets(world: World, pull: Pull) -> None:
    pull.base = "dev" if pull.base == "main" else "main"


@_on_open
def a_person_closes(world: World, pull: Pull) -> None:
    pull.state = "CLOSED"


@_on_open
def a_person_merges(world: World, pull: Pull) -> None:
    world.repository.squash(pull, keep_branch=False)


@_on_open
def a_person_merges_and_keeps_the_branch(world: World, pull: Pull) -> None:
    world.repository.squash(pull, keep_branch=True)


@_on_open
def a_person_chooses_another_milestone(world: World, pull: Pull) -> None:
    pull.milestone = None if pull.milestone == 2 else 2


@_on_open
def a_person_marks_it_ready(world: World, pull: Pull) -> None:
    pull.draft = False


@_on_open
def a_person_enables_auto_merge(world: World, pull: Pull) -> None:
    pull.auto_merge = "merge"


@_on_open
def a_person_comments(world: World, pull: Pull) -> None:
    world.repository.comments += 1
    pull.comments[world.repository.comments] = ("alice", world.say(pull))


@_on_open
def a_person_deletes_our_comments(world: World, pull: Pull) -> None:
    pull.comments = {number: found for number, found in pull.comments.items() if found[0] != "bot"}


def a_person_reopens(world: World) -> None:
    ended = [pull for pull in world.repository.pulls if pull.state == "CLOSED" and not pull.foreign_head]
    there = world.repository.refs.get(world.branch)
    if ended and world.repository.open_pull(world.branch) is None and there == ended[-1].head_oid:
        ended[-1].state = "OPEN"


@_on_open
def the_reviewers_review(world: World, pull: Pull) -> None:
    pull.reviewed += [name for name in pull.requested if "/" not in name]
    pull.requested = [name for name in pull.requested if "/" in name]


def the_server_is(*, compare_and_swap: bool, graphql: bool) -> Event:
    """Another server, or another token: what GitHub offers a run need not be what it offered the one before."""

    def event(world: World) -> None:
        world.repository.compare_and_swap, world.repository.graphql = compare_and_swap, graphql
        world.always_leases = world.always_leases and compare_and_swap

    event.__name__ = f"leases: {compare_and_swap}, GraphQL: {graphql}"
    return event


def base_gets(path: str, content: bytes | None, branch: str = "main") -> Event:
    def event(world: World) -> None:
        world.repository.push(branch, {path: content})

    event.__name__ = f"{branch} gets {path} = {content!r}"
    return event


def a_run(desired_state: Desired, write: int, moment: Moment) -> Event:
    """A run of ours, killed at a write (0 = never)."""

    def event(world: World) -> None:
        if write:
            world.github.die(write, moment)
        try:
            run(world, desired_state)
        except KilledError:
            pass
        finally:
            world.github.live()

    event.__name__ = f"run(killed {moment} {write}, {desired_state})" if write else f"run({desired_state})"
    return event


PEOPLE: list[Event] = [
    a_person_commits_to_the_branch,
    a_person_amends_our_commit,
    a_person_deletes_the_branch,
    a_person_makes_the_branch,
    a_person_opens_a_pull_request_there,
    a_fork_has_a_branch_of_that_name,
    a_person_edits_the_title,
    a_person_writes_below_our_block,
    a_person_writes_above_our_block,
    a_person_removes_our_fences,
    a_person_chooses_another_milestone,
    a_person_marks_it_ready,
    a_person_enables_auto_merge,
    a_person_comments,
    a_person_deletes_our_comments,
    a_person_reopens,
    a_person_removes_the_lower_fence,
    a_person_edits_inside_our_block,
    the_web_editor_saves_with_crlf,
    a_person_labels,
    a_person_removes_labels,
    a_person_retargets,
    a_person_closes,
    a_person_merges,
    a_person_merges_and_keeps_the_branch,
    the_reviewers_review,
]

runs = st.builds(a_run, desired_states(), st.integers(0, 9), st.sampled_from(["before", "after"]))
pushes = st.builds(base_gets, paths, st.none() | contents, st.sampled_from(["main", "main", "dev"]))
servers = st.sampled_from([(True, True), (False, True), (False, False)]).map(
    lambda has: the_server_is(compare_and_swap=has[0], graphql=has[1])
)
events = st.one_of(runs, st.sampled_from(PEOPLE), pushes, servers)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """At least one run of ours in most cases, and whatever people and the base do around it, on any server."""
    return [
        *draw(st.lists(servers, max_size=1)),
        *draw(st.lists(runs, max_size=1)),
        *draw(st.lists(events, max_size=5)),
    ]


def lived(history: list[Event], desired_state: Desired) -> World:
    """The world after a history."""
    repository = Repository(TARGET, START)
    repository.move("dev", repository.refs["main"])
    repository.push("dev", {"dev.txt": b"1\n"})
    world = World(FakeGitHub(repository), repository, desired_state.branch)
    for event in history:
        event(world)
    return world
