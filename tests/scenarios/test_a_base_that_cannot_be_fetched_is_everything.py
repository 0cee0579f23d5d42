"""The commit before the push is gone, or the remote is: everything counts as changed, and no run is red for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.detecting import REPOSITORY, detect, git, story, truth
from support.editions import without_github

pytestmark = without_github(why="The commits come from a remote that the test makes.")


@pytest.mark.parametrize("remote", ["there", "gone", "none"])
def test_everything_counts_with_its_reason(tmp_path: Path, remote: str) -> None:
    at = story()
    head = at.main[-1]
    workspace = at.remote.check_out(head, folder=tmp_path)
    if remote == "gone":
        git(workspace, "remote", "set-url", "origin", f"file://{tmp_path}/nothing")
    if remote == "none":
        git(workspace, "remote", "remove", "origin")
    answer = detect(
        workspace,
        "push",
        {"before": "e" * 40},
        sha=head,
        groups="library: library/**\ndocs: docs/**",
        variables={"GITHUB_SERVER_URL": "http://127.0.0.1:9"},
    )
    assert answer.code == 0, answer.log
    assert (answer.base_reason, answer.everything, answer.base) == ("base-unreachable", True, "")
    assert answer.groups == {"library": True, "docs": True}
    assert answer.files == truth(at.remote, None, head)
    assert "::warning" in answer.log
    assert "eeeeeeeeeeee" in answer.log


def test_a_workspace_without_a_checkout_is_answered_from_the_remote(tmp_path: Path) -> None:
    at = story()
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    settings = tmp_path / "settings"
    git(
        tmp_path,
        "config",
        "--file",
        str(settings),
        f"url.{at.remote.url}.insteadOf",
        f"https://github.com/{REPOSITORY}",
    )
    answer = detect(
        workspace,
        "push",
        {"before": at.main[0]},
        sha=at.main[-1],
        variables={"GIT_CONFIG_GLOBAL": str(settings)},
    )
    assert answer.files == ["library/a.py", "services/api/main.py"], answer.log
    assert list(workspace.iterdir()) == []


@pytest.mark.parametrize("why", ["is not a git repository", "does not trust"])
def test_where_nothing_can_be_read_every_group_is_concerned_and_the_fix_is_named(tmp_path: Path, why: str) -> None:
    at = story()
    workspace = tmp_path / "workspace"
    variables = {"GITHUB_SERVER_URL": "http://127.0.0.1:9"}
    if why == "does not trust":
        at.remote.check_out(at.main[-1], folder=tmp_path)
        variables["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1"
    else:
        workspace.mkdir()
    answer = detect(
        workspace, "push", {"before": at.main[0]}, sha=at.main[-1], groups="a: x/<y>/**\nb: z", variables=variables
    )
    assert (answer.code, answer.everything, answer.changed) == (0, True, True), answer.log
    assert answer.groups == {"a": True, "b": True}
    assert why in answer.log
    assert "cannot be listed" in answer.log
