"""A copy of a repository on disk, on which git itself runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from weakref import WeakKeyDictionary, finalize

from dulwich.object_store import DiskObjectStore, MemoryObjectStore
from dulwich.objects import ObjectID

from github_sandbox import pull_refs
from github_sandbox.model import Repository

TIMEOUT_SECONDS = 60


class _Copy:
    """The objects of one fork network on disk: one pack for each request that finds new ones."""

    def __init__(self) -> None:
        self.path = Path(mkdtemp(prefix="github-sandbox-objects-"))
        self._written: set[ObjectID] = set()
        finalize(self, shutil.rmtree, self.path, ignore_errors=True)
        DiskObjectStore.init(self.path).close()

    def take(self, objects: MemoryObjectStore) -> None:
        """Write the objects that are new. The caller holds the world's lock."""
        fresh = [oid for oid in objects if oid not in self._written]
        if fresh:
            with closing(DiskObjectStore(self.path)) as disk:
                pack = disk.add_objects([(objects[oid], None) for oid in fresh])
                if pack is not None:
                    pack.close()
            self._written.update(fresh)


_copies: WeakKeyDictionary[MemoryObjectStore, _Copy] = WeakKeyDictionary()
_making = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class State:
    """One repository as the start of a request found it. Later writes do not change it."""

    objects: Path
    head: str
    refs: Mapping[str, str]


def state(repository: Repository) -> State:
    """Return the refs, those of pull requests included, with their objects on disk. The caller holds the lock."""
    git = repository.git
    # The test merges are written here, so the copy comes after the refs.
    refs = git.refs() | pull_refs.of(repository)
    with _making:
        copy = _copies.get(git.objects)
        if copy is None:
            copy = _copies[git.objects] = _Copy()
        copy.take(git.objects)
    return State(objects=copy.path, head=f"refs/heads/{repository.default_branch}", refs=refs)


def run(found: State, arguments: Sequence[str], body: bytes = b"", *, protocol: str = "") -> bytes:
    """Run git in a bare repository of that state, and return what it prints.

    ``arguments``: the command; ``.`` is the repository. ``body``: its standard input. ``protocol``: the client's
    ``Git-Protocol`` header.

    Raises:
        RuntimeError: git printed nothing and failed.
    """
    with TemporaryDirectory(prefix="github-sandbox-git-") as folder:
        directory = Path(folder)
        for name in ("objects", "refs"):
            (directory / name).mkdir()
        (directory / "HEAD").write_text(f"ref: {found.head}\n", "utf-8")
        lines = (f"{oid} {name}\n" for name, oid in found.refs.items())
        (directory / "packed-refs").write_text("".join(lines), "utf-8")
        environment = {
            "PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_OBJECT_DIRECTORY": str(found.objects),
        } | ({"GIT_PROTOCOL": protocol} if protocol else {})  # fmt: skip
        done = subprocess.run(
            ["git", *arguments], input=body, capture_output=True, check=False, timeout=TIMEOUT_SECONDS, cwd=folder,
            env=environment,
        )  # fmt: skip
    if done.returncode and not done.stdout:
        raise RuntimeError(f"git {arguments}: {done.stderr.decode('utf-8', 'replace')}")
    return done.stdout
