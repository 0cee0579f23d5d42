"""Names that end, begin or look like ours, in the target or in a fork, are other branches and other pull requests."""

from __future__ import annotations

import pytest

from support.people import refused_before_any_write, seed, settled, target
from support.stage import TARGET, Stage, desired_state, stage

BRANCH = desired_state().branch
LOOKALIKES = [f"a/{BRANCH}", BRANCH.rpartition("/")[2], f"{BRANCH}-2", BRANCH[:-1], BRANCH.upper()]
"""`git ls-remote X` lists `a/X` too; a prefix search lists `X-2`; a listing without regard to case `x`."""


@pytest.mark.parametrize("name", LOOKALIKES)
def test_a_branch_with_a_similar_name_and_its_pull_request_are_not_ours(name: str) -> None:
    with stage() as scene:
        repository = target(scene)
        theirs = repository.commit_files(name, {"mine.txt": b"x\n"}, message="Mine", parent=repository.tip("main"))
        repository.open_pull(name, author="alice", title="Mine", body="By hand")
        result = scene.upsert(desired_state())
        assert (result.outcome, result.pull_request_number, result.branch) == ("created", 2, BRANCH)
        assert repository.tip(name) == theirs
        assert (repository.pull(1).title, repository.pull(1).state) == ("Mine", "open")
        settled(scene, desired_state())


def test_a_forks_pull_request_from_a_branch_of_that_name_is_not_ours() -> None:
    with stage(seed({"name": "mallory/api", "fork": TARGET})) as scene:
        fork = scene.sandbox.repository("mallory/api")
        theirs = fork.commit_files(BRANCH, {"mine.txt": b"x\n"}, message="Mine")
        target(scene).open_pull(f"mallory:{BRANCH}", author="mallory", title="Mine", body="By hand")
        assert scene.upsert(desired_state()).pull_request_number == 2
        assert fork.tip(BRANCH) == theirs
        assert (target(scene).pull(1).title, target(scene).pull(1).state) == ("Mine", "open")
        settled(scene, desired_state())


def test_nor_is_one_that_copies_our_marker_and_is_closed() -> None:
    """Else anybody with a fork could say for the repository's people that they do not want ours."""
    with stage(seed({"name": "mallory/api", "fork": TARGET})) as scene:
        scene.upsert(desired_state())
        target(scene).merge_pull(1)
        fork = scene.sandbox.repository("mallory/api")
        fork.commit_files(BRANCH, {"mine.txt": b"x\n"}, message="Mine")
        target(scene).open_pull(
            f"mallory:{BRANCH}", author="mallory", title=target(scene).pull(1).title, body=target(scene).pull(1).body
        )
        target(scene).close_pull(2)
        result = scene.upsert(desired_state({"ci.yml": "on: [push]\n"}))
        assert (result.outcome, result.pull_request_number) == ("created", 3)


@pytest.mark.parametrize(("theirs", "ours"), [("sync", "sync/config"), ("sync/config", "sync"), ("a/b/c", "a")])
def test_a_name_git_cannot_keep_beside_another_is_named_before_any_write(theirs: str, ours: str) -> None:
    with stage() as scene:
        target(scene).set_branch(theirs, str(target(scene).tip("main")))
        result = refused_before_any_write(scene, desired_state(branch=ours), "branch-clash")
        assert repr(ours) in result.message


def opened(scene: Stage, key: str, **asked_for: object) -> int | None:
    return scene.upsert(desired_state(key=key, title=f"For {key}", **asked_for)).pull_request_number


def test_two_keys_in_one_repository_never_touch_each_other() -> None:
    with stage() as scene:
        assert (opened(scene, "sync"), opened(scene, "sync-config"), opened(scene, "sync config")) == (1, 2, 3)
        before = scene.sandbox.snapshot()[TARGET]
        first = before["pulls"][0]
        for key in ("sync-config", "sync config"):
            scene.upsert(desired_state({"ci.yml": "on: [push]\n"}, key=key, title="New", labels=["new"], body="New."))
        after = scene.sandbox.snapshot()[TARGET]
        assert after["pulls"][0] == first
        settled(scene, desired_state(key="sync", title="For sync"))
        target(scene).close_pull(2)
        settled(scene, desired_state(key="sync", title="For sync"))
