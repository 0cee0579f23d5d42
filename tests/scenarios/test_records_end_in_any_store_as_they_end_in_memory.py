"""Any sequence of transactions of all kinds, and of bare changes of one or two refs, ends as in a dictionary."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from action_patterns.action.store import BRANCHES, InBranches
from action_patterns.errors import LostRaceError, RefusedError
from action_patterns.github_api.client import Client
from action_patterns.ports.ref_store import RefChange, RefStore, StoredRef
from action_patterns.runner.directory_store import DirectoryStore
from action_patterns.state import lock
from action_patterns.state.cleaning import litter_of, remove
from support import sample
from support.kinds import KINDS, TIMEOUT_HOURS, entry
from support.later_store import LaterStore
from support.stage import TARGET, DyingTransport, stage
from support.stores import STORES, store_of

NAMES = [f"refs/action-patterns/text/{name}" for name in "abc"]
TEXTS = st.sampled_from(["one", "two", "é\n\nthree"])
RUNS = st.integers(1, 3)


class Model(RuleBasedStateMachine):
    """A dictionary beside a store."""

    kind: str

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.scene = self.stack.enter_context(stage(checked=False))
        path = self.stack.enter_context(store_of(self.kind))
        self.texts: dict[str, str] = {}
        self.now: dict[str, StoredRef] = {}
        self.seen: list[StoredRef] = []
        self.etags: dict[str, tuple[str, str | None]] = {}
        self.value: list[int] = []
        self.held, self.generation = 0, 0
        self.written: dict[str, timedelta] = {}
        """When a run wrote the record of a kind last. A kind that is not there has none."""
        self.store = LaterStore(self.open(path))

    def open(self, path: str) -> RefStore:
        if self.kind == "directory":
            return DirectoryStore(path)
        refs = Client(DyingTransport(self.scene.context)).refs
        return InBranches(refs) if self.kind == BRANCHES else refs

    def age(self, kind: str) -> timedelta:
        return self.store.later - self.written[kind]

    def teardown(self) -> None:
        self.stack.close()

    @property
    def changes_together(self) -> bool:
        return self.kind == "directory" or self.scene.has_leases

    # Bare refs

    def remember(self, name: str, ref: StoredRef, text: str | None) -> None:
        self.seen.append(ref)
        self.now[name] = ref
        self.texts.pop(name, None)
        if text is not None:
            self.texts[name] = text

    @rule(name=st.sampled_from(NAMES), text=st.none() | TEXTS)
    def write(self, name: str, text: str | None) -> None:
        before = self.store.read(TARGET, name)
        assert (before.oid is not None) == (name in self.texts)
        self.remember(name, self.store.update(TARGET, before, text), text)

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), text=st.none() | TEXTS)
    def write_over_an_earlier_one(self, data: st.DataObject, text: str | None) -> None:
        before = data.draw(st.sampled_from(self.seen))
        name = next(each for each in NAMES if each.rpartition("/")[2] == before.name.rpartition("/")[2])
        current = self.now[name]
        if (before.oid, before.tombstone_oid) == (current.oid, current.tombstone_oid):
            self.remember(name, self.store.update(TARGET, before, text), text)
            return
        if before.oid is None and before.tombstone_oid is None and text is None and self.kind != "directory":
            return  # To delete what is absent sends nothing.
        if current.oid is None and current.tombstone_oid is None and text is None and self.kind != "directory":
            # The ref is as it shall be: that may be the effect of this change, whose answer was lost.
            assert self.store.update(TARGET, before, text).oid is None
            return
        with pytest.raises((LostRaceError, RefusedError)):
            self.store.update(TARGET, before, text)

    @rule(first=TEXTS, second=st.none() | TEXTS)
    def write_two(self, first: str, second: str | None) -> None:
        changes = [
            RefChange(self.store.read(TARGET, name), text)
            for name, text in zip(NAMES[:2], (first, second), strict=True)
        ]
        if not self.changes_together:
            with pytest.raises(RefusedError):
                self.store.update_all(TARGET, changes)
            return
        for name, ref, text in zip(NAMES, self.store.update_all(TARGET, changes), (first, second), strict=False):
            self.remember(name, ref, text)

    @rule(name=st.sampled_from(NAMES))
    def look(self, name: str) -> None:
        etag, text = self.etags.get(name, ("", None))
        found = self.store.poll(TARGET, name, etag)
        if found is None:
            assert text == self.texts.get(name)
        else:
            self.etags[name] = (found, self.texts.get(name))

    # Kinds

    def play(self, kind: str, run: int) -> bool:
        """Let a run do its work, and return whether it wrote."""
        stored, change = KINDS[kind].run(self.store, run)
        there = kind in self.written
        if kind == "state":
            self.value += [] if run in self.value else [run]
            assert stored.record.value == self.value
        elif kind == "once":
            dead = there and self.age(kind) >= timedelta(hours=TIMEOUT_HOURS)
            assert change.reason == ("taken-over" if dead else "in-progress" if there else "first")
        else:
            if not self.held:
                grows = stored.record.generation > self.generation
                assert stored.record.generation == self.generation + 1 if there else grows
                self.held, self.generation = run, stored.record.generation
            assert change.reason == ("acquired" if self.held == run else "held")
            assert stored.record.generation == self.generation
        if change.write is not None:
            self.written[kind] = self.store.later
        return change.write is not None

    @rule(kind=st.sampled_from(sorted(KINDS)), run=RUNS)
    def work(self, kind: str, run: int) -> None:
        self.play(kind, run)

    @rule(hours=st.sampled_from([1, 5, 24]))
    def time_passes(self, hours: int) -> None:
        self.store.later += timedelta(hours=hours)

    @rule(kind=st.sampled_from(sorted(KINDS)), meanwhile=st.none() | RUNS)
    def clean(self, kind: str, meanwhile: int | None) -> None:
        """Remove the record of a kind, which a run may write after the look."""
        old = TIMEOUT_HOURS if kind == "once" else 1
        expected = kind in self.written and self.age(kind) >= timedelta(hours=old)
        rule = KINDS[kind].rule
        found = list(litter_of(rule, self.store, TARGET, "", lambda error: pytest.fail(str(error))))
        assert bool(found) == expected
        writes = meanwhile is not None and self.play(kind, meanwhile)
        gone = list(remove(self.store, TARGET, found))
        assert bool(gone) == (expected and not writes)
        if gone:
            del self.written[kind]
            self.value = [] if kind == "state" else self.value
            self.held = 0 if kind == "lock" else self.held

    @precondition(lambda self: "lock" in self.written)
    @rule(run=RUNS)
    def release(self, run: int) -> None:
        kind = KINDS["lock"]
        found = kind.run(self.store, 9)[0] if self.held else None
        change: Any = lock.release(found.record if found else None, entry(run))
        assert (change.outcome == "updated") == (self.held == run), "a release may be said twice"
        if found is not None and change.write is not None:
            self.store.update(TARGET, found.ref, change.write.message())
            self.held = 0
            self.written["lock"] = self.store.later

    @invariant()
    def every_ref_has_its_text(self) -> None:
        found = self.store.list(TARGET, "refs/action-patterns/text/")
        listed = {ref.name.rpartition("/")[2]: ref.message for ref in found}
        assert set(listed) == {name.rpartition("/")[2] for name in self.texts}
        for name, text in self.texts.items():
            assert listed[name.rpartition("/")[2]].startswith(text)


@pytest.mark.parametrize("kind", STORES)
def test_a_store_is_a_dictionary_of_records(kind: str) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        type("Played", (Model,), {"kind": kind}),
        settings=settings(
            max_examples=sample.examples(20),
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
