"""The cases of the idempotency proofs: every state a target can be in, and what is desired of it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

from action_patterns.content.changes import FileChange
from action_patterns.content.edits import Edit, Mirror
from action_patterns.content.merge import merge
from action_patterns.pull_request.spec.desired import Desired
from support.editions import EDITIONS, WITHOUT_LEASES
from support.harness import Case, FaultPlan, clean_run, run
from support.stage import FLEET, FULL, TARGET, Stage, desired_state

# What was there before


def nothing(_: Stage) -> None:
    """A repository that never saw us."""


def a_pull_request(scene: Stage) -> None:
    scene.upsert(desired_state(**FULL))


def a_pull_request_with_other_labels(scene: Stage) -> None:
    scene.upsert(
        desired_state(labels=["sync", "stale"], assignees=["bob"], reviewers=["alice"], title="Old", body="Old.")
    )


def a_converged_pull_request(scene: Stage) -> None:
    scene.upsert(desired_state(**FULL))
    the_base_gets_the_content(scene)


def the_base_gets_the_content(scene: Stage) -> None:
    scene.sandbox.repository(TARGET).commit_files(
        "main", {"ci.yml": b"on: push\n", "README.md": b"# API\n", "old.txt": None}, message="By hand"
    )


def a_pull_request_that_was_merged(scene: Stage) -> None:
    scene.upsert(desired_state(**FULL))
    scene.sandbox.repository(TARGET).merge_pull(1)


def a_branch_without_a_pull_request(scene: Stage) -> None:
    calls = clean_run(CASES["create"], scene.edition).calls
    run(scene, desired_state(**FULL), FaultPlan({calls.index("pulls/create") + 1: "killed before"}))


def files_of_people(scene: Stage) -> None:
    """Keys and files beside those that the campaign owns."""
    files = {"package.json": b'{"name": "api", "license": "X"}\n', "d/a": b"0\n", "d/old": b"x\n", "d/own": b"x\n"}
    scene.sandbox.repository(TARGET).commit_files("main", files, message="By hand")


def depending() -> Desired:
    """A desired state that depends on what the target holds."""

    def keys(there: bytes | None, owned: bytes) -> bytes:
        return merge("json", there, owned, path="package.json")

    edits = (
        Edit(path="package.json", mode="100644", content=b'{"license": "MIT"}\n', transform=keys),
        Edit(path="NEW.md", mode="100644", content=b"new\n", condition="missing"),
        Edit(path="README.md", mode="100644", content=b"never\n", condition="missing"),
    )
    mirror = Mirror(path="d", keeps=lambda name: name == "own")
    return replace(desired_state({"d/a": "1\n"}), edits=edits, mirrors=(mirror,))


def _seed(*more: dict[str, Any], **target: Any) -> Any:
    def seed() -> dict[str, Any]:
        made = deepcopy(FLEET)
        made["repositories"][0].update(target)
        made["repositories"] += more
        return made

    return seed


RICH = _seed(**{"milestones": ["v1", "v2"], "auto-merge": True, "protected": ["main"]})
"""Milestones, and an auto-merge that has something to wait for."""
FORKED = _seed({"name": "bot/api", "fork": TARGET})


def _closed(scene: Stage) -> None:
    a_pull_request(scene)
    scene.sandbox.repository(TARGET).close_pull(1)


def _closed_and_its_branch_deleted(scene: Stage) -> None:
    _closed(scene)
    scene.sandbox.repository(TARGET).delete_branch(desired_state().branch)


def _a_persons_commit(scene: Stage) -> None:
    a_pull_request(scene)
    scene.sandbox.repository(TARGET).commit_files(desired_state().branch, {"mine.txt": b"mine\n"}, message="Mine")


def _a_note(scene: Stage) -> None:
    _a_persons_commit(scene)
    scene.upsert(desired_state(**FULL))
    repository = scene.sandbox.repository(TARGET)
    repository.set_branch(desired_state().branch, repository.commit(desired_state().branch).parents[0])


def _ours_on_top(scene: Stage) -> None:
    _a_persons_commit(scene)
    scene.upsert(desired_state({"ci.yml": "on: [push]\n"}, on_human_commits="append", **FULL))


def _somebodys_pull_request(scene: Stage) -> None:
    repository = scene.sandbox.repository(TARGET)
    tip = repository.tip("main")
    assert tip is not None
    repository.set_branch(desired_state().branch, tip)
    repository.commit_files(desired_state().branch, {"mine.txt": b"mine\n"}, message="Mine")
    repository.open_pull(desired_state().branch, author="alice", title="By hand", body="My words.")


def _a_long_body(scene: Stage) -> None:
    scene.upsert(desired_state(body=LONG))


def _another_base(scene: Stage) -> None:
    repository = scene.sandbox.repository(TARGET)
    tip = repository.tip("main")
    assert tip is not None
    repository.set_branch("dev", tip)
    repository.commit_files("dev", {"dev.txt": b"dev\n"}, message="Dev")
    a_pull_request(scene)


def _a_renamed_default_branch(scene: Stage) -> None:
    a_pull_request(scene)
    scene.sandbox.repository(TARGET).rename_branch("main", "trunk")


def _a_conflict(scene: Stage) -> None:
    a_pull_request(scene)
    scene.sandbox.repository(TARGET).commit_files("main", {"README.md": b"# Something else\n"}, message="By hand")


def _in_the_way(scene: Stage) -> None:
    repository = scene.sandbox.repository(TARGET)
    tip = repository.tip("main")
    assert tip is not None
    repository.set_branch("action-patterns", tip)


def _a_ruleset(scene: Stage) -> None:
    scene.sandbox.repository(TARGET).protect("action-patterns/**", "creation", classic=False)


def _a_rich_pull_request(scene: Stage) -> None:
    scene.upsert(desired_state(milestone="v2", auto_merge="rebase", **FULL))


def _a_pull_request_from_a_fork(scene: Stage) -> None:
    scene.upsert(desired_state(head_repository="bot/api"))


LONG = "A long line of text.\n" * 5_000
_EVERY_KIND = (
    FileChange(path="run.sh", mode="100755", content=b"#!/bin/sh\n"),
    FileChange(path="link", mode="120000", content=b"README.md"),
    FileChange(path="logo.png", mode="100644", content=b"\x89PNG\0\xff"),
    FileChange(path="old.txt", mode=None),
    FileChange(path="a b/\u00e9.txt", mode="100644", content=b"crlf\r\n"),
    FileChange(path="sub", mode="160000", gitlink="1" * 40),
)

ANYWHERE = tuple(EDITIONS)
_OBJECTS = ("git/create-tree", "git/create-commit", "UpdateRefs")
_MENDED = (
    "issues/remove-label",
    "issues/remove-assignees",
    "UpdatePullRequest",
    "issues/add-labels",
    "issues/add-assignees",
    "pulls/request-reviewers",
)
_FIELDS = ("issues/update", "pulls/request-reviewers")

CASES = {
    case.name: case
    for case in (
        Case("create", nothing, desired_state(), ("Observe", *_OBJECTS, "pulls/create")),
        Case(
            "create with every field", nothing, desired_state(**FULL), ("Observe", *_OBJECTS, "pulls/create", *_FIELDS)
        ),
        Case(
            "create with a binary file",
            nothing,
            desired_state({"logo.png": b"\x89PNG\0\xff"}),
            ("Observe", "git/create-blob", *_OBJECTS, "pulls/create"),
        ),
        Case(
            "update the content",
            a_pull_request,
            desired_state({"ci.yml": "on: [push]\n"}, **FULL),
            ("Observe", *_OBJECTS),
            "git/update-ref",
        ),
        Case(
            "update every field",
            a_pull_request_with_other_labels,
            desired_state(**FULL),
            ("Observe", *_MENDED),
        ),
        Case("change nothing", a_pull_request, desired_state(**FULL), ("Observe",)),
        Case(
            "close what has converged",
            a_converged_pull_request,
            desired_state(**FULL),
            ("Observe", "UpdatePullRequest", "UpdateRefs"),
            moves="",
        ),
    )
}
CASES |= {
    case.name: case
    for case in (
        Case(
            "merge keys and mirror a directory",
            files_of_people,
            depending(),
            ("Observe", "git/get-tree", *_OBJECTS, "pulls/create"),
            looks=2,
            believes=WITHOUT_LEASES,  # the base is seen as it was: without leases the branch moves on by a merge
        ),
        Case(
            "use a leftover branch",
            a_branch_without_a_pull_request,
            desired_state(**FULL),
            ("Observe", "pulls/create", *_FIELDS),
        ),
        Case(
            "write a leftover branch anew",
            a_branch_without_a_pull_request,
            desired_state({"ci.yml": "on: [push]\n"}),
            ("Observe", *_OBJECTS, "pulls/create"),
            "git/update-ref",
        ),
        Case(
            "a login that cannot be asked",
            nothing,
            desired_state(reviewers=["alice", "mallory"], assignees=["mallory"]),
            (
                "Observe",
                *_OBJECTS,
                "pulls/create",
                *_FIELDS,
                *_FIELDS[1:],
                *_FIELDS[1:],
                "Observe",
                "UpdatePullRequest",
            ),
        ),
        Case(
            "content and fields",
            a_pull_request_with_other_labels,
            desired_state({"a/b.txt": "b\n"}, **FULL),
            ("Observe", *_OBJECTS, *_MENDED),
            "git/update-ref",
        ),
        Case(
            "after a merge",
            a_pull_request_that_was_merged,
            desired_state({"ci.yml": "on: [push]\n"}, **FULL),
            ("Observe", *_OBJECTS, "pulls/create", *_FIELDS),
            "git/update-ref",
            believes=("no-graphql",),  # the base alone is seen as it was: the branch stands on that, and that is fine
        ),
        Case(
            "drop every field",
            a_pull_request,
            desired_state(),
            ("Observe", "issues/remove-label", "issues/remove-label", "issues/remove-assignees", "UpdatePullRequest"),
        ),
    )
}

TWICE = tuple(CASES)
"""The cases that meet two faults in `make proof`."""

CASES |= {
    case.name: case
    for case in (
        Case("nothing to do", the_base_gets_the_content, desired_state(), ("Observe",), believes=ANYWHERE),
        Case(
            "every kind of change",
            nothing,
            desired_state(changes=_EVERY_KIND),
            ("Observe", "git/create-blob", *_OBJECTS, "pulls/create"),
        ),
        Case("mend a conflict", _a_conflict, desired_state(**FULL), ("Observe", *_OBJECTS), "git/update-ref"),
        Case("respect a close", _closed, desired_state(**FULL), ("Observe",), rests="skipped"),
        Case(
            "reopen",
            _closed_and_its_branch_deleted,
            desired_state(on_closed="reopen", **FULL),
            ("Observe", "UpdateRefs", "UpdatePullRequest", "Observe"),
        ),
        Case(
            "reopen with other content",
            _closed,
            desired_state({"ci.yml": "on: [push]\n"}, on_closed="reopen", **FULL),
            ("Observe", "UpdatePullRequest", "Observe", *_OBJECTS),
            "git/update-ref",
            believes=("no-updateRefs",),
        ),
        Case(
            "open a new one after a close",
            _closed,
            desired_state(on_closed="new"),
            ("Observe", *_OBJECTS, "pulls/create"),
            "git/update-ref",
            believes=ANYWHERE,
        ),
        Case(
            "stop at a person's commit",
            _a_persons_commit,
            desired_state(**FULL),
            ("Observe", "git/get-commit", "issues/create-comment", "Observe", "git/get-commit"),
            rests="blocked",
            looks=2,
        ),
        Case("take back the note", _a_note, desired_state(**FULL), ("Observe", "issues/delete-comment", "Observe")),
        Case(
            "put ours on top",
            _a_persons_commit,
            desired_state({"ci.yml": "on: [push]\n"}, on_human_commits="append", **FULL),
            ("Observe", "Files", *_OBJECTS),
            "git/update-ref",
            looks=2,
        ),
        Case(
            "put more on top",
            _ours_on_top,
            desired_state({"ci.yml": "on: [pull_request]\n"}, **FULL),
            ("Observe", "Files", *_OBJECTS),
            "git/update-ref",
            looks=2,
        ),
        Case(
            "keep the commits of others",
            _a_persons_commit,
            desired_state({"README.md": "# api\n"}, on_human_commits="append", **FULL),
            ("Observe", "Files"),
            looks=2,
            believes=ANYWHERE,
        ),
        Case(
            "overwrite",
            _a_persons_commit,
            desired_state(on_human_commits="overwrite", **FULL),
            ("Observe", *_OBJECTS),
            "git/update-ref",
        ),
        Case(
            "take over",
            _somebodys_pull_request,
            desired_state(adopt="any", **FULL),
            (
                "Observe",
                "Files",
                *_OBJECTS,
                "UpdatePullRequest",
                "issues/add-labels",
                "issues/add-assignees",
                "pulls/request-reviewers",
            ),
            "git/update-ref",
            looks=2,
        ),
        Case(
            "leave somebody's alone",
            _somebodys_pull_request,
            desired_state(**FULL),
            ("Observe",),
            rests="blocked",
        ),
        Case(
            "a long body",
            nothing,
            desired_state(body=LONG),
            ("Observe", *_OBJECTS, "pulls/create", "issues/create-comment", "Observe", "UpdatePullRequest"),
        ),
        Case(
            "a body that was long",
            _a_long_body,
            desired_state(),
            ("Observe", "issues/delete-comment", "UpdatePullRequest", "Observe"),
        ),
        Case(
            "a long body that changes",
            _a_long_body,
            desired_state(body=LONG + "More."),
            ("Observe", "issues/update-comment", "Observe"),
        ),
        Case(
            "milestone and auto-merge",
            nothing,
            desired_state(milestone="v1", auto_merge="squash"),
            ("Observe", *_OBJECTS, "pulls/create", "issues/update", "EnableAutoMerge", "Observe", "UpdatePullRequest"),
            without_graphql=(*_OBJECTS, "pulls/create", "issues/update"),
            seed=RICH,
        ),
        Case(
            "another milestone and auto-merge",
            _a_rich_pull_request,
            desired_state(milestone="v1", auto_merge="squash", **FULL),
            ("Observe", "issues/update", "EnableAutoMerge", "UpdatePullRequest", "Observe", "UpdatePullRequest"),
            without_graphql=("issues/update", "pulls/update"),
            seed=RICH,
        ),
        Case(
            "a draft at all times",
            a_pull_request,
            desired_state(draft="always-true", **FULL),
            ("Observe", "ConvertToDraft"),
            without_graphql=(),
        ),
        Case(
            "no milestone and no auto-merge any more",
            _a_rich_pull_request,
            desired_state(**FULL),
            ("Observe", "issues/update", "DisableAutoMerge", "UpdatePullRequest"),
            without_graphql=("issues/update", "pulls/update"),
            seed=RICH,
            believes=ANYWHERE,
        ),
        Case(
            "a milestone that is not there",
            nothing,
            desired_state(milestone="v9"),
            ("Observe", *_OBJECTS, "pulls/create"),
        ),
        Case(
            "another base",
            _another_base,
            desired_state(base="dev", **FULL),
            ("Observe", "UpdatePullRequest", *_OBJECTS),
            "git/update-ref",
        ),
        Case(
            "a default branch that was renamed",
            _a_renamed_default_branch,
            desired_state(**FULL),
            ("Observe", *_OBJECTS),
            "git/update-ref",
        ),
        Case(
            "keep what has converged",
            a_converged_pull_request,
            desired_state(on_converged="keep", **FULL),
            ("Observe",),
        ),
        Case("a branch in the way", _in_the_way, desired_state(), ("Observe",), rests="blocked"),
        Case(
            "from a fork",
            nothing,
            desired_state(head_repository="bot/api"),
            ("Observe", *_OBJECTS, "pulls/create"),
            seed=FORKED,
        ),
        Case(
            "other content from a fork",
            _a_pull_request_from_a_fork,
            desired_state({"ci.yml": "on: [push]\n"}, head_repository="bot/api"),
            ("Observe", *_OBJECTS),
            "git/update-ref",
            seed=FORKED,
        ),
    )
}
"""A kill at every call of each is part of `make test`, and of the other faults a sample; `make proof` has them all."""
