"""One target to the end: lost races, lost answers, refusals, and what is told of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from action_patterns.content.changes import FileChange
from action_patterns.errors import (
    ActionPatternsError,
    AnswerLostError,
    LostRaceError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)
from action_patterns.pull_request.observation import observed_paths
from action_patterns.pull_request.ownership.marker import parse_marker
from action_patterns.pull_request.reconcile import MAX_ROUNDS, Reconciliation, reconcile
from action_patterns.pull_request.spec.desired import Desired
from support.builders import add, desired_state
from support.fake_github import FakeGitDatabase, FakeGitHub, FakePullRequests
from support.fake_repository import Repository

FULL = desired_state(labels=["bot"], assignees=["alice"], reviewers=["bob"], team_reviewers=["core"])


class DisturbedGit(FakeGitDatabase):
    _github: Disturbed

    def create_tree(self, *args: Any) -> str:
        return str(self._github.around("tree", lambda: super(DisturbedGit, self).create_tree(*args)))

    def update_branch(self, *args: Any, **values: Any) -> Any:
        verb = "delete" if values["after"] is None else "update"
        return self._github.around(verb, lambda: super(DisturbedGit, self).update_branch(*args, **values))


class DisturbedPulls(FakePullRequests):
    _github: Disturbed

    def update(self, *args: Any) -> Any:
        return self._github.around("edit", lambda: super(DisturbedPulls, self).update(*args))

    def create(self, *args: Any) -> Any:
        return self._github.around("pull", lambda: super(DisturbedPulls, self).create(*args))

    def set_issue_fields(self, *args: Any, **values: Any) -> Any:
        return self._github.around("issue", lambda: super(DisturbedPulls, self).set_issue_fields(*args, **values))

    def add_labels(self, *args: Any) -> Any:
        return self._github.around("labels", lambda: super(DisturbedPulls, self).add_labels(*args))


class Disturbed(FakeGitHub):
    """GitHub that does something else once, when a verb is called."""

    git_type = DisturbedGit
    pulls_type = DisturbedPulls

    def __init__(self, repository: Repository) -> None:
        super().__init__(repository)
        self.there = repository
        self.first: dict[str, Callable[[], None]] = {}
        """What happens before the verb takes effect, the first time."""
        self.then: dict[str, Callable[[], None]] = {}
        """What happens after it took effect, the first time."""

    def around(self, verb: str, call: Callable[[], Any]) -> Any:
        if verb in self.first:
            self.first.pop(verb)()
        answer = call()
        if verb in self.then:
            self.then.pop(verb)()
        return answer


def target() -> Disturbed:
    return Disturbed(Repository("acme/api", {"README.md": b"# api\n"}))


def failing(error: ActionPatternsError) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def run(github: FakeGitHub, desired: Desired = FULL, waits: list[float] | None = None) -> Reconciliation:
    slept: list[float] = [] if waits is None else waits
    return reconcile(desired, "acme/api", github, dry_run=False, pause=slept.append)


def another_run_of(github: Disturbed) -> Callable[[], None]:
    def other() -> None:
        run(FakeGitHub(github.there))

    return other


LOST = AnswerLostError("lost", remediation="look")
DOWN = UnavailableError("down", remediation="wait")
REFUSED = RefusedError("Validation Failed", remediation="correct it")
DENIED = PermissionDeniedError("may not", remediation="allow it")


def test_a_new_pull_request_takes_six_writes() -> None:
    github = target()
    ended = run(github)
    assert github.journal == ["tree", "commit", "ref", "pull", "issue", "reviewers"]
    assert github.reads == 1
    assert (ended.decision.outcome, ended.before_oid) == ("created", None)
    assert ended.after_oid == github.there.refs[FULL.branch]


def test_binary_content_takes_one_blob_more() -> None:
    github = target()
    run(github, desired_state(add("logo.png", b"\0\xff")))
    assert github.journal == ["blob", "tree", "commit", "ref", "pull"]
    assert github.there.files(github.there.refs[FULL.branch])["logo.png"] == ("100644", b"\0\xff")


def test_a_content_update_takes_three_writes() -> None:
    github = target()
    run(github)
    github.journal.clear()
    ended = run(github, desired_state(add(content=b"newer\n"), labels=["bot"], assignees=["alice"], reviewers=["bob"],
                             team_reviewers=["core"]))  # fmt: skip
    assert github.journal == ["tree", "commit", "ref"]
    assert (ended.decision.outcome, ended.decision.reason) == ("updated", "content")


def test_a_person_who_pushes_between_reading_and_writing_wins() -> None:
    github = target()
    run(github)
    github.first["update"] = lambda: github.there.by_people.add(github.there.push(FULL.branch, {"x": b"x"}))
    waits: list[float] = []
    ended = run(github, desired_state(add(content=b"newer\n")), waits)
    assert (ended.decision.outcome, ended.decision.reason) == ("blocked", "human-commit")
    assert github.there.refs[FULL.branch] in github.there.by_people
    assert waits == [1.0]


def test_a_branch_that_another_run_makes_at_the_same_time_is_used() -> None:
    github = target()
    github.first["update"] = another_run_of(github)
    ended = run(github)
    assert (ended.decision.outcome, ended.decision.reason) == ("unchanged", "up-to-date")
    assert len(github.there.pulls) == 1


def test_a_pull_request_that_another_run_opens_at_the_same_time_is_used() -> None:
    github = target()
    github.first["pull"] = another_run_of(github)
    ended = run(github)
    assert len(github.there.pulls) == 1
    assert ended.pull_request is not None
    assert ended.pull_request.number == 1
    assert ended.error is None
    assert (ended.decision.outcome, ended.decision.reason) == ("unchanged", "up-to-date")
    assert ended.decision.message == "Another run opened #1 with the same content at the same time."


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_lost_answer_to_opening_is_looked_up_and_never_sent_twice_blindly(moment: str) -> None:
    github = target()
    (github.first if moment == "before" else github.then)["pull"] = failing(LOST)
    ended = run(github)
    assert [p.number for p in github.there.pulls] == [1]
    assert (ended.decision.outcome, ended.decision.reason) == ("created", "opened")
    assert github.there.pulls[0].labels == ["bot"]
    assert github.there.pulls[0].assignees == ["alice"]
    assert github.there.pulls[0].requested == ["bob", "acme/core"]


def test_a_race_that_is_lost_every_time_ends_and_is_told() -> None:
    class Restless(FakeGitDatabase):
        def update_branch(self, *args: Any, **values: Any) -> None:
            raise LostRaceError("moved", remediation="Run again.")

    waits: list[float] = []
    github = FakeGitHub(Repository("acme/api", {"a": b"1"}))
    github.git = Restless(github)
    ended = run(github, waits=waits)
    assert isinstance(ended.error, LostRaceError)
    assert waits == [1.0, 2.0, 4.0, *[8.0] * 6]
    assert len(waits) == MAX_ROUNDS - 1


@pytest.mark.parametrize("error", [REFUSED, DENIED, NotFoundError("gone", remediation="look")])
def test_a_pull_request_refused_for_good_takes_its_branch_back(error: ActionPatternsError) -> None:
    github = target()
    github.first["pull"] = failing(error)
    ended = run(github)
    assert (ended.decision.outcome, ended.decision.reason) == ("blocked", "pull-request-refused")
    assert ended.error is error
    assert FULL.branch not in github.there.refs
    assert ended.after_oid is None


def test_a_branch_that_a_person_committed_to_is_not_taken_back() -> None:
    github = target()

    def refuse() -> None:
        github.there.push(FULL.branch, {"mine.txt": b"mine\n"})
        raise REFUSED

    github.first["pull"] = refuse
    assert run(github).decision.reason == "foreign-branch"
    assert github.there.refs[FULL.branch] in github.there.by_people


def test_a_branch_that_is_taken_away_before_its_pull_request_is_written_again() -> None:
    github = target()

    def refuse() -> None:
        github.there.move(FULL.branch, None)
        raise REFUSED

    github.first["pull"] = refuse
    assert run(github).decision.outcome == "created"
    assert [pull.state for pull in github.there.pulls] == ["OPEN"]


def test_what_was_written_counts_though_another_run_came_between() -> None:
    """A text alone is written, while another run makes the same commit anew: nothing is left to do, but it was done."""
    github = target()
    repository = github.there
    run(github)
    commit = repository.commits[repository.refs[FULL.branch]]
    recheck = repository.commit(commit.tree, commit.parents, commit.message, commit.author)
    github.first["edit"] = lambda: repository.move(FULL.branch, recheck)
    waits: list[float] = []
    ended = run(github, desired_state(labels=["bot"], assignees=["alice"], body="New words."), waits)
    assert waits == [1.0]
    assert (ended.decision.outcome, ended.decision.reason) == ("updated", "fields")
    assert ended.decision.changed_fields == ("body",)
    assert ended.after_oid == recheck


def test_what_several_rounds_changed_is_told_together() -> None:
    github = target()
    run(github)
    other = desired_state(add(content=b"theirs\n"), labels=["bot"], assignees=["alice"], body="Theirs.")
    github.then["labels"] = lambda: run(FakeGitHub(github.there), other)
    ours = desired_state(add(content=b"ours\n"), labels=["bot", "more"], assignees=["alice"], body="Ours.")
    ended = run(github, ours)
    assert ended.decision.changed_fields == ("content", "body", "labels")
    assert "Ours." in github.there.pulls[0].body
    assert github.there.files(github.there.refs[ours.branch])["ci.yml"][1] == b"ours\n"


def test_the_branch_of_an_earlier_pull_request_is_not_taken_back() -> None:
    github = target()
    run(github)
    github.there.squash(github.there.pulls[0], keep_branch=True)
    github.first["pull"] = failing(REFUSED)
    run(github, desired_state(add(content=b"newer\n")))
    assert FULL.branch in github.there.refs


@pytest.mark.parametrize("error", [DOWN, RateLimitedError("later", remediation="wait")])
@pytest.mark.parametrize("verb", ["tree", "update", "pull", "issue"])
def test_any_other_error_is_told_and_the_next_run_goes_on(verb: str, error: ActionPatternsError) -> None:
    github = target()
    github.first[verb] = failing(error)
    ended = run(github)
    assert ended.error is error
    ended = run(github)
    assert ended.error is None
    clean = target()
    run(clean)
    assert github.there.state() == clean.there.state()


@pytest.mark.parametrize("error", [REFUSED, DENIED])
def test_fields_that_are_refused_cost_those_fields_only(error: ActionPatternsError) -> None:
    github = target()
    github.first["issue"] = failing(error)
    ended = run(github)
    assert ended.decision.outcome == "created"
    assert ended.refused_fields == ()
    pull = github.there.pulls[0]
    assert (pull.labels, pull.assignees, pull.requested) == (["bot"], ["alice"], ["bob", "acme/core"])
    assert "add-labels" in github.journal


def test_of_fields_that_go_together_only_the_one_that_is_refused_is_lost() -> None:
    github = target()
    desired = desired_state(labels=["bot"], assignees=["alice"], milestone="99")
    ended = run(github, desired)
    assert ended.refused_fields == ("milestone:99",)
    pull = github.there.pulls[0]
    assert (pull.labels, pull.assignees, pull.milestone) == (["bot"], ["alice"], None)


def test_people_github_refuses_are_remembered_and_never_asked_again() -> None:
    github = target()
    desired = desired_state(
        assignees=["alice", "nobody"], reviewers=["bob", "nobody"], team_reviewers=["core", "ghosts"]
    )
    ended = run(github, desired)
    refused = ("assignee:nobody", "reviewer:nobody", "team:ghosts")
    assert ended.refused_fields == refused
    pull = github.there.pulls[0]
    assert (pull.assignees, pull.requested) == (["alice"], ["bob", "acme/core"])
    marker = parse_marker(pull.body)
    assert marker is not None
    assert marker.refused == refused
    github.journal.clear()
    assert run(github, desired).refused_fields == refused
    assert github.journal == []


def test_the_author_is_not_asked_to_review() -> None:
    github = target()
    ended = run(github, desired_state(reviewers=["bot"]))
    assert github.journal == ["tree", "commit", "ref", "pull"]
    assert ended.refused_fields == ()


def test_a_target_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(NotFoundError):
        reconcile(FULL, "acme/absent", target(), dry_run=False, pause=lambda _: None)


def test_the_directories_above_a_path_are_looked_at_too() -> None:
    changes = desired_state(add("a/b/c.txt"), add("a/d.txt")).changes
    assert observed_paths(change.path for change in changes) == ("a", "a/b", "a/b/c.txt", "a/d.txt")


def test_an_executable_a_link_and_a_submodule_arrive_as_such() -> None:
    github = target()
    changes = (
        add("run", b"#!/bin/sh\n", "100755"),
        add("link", b"run", "120000"),
        FileChange(path="sub", mode="160000", gitlink="c" * 40),
    )
    run(github, desired_state(*changes))
    files = github.there.files(github.there.refs[FULL.branch])
    assert {path: mode for path, (mode, _) in files.items() if path != "README.md"} == {
        "run": "100755",
        "link": "120000",
        "sub": "160000",
    }
