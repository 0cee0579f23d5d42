"""Two commits compared by their trees, name by name. No blob is read."""

from __future__ import annotations

from action_patterns.ports.git import ListedEntry, TreeListing
from action_patterns.ports.history import ChangedPath, MissingError
from action_patterns.worktree.git import Git, split

_ABSENT = "000000"
_SUBMODULE = "160000"
_MAY_FAIL = frozenset({0, 1, 128})


def compare(git: Git, base: str, head: str) -> tuple[ChangedPath, ...]:
    """Return the paths by which two commits or trees differ: content, mode or type.

    Raises:
        MissingError: a tree is not there.
    """
    options = ("-r", "-z", "--raw", "--no-renames", "--full-index", "--ignore-submodules=none", "--no-ext-diff")
    done = git.run("diff-tree", *options, base, head, "--", expected=_MAY_FAIL)
    if done.returncode:
        raise MissingError(f"git could not compare {base[:12]} with {head[:12]}: {_last(done.stderr_tail)}")
    items = split(done.stdout)
    return tuple(sorted(as_changed(meta, path) for meta, path in zip(items[::2], items[1::2], strict=True)))


def as_changed(meta: str, path: str) -> ChangedPath:
    """Return one entry of git's raw output (git docs: "git-diff-tree", raw output format)."""
    before, after, *_ = meta.removeprefix(":").split(" ")
    submodule = _SUBMODULE in (before, after)
    if before == _ABSENT:
        return ChangedPath(path, "added", submodule)
    return ChangedPath(path, "deleted" if after == _ABSENT else "modified", submodule)


def paths(git: Git, oid: str) -> tuple[str, ...]:
    """Return every path of a commit, sorted.

    Raises:
        MissingError: a tree is not there.
    """
    done = git.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", oid, expected=_MAY_FAIL)
    if done.returncode:
        raise MissingError(f"git could not list {oid[:12]}: {_last(done.stderr_tail)}")
    return tuple(sorted(split(done.stdout)))


def listing(git: Git, tree: str, *, recursive: bool) -> TreeListing:
    """Return the entries of a tree, or all below it, directories included.

    Raises:
        MissingError: a tree is not there.
    """
    options = ("-r", "-t") if recursive else ()
    done = git.run("ls-tree", *options, "-z", "--full-tree", tree, expected=_MAY_FAIL)
    if done.returncode:
        raise MissingError(f"git could not list {tree[:12]}: {_last(done.stderr_tail)}")
    listed = (entry.partition("\t") for entry in split(done.stdout))
    entries = (ListedEntry(path, *meta.split(" ")[::2]) for meta, _, path in listed)
    return TreeListing(tuple(entries), truncated=False)


def _last(message: str) -> str:
    return message.splitlines()[-1] if message else "no reason was given"
