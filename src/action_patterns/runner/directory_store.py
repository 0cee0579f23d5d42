"""Records in a directory: one file each, changed under one lock of the operating system.

A process that is killed leaves no lock, for the kernel gives it back, and no half of a record, for a file takes its
place by one rename. Several files change by a journal: once it is there, whoever comes next carries it out.
Times are of the file system that holds the directory, so machines that share it share one clock.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from action_patterns.errors import (
    ActionPatternsError,
    ConflictError,
    LostRaceError,
    NotFoundError,
    PermissionDeniedError,
    RefusedError,
    UnavailableError,
)
from action_patterns.ports.ref_store import RefChange, StoredRef

MARK = "action-patterns.store"
"""File that makes a directory a store. Without it, a volume that is not mounted would be an empty store."""
LOCK_SECONDS = 30.0
"""Time that a process waits for the others. Each holds the lock for milliseconds."""
_LOOK_SECONDS = 0.005
_JOURNAL = ".journal"
_FRESH = ".fresh"
"""Directory of files that are not in their places yet."""
_NAMESPACE = "refs/action-patterns/"


class _Step(NamedTuple):
    """A part of a change: a file, and its fresh form; empty: the file goes."""

    path: str
    fresh: str


class DirectoryStore:
    """ports.RefStore on a directory."""

    def __init__(self, path: str) -> None:
        self._root = Path(path)

    def read(self, repository: str, name: str) -> StoredRef:
        with self._locked() as now:
            return self._read(self._path(repository, name), now)

    def poll(self, repository: str, name: str, etag: str) -> str | None:
        found = self.read(repository, name).oid or ""
        return None if found and found == etag else found

    def list(self, repository: str, prefix: str) -> tuple[StoredRef, ...]:
        folder = self._path(repository, prefix)
        with self._locked() as now:
            if not folder.is_dir():
                return ()
            paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
            return tuple(self._read(path, now) for path in paths)

    def update(self, repository: str, before: StoredRef, message: str | None) -> StoredRef:
        return self.update_all(repository, (RefChange(before, message),))[0]

    def update_all(self, repository: str, changes: Sequence[RefChange]) -> tuple[StoredRef, ...]:
        with self._locked() as now:
            paths = [self._path(repository, before.name) for before, _ in changes]
            for path, (before, _) in zip(paths, changes, strict=True):
                if self._read(path, now).oid != before.oid:
                    raise LostRaceError(
                        f"{path} was written by another process meanwhile.",
                        remediation="Nothing was overwritten. Run again: the new state is read first.",
                    )
            after = [_after(path, message, now) for path, (_, message) in zip(paths, changes, strict=True)]
            self._carry_out([_Step(str(path), self._fresh(ref)) for path, ref in zip(paths, after, strict=True)])
            return tuple(after)

    def _path(self, repository: str, name: str) -> Path:
        """Return the path of a record. GitHub's names of repositories are the same in any case."""
        if not name.startswith(_NAMESPACE):
            return Path(name)  # A record that was read has its path as its name.
        return self._root.joinpath(*repository.lower().split("/"), *name.removeprefix(_NAMESPACE).split("/"))

    def _read(self, path: Path, now: datetime) -> StoredRef:
        absent = StoredRef(repository_id="", name=str(path), oid=None, message="", read_at=now)
        try:
            found = json.loads(path.read_bytes())
            return StoredRef(
                repository_id="",
                name=str(path),
                oid=str(found["oid"]),
                message=str(found["message"]),
                written_at=datetime.fromisoformat(found["written_at"]),
                read_at=now,
            )
        except FileNotFoundError:
            return absent
        except (ValueError, KeyError, TypeError):
            raise ConflictError(
                f"The file {path} holds no record that action-patterns can read.",
                remediation="Use the version that wrote it. If no run needs the record, delete the file. Do not treat"
                " it as absent: the work may be done.",
            ) from None

    def _fresh(self, ref: StoredRef) -> str:
        """Write the fresh form of a record, and return its path; empty: there is none."""
        if ref.oid is None or ref.written_at is None:
            return ""
        content = {"oid": ref.oid, "written_at": ref.written_at.isoformat(), "message": ref.message}
        return self._write(json.dumps(content))

    def _write(self, text: str) -> str:
        path = self._root / _FRESH / secrets.token_hex(8)
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        return str(path)

    def _carry_out(self, steps: Sequence[_Step]) -> None:
        if len(steps) > 1:
            Path(self._write(json.dumps(steps))).replace(self._root / _JOURNAL)
            _sync(self._root)
        _apply(steps)
        if len(steps) > 1:
            (self._root / _JOURNAL).unlink()

    def _recover(self) -> None:
        """Carry out what a process that died had decided, and remove what it had not."""
        journal = self._root / _JOURNAL
        with suppress(FileNotFoundError):
            _apply([_Step(*step) for step in json.loads(journal.read_bytes())])
            journal.unlink()
        with suppress(FileNotFoundError):
            for path in (self._root / _FRESH).iterdir():
                path.unlink()

    @contextmanager
    def _locked(self) -> Iterator[datetime]:
        """Hold the store's lock, and yield the time by the clock of its file system."""
        try:
            descriptor = self._open()
            try:
                _lock(descriptor, self._root)
                self._recover()
                os.utime(descriptor)
                yield datetime.fromtimestamp(os.fstat(descriptor).st_mtime, UTC)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise _error(error, self._root) from error

    def _open(self) -> int:
        mark = self._root / MARK
        try:
            descriptor = os.open(mark, os.O_RDWR)
        except FileNotFoundError:
            raise NotFoundError(
                f"The directory {self._root} is no store: it has no file `{MARK}`. Perhaps its volume is not mounted.",
                remediation=f"For a new store, run once: `touch {mark}`. Do not do so in every job: an empty directory"
                " would be taken for a store without records.",
            ) from None
        if mark.with_name(MARK.upper()).exists():
            os.close(descriptor)
            raise RefusedError(
                f"The file system of {self._root} takes upper and lower case for the same. Two keys would be one.",
                remediation="Use a directory on a file system that tells them apart.",
            )
        return descriptor


