"""The ledger of one operation, as a step reaches it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypeVar

from action_patterns.actions.ledger.request import LedgerRequest
from action_patterns.errors import (
    ActionPatternsError,
    AuthenticationError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)
from action_patterns.ports.bundle import Ports
from action_patterns.ports.github import GitHub
from action_patterns.state.ledger.book import PAUSE_SECONDS, Book, transact_ledger
from action_patterns.state.ledger.table import Table

Answer = TypeVar("Answer")

_UNKEPT = (
    AuthenticationError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)


def is_only_unkept(error: ActionPatternsError) -> bool:
    """Return whether an error means that the ledger is out of reach. It only saves work, so the work goes on."""
    return isinstance(error, _UNKEPT)


class Store:
    """The ledger of a request's operation."""

    def __init__(self, request: LedgerRequest, ports: Ports, github: GitHub) -> None:
        self._request = request
        self._ports = ports
        self._github = github
        self._shards = request.shards

    def change(
        self, decide: Callable[[Table, datetime | None], tuple[Table, Answer]], targets: Collection[str]
    ) -> tuple[Book, Answer]:
        """Return the documents of these targets after one transaction.

        Raises:
            LostRaceError: other runs won every round.
            ConflictError: a document is no ledger that this version reads.
        """
        book, answer = transact_ledger(
            self._github.refs,
            self._request.repository,
            self._request.operation,
            decide,
            targets=targets,
            shards=self._shards,
            pause=lambda: self._ports.clock.sleep(PAUSE_SECONDS * self._ports.random()),
        )
        self._shards = book.shards
        return book, answer
