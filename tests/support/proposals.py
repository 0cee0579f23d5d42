"""The fleet of one repository to which a job of create-pull-request's kind proposes a change, and what it sends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from github_sandbox import Sandbox, VirtualClock
from github_sandbox.clock import SEED_SECONDS

REPOSITORY, BRANCH, TITLE, TOKEN = "acme/api", "create-pull-request/patch", "Update the contents", "ghs_job"
PATH, CONTENT = "CONTENTS.md", "# Contents\n"
RECORDING = Path(__file__).parents[1] / "recordings" / "create-pull-request.json"
MODES = ("push", "sign-commits")

Request = dict[str, Any]


def sandbox() -> Sandbox:
    """Return the fleet, at a time that stands still: equal runs then make equal object ids."""
    seed = {
        "users": ["alice", {"login": "github-actions[bot]", "bot": True}],
        "organizations": {"acme": {"members": ["alice"]}},
        "tokens": {TOKEN: {"login": "github-actions[bot]", "kind": "actions", "repositories": [REPOSITORY]}},
        "repositories": [{"name": REPOSITORY, "files": {"README.md": "hello\n", "docs/use.md": "# Use\n"}}],
    }
    return Sandbox.from_seed(seed, clock=VirtualClock(SEED_SECONDS))


def recorded() -> dict[str, list[list[Request]]]:
    """Return the requests of two runs, by mode."""
    found: dict[str, list[list[Request]]] = json.loads(RECORDING.read_text("utf-8"))
    return found


def record(mode: str, runs: list[list[Request]]) -> None:
    """Write the requests of one mode."""
    known = recorded() if RECORDING.exists() else {}
    RECORDING.write_text(json.dumps(known | {mode: runs}, indent=1, sort_keys=True) + "\n", "utf-8")


def is_proposed(made: Sandbox, mode: str) -> None:
    """Raise AssertionError unless one pull request proposes the change, in one commit on the base."""
    view = made.repository(REPOSITORY)
    (pull,) = view.pulls()
    assert (pull.state, pull.head, pull.title, pull.author) == ("open", BRANCH, TITLE, "github-actions[bot]")
    assert (pull.labels, pull.reviewers) == (["automated"], ["alice"])
    tip = view.commit(BRANCH)
    assert tip.parents == (view.tip(),)
    assert view.files(BRANCH) == view.files() | {PATH: ("100644", CONTENT.encode())}
    assert view.is_verified(tip.oid) is (mode == "sign-commits")
    assert made.violations == []
