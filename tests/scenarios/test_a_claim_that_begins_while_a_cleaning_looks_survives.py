"""In every store: a claim that begins while a cleaning looks survives, and a removed lock begins at a higher number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest

from action_patterns.action.store import BRANCHES, InBranches
from action_patterns.errors import ActionPatternsError
from action_patterns.github_api.client import Client
from action_patterns.ports.ref_store import RefStore
from action_patterns.runner.directory_store import DirectoryStore
from action_patterns.state import lock
from action_patterns.state.cleaning import BATCH, Litter, litter_of, remove
from support import sample
from support.harness import FAULTS, FaultPlan, FaultyTransport
from support.kinds import KINDS, Kind
from support.later_store import LaterStore
from support.stage import TARGET, DyingTransport, Killed, Stage, stage
from support.stores import STORES, store_of

DAY = timedelta(days=1)
CALLS = 4
"""Calls of a removal of two records at most: a list, and a commit and a move where one goes at a time."""
MET = 2
"""How many faults each call of each kind meets in `make test`; the seed chooses them."""


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Iterator[LaterStore]:
    with ExitStack() as stack:
        scene = stack.enter_context(stage(checked=False))
        path = stack.enter_context(store_of(request.param))
        refs = Client(DyingTransport(scene.context)).refs
        places: dict[str, RefStore] = {"refs": refs, "branches": InBranches(refs), "directory": DirectoryStore(path)}
        yield LaterStore(places[request.param])


def find(kind: Kind, store: RefStore) -> list[Litter]:
    return list(litter_of(kind.rule, store, TARGET, "", lambda error: pytest.fail(error.message)))


def write(kind: Kind, store: RefStore, name: str) -> None:
    """Write the record that the first run writes, at a ref of this name."""
    ref = store.read(TARGET, f"{kind.record.namespace()}{name}")
    change = kind.decide(kind.stored(ref), 1)
    assert change.write is not None
    store.update(TARGET, ref, change.write.message())


def names(kind: Kind, store: RefStore) -> set[str]:
    return {ref.name.rpartition("/")[2] for ref in store.list(TARGET, kind.record.namespace())}


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_run_takes_after_the_look_stays(kind: str, store: LaterStore) -> None:
    played = KINDS[kind]
    played.run(store, 1)
    if kind == "lock":
        played.release(store, 1)
    write(played, store, "other")
    store.later += DAY
    found = find(played, store)
    assert len(found) == 2
    taken, change = played.run(store, 2)
    assert change.write is not None
    assert len(list(remove(store, TARGET, found))) == 1
    assert names(played, store) == {"cursor"}
    assert played.run(store, 2)[0].record == taken.record


def test_the_number_of_a_lock_grows_over_its_removal(store: LaterStore) -> None:
    played, numbers = KINDS["lock"], []
    for _ in range(3):
        for run in (1, 2):
            stored, change = played.run(store, run)
            assert change.reason == "acquired"
            numbers.append(stored.record.generation)
            played.release(store, run)
        assert not lock.is_litter(played.stored(store.read(TARGET, played.ref)), timedelta()), "it was just written"
        store.later += timedelta(hours=1)
        assert len(list(remove(store, TARGET, find(played, store)))) == 1
        assert store.read(TARGET, played.ref).oid is None
    assert numbers == sorted(set(numbers))


def test_more_records_than_one_request_takes_all_go() -> None:
    with stage(checked=False) as scene:
        store = LaterStore(Client(DyingTransport(scene.context)).refs)
        for number in range(BATCH + 2):
            write(KINDS["state"], store, f"k{number}")
        store.later += DAY
        scene.forget()
        assert len(list(remove(store, TARGET, find(KINDS["state"], store)))) == BATCH + 2
        assert names(KINDS["state"], store) == set()


def faulty(scene: Stage, place: str, plan: FaultPlan) -> RefStore:
    refs = Client(FaultyTransport(scene.context, scene.sandbox, plan)).refs
    return InBranches(refs) if place == BRANCHES else refs


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("call", range(1, CALLS + 1))
def test_a_fault_at_any_call_leaves_the_young_and_the_next_cleaning_ends_it(kind: str, call: int) -> None:
    """A cleaning that says a record is gone has removed it. One that is red or dead has removed old ones only."""
    played = KINDS[kind]
    place = sample.one(("refs", BRANCHES), "clean", kind, call)
    for name in sample.some(MET, FAULTS, "clean", kind, call):
        plan = FaultPlan({call: name})
        with stage(checked=False) as scene:
            refs = Client(DyingTransport(scene.context)).refs
            store = LaterStore(InBranches(refs) if place == BRANCHES else refs)
            for old in ("old-1", "old-2"):
                write(played, store, old)
            store.later += DAY
            write(played, store, "young")
            gone = list[str]()
            try:
                later = store.over(faulty(scene, place, plan))
                for litter in remove(later, TARGET, find(played, later)):
                    gone += [change.before.name.rpartition("/")[2] for change in litter.changes]
            except (ActionPatternsError, Killed):
                pass
            scene.sandbox.faults.clear()
            assert not names(played, store) & set(gone), name
            assert names(played, store) >= {"young"}, name
            list(remove(store, TARGET, find(played, store)))
            assert names(played, store) == {"young"}, name
