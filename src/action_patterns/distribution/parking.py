"""Targets that failed too often with the same content: a ledger parks them, and the campaign leaves them alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import partial

from action_patterns.action.place import new_claim, opened, run_of
from action_patterns.action.store import REFS
from action_patterns.content.identifier import identify
from action_patterns.contracts import Plan, PlanEntry, TargetResult
from action_patterns.contracts.result import ErrorRecord
from action_patterns.distribution.campaign import Campaign
from action_patterns.distribution.reasons import PARKED
from action_patterns.distribution.state_inputs import StateInputs
from action_patterns.errors import ActionPatternsError, DefectError, InputError
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context
from action_patterns.ports.github import GitHub
from action_patterns.ports.log import Annotation
from action_patterns.ports.ref_store import RefStore
from action_patterns.pull_request.ownership.source import in_repository
from action_patterns.state.ledger.book import PAUSE_SECONDS, read_book, seconds, short_digest, transact_ledger
from action_patterns.state.ledger.record import Claim, Entry
from action_patterns.state.ledger.table import (
    MAX_OPERATION_LENGTH,
    ClaimRequest,
    Ended,
    FinishRequest,
    Table,
    Wanted,
    claim,
    finish,
    free,
)

USES = (RefStore.read, RefStore.list, RefStore.update, RefStore.update_all)
SECONDS = 60.0
"""Time that one look or one write may take, where GitHub limits requests."""
LEASE_SECONDS = 60
"""Lease of a claim, which begins and ends in one write."""


Work = Callable[[Sequence[PlanEntry]], tuple[list[TargetResult], list[Annotation]]]
"""Works on targets, and returns their results and its warnings."""


def without_parked(
    inputs: StateInputs,
    ports: Ports,
    campaign: Campaign,
    plan: Plan,
    entries: Sequence[PlanEntry],
    work: Work,
    *,
    on_result: Callable[[TargetResult], None],
) -> tuple[list[TargetResult], list[Annotation]]:
    """Work on the targets that are not parked, and keep which of them failed. A dry run keeps nothing.

    Return all results and warnings. `on_result` is called with the result of each parked target.
    """
    parking = Parking(inputs, ports, operation=operation_of(campaign.file, ports.context), digest=campaign.digest)
    parked = parking.parked(plan, entries, attempt=ports.context.run_attempt)
    for result in parked.values():
        on_result(result)
    left = [entry for entry in entries if entry.index not in parked]
    results, warnings = work(left) if left else ([], [])
    if not inputs.dry_run:
        parking.ended(results)
    return [*parked.values(), *results], [*warnings, *parking.warnings]


def operation_of(file: str, context: Context) -> str:
    """Return the ledger's name for the campaign of a distribution file, however its path is written."""
    name = f"{context.repository}/{in_repository(file, context)}"
    return name if len(name) <= MAX_OPERATION_LENGTH else identify((name,), (), prefix=name, length=16).name


