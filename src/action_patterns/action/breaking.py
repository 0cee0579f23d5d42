"""One breaker of one repository, as a step reaches it: may it work, and how did it end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from action_patterns.action.liveness import LIVENESS_USES, Liveness
from action_patterns.action.place import Place, new_claim, run_of
from action_patterns.action.store import REFS
from action_patterns.content.identifier import identify, normalise
from action_patterns.errors import ActionPatternsError, DefectError, InputError
from action_patterns.ports.bundle import Ports
from action_patterns.ports.credentials import Credentials
from action_patterns.ports.github import GitHub
from action_patterns.ports.log import Annotation
from action_patterns.ports.permissions import Verb
from action_patterns.ports.ref_store import RefStore
from action_patterns.state import breaker
from action_patterns.state.breaker import BreakerRecord, BreakerRequest, Result
from action_patterns.state.transaction import Change, Stored, time_of

STORE_USES = (RefStore.read, RefStore.update)
BREAKER_USES = (*STORE_USES, *LIVENESS_USES)
ROUNDS = 20
"""Rounds of one write: legs of one matrix report at the same time."""

OnUnreadable = Literal["work", "stop"]
Decide = Callable[[BreakerRecord | None, BreakerRequest], Change[BreakerRecord]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a breaker decides. All who share one give the same."""

    threshold: int = 5
    open_seconds: float = 300.0
    probe_lease_seconds: float = 900.0
    on_unreadable: OnUnreadable = "work"
    seconds: float = 60.0
    """Time that one question or report may take, where GitHub limits requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer of the breaker."""

    reason: str
    outcome: str
    claim: str
    record: BreakerRecord | None = None
    """The breaker as it is now. None: there is none, or it could not be read."""
    unreadable: str = ""
    """Why it could not be read or written. Empty: it could."""

    @property
    def allowed(self) -> bool:
        """Whether the work may be done."""
        return self.outcome != "skipped"

    @property
    def probes(self) -> bool:
        """Whether this step is the one that probes."""
        return self.reason == "probe"


class Breaker:
    """The questions and reports of one step."""

    def __init__(
        self,
        ports: Ports,
        credentials: Credentials,
        repository: str,
        key: str,
        settings: Settings,
        uses: tuple[Verb, ...] = BREAKER_USES,
        store: str = REFS,
    ) -> None:
        self._ports = ports
        self._key = normalise(key)
        self._asks_about_runs = set(LIVENESS_USES) <= set(uses)
        self._settings = settings
        self.place = Place(
            ports=ports,
            credentials=credentials,
            uses=uses,
            repository=repository,
            ref=BreakerRecord.namespace() + identify((key,), (), prefix=key, length=16).name,
            kind=BreakerRecord,
            rounds=ROUNDS,
            store=store,
        )

    @property
    def ref(self) -> str:
        """Full name of the ref."""
        return self.place.ref

    def check(self) -> Answer:
        """Return whether this step may work. A store that cannot be read only costs the protection."""
        request = self._request(new_claim(self._ports))
        try:
            with self.place.open(self._settings.seconds) as github:
                record, change = self._change(github, request, breaker.check)
                if change.reason == breaker.BREAKER_OPEN and (request := self._over(github, record, request)).over:
                    record, change = self._change(github, request, breaker.check)
        except (InputError, DefectError):
            raise
        except ActionPatternsError as error:
            outcome = "unchanged" if self._settings.on_unreadable == "work" else "skipped"
            return self._unreadable(error, request.claim, outcome)
        return Answer(reason=change.reason, outcome=change.outcome, claim=request.claim, record=record)

    def report(self, result: Result, claim: str) -> Answer:
        """Count how the work of a claim ended. A store that cannot be written only costs the protection."""
        try:
            return self.change(lambda found, request: breaker.report(found, request, result), claim)
        except (InputError, DefectError):
            raise
        except ActionPatternsError as error:
            return self._unreadable(error, claim, "unchanged")

    def change(self, decide: Decide, claim: str = "", *, message: str = "") -> Answer:
        """Return the answer of one transaction.

        Raises:
            ActionPatternsError: the breaker could not be read or written.
        """
        request = replace(self._request(claim), message=message, by=self._ports.context.actor)
        with self.place.open(self._settings.seconds) as github:
            record, change = self._change(github, request, decide)
        return Answer(reason=change.reason, outcome=change.outcome, claim=claim, record=record)

    def warning(self, answer: Answer) -> Annotation | None:
        """Return what is said where the breaker could not be reached. None: it could."""
        if not answer.unreadable:
            return None
        so = "The work goes on without it." if answer.allowed else "The work is not done."
        return Annotation(
            level="warning", title=f"Breaker {self._key}: store-unreadable", message=f"{answer.unreadable} {so}"
        )

    def _change(
        self, github: GitHub, request: BreakerRequest, decide: Decide
    ) -> tuple[BreakerRecord | None, Change[BreakerRecord]]:
        def by_github_s_clock(found: Stored[BreakerRecord]) -> Change[BreakerRecord]:
            return decide(found.record, replace(request, now=time_of(found.ref)))

        stored, change = self.place.change(github, by_github_s_clock)
        return stored.record, change

    def _over(self, github: GitHub, record: BreakerRecord | None, request: BreakerRequest) -> BreakerRequest:
        """Return the request with the prober's claim if GitHub calls its job over."""
        probe = breaker.suspect(record)
        if probe is None or not self._asks_about_runs:
            return request
        if not Liveness(self._ports, github).is_over(probe.claim, probe.run, probe.runner):
            return request
        self._ports.log.info(f"GitHub calls the job over that probed: job `{probe.job}` of {probe.run.url}.")
        return replace(request, over=frozenset({probe.claim}))

    def _request(self, claim: str) -> BreakerRequest:
        context, settings = self._ports.context, self._settings
        return BreakerRequest(
            key=self._key,
            us=run_of(context),
            job=context.job,
            runner=context.runner,
            now=self._ports.clock.now(),
            claim=claim,
            threshold=settings.threshold,
            open_seconds=settings.open_seconds,
            probe_lease_seconds=settings.probe_lease_seconds,
        )

    def _unreadable(self, error: ActionPatternsError, claim: str, outcome: str) -> Answer:
        why = f"{error.message} {error.remediation}"
        return Answer(reason="store-unreadable", outcome=outcome, claim=claim, unreadable=why)


def described(record: BreakerRecord | None, settings: Settings) -> str:
    """Return a sentence about the breaker. Empty: nothing is known of it."""
    if record is None:
        return ""
    if record.stop is not None:
        by = f"{record.stop.by}, " if record.stop.by else ""
        since = f"{record.stop.since:%Y-%m-%dT%H:%M:%SZ}"
        return f"Stopped by {by}{record.stop.run.url}, since {since}: {record.stop.message}"
    if record.probe is not None:
        return f"Job `{record.probe.job}` of {record.probe.run.url} probes since {record.probe.since:%H:%M:%S} UTC."
    if record.state == "open":
        at = breaker.may_probe_at(record, settings.open_seconds)
        return f"Failures in a row: {len(record.failures)}. One job may probe from {at:%Y-%m-%dT%H:%M:%SZ} on."
    return f"Failures in a row: {len(record.failures)}."
