"""The paths by which a worktree differs from a commit, as git would store them. No content is read into memory."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from action_patterns.errors import InputError
from action_patterns.ports.history import ChangedPath, Worktree
from action_patterns.worktree.git import Git, split
from action_patterns.worktree.trees import as_changed

_STATUS = (
    "status",
    "--porcelain=v1",
    "-z",
    "--untracked-files=all",
    "--ignored=matching",
    "--no-renames",
    "--ignore-submodules=none",
)
_MARKED = re.compile(rb"\0([a-zS]) ([^\0]*)")
"""It begins with a literal, which `re` looks for at the speed of memory: most entries have the tag H."""
_UNMERGED = frozenset({"DD", "AU", "UD", "UA", "DU", "AA", "UU"})


def read_worktree(
    git: Git,
    base: str,
    head: str,
    scratch: Callable[[], AbstractContextManager[Git]],
    only_ours: Callable[[Iterable[str]], frozenset[str]],
) -> Worktree:
    """Return the paths that `git add --all` would store differently than `base`.

    `git status` calls a file modified if its bytes differ, also where git would store the same. So the index is copied
    to `scratch`, what differs is added there, and the copy is compared.

    Args:
        git: git in the checkout.
        base: the commit to compare with.
        head: the commit that is checked out.
        scratch: yields git with a copy of the index.
        only_ours: leaves out the files of the runner.
    """
    entries = [(entry[:2], entry[3:]) for entry in split(git.run(*_STATUS).stdout)]
    untracked = only_ours(path for status, path in entries if status == "??")
    hidden = only_ours(path for status, path in entries if status == "!!")
    tracked = [(status, path) for status, path in entries if status not in ("??", "!!")]
    marked = _marked(git)
    tracked += marked
    conflicts = {path for status, path in tracked if status in _UNMERGED}
    found = {
        name: ChangedPath(name, "added", submodule=path.endswith("/"))
        for path in untracked
        for name in (path.removesuffix("/"),)
    }
    if tracked or base != head:
        with scratch() as copy:
            for option in ("--no-assume-unchanged", "--no-skip-worktree") if marked else ():
                copy.run("update-index", option, "-z", "--stdin", input=_lines(path for _, path in marked))
            # An untracked file may be one that the index has no longer, or that a local commit removed.
            gone = {path for status, path in tracked if status[0] == "D"} if base == head else untracked
            again = {path for path in untracked & gone if not path.endswith("/")}
            unsure = _add(copy, tracked, sorted(again))
            found = {path: each for path, each in found.items() if path not in again} | _compare(copy, base)
        # A path with a conflict has several contents, and none that a commit would have.
        found |= {path: ChangedPath(path, "modified") for path in conflicts | (unsure - found.keys())}
    return Worktree(tuple(found[path] for path in sorted(found)), tuple(sorted(hidden)))


def _marked(git: Git) -> list[tuple[str, str]]:
    """Return the files that git was ordered to take for unchanged, each with a status by which it is looked at.

    A small letter stands for `assume-unchanged`, S for `skip-worktree` (git docs: "git-ls-files", -v). Outside of a
    sparse checkout no file is there, and nothing changed it.
    """
    found = []
    for tag, path in _MARKED.findall(b"\0" + git.run("ls-files", "-v", "-z").stdout):
        there = os.path.lexists(git.directory / os.fsdecode(path))
        if there or tag.islower():
            found.append((" M" if there else " D", path.decode("utf-8", "surrogateescape")))
    return found


def _lines(paths: Iterable[str]) -> bytes:
    return b"".join(os.fsencode(path) + b"\0" for path in paths)


def _add(git: Git, tracked: Iterable[tuple[str, str]], new: list[str]) -> set[str]:
    """Add what differs in the worktree to the index. Return the paths that git does not add: they may differ."""
    gone = [path for status, path in tracked if status[1] == "D"]
    other = [path for status, path in tracked if status[1] not in " D" and status not in _UNMERGED]
    unsure: set[str] = set()
    for options, paths in ((("--force-remove",), gone), (("--add",), [*other, *new])):
        if paths:
            try:
                # Not `git add`, which looks at every file of the worktree again.
                git.run(
                    "update-index",
                    *options,
                    "-z",
                    "--stdin",
                    input=_lines(paths),
                )
            except InputError:
                unsure |= set(paths)
    return unsure


def _compare(git: Git, base: str) -> dict[str, ChangedPath]:
    arguments = ("--cached", "--raw", "-z", "--no-renames", "--ignore-submodules=none")
    items = git.lines("diff-index", *arguments, base, "--")
    return {path: as_changed(meta, path) for meta, path in zip(items[::2], items[1::2], strict=True)}


def ignored(git: Git, prefixes: Iterable[str]) -> tuple[str, ...]:
    """Return the untracked files below some directories, or at their paths, that git ignores."""
    wanted = [prefix for prefix in prefixes if prefix]
    if not wanted:
        return ()
    literally = git.using({"GIT_LITERAL_PATHSPECS": "1"})
    return literally.lines("ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", *wanted)
