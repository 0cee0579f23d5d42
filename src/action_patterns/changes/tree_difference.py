"""Two trees compared directory by directory, whoever lists them. Pure.

A directory of one id on both sides is equal, and is not looked into. Any other is compared name by name, and its names
are proven: git's id of a directory follows from the names, modes and ids in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

from action_patterns.content.blob import EMPTY_TREE, is_oid
from action_patterns.ports.git import DIRECTORY, TreeListing
from action_patterns.ports.history import ChangedPath, MissingError

_SUBMODULE = "160000"


class Lister(Protocol):
    """Trees, listed by git or by GitHub."""

    def list_tree(self, tree: str, *, recursive: bool) -> TreeListing:
        """See ports.History."""


class Entry(NamedTuple):
    """An entry of a directory."""

    mode: str
    oid: str


Directory = Mapping[str, Entry]


class Trees:
    """The directories of one side, listed when they are asked for."""

    def __init__(self, lister: Lister) -> None:
        self._lister = lister
        self._known: dict[str, Directory] = {EMPTY_TREE: {}}

    def directory(self, oid: str) -> Directory:
        """Return the entries of a directory.

        Raises:
            MissingError: it cannot be listed, or its names are not those that git has.
        """
        if oid not in self._known:
            self._list(oid)
        found = self._known[oid]
        if tree_oid(found) != oid:
            raise MissingError(f"The directory {oid[:12]} is listed with other names than git has: not all are UTF-8.")
        return found

    def _list(self, oid: str) -> None:
        listing = self._lister.list_tree(oid, recursive=True)
        whole = not listing.truncated
        if not whole:
            listing = self._lister.list_tree(oid, recursive=False)
        if listing.truncated:
            raise MissingError(f"The directory {oid[:12]} has more entries than GitHub lists.")
        directories: dict[str, dict[str, Entry]] = {"": {}}
        oids = {"": oid}
        for path, mode, each in listing.entries:
            if mode == DIRECTORY and whole:
                directories[path], oids[path] = {}, each
        for path, mode, each in listing.entries:
            parent, _, name = path.rpartition("/")
            # Without its parent the listing is wrong, and the proof of the directory that lacks it fails.
            directories.get(parent, {})[name] = Entry(mode, each)
        for path, entries in directories.items():
            self._known.setdefault(oids[path], entries)


def tree_oid(directory: Directory) -> str:
    """Return the id that git gives a directory of these entries (git book: "Git Objects"). Empty: it can have none."""
    try:
        # git sorts a directory as if its name ended with a slash.
        named = sorted(
            (name.encode("utf-8", "surrogateescape") + (b"/" if entry.mode == DIRECTORY else b""), entry)
            for name, entry in directory.items()
        )
    except UnicodeEncodeError:
        return ""
    if not all(is_oid(entry.oid) for entry in directory.values()):
        return ""
    content = b"".join(
        b"%s %s\0%s" % (entry.mode.lstrip("0").encode(), name.removesuffix(b"/"), bytes.fromhex(entry.oid))
        for name, entry in named
    )
    return hashlib.sha1(b"tree %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def differences(before: Trees, base: str, after: Trees, head: str, above: str = "") -> Iterator[ChangedPath]:
    """Yield the paths by which two trees differ: content, mode or type.

    Raises:
        MissingError: see Trees.directory.
    """
    if base == head:
        return
    old, new = before.directory(base), after.directory(head)
    for name in old.keys() | new.keys():
        was, now = old.get(name), new.get(name)
        if was == now:
            continue
        path = above + name
        # A directory beside a file, or beside nothing, is compared with an empty one.
        below = _tree_of(was), _tree_of(now)
        if below != (EMPTY_TREE, EMPTY_TREE):
            yield from differences(before, below[0], after, below[1], f"{path}/")
        file_was, file_now = _file_of(was), _file_of(now)
        if file_was != file_now:
            submodule = any(each is not None and each.mode == _SUBMODULE for each in (was, now))
            yield ChangedPath(
                path, "added" if file_was is None else "deleted" if file_now is None else "modified", submodule
            )


def _tree_of(entry: Entry | None) -> str:
    return entry.oid if entry is not None and entry.mode == DIRECTORY else EMPTY_TREE


def _file_of(entry: Entry | None) -> Entry | None:
    return entry if entry is not None and entry.mode != DIRECTORY else None
