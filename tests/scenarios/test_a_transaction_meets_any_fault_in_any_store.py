"""The network loses, doubles or delays an answer, or the process dies, at any call of any kind's transaction.

A run that says it wrote has written, one that is red or dead left the old record or the new one, and the next run goes
on from there.
"""

from __future__ import annotations

import pytest

from action_patterns.action.store import BRANCHES, REFS, InBranches
from action_patterns.errors import ActionPatternsError
from action_patterns.github_api.client import Client
from action_patterns.ports.ref_store import RefStore
from support import sample
from support.harness import FAULTS, FaultPlan, FaultyTransport
from support.kinds import KINDS
from support.stage import TARGET, DyingTransport, Killed, Stage, stage

CALLS = 5
"""Calls of a transaction at most: over REST alone two reads, a commit and a move; before them GraphQL's refusal."""
MET = 3
"""How many faults each call of each kind meets in `make test`; the seed chooses them."""


def store_of(scene: Stage, store: str, plan: FaultPlan | None = None) -> RefStore:
    transport = DyingTransport(scene.context) if plan is None else FaultyTransport(scene.context, scene.sandbox, plan)
    refs = Client(transport).refs
    return InBranches(refs) if store == BRANCHES else refs


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("call", range(1, CALLS + 1))
def test_what_a_run_says_is_true_and_the_next_run_goes_on(kind: str, call: int) -> None:
    played = KINDS[kind]
    store = sample.one((REFS, BRANCHES), kind, call)
    for name in sample.some(MET, FAULTS, "transaction", kind, call):
        plan = FaultPlan({call: name})
        with stage(checked=False) as scene:
            if not played.once:
                played.run(store_of(scene, store), 1)
            said: bool | None = None
            try:
                stored, _ = played.run(store_of(scene, store, plan), 2)
                said = played.is_done(stored.record, 2)
            except (ActionPatternsError, Killed):
                pass
            can_hit = plan.calls >= call and FAULTS[name].only is None
            assert plan.met == [name] or not can_hit, name
            found, _ = played.run(store_of(scene, store), 3)
            if said is not None:
                assert said
                assert played.is_done(found.record, 2), name
            if played.once:
                assert played.is_done(found.record, 2) != played.is_done(found.record, 3), name
            else:
                assert played.is_done(found.record, 1), name
                assert played.is_done(found.record, 3), name
            again, change = played.run(store_of(scene, store), 3)
            assert change.write is None, name
            assert again.record == found.record
            read = store_of(scene, store).read(TARGET, played.ref)
            assert read.oid is not None
            scene.sandbox.faults.clear()
