"""Files to add only, files to replace only, merges, and mirrors of a directory: what the target holds decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from action_patterns.content.edits import Edit, Mirror
from action_patterns.pull_request.spec.desired import Desired
from support.stage import TARGET, Stage, desired_state, stage

NONE = desired_state({})


def edited(*edits: Edit, mirrors: tuple[Mirror, ...] = (), files: dict[str, Any] | None = None) -> Desired:
    return replace(desired_state(files or {}), edits=edits, mirrors=mirrors)


def edit(path: str, content: bytes = b"ours\n", **fields: Any) -> Edit:
    return Edit(path=path, mode="100644", content=content, **fields)


def add_line(there: bytes | None, ours: bytes) -> bytes:
    text = there or b""
    return text if ours in text else text + ours


def commit(scene: Stage, files: dict[str, bytes | None]) -> None:
    scene.sandbox.repository(TARGET).commit_files("main", files, message="By hand")
    scene.forget()


def proposed(scene: Stage, branch: str) -> dict[str, bytes | None]:
    repository = scene.sandbox.repository(TARGET)
    base, head = repository.files("main"), repository.files(branch)
    return {
        path: head[path][1] if path in head else None
        for path in base.keys() | head.keys()
        if base.get(path) != head.get(path)
    }


def test_a_file_to_add_only_never_replaces_one() -> None:
    desired = edited(edit("README.md", condition="missing"), edit("NEW.md", condition="missing"))
    with stage() as scene:
        assert scene.upsert(desired).outcome == "created"
        assert proposed(scene, desired.branch) == {"NEW.md": b"ours\n"}
        scene.forget()
        again = scene.upsert(desired)
        assert again.outcome == "unchanged"
        assert again.usage.requests == 1 or not scene.has_leases
        # A person adds the file to the base: the pull request has nothing left to propose.
        commit(scene, {"NEW.md": b"theirs\n"})
        assert scene.upsert(desired).outcome == "closed"


def test_a_file_to_replace_only_is_not_added() -> None:
    desired = edited(edit("README.md", condition="present"), edit("NEW.md", condition="present"))
    with stage() as scene:
        assert scene.upsert(desired).outcome == "created"
        assert proposed(scene, desired.branch) == {"README.md": b"ours\n"}


@pytest.mark.parametrize(
    "there", [b"a\n", b"\xff\xfe latin\n", b"", b"a\r\nb", "ü\ufeff\n".encode(), b"\xef\xbb\xbfx\n"]
)
def test_what_is_merged_is_read_whole_whatever_its_bytes(there: bytes) -> None:
    desired = edited(edit("a.txt", transform=add_line))
    with stage() as scene:
        commit(scene, {"a.txt": there})
        assert scene.upsert(desired).outcome == "created"
        assert proposed(scene, desired.branch) == {"a.txt": there + b"ours\n"}
        scene.forget()
        again = scene.upsert(desired)
        assert (again.outcome, again.usage.writes) == ("unchanged", 0)


def test_a_merge_follows_the_base() -> None:
    desired = edited(edit("a.txt", transform=add_line))
    with stage() as scene:
        commit(scene, {"a.txt": b"one\n"})
        first = scene.upsert(desired)
        commit(scene, {"a.txt": b"two\n"})
        second = scene.upsert(desired)
        assert (second.outcome, second.pull_request_number) == ("updated", first.pull_request_number)
        assert proposed(scene, desired.branch) == {"a.txt": b"two\nours\n"}


def test_a_merge_costs_no_request_more() -> None:
    desired = edited(edit("a.txt", transform=add_line), edit("b.txt", transform=add_line))
    with stage() as scene:
        commit(scene, {"a.txt": b"one\n", "b.txt": b"ours\n"})
        created = scene.upsert(desired)
        assert created.usage.requests == 5 or not scene.has_leases
        scene.forget()
        assert scene.upsert(desired).usage.requests == 1 or not scene.has_leases


def test_every_file_that_cannot_be_merged_is_named_and_nothing_is_written() -> None:
    desired = edited(edit("src", transform=add_line), edit("link", transform=add_line), edit("ok", transform=add_line))
    with stage() as scene:
        commit(scene, {"src/app.py": b"x\n", "link/x": b"1"})
        ended = scene.upsert(desired)
        assert (ended.outcome, ended.reason, ended.usage.writes) == ("failed", "input", 0)
        assert ended.error is not None
        assert "src is a directory" in ended.error.message
        assert "link is a directory" in ended.error.message


def test_a_mirror_removes_what_the_source_does_not_have() -> None:
    desired = edited(
        edit("d/added-once", condition="missing"),
        mirrors=(Mirror(path="d", keeps=lambda name: name == "own/x"),),
        files={"d/a": "1\n", "d/deep/b": "2\n"},
    )
    with stage() as scene:
        commit(
            scene,
            {"d/a": b"1\n", "d/old": b"x", "d/deep/old": b"x", "d/own/x": b"theirs", "d/added-once": b"y", "e": b"z"},
        )
        assert scene.upsert(desired).outcome == "created"
        assert proposed(scene, desired.branch) == {"d/old": None, "d/deep/old": None, "d/deep/b": b"2\n"}
        scene.forget()
        again = scene.upsert(desired)
        assert (again.outcome, again.usage.writes) == ("unchanged", 0)
        assert again.usage.requests <= 2 or not scene.has_leases


def test_a_mirror_of_a_directory_that_the_target_lacks_only_adds() -> None:
    desired = edited(mirrors=(Mirror(path="none"),), files={"none/a": "1\n"})
    with stage() as scene:
        assert scene.upsert(desired).outcome == "created"
        assert proposed(scene, desired.branch) == {"none/a": b"1\n"}


class Stamp:
    """Takes a line that begins with `stamp` for volatile."""

    def same(self, there: bytes, desired: bytes, _: str) -> bool:
        def rest(text: bytes) -> list[bytes]:
            return [line for line in text.split(b"\n") if not line.startswith(b"stamp")]

        return rest(there) == rest(desired)


def test_a_volatile_difference_writes_neither_to_the_base_nor_to_the_pull_request() -> None:
    def desired(stamp: int, text: str = "a") -> Desired:
        return edited(edit("s.txt", f"stamp {stamp}\n{text}\n".encode(), volatile=Stamp()))

    with stage() as scene:
        first = scene.upsert(desired(1))
        assert first.outcome == "created"
        scene.forget()
        second = scene.upsert(desired(2))
        assert (second.outcome, second.usage.writes) == ("unchanged", 0)
        assert "volatile parts alone" in second.notes[0]
        third = scene.upsert(desired(3, "b"))
        assert third.outcome == "updated"
        assert proposed(scene, third.branch or "") == {"s.txt": b"stamp 3\nb\n"}
        commit(scene, {"s.txt": b"stamp 9\nb\n"})
        assert scene.upsert(desired(4, "b")).outcome == "closed"
