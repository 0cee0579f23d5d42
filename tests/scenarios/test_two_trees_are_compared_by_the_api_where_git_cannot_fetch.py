"""Where git reaches no commit, GitHub's API lists the two trees: the answer is git's, or everything, and never less."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from github_sandbox.limits import Limits
from support.api_only import TOKEN, Hosted, empty_workspace, hosted
from support.detecting import GROUPS, ZERO, Remote, detect, git, story, truth
from support.editions import only_on

pytestmark = only_on("full", why="Commits and trees are read over REST on every edition.")


@pytest.fixture(scope="module")
def host() -> Iterator[Hosted]:
    with hosted(story().remote) as found:
        yield found


def test_a_runner_without_git_has_the_answer_of_one_with_git(tmp_path: Path, host: Hosted) -> None:
    at = story()
    topic, created = at.topic[-1], {"before": ZERO, "created": True}
    pull = {"pull_request": {"head": {"sha": topic}, "base": {"sha": at.main[0]}}}
    workspace = empty_workspace(tmp_path)
    for event, payload, sha, ref, base, requests in (
        ("push", {"before": at.main[0]}, at.main[2], "main", at.main[0], 4),
        ("push", {"before": at.replaced, "forced": True}, at.main[2], "main", at.replaced, 4),
        ("push", created, topic, "topic", at.main[1], 6),
        ("push", created, at.main[2], "main", None, 2),
        ("pull_request", pull, at.merge, "topic", at.main[2], 4),
        ("pull_request_target", pull, at.main[2], "main", at.main[1], 7),
        ("merge_group", {"merge_group": {"base_sha": at.main[1]}}, at.main[2], "main", at.main[1], 4),
        ("push", created, at.orphan, "orphan", None, 4),
    ):
        host.scene.forget()
        answer = detect(
            workspace,
            event,
            payload,
            sha=sha,
            ref=f"refs/heads/{ref}",
            variables=host.variables("absent"),
            token=TOKEN,
            groups=GROUPS,
        )
        where = f"{event} {payload}: {answer.log}"
        assert answer.code == 0, where
        assert (answer.base, answer.everything) == (base or "", base is None), where
        head = topic if event == "pull_request_target" else sha
        assert answer.paths == truth(at.remote, base, head), where
        assert (host.scene.reads() <= requests, host.scene.writes()) == (True, 0), host.scene.order()


def test_a_commit_that_a_step_made_is_compared_with_what_github_has(tmp_path: Path, host: Hosted) -> None:
    at = story()
    workspace = at.remote.check_out(at.main[2], folder=tmp_path)
    git(workspace, "remote", "remove", "origin")
    (workspace / "made.txt").write_text("made\n")
    git(workspace, "add", "made.txt")
    git(workspace, "commit", "--quiet", "-m", "made")
    answer = detect(workspace, "push", {"before": at.main[0]}, sha=at.main[2], variables=host.variables(), token=TOKEN)
    assert answer.files == ["library/a.py", "made.txt", "services/api/main.py"], answer.log
    assert (answer.everything, answer.base) == (False, at.main[0])


def test_a_listing_that_github_cuts_off_is_continued_directory_by_directory(tmp_path: Path, host: Hosted) -> None:
    at = story()
    whole = host.scene.sandbox.limits
    host.scene.sandbox.limits = Limits(tree_entries=7)
    try:
        answer = detect(
            empty_workspace(tmp_path),
            "push",
            {"before": at.main[0]},
            sha=at.main[2],
            variables=host.variables("absent"),
            token=TOKEN,
        )
    finally:
        host.scene.sandbox.limits = whole
    assert answer.files == ["library/a.py", "services/api/main.py"], answer.log
    assert not answer.everything


@pytest.mark.parametrize("token", ["", "tok-without-account"])
def test_without_a_token_everything_counts_and_both_ways_are_named(tmp_path: Path, host: Hosted, token: str) -> None:
    at = story()
    workspace = at.remote.check_out(at.main[2], folder=tmp_path)
    git(workspace, "remote", "set-url", "origin", f"file://{tmp_path}/nothing")
    answer = detect(workspace, "push", {"before": at.main[0]}, sha=at.main[2], variables=host.variables(), token=token)
    assert (answer.code, answer.everything, answer.base_reason) == (0, True, "base-unreachable")
    assert answer.files == truth(at.remote, None, at.main[2])
    assert "git could not fetch it" in answer.log
    assert "GitHub's API" in answer.log


def test_names_that_are_no_utf_8_are_exact_or_everything(tmp_path: Path) -> None:
    remote = Remote(tmp_path / "remote")
    first = remote.commit({"a": "1", "old/caf\udce9": "1"})
    second = remote.commit({"a": "2"})
    third = remote.commit({"old/caf\udce9": "2"})
    remote.push("main")
    with hosted(remote) as host:

        def between(before: str, sha: str) -> tuple[bool, list[str]]:
            workspace = empty_workspace(tmp_path / sha[:12])
            answer = detect(
                workspace, "push", {"before": before}, sha=sha, variables=host.variables("absent"), token=TOKEN
            )
            assert answer.code == 0, answer.log
            return answer.everything, answer.paths

        assert between(first, second) == (False, ["a"])
        everything, paths = between(second, third)
        # Such a name is never shown in a wrong form, so the paths cannot be listed.
        assert (everything, paths) == (True, [])
