"""Git objects and refs of one repository in memory: real blobs, trees and commits (dulwich), addressed by text ids."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dulwich.object_store import MemoryObjectStore
from dulwich.objects import Blob, Commit, ObjectID, RawObjectID, ShaFile, Tag, Tree
from dulwich.refs import Ref
from dulwich.repo import MemoryRepo

ZERO = "0" * 40
FILE, EXECUTABLE, SYMLINK, DIRECTORY, SUBMODULE = (0o100644, 0o100755, 0o120000, 0o040000, 0o160000)
MODES = {"100644": FILE, "100755": EXECUTABLE, "120000": SYMLINK, "040000": DIRECTORY, "160000": SUBMODULE}
KINDS = {DIRECTORY: "tree", SUBMODULE: "commit"}

Flat = dict[str, tuple[int, str]]
"""Every file of a tree: path -> (mode, object id)."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The person and time of a commit. ``seconds`` since 1970, ``offset`` in seconds east of UTC."""

    name: str
    email: str
    seconds: int
    offset: int = 0

    def line(self) -> bytes:
        return f"{self.name} <{self.email}>".encode()


@dataclass(frozen=True, kw_only=True)
class CommitRecord:
    """One decoded commit."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    message: str
    author: Identity
    committer: Identity


def kind_of(mode: int) -> str:
    """Return ``blob``, ``tree`` or ``commit`` for a tree entry's mode."""
    return KINDS.get(mode, "blob")


def _identity(line: bytes, seconds: int, offset: int) -> Identity:
    name, _, rest = line.decode("utf-8", "replace").partition(" <")
    return Identity(name=name, email=rest.rstrip(">"), seconds=seconds, offset=offset)


@lru_cache(maxsize=4096)
def _blob(content: bytes) -> Blob:
    """Return one Blob per content: 10,000 repositories seeded with the same README share it."""
    return Blob.from_string(content)


class Objects(MemoryObjectStore):
    """Objects that never change once they are stored: a reader gets the object, where dulwich makes a copy.

    A store parses each object first, so that threads may read it at the same time.
    """

    def __getitem__(self, name: ObjectID | RawObjectID) -> ShaFile:
        return self._data[self._to_hexsha(name)]

    def add_object(self, obj: ShaFile) -> None:
        if obj.id not in self._data:
            kept = obj.copy()
            if isinstance(kept, Tree):
                len(kept)
            elif isinstance(kept, Commit):
                _ = kept.tree
            elif isinstance(kept, Tag):
                _ = kept.object
            self._data[kept.id] = kept

    def __deepcopy__(self, memo: dict[int, Any]) -> Objects:
        """Return another store with the same objects."""
        twin = Objects()
        twin._data.update(self._data)
        return twin