class Parking:
    """The parked targets of one campaign, as one leg reads and writes them.

    All legs write one document: a target keeps its place there, whichever leg works on it in the next run. GitHub's
    limit of content per minute lets 3 legs run at once, so few of them meet.

    A target's failure counts if another run would end alike: an outage, a limit or a refused token says nothing about
    the target. A guard that blocked a target does not count either. Success, or other content, makes earlier failures
    void.
    """

    def __init__(self, inputs: StateInputs, ports: Ports, *, operation: str, digest: str) -> None:
        """Keep, under `operation`, the targets that failed too often with the content of `digest`."""
        assert inputs.state_repository is not None, "checked before"
        self.warnings: list[Annotation] = []
        self._ports = ports
        self._credentials = inputs.credentials()
        self._repository = inputs.state_repository
        self._operation = operation
        self._digest = short_digest(digest)
        self._after = inputs.park_after
        self._store = inputs.store
        self._shards = 1
        self._known: Table = {}

    def parked(self, plan: Plan, entries: Sequence[PlanEntry], *, attempt: int) -> dict[int, TargetResult]:
        """Return the records of the parked targets, by index. A store that cannot be read parks none."""
        names = [entry.target.address for entry in entries]
        with self._going_on("All targets are worked on"), self._github() as github:
            book = read_book(github.refs, self._repository, self._operation, targets=names, shards=self._shards)
            self._shards, self._known = book.shards, book.table
        return {
            entry.index: TargetResult(
                plan_id=plan.plan_id,
                index=entry.index,
                target=entry.target.address,
                attempt=attempt,
                outcome="blocked",
                reason=PARKED.code,
                message=f"It was not tried. {self._told(found)}",
                error=ErrorRecord(
                    category="conflict",
                    message=self._told(found),
                    remediation=self._remedy(),
                    retryable=False,
                ),
            )
            for entry in entries
            if (found := self._known.get(entry.target.address)) is not None
            and (found.state, found.digest) == ("parked", self._digest)
        }

    def ended(self, results: Sequence[TargetResult]) -> None:
        """Keep how the targets ended. A leg in which none failed, and none had failed before, writes nothing."""
        failed = {each.target: each.reason for each in results if _counts(each)}
        done = [each.target for each in results if each.outcome in _DONE and each.target in self._known]
        if not failed and not done:
            return
        us = Claim(new_claim(self._ports), run_of(self._ports.context), self._ports.context.job, LEASE_SECONDS)
        kept = partial(self._kept, us=us, failed=failed, done=done)
        with self._going_on("The failures of this leg are not counted"), self._github() as github:
            transact_ledger(
                github.refs,
                self._repository,
                self._operation,
                kept,
                targets=(*failed, *done),
                shards=self._shards,
                pause=lambda: self._ports.clock.sleep(PAUSE_SECONDS * self._ports.random()),
            )

    def _kept(
        self, table: Table, read_at: datetime | None, *, us: Claim, failed: dict[str, str], done: Collection[str]
    ) -> tuple[Table, None]:
        now = seconds(read_at, self._ports.clock)
        after, _ = free(table, done)
        wanted = tuple(Wanted(target, self._digest) for target in failed)
        after, _ = claim(after, ClaimRequest(us=us, wanted=wanted, now=now))
        ends = {target: Ended("failed", reason) for target, reason in failed.items()}
        after, _ = finish(after, FinishRequest(us=us, ends=ends, now=now, park_after=self._after))
        return after, None

    def _told(self, found: Entry) -> str:
        where = f" ({found.by.run.url})" if found.by is not None else ""
        times = "once" if found.failures == 1 else f"{found.failures} times in a row"
        return f"It failed {times} with the same content, the last time with the reason `{found.reason}`{where}."

    def _remedy(self) -> str:
        """Return the remedy, the same for all parked targets: a report groups them by it."""
        store = "" if self._store == REFS else f", `store: {self._store}`"
        return (
            "Mend the cause. Then use actions/ledger with `mode: free`, a JSON list of the names as `targets`,"
            f" `operation: {self._operation}`, `repository: {self._repository}`{store}, or change what the campaign"
            " writes. Do not raise `park-after` to get past it."
        )

    def _github(self) -> AbstractContextManager[GitHub]:
        return opened(self._ports, self._credentials, USES, self._repository, seconds=SECONDS, store=self._store)

    @contextmanager
    def _going_on(self, consequence: str) -> Iterator[None]:
        """Make a warning of a store that is out of reach: it only saves work."""
        try:
            yield
        except (InputError, DefectError):
            raise
        except ActionPatternsError as error:
            said = f"{error.message} {consequence}. {error.remediation}"
            self.warnings.append(Annotation(level="warning", title="Parked targets: store-unreadable", message=said))


_DONE = frozenset({"created", "updated", "unchanged", "closed"})
_NOT_ITS_FAULT = frozenset({"authentication", "rate-limit", "unavailable"})
"""Categories of errors that every target meets alike."""


def _counts(result: TargetResult) -> bool:
    error = result.error
    return result.outcome == "failed" and (error is None or not (error.retryable or error.category in _NOT_ITS_FAULT))
