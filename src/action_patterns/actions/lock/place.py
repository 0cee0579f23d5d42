"""One lock of one repository, as a step reaches it."""

from __future__ import annotations

from action_patterns.action.cleaning import CLEAN_USES
from action_patterns.action.liveness import LIVENESS_USES
from action_patterns.action.place import Place, new_claim, run_of
from action_patterns.actions.lock.interface import LockInputs
from action_patterns.content.identifier import identify
from action_patterns.ports.bundle import Ports
from action_patterns.ports.ref_store import RefStore
from action_patterns.state.lock import Entry, LockRecord

USES = (RefStore.read, RefStore.poll, RefStore.update, *LIVENESS_USES, *CLEAN_USES)
ROUNDS = 20
"""Rounds of one write. Others write too while they queue, and each lost race means that one of them went on."""


def place_of(inputs: LockInputs, ports: Ports) -> Place[LockRecord]:
    """Return the place of the lock that a step names.

    Raises:
        InputError: no token is given, or more than one.
    """
    return Place(
        ports=ports,
        credentials=inputs.credentials(),
        uses=USES,
        repository=inputs.repository or ports.context.repository,
        ref=LockRecord.namespace() + identify((inputs.name,), (), prefix=inputs.name, length=16).name,
        kind=LockRecord,
        rounds=ROUNDS,
        store=inputs.store,
    )


def entry(ports: Ports, lease_seconds: float, claim: str = "") -> Entry:
    """Return the entry of this step. Without a claim it gets a new one, which no other step has."""
    return Entry(
        claim=claim or new_claim(ports),
        run=run_of(ports.context),
        job=ports.context.job,
        runner=ports.context.runner,
        since=ports.clock.now(),
        lease_seconds=lease_seconds,
    )