class GitStore:
    """The objects and refs of one repository. As on GitHub, forks share its objects and not its refs."""

    def __init__(self, default_branch: str = "main", objects: Objects | None = None) -> None:
        self.objects = Objects() if objects is None else objects
        self.repo = MemoryRepo()
        self.repo.object_store = self.objects
        self.objects.add_object(Tree())  # git knows the empty tree in every repository
        self._commits: dict[str, CommitRecord] = {}
        self.set_head(default_branch)

    def __deepcopy__(self, memo: dict[int, Any]) -> GitStore:
        """Return another store with the same objects and refs; the copies of forks share their objects too."""
        head, _ = self.repo.refs.follow(Ref(b"HEAD"))
        twin = GitStore(head[-1].removeprefix(b"refs/heads/").decode(), copy.deepcopy(self.objects, memo))
        for name, oid in self.refs().items():
            twin.set_ref(name, oid)
        twin._commits.update(self._commits)
        return twin

    # -- refs ------------------------------------------------------------------------------------------------------

    def set_head(self, branch: str) -> None:
        """Point HEAD at ``branch``, which need not exist."""
        self.repo.refs.set_symbolic_ref(Ref(b"HEAD"), Ref(b"refs/heads/" + branch.encode()))

    def refs(self, prefix: str = "refs/") -> dict[str, str]:
        """Return full ref name -> object id, sorted by name."""
        start = prefix.encode()
        found = {
            name.decode(): oid.decode() for name, oid in self.repo.refs.as_dict().items() if name.startswith(start)
        }
        return dict(sorted(found.items()))

    def ref(self, name: str) -> str | None:
        """Return the object id of a full ref name; None: no such ref."""
        oid = self.repo.refs.read_loose_ref(Ref(name.encode()))
        return oid.decode() if oid else None

    def set_ref(self, name: str, oid: str | None) -> None:
        """Set a ref, or delete it (None), without conditions; ``ref_updates`` checks those."""
        ref = Ref(name.encode())
        if oid is None:
            self.repo.refs.remove_if_equals(ref, None)
        else:
            self.repo.refs.set_if_equals(ref, None, ObjectID(oid.encode()))

    # -- objects ---------------------------------------------------------------------------------------------------

    def _add(self, item: ShaFile) -> str:
        self.objects.add_object(item)
        return item.id.decode()

    def get(self, oid: str) -> ShaFile | None:
        """Return the object; None: no object has that id."""
        try:
            return self.objects[ObjectID(oid.encode())]
        except (KeyError, ValueError, AssertionError):
            return None

    def write_blob(self, content: bytes) -> str:
        return self._add(_blob(content) if len(content) < 65536 else Blob.from_string(content))

    def blob(self, oid: str) -> bytes | None:
        item = self.get(oid)
        return item.data if isinstance(item, Blob) else None

    def entries(self, tree: str) -> list[tuple[str, int, str]]:
        """Return (name, mode, id) of one level, in git's order; empty if the id is not a tree."""
        item = self.get(tree)
        if not isinstance(item, Tree):
            return []
        return [(e.path.decode("utf-8", "surrogateescape"), int(e.mode), e.sha.decode()) for e in item.iteritems()]

    def walk(self, tree: str, prefix: str = "") -> Iterator[tuple[str, int, str]]:
        """Yield every entry below ``tree``, directories included, parents first."""
        for name, mode, oid in self.entries(tree):
            yield prefix + name, mode, oid
            if mode == DIRECTORY:
                yield from self.walk(oid, f"{prefix}{name}/")

    def flatten(self, tree: str) -> Flat:
        return {path: (mode, oid) for path, mode, oid in self.walk(tree) if mode != DIRECTORY}

    def write_tree(self, files: Mapping[str, tuple[int, str]]) -> str:
        """Write the nested trees of ``files`` and return the root's id."""
        tree = Tree()
        folders: dict[str, dict[str, tuple[int, str]]] = {}
        for path, entry in files.items():
            head, slash, rest = path.partition("/")
            if slash:
                folders.setdefault(head, {})[rest] = entry
            else:
                tree.add(head.encode("utf-8", "surrogateescape"), entry[0], ObjectID(entry[1].encode()))
        for name, inside in folders.items():
            subtree = self.write_tree(inside)
            tree.add(name.encode("utf-8", "surrogateescape"), DIRECTORY, ObjectID(subtree.encode()))
        return self._add(tree)

    def lookup(self, tree: str, path: str) -> tuple[int, str] | None:
        """Return (mode, id) of a path below ``tree``; the empty path is the tree."""
        found: tuple[int, str] = (DIRECTORY, tree)
        for part in [p for p in path.split("/") if p]:
            item = self.get(found[1]) if found[0] == DIRECTORY else None
            name = part.encode("utf-8", "surrogateescape")
            if not isinstance(item, Tree) or name not in item:
                return None
            mode, sha = item[name]
            found = (int(mode), sha.decode())
        return found

    def write_commit(
        self, tree: str, parents: Iterable[str], message: str, author: Identity, committer: Identity
    ) -> str:
        commit = Commit()
        commit.tree = ObjectID(tree.encode())
        commit.parents = [ObjectID(p.encode()) for p in parents]
        commit.message = message.encode()
        commit.author, commit.author_time, commit.author_timezone = (author.line(), author.seconds, author.offset)
        commit.committer, commit.commit_time = committer.line(), committer.seconds
        commit.commit_timezone = committer.offset
        return self._add(commit)

    def commit(self, oid: str) -> CommitRecord | None:
        """Return the commit of an id, or of an annotated tag; None: no such commit."""
        if oid in self._commits:  # an object never changes, and dulwich parses it on every read
            return self._commits[oid]
        item = self.get(oid)
        while isinstance(item, Tag):
            item = self.get(item.object[1].decode())
        if not isinstance(item, Commit):
            return None
        self._commits[oid] = CommitRecord(
            oid=item.id.decode(),
            tree=item.tree.decode(),
            parents=tuple(p.decode() for p in item.parents),
            message=item.message.decode("utf-8", "replace"),
            author=_identity(item.author, item.author_time, item.author_timezone),
            committer=_identity(item.committer, item.commit_time, item.commit_timezone),
        )
        return self._commits[oid]

    def resolve(self, expression: str) -> str | None:
        """Return the object id of a branch, tag, full ref name, HEAD or full id; of ``rev:path`` the object at that
        path.
        """
        revision, colon, path = expression.partition(":")
        for name in (revision, f"refs/{revision}", f"refs/heads/{revision}", f"refs/tags/{revision}"):
            oid = self._follow(name)
            if oid:
                break
        else:
            oid = revision if len(revision) == 40 and self.get(revision) else None
        if oid is None or not colon:
            return oid
        commit = self.commit(oid)
        found = self.lookup(commit.tree if commit else oid, path)
        return found[1] if found else None

    def _follow(self, name: str) -> str | None:
        if name == "HEAD":
            _, oid = self.repo.refs.follow(Ref(b"HEAD"))
            return oid.decode() if oid else None
        return self.ref(name) if name.startswith("refs/") else None
