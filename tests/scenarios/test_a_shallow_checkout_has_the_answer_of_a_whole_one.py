"""At depth 1, 2 and full, an answer is the same; the checkout is left as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.detecting import ZERO, detect, git, story
from support.editions import without_github

pytestmark = without_github(why="The commits come from a remote that the test makes.")


@pytest.mark.parametrize("depth", [1, 2, 0])
def test_the_depth_makes_no_difference(tmp_path: Path, depth: int) -> None:
    at = story()
    workspace = at.remote.check_out(at.topic[-1], depth=depth, folder=tmp_path)
    before = git(workspace, "config", "--list", "--local"), sorted(map(str, (workspace / ".git").rglob("*")))
    created = {"before": ZERO, "created": True}
    answer = detect(workspace, "push", created, sha=at.topic[-1], ref="refs/heads/topic")
    assert (answer.base, answer.files) == (at.main[1], ["docs/use.md", "services/web/main.py"])
    answer = detect(workspace, "push", {"before": at.main[0]}, sha=at.topic[-1], ref="refs/heads/topic")
    assert answer.files == ["docs/use.md", "services/api/main.py", "services/web/main.py"]
    after = git(workspace, "config", "--list", "--local"), sorted(map(str, (workspace / ".git").rglob("*")))
    assert after == before
    assert not list((tmp_path / "temp").glob("action-patterns-git-*"))


def test_a_clone_without_trees_is_completed(tmp_path: Path) -> None:
    at = story()
    workspace = tmp_path / "workspace"
    git(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=tree:0", at.remote.url, str(workspace))
    git(workspace, "checkout", "--quiet", "--detach", at.main[-1])
    answer = detect(workspace, "push", {"before": at.main[0]}, sha=at.main[-1])
    assert answer.files == ["library/a.py", "services/api/main.py"]
