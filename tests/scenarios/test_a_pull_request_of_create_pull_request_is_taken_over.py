"""Migration: a pull request as create-pull-request leaves it becomes one of ours in one run, and nothing is lost.

The migration page's own workflow is what says how: its inputs are read from there.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from action_patterns.pull_request.spec.desired import Desired
from support.people import KEPT, commit_by_hand, seed, settled, target
from support.stage import JOB_TOKEN, Stage, desired_state, stage

PAGE = (Path(__file__).parents[2] / "actions/upsert-pr/MIGRATING.md").read_text()
THEIRS = "create-pull-request/patch"


def inputs() -> dict[str, Any]:
    """The `with:` of the page's example."""
    (block,) = (text for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "adopt:" in text)
    steps = next(iter(yaml.safe_load(block)["jobs"].values()))["steps"]
    (ours,) = (step["with"] for step in steps if "/actions/upsert-pr@" in step.get("uses", ""))
    return dict(ours)


def asked_for(files: dict[str, str | bytes | None] | None = None) -> Desired:
    given = {name.replace("-", "_"): value for name, value in inputs().items() if name != "paths"}
    given["labels"] = [given["labels"]]
    return desired_state(files, key=None, **given)


def left_by_that_tool(scene: Stage) -> str:
    """Its branch, one commit without trailers, a body without marker, its label, and a person's words. Returns the
    tip.
    """
    repository = target(scene)
    tip = repository.commit_files(
        THEIRS,
        {"ci.yml": b"on: push\n"},
        message="[create-pull-request] automated change",
        author="github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>",
        parent=repository.tip("main"),
    )
    repository.open_pull(
        THEIRS, author="github-actions[bot]", title="Changes by create-pull-request action", body="Automated changes."
    )
    repository.edit_pull(1, labels=["automated pr", "by-hand"])
    repository.comment(1, "Looks good.", author="alice")
    return tip


@pytest.mark.parametrize("content", ["the same", "another"])
def test_one_run_takes_it_over_and_the_next_writes_nothing(content: str) -> None:
    now = asked_for({"ci.yml": "on: push\n" if content == "the same" else "on: [push]\n"})
    with stage(seed()) as scene:
        theirs = left_by_that_tool(scene)
        result = scene.upsert(now, token=JOB_TOKEN)
        assert (result.outcome, result.reason, result.pull_request_number) == ("updated", "adopted", 1)
        assert result.branch == THEIRS
        (pull,) = target(scene).pulls()
        assert (pull.state, pull.head, pull.comments) == ("open", THEIRS, ["Looks good."])
        assert pull.title == now.title
        assert "Automated changes." in pull.body
        assert {"automated pr", "by-hand"} <= set(pull.labels)
        kept = target(scene).commit(THEIRS)
        assert theirs in (kept.oid, *kept.parents)
        assert target(scene).files(THEIRS)["ci.yml"][1].decode() == (
            "on: push\n" if content == "the same" else "on: [push]\n"
        )
        settled(scene, now, reads=KEPT, token=JOB_TOKEN)


def test_afterwards_a_persons_commit_stops_it() -> None:
    with stage(seed()) as scene:
        left_by_that_tool(scene)
        scene.upsert(asked_for(), token=JOB_TOKEN)
        theirs = commit_by_hand(scene, THEIRS)
        assert scene.upsert(asked_for({"ci.yml": "on: [push]\n"}), token=JOB_TOKEN).reason == "human-commit"
        assert target(scene).tip(THEIRS) == theirs


def test_a_persons_pull_request_from_that_branch_is_not_taken() -> None:
    with stage(seed()) as scene:
        repository = target(scene)
        repository.commit_files(THEIRS, {"mine.txt": b"x\n"}, message="Mine", parent=repository.tip("main"))
        repository.open_pull(THEIRS, author="alice", title="Mine")
        result = scene.upsert(asked_for(), token=JOB_TOKEN)
        assert (result.outcome, result.reason) == ("blocked", "foreign-pull-request")
