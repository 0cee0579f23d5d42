"""Targets other than the plain one, the tokens people use, and what people do on a target."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from action_patterns.contracts import TargetResult
from action_patterns.pull_request.spec.desired import Desired
from github_sandbox.inspection import RepositoryView
from support.stage import FLEET, JOB_TOKEN, TARGET, Stage

PERSON, APP = "ghp_person", "ghs_app"
"""A classic personal access token, and a GitHub App's; by their form, as the product tells them apart."""

CONTENT: Mapping[str, bytes | None] = {"ci.yml": b"on: push\n", "README.md": b"# API\n", "old.txt": None}
"""What `desired state()` asks for."""


def seed(*others: Mapping[str, Any], scopes: list[str] | None = None, **repository: Any) -> dict[str, Any]:
    """The plain world with one more fact about the target, other repositories, and a token of each kind."""
    world = copy.deepcopy(FLEET)
    world["users"] += [{"login": "app[bot]", "bot": True}, {"login": "github-actions[bot]", "bot": True}]
    world["tokens"] |= {
        PERSON: {"login": "bot", "kind": "pat", "scopes": scopes or ["repo", "workflow"]},
        APP: {"login": "app[bot]", "kind": "installation", "permission": "write"},
        JOB_TOKEN: {"login": "github-actions[bot]", "kind": "actions", "repositories": [TARGET]},
    }
    world["repositories"][0] |= repository
    world["repositories"] += others
    return world


def target(scene: Stage) -> RepositoryView:
    return scene.sandbox.repository(TARGET)


def commit_by_hand(scene: Stage, branch: str, *, path: str = "mine.txt", text: str = "by hand\n") -> str:
    """A person's push. Returns the new tip."""
    return target(scene).commit_files(
        branch, {path: text.encode()}, message="My fix", author="Alice <alice@example.com>"
    )


def base_gets_the_content(scene: Stage) -> None:
    target(scene).commit_files("main", CONTENT, message="By hand")


def rewritten(scene: Stage, former: str | None, *, base: str = "main") -> tuple[str | None, ...]:
    """The parents of our commit where it was written anew. Without leases a branch is only ever moved forward: what it
    was stays behind it.
    """
    tip = target(scene).tip(base)
    return (tip,) if scene.has_leases else (former, tip)


def calls_of_a_look(scene: Stage, asked_for: Desired) -> int:
    """How many requests a run begins with before it writes: one, or, over REST, a dozen and the one that finds out."""
    scene.forget()
    scene.upsert(asked_for, dry_run=True)
    calls = len(scene.sandbox.requests)
    scene.forget()
    return calls


KEPT = 2
"""Reads of a run that keeps commits of others: what stands on the bot branch is asked besides."""


def settled(scene: Stage, asked_for: Desired, *, reads: int = 1, **run: Any) -> TargetResult:
    """Run once more: one read (over REST as many as it takes), no write, nothing different."""
    before = scene.sandbox.snapshot()
    scene.forget()
    result = scene.upsert(asked_for, **run)
    assert (result.outcome, scene.writes()) == ("unchanged", 0), (result, scene.order())
    assert scene.reads() == reads or not scene.has_graphql, scene.order()
    assert scene.sandbox.snapshot() == before
    return result


def refused_before_any_write(scene: Stage, asked_for: Desired, reason: str, **run: Any) -> TargetResult:
    """Run: blocked for this reason, with a remedy; nothing was written and nothing is different."""
    before = scene.sandbox.snapshot()
    scene.forget()
    result = scene.upsert(asked_for, **run)
    assert (result.outcome, result.reason, scene.writes()) == ("blocked", reason, 0), (result, scene.order())
    assert result.error is not None
    assert result.error.remediation
    assert scene.sandbox.snapshot() == before
    return result
