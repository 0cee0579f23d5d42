"""A spec that no target could take is wrong in itself: every problem is named at once, and GitHub is not asked."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from action_patterns import run
from action_patterns.content.sizes import MAX_FILE_BYTES
from action_patterns.errors import InputError
from support.app_fleet import fleet, seed, variables
from support.editions import only_on, without_github
from support.stage import desired_state

WRONG = without_github(why="It is refused before anybody is asked.")
POINTER = (
    b"version https://git-lfs.github.com/spec/v1\n"
    b"oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
    b"size 12345\n"
)


def problems(files: dict[str, str | bytes | None], **fields: object) -> list[str]:
    with pytest.raises(InputError) as refused:
        desired_state(files, **fields)
    return [problem.what for problem in refused.value.problems]


@WRONG
@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"model.bin": POINTER}, "Git LFS pointers would be committed without their objects: 'model.bin'"),
        ({"disk.img": b"\0" * (MAX_FILE_BYTES + 1)}, "The file 'disk.img' has 41943041 bytes"),
        ({"../up.txt": "x"}, "The path '../up.txt'"),
        ({".git/config": "x"}, "has a '.git' component"),
        ({"a": "x", "a/b": "x"}, "The path 'a/b' is inside 'a', which is a file in the same change."),
    ],
)
def test_content(files: dict[str, str | bytes | None], said: str) -> None:
    (problem,) = problems(files)
    assert said in problem


@WRONG
def test_everything_that_is_wrong_is_told_at_once() -> None:
    found = problems(
        {"model.bin": POINTER, ".git/config": "x"},
        title=" ",
        labels=["x" * 51],
        branch="a..b",
        author="Ada",
        body="x" * 600_000,
    )
    for said in ("LFS", "'.git'", "title is empty", "has 51 characters", "'a..b'", "`author` is 'Ada'", "600000"):
        assert any(said in problem for problem in found), said
    assert len(found) == 7


@only_on("full", why="Nothing is asked of it.")
def test_the_action_says_so_without_a_request(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "model.bin").write_bytes(POINTER)
    inputs = {"key": "sync", "title": "x" * 300, "directory": "content", "repository": "acme/api"}
    with fleet(seed({"acme": {}}, ["acme/api"])) as scene:
        stream = io.StringIO()
        assert run.main(["upsert-pr"], variables(scene, tmp_path, **inputs), stream) == 2
        assert "Git LFS pointers" in stream.getvalue()
        assert "The title has 300 characters" in stream.getvalue()
        assert len(scene.sandbox.requests) == 0
