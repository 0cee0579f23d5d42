"""One lock of one repository, as a step reaches it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256

from action_patterns.action.reach import Reach
from action_patterns.action.session import open_session
from action_patterns.actions.lock.interface import LockInputs
from action_patterns.content.identifier import identify, normalise
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context
from action_patterns.ports.github import GitHub
from action_patterns.ports.ref_store import RefStore
from action_patterns.ports.workflow_runs import WorkflowRuns
from action_patterns.state.lock import Entry, LockRecord
from action_patterns.state.record import Holder
from action_patterns.state.transaction import Change, transact

ROUNDS = 20
"""Rounds of one write. Others write too while they queue, and each lost race means that one of them went on."""
USES = (RefStore.read, RefStore.poll, RefStore.update, WorkflowRuns.read, WorkflowRuns.jobs)

Decide = Callable[[LockRecord | None], Change[LockRecord]]


class Place:
    """The lock's ref, and GitHub for a bounded time."""

    def __init__(self, inputs: LockInputs, ports: Ports) -> None:
        self.repository = inputs.repository or ports.context.repository
        self.name = normalise(inputs.name)
        self.ref = LockRecord.namespace() + identify((inputs.name,), (), prefix=inputs.name, length=16).name
        self._credentials = inputs.credentials()
        self._ports = ports

    @contextmanager
    def open(self, seconds: float) -> Iterator[GitHub]:
        """Yield GitHub for at most these seconds, and close it."""
        github = open_session(
            self._ports,
            self._credentials,
            USES,
            seconds=seconds,
            reach=Reach((self.repository,)),
            narrowed=(self.repository,),
        )
        try:
            yield github
        finally:
            github.close()

    def change(self, github: GitHub, decide: Decide) -> tuple[LockRecord | None, Change[LockRecord]]:
        """Return the lock as it is after one transaction.

        Raises:
            LostRaceError: other jobs won every round.
            ConflictError: the ref holds no lock.
        """
        return transact(github.refs, self.repository, self.ref, LockRecord, decide, rounds=ROUNDS)


def entry(ports: Ports, lease_seconds: float, claim: str = "") -> Entry:
    """Return the entry of this step. Without a claim it gets a new one, which no other step has."""
    context, now = ports.context, ports.clock.now()
    if not claim:
        # Two legs of a matrix have the same run, job and time.
        parts = (run_of(context).model_dump_json(), context.job, context.runner, now, ports.random(), ports.random())
        claim = sha256("\0".join(map(str, parts)).encode()).hexdigest()[:16]
    return Entry(
        claim=claim,
        run=run_of(context),
        job=context.job,
        runner=context.runner,
        since=now,
        lease_seconds=lease_seconds,
    )


def run_of(context: Context) -> Holder:
    """Return the run of this step."""
    return Holder(
        repository=context.repository,
        repository_id=context.repository_id,
        run_id=context.run_id,
        attempt=context.run_attempt,
        url=f"{context.run_url}/attempts/{context.run_attempt}",
    )
