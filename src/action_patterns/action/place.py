"""One record of one repository, as a step reaches it: its ref, and GitHub for a bounded time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic

from action_patterns.action.reach import Reach
from action_patterns.action.session import open_session
from action_patterns.action.store import REFS
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Credentials
from action_patterns.ports.github import GitHub
from action_patterns.ports.permissions import Verb
from action_patterns.state.record import AnyRecord, Holder
from action_patterns.state.transaction import MAX_ROUNDS, Change, Stored, transact_stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Generic[AnyRecord]):
    """A record's ref in a repository."""

    ports: Ports
    credentials: Credentials
    uses: Iterable[Verb]
    """The verbs that the step may call."""
    repository: str
    ref: str
    """Full name of the ref."""
    kind: type[AnyRecord]
    rounds: int = MAX_ROUNDS
    """Rounds of one write."""
    store: str = REFS
    """Place of the records (see `action.store`)."""

    @contextmanager
    def open(self, seconds: float) -> Iterator[GitHub]:
        """Yield GitHub for at most these seconds, and close it."""
        with opened(
            self.ports, self.credentials, self.uses, self.repository, seconds=seconds, store=self.store
        ) as github:
            yield github

    def change(
        self, github: GitHub, decide: Callable[[Stored[AnyRecord]], Change[AnyRecord]]
    ) -> tuple[Stored[AnyRecord], Change[AnyRecord]]:
        """Return the record as it is after one transaction, and the change that made it so.

        Raises:
            LostRaceError: other jobs won every round.
            ConflictError: the ref holds no record of this kind.
        """
        return transact_stored(github.refs, self.repository, self.ref, self.kind, decide, rounds=self.rounds)


@contextmanager
def opened(
    ports: Ports, credentials: Credentials, uses: Iterable[Verb], repository: str, *, seconds: float, store: str
) -> Iterator[GitHub]:
    """Yield GitHub for the records of one repository and for at most these seconds, and close it."""
    github = open_session(
        ports,
        credentials,
        uses,
        seconds=seconds,
        reach=Reach((repository,)),
        narrowed=(repository,),
        store=store,
    )
    try:
        yield github
    finally:
        github.close()


def run_of(context: Context) -> Holder:
    """Return the run of this step."""
    return Holder(
        repository=context.repository,
        repository_id=context.repository_id,
        run_id=context.run_id,
        attempt=context.run_attempt,
        url=f"{context.run_url}/attempts/{context.run_attempt}",
    )


def new_claim(ports: Ports) -> str:
    """Return a claim that no other step has. Two legs of a matrix have the same run, job and time."""
    context = ports.context
    parts = (run_of(context).model_dump_json(), context.job, context.runner, ports.clock.now())
    return sha256("\0".join(map(str, (*parts, ports.random(), ports.random()))).encode()).hexdigest()[:16]
