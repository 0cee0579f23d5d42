"""Changes are checked before anything is sent, and their digest is the desired state and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.content import sizes
from action_patterns.content.blob import blob_oid
from action_patterns.content.changes import UNKNOWN, FileChange, check, digest, path_problem
from action_patterns.errors import InputError
from support.builders import add, remove

some_changes = st.lists(
    st.builds(
        FileChange,
        path=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5),
        mode=st.sampled_from([None, "100644", "100755", "120000"]),
        content=st.binary(max_size=5),
    ),
    max_size=6,
    unique_by=lambda change: change.path,
)


@pytest.mark.parametrize(
    "path", ["a", "a/b", ".github/workflows/ci.yml", "a b", "é", "'$(x)'", ".gitignore", "a.git/b"]
)
def test_ordinary_paths_are_taken(path: str) -> None:
    assert path_problem(path) is None


@pytest.mark.parametrize(
    "path",
    ["", "/a", "a//b", "a/", "./a", "a/./b", "../a", "a/../b", "..", ".", "a\0b", ".git", ".git/config", "a/.GIT/x"],
)
def test_paths_that_leave_the_repository_or_that_git_refuses_are_not(path: str) -> None:
    assert path_problem(path)


@given(st.text())
def test_a_path_without_a_problem_stays_inside(path: str) -> None:
    if path_problem(path) is None:
        assert not path.startswith("/")
        assert not {"", ".", ".."} & set(path.split("/"))


def problems(*changes: FileChange) -> list[str]:
    with pytest.raises(InputError) as refused:
        check(changes)
    return [problem.what for problem in refused.value.problems]


def test_every_problem_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "MAX_FILE_BYTES", 3)
    found = problems(add("/x"), add("a"), add("a"), add("dir"), add("dir/below"), add("big", b"1234"))
    texts = "\n".join(found)
    for said in ("'/x' is absolute", "'a' is changed twice", "'dir/below' is inside 'dir'", "'big' has 4 bytes"):
        assert said in texts


def test_a_file_far_below_a_file_is_named_with_the_file_in_its_way() -> None:
    assert problems(add("a"), add("a-b"), add("a/b/c")) == [
        "The path 'a/b/c' is inside 'a', which is a file in the same change."
    ]


@pytest.mark.parametrize("changes", [[remove("a"), add("a/b")], [add("a"), remove("a/b")], [add("a"), add("ab/c")]])
def test_a_path_may_change_its_kind(changes: list[FileChange]) -> None:
    assert len(check(changes)) == 2


def test_a_file_of_the_greatest_size_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "MAX_FILE_BYTES", 3)
    assert check([add("a", b"123")])


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d" * 32 + b"\nsize 12345\n"


@pytest.mark.parametrize("base_oid", [None, UNKNOWN, blob_oid(b"something else")])
def test_lfs_pointers_without_their_objects_are_refused_and_all_named(base_oid: str | None) -> None:
    (found,) = problems(add("a.bin", POINTER, base_oid=base_oid), add("ok"), add("b.bin", POINTER, "100755"))
    assert "pointers would be committed without their objects: 'a.bin', 'b.bin'" in found


@pytest.mark.parametrize(
    "changes",
    [
        [remove("old.bin", base_oid=blob_oid(POINTER)), add("new.bin", POINTER, base_oid=None)],
        [add("same.bin", POINTER, "100755", base_oid=blob_oid(POINTER))],
        [add("plain.bin", b"now in git itself", base_oid=blob_oid(POINTER))],
        [remove("old.bin", base_oid=blob_oid(POINTER))],
        [add("link", POINTER, "120000", base_oid=None)],
    ],
    ids=["rename", "mode", "taken out of LFS", "deletion", "a link's target is no pointer"],
)
def test_a_pointer_that_was_committed_before_may_move_change_its_mode_and_go(changes: list[FileChange]) -> None:
    assert len(check(changes)) == len(changes)


def test_another_pointer_in_the_place_of_one_is_refused() -> None:
    assert problems(add("a.bin", POINTER.replace(b"12345", b"9"), base_oid=blob_oid(POINTER)))


@given(some_changes, st.randoms())
def test_the_digest_does_not_see_the_order(changes: list[FileChange], random: object) -> None:
    shuffled = sorted(changes, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert digest(shuffled) == digest(changes)


@given(some_changes, some_changes)
def test_equal_digests_mean_equal_desired_states(one: list[FileChange], other: list[FileChange]) -> None:
    def desired_states(changes: list[FileChange]) -> set[tuple[str, str | None, str | None]]:
        return {(change.path, change.mode, change.oid) for change in changes}

    assert (digest(one) == digest(other)) == (desired_states(one) == desired_states(other))


@pytest.mark.parametrize(
    "other",
    [add("b"), add(content=b"x"), add(mode="100755"), add(mode="120000"), remove("ci.yml")],
    ids=["path", "content", "executable", "link", "deletion"],
)
def test_the_digest_sees_every_field(other: FileChange) -> None:
    assert digest([add()]) != digest([other])


def test_the_digest_sees_the_commit_of_a_submodule() -> None:
    one = FileChange(path="sub", mode="160000", gitlink="a" * 40)
    assert digest([one]) != digest([replace(one, gitlink="b" * 40)])


def test_the_digest_does_not_see_what_the_change_was_made_against() -> None:
    assert digest([add(base_oid="x")]) == digest([add(base_oid=None)]) == digest([add()])


@pytest.mark.parametrize(
    ("change", "oid"),
    [
        (add(content=b"x"), blob_oid(b"x")),
        (remove("a"), None),
        (FileChange(path="sub", mode="160000", gitlink="c" * 40), "c" * 40),
    ],
)
def test_the_object_id_of_a_change(change: FileChange, oid: str | None) -> None:
    assert change.oid == oid
