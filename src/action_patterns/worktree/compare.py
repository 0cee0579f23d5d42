"""The differences between a prepared index and a commit, as changes with their content."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from action_patterns.content.changes import FileChange, Mode, ancestors
from action_patterns.content.sizes import size_problems
from action_patterns.errors import DefectError, InputError
from action_patterns.worktree.git import Git, some

SUBMODULE = "160000"
_ABSENT = "000000"
_MODES: dict[str, Mode] = {"100644": "100644", "100755": "100755", "120000": "120000", "160000": "160000"}


def compare(git: Git, base: str, allowed: Collection[str] | None) -> list[Difference]:
    """Return the differences of the index against a commit, sorted by path. `allowed` None: all of them."""
    arguments = ("--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules=none")
    items = git.lines("diff-index", *arguments, base)
    found = [Difference.parse(*pair) for pair in zip(items[::2], items[1::2], strict=True)]
    return sorted((each for each in found if allowed is None or each.path in allowed), key=lambda each: each.path)


def as_changes(git: Git, base: str, found: Sequence[Difference]) -> tuple[FileChange, ...]:
    """Return differences as changes, with their content.

    Raises:
        InputError: they are more than a change may hold.
    """
    # A file that takes the place of a directory was made against all that was in it.
    emptied = {parent for each in found if each.mode is None for parent in ancestors(each.path)}
    directories = {
        each.path: git.run("rev-parse", "--verify", f"{base}:{each.path}").stdout.decode().strip()
        for each in found
        if each.path in emptied and each.mode is not None and each.base_mode is None
    }
    contents = _contents(git, [each for each in found if each.mode not in (None, SUBMODULE)])
    return tuple(
        FileChange(
            path=each.path,
            mode=each.mode,
            content=contents.get(each.oid, b"") if each.mode not in (None, SUBMODULE) else b"",
            gitlink=each.oid if each.mode == SUBMODULE else None,
            base_oid=directories.get(each.path, each.base_oid),
        )
        for each in found
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One line of `git diff-index --raw` (git docs: "git-diff-index", raw output format)."""

    path: str
    mode: Mode | None
    oid: str
    base_mode: Mode | None
    base_oid: str | None

    @classmethod
    def parse(cls, meta: str, path: str) -> Difference:
        base_mode, mode, base_oid, oid, _status = meta.removeprefix(":").split(" ")
        return cls(
            path=path,
            mode=None if mode == _ABSENT else _MODES[mode],
            oid=oid,
            base_mode=None if base_mode == _ABSENT else _MODES[base_mode],
            base_oid=None if base_mode == _ABSENT else base_oid,
        )


def _contents(git: Git, wanted: Sequence[Difference]) -> dict[str, bytes]:
    """The blobs by oid. Sizes are asked for first, so that a stray disk image is refused and not read."""
    if not wanted:
        return {}
    oids = "".join(f"{oid}\n" for oid in dict.fromkeys(each.oid for each in wanted)).encode()
    sizes: dict[str, int] = {}
    for line in git.run("cat-file", "--batch-check", input=oids).stdout.decode().splitlines():
        oid, _kind, size = line.split(" ")
        sizes[oid] = int(size)
    if problems := size_problems({each.path: sizes[each.oid] for each in wanted}):
        raise InputError(*problems)
    output = git.run("cat-file", "--batch", input=oids).stdout
    contents: dict[str, bytes] = {}
    start = 0
    while start < len(output):
        end = output.index(b"\n", start)
        oid, _, size = output[start:end].decode().split(" ")
        contents[oid] = output[end + 1 : end + 1 + int(size)]
        start = end + 1 + int(size) + 1
    if missing := [each.path for each in wanted if each.oid not in contents]:
        raise DefectError(f"git did not give the content of {some(missing)}.", remediation="Please report this.")
    return contents
