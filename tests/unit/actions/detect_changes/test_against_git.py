"""Random histories, events and depths: the answer is git's, and the same at every depth."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest

from support import random_histories, random_worktrees, sample
from support.api_only import TOKEN, empty_workspace, hosted
from support.detecting import Remote, detect, git, truth

HISTORIES = sample.examples(5)
GROUPS = """
docs: docs/**
source: src/**
library: {paths: lib/**, depends-on: [source]}
"""
DIRECTORIES = {"docs": ("docs/",), "source": ("src/",), "library": ("lib/", "src/")}


@pytest.mark.slow
@pytest.mark.parametrize("number", range(HISTORIES))
def test_every_event_of_a_random_history_is_answered_as_git_does(tmp_path: Path, number: int) -> None:
    dice = random.Random(sample.number("histories", number))
    history = random_histories.make(tmp_path, dice)
    found = random_histories.cases(history, dice)
    for case in found if sample.plays_all() else dice.sample(found, min(8, len(found))):
        for depth in (1, 2, 0) if sample.plays_all() else (dice.choice((1, 2, 0)),):
            workspace = history.remote.check_out(case.checkout, depth=depth)
            answer = detect(
                workspace,
                case.event,
                case.payload,
                sha=case.sha,
                ref=case.ref,
                variables={"GITHUB_SERVER_URL": "http://127.0.0.1:9"},
                groups=GROUPS,
            )
            where = f"{case} at depth {depth}: {answer.log}"
            expected = truth(history.remote, case.base, case.head)
            assert answer.code == 0, where
            assert answer.paths == expected, where
            assert answer.count == str(len(expected)), where
            assert answer.everything == (case.base is None), where
            concerned = {
                name: case.base is None or any(path.startswith(places) for path in expected)
                for name, places in DIRECTORIES.items()
            }
            submodules = {"lib"} & set(expected)
            if not submodules:
                assert answer.groups == concerned, where
            assert answer.changed or not any(concerned.values()), where


@pytest.mark.slow
@pytest.mark.parametrize("number", range(sample.examples(2)))
def test_an_answer_by_the_api_is_git_s_or_everything(tmp_path: Path, number: int) -> None:
    dice = random.Random(sample.number("by the API", number))
    history = random_histories.make(tmp_path, dice)
    found = random_histories.cases(history, dice)
    with hosted(history.remote) as host:
        for case in found if sample.plays_all() else dice.sample(found, min(5, len(found))):
            way = dice.choice(("cut off", "absent"))
            if way == "absent" and case.event == "pull_request" and case.checkout != case.sha:
                way = "cut off"  # Without a checkout the event's own commit is compared.
            if way == "absent":
                workspace = empty_workspace(Path(tempfile.mkdtemp(dir=tmp_path)))
            else:
                workspace = history.remote.check_out(case.checkout, depth=dice.choice((1, 2)))
                git(workspace, "config", "protocol.allow", "never")
            answer = detect(
                workspace,
                case.event,
                case.payload,
                sha=case.sha,
                ref=case.ref,
                variables=host.variables(way),
                token=TOKEN,
                groups=GROUPS,
            )
            where = f"{case} with git {way}: {answer.log}"
            assert answer.code == 0, where
            base = case.base
            if answer.base_reason in ("branch-point", "pull-request") and base and not answer.everything:
                # Two lines that merged each other have several merge-bases, and GitHub chooses one.
                bases = history.remote.git("merge-base", "--all", _tip_of(case, history), case.head).split()
                base = answer.base if answer.base in bases else base
            expected = truth(history.remote, base, case.head)
            if answer.everything and case.base is not None:
                # GitHub's API gives no bytes, and no way from a tag to the tag before it.
                assert "other names than git" in answer.log or "which tags lead to" in answer.log, where
                assert all(answer.groups.values()), where
            else:
                assert answer.everything == (case.base is None), where
                assert answer.paths == expected or (answer.everything and answer.paths == []), where


def _tip_of(case: random_histories.Case, history: random_histories.History) -> str:
    """Return the commit of the base branch that a base is taken from."""
    if case.event == "pull_request_target":
        return case.sha
    return history.main[-1] if case.event == "push" else history.remote.git("rev-parse", f"{case.sha}^1")


@pytest.mark.parametrize("number", range(sample.examples(10)))
def test_a_random_worktree_is_answered_as_git_would_commit_it(tmp_path: Path, number: int) -> None:
    dice = random.Random(sample.number("worktrees", number))
    remote = Remote(tmp_path / "remote")
    names = [*random_worktrees.NAMES[:6], "docs/c"]
    head = remote.commit({name: f"{name}\n" for name in names} | {".gitattributes": "*.txt text eol=lf\n"})
    remote.push("main")
    workspace = remote.check_out(head)
    for _ in range(4):
        random_worktrees.edit(workspace, dice)
        expected = random_worktrees.truth(workspace, head)
        answer = detect(workspace, "push", {}, sha=head, source="worktree")
        state = git(workspace, "status", "--porcelain=v1")
        assert answer.code == 0, f"{state}\n{answer.log}"
        assert answer.paths == sorted(expected), state
        assert answer.added == sorted(path for path, status in expected.items() if status == "A"), state
        assert answer.deleted == sorted(path for path, status in expected.items() if status == "D"), state
        assert answer.changed == bool(expected), state