def _after(path: Path, message: str | None, now: datetime) -> StoredRef:
    if message is None:
        return StoredRef(repository_id="", name=str(path), oid=None, message="", read_at=now)
    return StoredRef(
        repository_id="", name=str(path), oid=secrets.token_hex(20), message=message, written_at=now, read_at=now
    )


def _apply(steps: Sequence[_Step]) -> None:
    """Bring the files to their places. A second time changes nothing."""
    for step in steps:
        path = Path(step.path)
        if not step.fresh:
            path.unlink(missing_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # It is in its place already.
            Path(step.fresh).replace(path)
        _sync(path.parent)


def _sync(folder: Path) -> None:
    """Let a rename outlive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, root: Path) -> None:
    try:
        import fcntl
    except ImportError:
        raise RefusedError(
            "A directory is a store on Linux and macOS only.", remediation="Leave out `store`, or use another runner."
        ) from None
    ends = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= ends:
                raise UnavailableError(
                    f"Other processes held the store {root} for {LOCK_SECONDS:.0f} seconds. Nothing was written.",
                    remediation=f"Look which process has {MARK} open (`lsof`), and run again.",
                ) from None
            time.sleep(_LOOK_SECONDS)
        else:
            return


def _error(error: OSError, root: Path) -> ActionPatternsError:
    what = f"The store {root} cannot be used: {error.strerror or error}"
    if error.filename:
        what += f" ({error.filename})"
    if isinstance(error, PermissionError):
        return PermissionDeniedError(
            f"{what}.",
            remediation="Let one account own the directory and all below it, and let every runner that shares it run"
            " as that account.",
        )
    return UnavailableError(f"{what}.", remediation="Mend the volume, and run again. Nothing counts as absent.")
