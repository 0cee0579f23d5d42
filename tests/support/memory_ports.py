"""The world of an action in memory: files, checkout, clock and log, beside the GitHub of `fake_github`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import reduce
from pathlib import PurePosixPath
from typing import cast

from action_patterns.content.blob import blob_oid
from action_patterns.content.changes import FileChange, Mode
from action_patterns.errors import InputError, Problem
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Allowance, Credentials
from action_patterns.ports.github import GitHub
from action_patterns.ports.history import History, Worktree
from action_patterns.ports.log import Annotation
from action_patterns.ports.snapshot import Choose, Snapshot
from action_patterns.ports.workspace import Origin
from action_patterns.redaction import Secrets
from support.fake_github import FakeGitHub
from support.memory_machine import MemoryMachine
from support.memory_processes import MemoryProcesses
from support.report_builders import context

NOW = datetime(2026, 7, 1, 14, 2, tzinfo=UTC)
TEMP = "/temp"


class MemoryFiles:
    """ports.Files over a dictionary; what is written can be read again."""

    def __init__(self, files: Mapping[str, str | bytes] | None = None) -> None:
        self.files = {p: c.encode() if isinstance(c, str) else c for p, c in (files or {}).items()}

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise InputError(Problem(f"There is no file {path!r}.", "Check the path.", file=path))
        return self.files[path]

    def size(self, path: str) -> int:
        return len(self.read(path))

    def sha256(self, path: str) -> str:
        return hashlib.sha256(self.read(path)).hexdigest()

    def exists(self, path: str) -> bool:
        return path in self.files or self.is_directory(path)

    def is_directory(self, path: str) -> bool:
        return any(name.startswith(f"{path.rstrip('/')}/") for name in self.files)

    def directory(self, path: str) -> tuple[FileChange, ...]:
        prefix = f"{path.rstrip('/')}/"
        return tuple(
            FileChange(path=name.removeprefix(prefix), mode="100644", content=content)
            for name, content in sorted(self.files.items())
            if name.startswith(prefix)
        )

    def entry(self, path: str, at: PurePosixPath) -> FileChange:
        return FileChange(path=str(at), mode="100644", content=self.read(path))

    def find(self, pattern: str) -> tuple[FileChange, ...]:
        return (self.entry(pattern, PurePosixPath(pattern)),)

    def names(self, path: str) -> tuple[str, ...]:
        return tuple(sorted(name for name in self.files if name.startswith(f"{path.rstrip('/')}/")))

    def listing(self) -> tuple[str, ...]:
        return tuple(sorted(name for name in self.files if not name.startswith("/")))

    def present(self, path: str) -> FileChange:
        return self.entry(path, PurePosixPath(path)) if path in self.files else FileChange(path=path, mode=None)

    def replace(self, path: str, content: bytes, mode: Mode) -> None:
        self.files[path] = content

    def write(self, path: str, text: str) -> str:
        place = path if path.startswith("/") else f"{TEMP}/{path}"
        self.files[place] = text.encode()
        return place

    def write_names(self, path: str, names: Sequence[str]) -> str:
        place = self.write(path, "")
        self.files[place] = "".join(f"{name}\0" for name in names).encode("utf-8", "surrogateescape")
        return place


class StillClock:
    """A clock that stands; sleeping is remembered, and takes no time."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@dataclass
class MemoryLog:
    """ports.Log that remembers."""

    lines: list[str] = field(default_factory=list)
    secrets: tuple[str, ...] = ()
    labels: Secrets = field(default_factory=Secrets)

    def info(self, message: str) -> None:
        self.lines.append(message)

    def annotate(self, annotation: Annotation) -> None:
        raise AssertionError("annotations go through Finish")

    def progress(self, done: int, total: int, message: str) -> None:
        self.lines.append(f"[{done}/{total}] {message}")

    def redact(self, text: str) -> str:
        return self.labels.redact(reduce(lambda told, secret: told.replace(secret, "***"), self.secrets, text))

    def conceal(self, labels: Mapping[str, str]) -> None:
        self.labels.conceal(labels)

    def hide(self, secret: str) -> None:
        raise AssertionError("only GitHub's client mints what must be hidden")


@dataclass
class MemoryCheckout:
    """A worktree with known changes; remembers which paths it was asked for."""

    found: tuple[FileChange, ...] = ()
    asked: list[tuple[str, ...]] = field(default_factory=list)
    remote: Origin = field(default_factory=lambda: Origin(repository="acme/platform"))
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    below: Mapping[str, MemoryCheckout] = field(default_factory=dict)
    """Checkouts in directories of a workspace that is no repository."""
    index: tuple[str, ...] = ()
    """Paths of the tracked files."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Content of each file that is there."""
    hidden: tuple[str, ...] = ()
    """Those of them that git ignores."""
    broken: Exception | None = None
    """What it raises where its files are read. None: they can be read."""

    def places(self) -> tuple[str, ...]:
        return tuple(self.below) or (".",)

    def at(self, path: str) -> MemoryCheckout:
        return self.below[path]

    def origin(self) -> Origin:
        return self.remote

    def read_blob(self, oid: str) -> bytes:
        return self.blobs[oid]

    def tracked(self) -> tuple[str, ...]:
        return self.index

    def head_oid(self) -> str:
        return "c" * 40

    def fetched_oid(self) -> str:
        return self.head_oid()

    def history(self, repository: str, token: str | None) -> History:
        raise AssertionError("a scenario with a real checkout looks at its commits")

    def worktree(self, base: str) -> Worktree:
        raise AssertionError("a scenario with a real checkout looks at its files")

    def ignored(self, places: Sequence[str]) -> tuple[str, ...]:
        return ()

    def snapshot(self, choose: Choose) -> Snapshot:
        if self.broken is not None:
            raise self.broken
        chosen = choose(sorted(self.files))
        return Snapshot(
            files={path: f"100644 {blob_oid(self.files[path].encode())}" for path in chosen.paths},
            contents={path: self.files[path].encode() for path in chosen.wanted},
            ignored=tuple(path for path in self.hidden if path in chosen.paths),
        )

    def changes(self, paths: Sequence[str]) -> tuple[FileChange, ...]:
        self.asked.append(tuple(paths))
        return self.found


@dataclass
class World:
    """Everything one action may touch."""

    github: FakeGitHub = field(default_factory=FakeGitHub)
    files: MemoryFiles = field(default_factory=MemoryFiles)
    checkout: MemoryCheckout = field(default_factory=MemoryCheckout)
    processes: MemoryProcesses = field(default_factory=MemoryProcesses)
    machine: MemoryMachine = field(default_factory=MemoryMachine)
    log: MemoryLog = field(default_factory=MemoryLog)
    clock: StillClock = field(default_factory=StillClock)
    context: Context = field(default_factory=lambda: context(run_attempt=1))
    random: float = 0.5
    """The number that decides how long a wait is."""
    tokens: list[str] = field(default_factory=list)
    """The tokens GitHub was opened with."""
    allowances: list[Allowance] = field(default_factory=list)

    def ports(self) -> Ports:
        def open_github(credentials: Credentials, allowance: Allowance) -> GitHub:
            self.tokens.append(credentials.token)
            self.allowances.append(allowance)
            return cast("GitHub", self.github)  # It has what upsert and distribute ask for.

        return Ports(
            context=self.context,
            github=open_github,
            checkout=self.checkout,
            files=self.files,
            processes=self.processes,
            machine=self.machine,
            clock=self.clock,
            log=self.log,
            random=lambda: self.random,
        )
