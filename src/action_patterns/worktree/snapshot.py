"""The files of a checkout by the ids that git would store them under. Nothing is stored, and no history is needed.

A clean file's id is in the index. Every other file is read (see clean_form). The answer is the same either way.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from action_patterns.errors import InputError, Problem
from action_patterns.ports.snapshot import Choose, Snapshot
from action_patterns.worktree.clean_form import CleanForms
from action_patterns.worktree.compare import SUBMODULE
from action_patterns.worktree.git import Git, split

_SUBMODULES = "--ignore-submodules=none"
_ABSENT = "000000"
"""The mode of a file that the worktree does not have."""


@dataclass(kw_only=True, slots=True)
class Tree:
    """The files of one repository: of the checkout, or of one in it that is no submodule."""

    git: Git
    root: Path
    prefix: str
    """Path of its root in the checkout, with a slash at its end. Empty: it is the checkout's."""
    scratch: Callable[[], AbstractContextManager[Git]]
    """Yields git with a copy of the index, and with a separate directory for new objects."""
    index: Mapping[str, str]
    """Mode and id of each tracked file that is there, as the index has them."""
    dirty: Mapping[str, str]
    """Tracked files that may differ from the index, and their modes. Empty: the mode is not known. Deleted ones too."""
    untracked: frozenset[str]
    """Files that git does not track, ignored ones too."""
    nested: tuple[str, ...]
    """Repositories in it that are no submodules, each with a slash at its end."""

    def paths(self) -> Iterator[str]:
        """Yield the path in the checkout of each file that is there."""
        yield from self._placed(self.index)
        yield from self._placed(self.untracked)

    def _placed(self, paths: Iterable[str]) -> Iterable[str]:
        return (self.prefix + path for path in paths) if self.prefix else paths


def read_tree(
    git: Git,
    root: Path,
    prefix: str,
    scratch: Callable[[], AbstractContextManager[Git]],
    ours: Callable[[Iterable[str]], Iterable[str]],
) -> Tree:
    """Return the files of one repository. `ours` leaves out the files of the runner."""
    items = split(git.run("ls-files", "--cached", "--stage", "-v", "-z").stdout)
    end = items[0].index("\t") if items else 0
    index = {item[end + 1 :]: item[2 : end - 2] for item in items}
    # A small letter: git was ordered to take the file for unchanged. S: to look at no file, as outside of a sparse
    # checkout.
    dirty = {
        item[end + 1 :]: ""
        for item in items
        if item[0].islower() or (item[0] == "S" and os.path.lexists(root / item[end + 1 :]))
    }
    # One thread: several take half as much CPU time again for files that differ.
    found = git.lines("-c", "core.preloadIndex=false", "diff-files", "--raw", "--no-renames", _SUBMODULES, "-z")
    for meta, path in zip(found[::2], found[1::2], strict=True):
        dirty[path] = meta[8:14]
        if dirty[path] == _ABSENT:
            index.pop(path, None)
    for path in [path for path, mode in dirty.items() if not mode and not os.path.lexists(root / path)]:
        index.pop(path, None)
    others = tuple(ours(git.lines("ls-files", "--others", "-z")))
    return Tree(
        git=git,
        root=root,
        prefix=prefix,
        scratch=scratch,
        index=index,
        dirty=dirty,
        untracked=frozenset(path for path in others if not path.endswith("/")),
        nested=tuple(sorted(path for path in others if path.endswith("/"))),
    )


def snapshot(trees: Sequence[Tree], choose: Choose) -> Snapshot:
    """Return the chosen files.

    Raises:
        InputError: a file cannot be read, or changes while it is read.
    """
    chosen = choose([path for tree in trees for path in tree.paths()])
    paths, wanted = frozenset(chosen.paths), frozenset(chosen.wanted)
    parts = [_of_tree(tree, paths, wanted) for tree in trees]
    if len(parts) == 1:
        return parts[0]
    return Snapshot(
        files={path: stored for part in parts for path, stored in part.files.items()},
        contents={path: content for part in parts for path, content in part.contents.items()},
        untracked=tuple(sorted(path for part in parts for path in part.untracked)),
        ignored=tuple(sorted(path for part in parts for path in part.ignored)),
    )


def _of_tree(tree: Tree, chosen: frozenset[str], wanted: frozenset[str]) -> Snapshot:
    prefix = tree.prefix
    if prefix:
        chosen = frozenset(path.removeprefix(prefix) for path in chosen if path.startswith(prefix))
        wanted = frozenset(path.removeprefix(prefix) for path in wanted if path.startswith(prefix))
    files = {path: stored for path, stored in tree.index.items() if path in chosen}
    changed = [path for path in tree.dirty if path in files]
    new = sorted(tree.untracked & chosen)
    contents: dict[str, bytes] = {}
    modules = [path for path in changed if files[path].startswith(SUBMODULE)]
    for path in modules:
        files |= _submodule(tree, path)
    if read := [path for path in (*changed, *new) if path not in modules] if modules else [*changed, *new]:
        forms = CleanForms(
            tree.git,
            tree.root,
            tracked=tree.index.keys(),
            untracked=tree.untracked,
            modes=tree.dirty,
            wanted=wanted,
        )
        files |= forms.read(read, tree.scratch)
        contents = forms.contents
    contents |= _blobs(tree.git, {path: files[path] for path in wanted if path in files and path not in contents})
    shown = frozenset(tree.git.lines("ls-files", "--others", "--exclude-standard", "-z")) if new else frozenset[str]()
    return Snapshot(
        files={prefix + path: stored for path, stored in files.items()} if prefix else files,
        contents={prefix + path: content for path, content in contents.items()},
        untracked=tuple(prefix + path for path in new if path in shown),
        ignored=tuple(prefix + path for path in new if path not in shown),
    )


def _submodule(tree: Tree, path: str) -> dict[str, str]:
    """Return the commit that a submodule has checked out, and each file by which it differs from that commit.

    git stores the commit alone, but work reads the files.
    """
    root = tree.root / path
    git = tree.git.at(root)
    head = git.run("rev-parse", "--verify", "HEAD^{commit}").stdout.decode().strip()
    status = ("status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", _SUBMODULES)
    changed = sorted(entry[3:] for entry in git.lines(*status))
    there = [name for name in changed if (root / name).is_file() or (root / name).is_symlink()]
    found = {f"{path}/{name}": "absent" for name in changed}
    read = CleanForms(git, root).as_they_are(there)
    found |= {f"{path}/{name}": stored for name, stored in read.items()}
    return found | {path: f"{SUBMODULE} {head}"}


def _blobs(git: Git, files: Mapping[str, str]) -> dict[str, bytes]:
    """Return the contents of files that git has stored."""
    oids = {path: stored[7:] for path, stored in files.items() if not stored.startswith(SUBMODULE)}
    if not oids:
        return {}
    output = git.run("cat-file", "--batch", input="".join(f"{oid}\n" for oid in oids.values()).encode()).stdout
    contents, start = {}, 0
    for path in oids:
        end = output.index(b"\n", start)
        meta = output[start:end].split(b" ")
        if len(meta) != 3:
            what = f"The repository lacks the content of {path!r}, and cannot fetch it."
            raise InputError(Problem(what, "Check out with `fetch-depth: 1` or more, and without a `filter`."))
        start = end + 1 + int(meta[2]) + 1
        contents[path] = output[end + 1 : start - 1]
    return contents
