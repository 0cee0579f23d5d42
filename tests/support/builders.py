"""Desired and observed states for tests of the decision: everything has a default, a test states its subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from action_patterns.content.blob import blob_oid
from action_patterns.content.changes import FileChange, Mode
from action_patterns.ports.git import ObservedFile, Tip
from action_patterns.ports.pull_requests import Observed, PullRequest
from action_patterns.pull_request.decide.comparison import change_digest
from action_patterns.pull_request.ownership.marker import PullRequestMarker, compose, text_hash
from action_patterns.pull_request.ownership.source import Run
from action_patterns.pull_request.ownership.trailers import Trailers, render
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.spec.resolve import resolve
from action_patterns.pull_request.spec.spec import PullRequestSpec

KEY = "sync"
BASE_TIP = Tip(oid="b" * 40, tree="base tree")
OLD_BASE = "a" * 40
HUMAN_TIP = Tip(
    oid="9" * 40, tree="their tree", message="Fix it by hand", parents=("e" * 40,), author="Alice <alice@acme>"
)


def add(path: str = "ci.yml", content: bytes = b"new\n", mode: Mode = "100644", **fields: Any) -> FileChange:
    return FileChange(path=path, mode=mode, content=content, **fields)


def remove(path: str, **fields: Any) -> FileChange:
    return FileChange(path=path, mode=None, **fields)


def desired_state(*changes: FileChange, **fields: Any) -> Desired:
    """`fields` = those of a PullRequestSpec, and key, branch, head_repository, bot."""
    names = ("key", "branch", "head_repository", "bot", "changes", "source")
    given: dict[str, Any] = {name: fields.pop(name) for name in names if name in fields}
    asked_for = PullRequestSpec(**({"title": "Sync files", "body": "Our words."} | fields))
    return resolve(asked_for, changes=given.pop("changes", None) or changes or (add(),), **({"key": KEY} | given))


def file(content: bytes = b"old\n", mode: Any = "100644") -> ObservedFile:
    return ObservedFile(blob_oid(content), mode)


DIRECTORY = ObservedFile("d" * 40, "040000")


def our_tip(
    desired: Desired,
    *,
    pending: tuple[FileChange, ...] | None = None,
    parent: str = BASE_TIP.oid,
    base: str = "main",
    kept: str = "",
    run: Run | None = None,
) -> Tip:
    """The commit a finished run leaves for a desired state of which `pending` differed from the base."""
    changes = desired.changes if pending is None else pending
    trailers = Trailers(
        key=desired.key, digest=change_digest(changes, desired.base or base), tree="our tree", kept=kept, run=run
    )
    message = render(desired.commit_message, trailers, parents=(parent,))
    return Tip(oid="1" * 40, tree="our tree", message=message, parents=(parent,), author="bot <bot@acme>")


def marker_of(desired: Desired, **fields: Any) -> PullRequestMarker:
    values: dict[str, Any] = {
        "key": desired.key,
        "title": text_hash(desired.title),
        "block": text_hash(desired.block),
        "labels": desired.labels,
        "assignees": desired.assignees,
        "milestone": desired.milestone or "",
        "auto_merge": "" if desired.auto_merge == "off" else desired.auto_merge,
    }
    return PullRequestMarker(**(values | fields))


def our_pull(desired: Desired, *, marker: PullRequestMarker | None = None, **fields: Any) -> PullRequest:
    """The pull request a finished run leaves for a desired state."""
    values: dict[str, Any] = {
        "number": 7,
        "url": "https://github.com/acme/api/pull/7",
        "state": "OPEN",
        "title": desired.title,
        "body": compose(marker or marker_of(desired), desired.block),
        "base": desired.base or "main",
        "head_oid": "1" * 40,
        "author": "bot",
        "labels": desired.labels,
        "assignees": desired.assignees,
        "requested": (*desired.reviewers, *(f"acme/{team}" for team in desired.team_reviewers)),
    }
    return PullRequest(**(values | fields))


def observe(
    *,
    tip: Tip | None = None,
    pulls: tuple[PullRequest, ...] = (),
    files: Mapping[str, ObservedFile | None] | None = None,
    **fields: Any,
) -> Observed:
    values: dict[str, Any] = {
        "repository": "acme/api",
        "repository_id": "R_1",
        "archived": False,
        "disabled": False,
        "empty": False,
        "can_push": None,
        "base": "main",
        "base_tip": BASE_TIP,
        "files": {"ci.yml": None} if files is None else dict(files),
        "branch_tip": tip,
        "pull_requests": pulls,
    }
    return Observed(**(values | fields))


def converged(desired: Desired, **pull_fields: Any) -> Observed:
    """What a finished run leaves behind."""
    return observe(tip=our_tip(desired), pulls=(our_pull(desired, **pull_fields),))


def edited(pull: PullRequest, body: str) -> PullRequest:
    return replace(pull, body=body)
