"""Refs with texts in memory, with swaps as GitHub has them, for decisions that are played very often."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from action_patterns.errors import LostRaceError
from action_patterns.ports.ref_store import RefChange, StoredRef

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class MemoryRefs:
    """ports.RefStore for one repository."""

    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The commit and the text of each ref."""
    now: datetime = START
    before_swap: Callable[[], object] = lambda: None
    """Happens once before the next swap."""
    calls: list[str] = field(default_factory=list)
    _commits: int = 0

    def read(self, repository: str, name: str) -> StoredRef:
        del repository
        self.calls.append("read")
        return self._stored(name)

    def poll(self, repository: str, name: str, etag: str) -> str | None:
        raise NotImplementedError

    def list(self, repository: str, prefix: str) -> tuple[StoredRef, ...]:
        del repository
        self.calls.append("list")
        return tuple(self._stored(name) for name in sorted(self.texts) if name.startswith(prefix))

    def update(self, repository: str, before: StoredRef, message: str | None) -> StoredRef:
        return self.update_all(repository, (RefChange(before, message),))[0]

    def update_all(self, repository: str, changes: Sequence[RefChange]) -> tuple[StoredRef, ...]:
        del repository
        happens, self.before_swap = self.before_swap, lambda: None
        happens()
        self.calls += ["commit" for change in changes if change.message is not None]
        self.calls.append("swap")
        if any(self._stored(change.before.name).oid != change.before.oid for change in changes):
            raise LostRaceError("It moved.", remediation="Read again.")
        for change in changes:
            if change.message is None:
                self.texts.pop(change.before.name, None)
            else:
                self._commits += 1
                self.texts[change.before.name] = (f"{self._commits:040x}", change.message)
        return tuple(self._stored(change.before.name) for change in changes)

    def _stored(self, name: str) -> StoredRef:
        found = StoredRef(repository_id="R_1", name=name, oid=None, message="", read_at=self.now)
        if name not in self.texts:
            return found
        oid, text = self.texts[name]
        return replace(found, oid=oid, message=text, written_at=self.now)
