"""The double that unit tests use, and the local GitHub, hold one contract: the same verbs end in the same facts.

A story calls verbs and returns what it saw, without oids, ids and addresses, which differ by design.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from action_patterns.content.blob import blob_oid
from action_patterns.errors import ActionPatternsError
from action_patterns.github_api.client import Client
from action_patterns.ports.git import TreeEntry
from action_patterns.ports.github import GitHub
from action_patterns.ports.pull_requests import NewPullRequest, PullRequest
from support.fake_github import FakeGitHub
from support.fake_repository import Repository
from support.stage import FLEET, TARGET, DyingTransport, stage

FILES = {"README.md": "# api\n", "old.txt": "old\n"}
BRANCH = "action-patterns/x"
PATHS = ("README.md", "old.txt", "new.txt", "absent.txt")


@contextmanager
def double() -> Iterator[GitHub]:
    github = FakeGitHub(Repository(TARGET, {path: text.encode() for path, text in FILES.items()}))
    github.teams, github.index = {"acme/core": (TARGET,)}, {"org:acme in:name api": (TARGET,)}
    yield github


@contextmanager
def sandbox(token: str = "tok-bot") -> Iterator[GitHub]:
    repository = {"name": TARGET, "files": FILES, "milestones": ["v1", "v2"], "auto-merge": True, "protected": ["main"]}
    # An installation token lists an installation; an organization's member reads its teams: this one does both.
    tokens = {"ghs_bot": {"login": "fleet[bot]", "kind": "installation"}}
    tokens |= FLEET["tokens"]
    repository |= {"teams": {"core": "push"}}
    with stage(FLEET | {"repositories": [repository], "tokens": tokens}) as scene:
        yield Client(DyingTransport(scene.context, token=token))


def error_of(call: Callable[[], object]) -> str:
    """Return the class of the error that a call ends with; "none"."""
    try:
        call()
    except ActionPatternsError as error:
        return type(error).__name__
    return "none"


def commit(github: GitHub, parent: str, message: str = "Ours", **texts: str | None) -> str:
    """Return a commit on a parent; None deletes a path, whose dot is written as `_`."""
    entries = [TreeEntry(path=name.replace("_", "."), mode="100644", text=text) for name, text in texts.items()]
    tree = github.git.create_tree(TARGET, github.git.read_commit(TARGET, parent).tree, entries)
    return github.git.create_commit(TARGET, message=message, tree=tree, parents=[parent]).oid


def main(github: GitHub) -> str:
    tip = github.git.read_branch(TARGET, "main")
    assert tip is not None
    return tip


def move(github: GitHub, before: str | None, after: str | None) -> None:
    identity = github.pulls.observe(TARGET, branch=BRANCH, base=None, paths=()).repository_id
    github.git.update_branch(TARGET, identity, BRANCH, before=before, after=after)


def opened(github: GitHub) -> PullRequest:
    """A pull request of ours with one new file."""
    move(github, None, commit(github, main(github), new_txt="n\n"))
    new = NewPullRequest(title="T", body="B", head=BRANCH, base="main", draft=False)
    return github.pulls.create(TARGET, new)


def shown(pull: PullRequest) -> tuple[Any, ...]:
    return (
        *(pull.number, pull.state, pull.title, pull.body, pull.base, pull.draft, pull.foreign_head),
        *(sorted(pull.labels), sorted(pull.assignees), sorted(pull.requested), pull.milestone, pull.auto_merge),
    )


def seen(github: GitHub) -> tuple[Any, ...]:
    """What one look at the target shows."""
    found = github.pulls.observe(TARGET, branch=BRANCH, base=None, paths=PATHS, milestone="v1")
    return (
        *(found.repository, found.archived, found.disabled, found.empty, found.base, found.stacked),
        *(found.compare_and_swap, found.graphql, found.auto_merge_allowed, found.milestones),
        {path: file and (file.oid, file.mode) for path, file in found.files.items()},
        found.branch_tip and (found.branch_tip.message, len(found.branch_tip.parents)),
        [(*shown(pull), [comment.body for comment in pull.comments]) for pull in found.pull_requests],
    )


def what_is_absent(github: GitHub) -> Iterator[object]:
    yield [github.repositories.read([TARGET, "acme/none"])["acme/none"], github.git.read_branch(TARGET, "none")]
    yield error_of(lambda: github.git.read_branch("acme/none", "main"))
    yield error_of(lambda: github.pulls.observe("acme/none", branch=BRANCH, base=None, paths=()))
    yield github.pulls.observe(TARGET, branch=BRANCH, base="none", paths=PATHS).base
    yield seen(github)


def objects(github: GitHub) -> Iterator[object]:
    assert github.git.create_blob(TARGET, b"\xff\0") == blob_oid(b"\xff\0")
    yield github.git.read_blob(TARGET, blob_oid(b"\xff\0"))
    ours = commit(github, main(github), new_txt="n\n", old_txt=None)
    read = github.git.read_files(TARGET, ours, PATHS)
    yield {path: file and (file.oid, file.mode) for path, file in read.items()}
    unknown = TreeEntry(path="x", mode="100644", oid="1" * 40)
    base = github.git.read_commit(TARGET, main(github)).tree
    yield error_of(lambda: github.git.create_tree(TARGET, base, [unknown]))
    absent = TreeEntry(path="absent", mode="100644")
    yield error_of(lambda: github.git.create_tree(TARGET, base, [absent]))


def a_branch_moves_by_compare_and_swap(github: GitHub) -> Iterator[object]:
    first = commit(github, main(github), new_txt="1\n")
    second = commit(github, first, new_txt="2\n")
    move(github, None, first)
    yield error_of(lambda: move(github, None, second))
    yield error_of(lambda: move(github, second, main(github)))
    yield github.git.read_branch(TARGET, BRANCH) == first
    move(github, first, second)
    move(github, first, second)  # It is there already.
    compared = github.git.compare(TARGET, "main", BRANCH)
    assert compared is not None and compared.merge_base == main(github)
    yield compared[:2]
    yield seen(github)
    move(github, second, None)
    yield github.git.read_branch(TARGET, BRANCH)


def a_pull_request_is_opened_once(github: GitHub) -> Iterator[object]:
    yield shown(opened(github))
    again = NewPullRequest(title="T", body="B", head=BRANCH, base="main", draft=False)
    yield error_of(lambda: github.pulls.create(TARGET, again))
    for head in ("none", "main"):
        other = NewPullRequest(title="T", body="B", head=head, base="main", draft=True)
        yield error_of(lambda other=other: github.pulls.create(TARGET, other))  # type: ignore[misc]
    yield seen(github)


def its_fields(github: GitHub) -> Iterator[object]:
    pull = opened(github)
    edited = github.pulls.update(TARGET, pull.number, pull.id, {"title": "U", "body": "C"})
    yield (shown(edited.after), edited.overwritten)
    yield error_of(lambda: github.pulls.update(TARGET, pull.number, pull.id, {"base": "none"}))
    issue = github.pulls.set_issue_fields(TARGET, 1, labels=["Bot"], assignees=["ALICE", "nobody"], milestone=1)
    yield (issue.title, issue.labels, issue.assignees, issue.milestone)
    yield sorted(github.pulls.add_labels(TARGET, 1, ["bot", "sync"]))
    github.pulls.remove_label(TARGET, 1, "BOT")
    github.pulls.remove_label(TARGET, 1, "none")
    yield sorted(github.pulls.add_assignees(TARGET, 1, ["bob", "nobody"]).assignees)
    yield github.pulls.remove_assignees(TARGET, 1, ["Alice", "nobody"]).assignees
    yield error_of(lambda: github.pulls.set_milestone(TARGET, 1, 99))
    yield github.pulls.set_milestone(TARGET, 1, 2).milestone
    yield seen(github)
    yield github.pulls.set_milestone(TARGET, 1, None).milestone


def its_reviewers(github: GitHub) -> Iterator[object]:
    opened(github)

    def ask(*people: str, teams: tuple[str, ...] = ()) -> PullRequest:
        return github.pulls.request_reviewers(TARGET, 1, reviewers=people, team_reviewers=teams)

    yield error_of(lambda: ask("alice", "nobody"))
    yield error_of(lambda: ask("alice", teams=("none",)))
    yield seen(github)
    yield sorted(ask("Alice", teams=("core",)).requested)
    yield sorted(ask("alice", "bob").requested)


def its_comments(github: GitHub) -> Iterator[object]:
    opened(github)
    github.pulls.create_comment(TARGET, 1, "one")
    github.pulls.create_comment(TARGET, 1, "two")
    yield seen(github)
    (pull,) = github.pulls.observe(TARGET, branch=BRANCH, base=None, paths=()).pull_requests
    first, second = pull.comments
    github.pulls.update_comment(TARGET, first.id, "changed")
    github.pulls.delete_comment(TARGET, second.id)
    github.pulls.delete_comment(TARGET, second.id)
    yield seen(github)


def its_end(github: GitHub) -> Iterator[object]:
    pull = opened(github)
    tip = github.git.read_branch(TARGET, BRANCH)
    yield shown(github.pulls.update(TARGET, 1, pull.id, {"state": "closed"}).after)
    yield shown(github.pulls.update(TARGET, 1, pull.id, {"state": "open"}).after)
    move(github, tip, None)
    yield seen(github)
    yield error_of(lambda: github.pulls.update(TARGET, 1, pull.id, {"state": "open"}))
    move(github, None, tip)
    yield shown(github.pulls.update(TARGET, 1, pull.id, {"state": "open"}).after)
    yield seen(github)


def a_draft_and_auto_merge(github: GitHub) -> Iterator[object]:
    pull = opened(github)
    github.pulls.set_auto_merge(TARGET, pull.id, "squash")
    yield seen(github)
    github.pulls.set_auto_merge(TARGET, pull.id, None)
    yield shown(github.pulls.convert_to_draft(TARGET, pull.id))


def sources(github: GitHub) -> Iterator[object]:
    repositories = github.repositories
    yield [target.repository for target in repositories.list_owner("acme").targets]
    yield [listed.repository for listed in repositories.list_team("acme/core")]
    yield error_of(lambda: repositories.list_team("acme/none"))
    yield [listed.repository for listed in repositories.list_installation()]
    yield [listed.repository for listed in repositories.search("acme", "org:acme in:name api")]
    yield repositories.search("acme", "org:acme in:name none")


STORIES = (
    *(what_is_absent, objects, a_branch_moves_by_compare_and_swap, a_pull_request_is_opened_once, its_fields),
    *(its_reviewers, its_comments, its_end, a_draft_and_auto_merge),
)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_one_story_has_one_end(story: Callable[[GitHub], Iterator[object]]) -> None:
    with double() as github:
        expected = list(story(github))
    with sandbox() as github:
        assert list(story(github)) == expected


def test_sources_have_one_end_for_an_app() -> None:
    with double() as github:
        expected = list(sources(github))
    with sandbox("ghs_bot") as github:
        assert list(sources(github)) == expected
