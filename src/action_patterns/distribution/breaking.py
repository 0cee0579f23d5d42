"""The breaker of one leg of a campaign: shared through a store, or counted within this process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import inf
from typing import NamedTuple

from action_patterns.action.breaker_watch import WATCH_USES, Watch, watching
from action_patterns.action.breaking import Answer, Breaker, Settings, described
from action_patterns.contracts import Outcome, PlanEntry, TargetResult
from action_patterns.distribution.state_inputs import StateInputs
from action_patterns.errors import ActionPatternsError, DefectError, InputError
from action_patterns.ports.bundle import Ports
from action_patterns.ports.log import Annotation
from action_patterns.state.breaker import BREAKER_OPEN, STOPPED, BreakerRecord, Result

PROBE_SECONDS = 300.0
"""Lease of a leg that probes: it works on one target before it reports."""
LOOK_SECONDS = 5.0
"""Time between two looks at the store, at least. GitHub does not count a look that finds no change."""

_WORKED: frozenset[Outcome] = frozenset({"created", "updated", "unchanged", "closed", "planned"})


class Refusal(NamedTuple):
    """Why the work on a target does not begin."""

    reason: str
    message: str


class LegBreaker:
    """The breaker that the threads of one leg ask before each target, and report to after it.

    A target that failed counts, and one that is as it should be ends the row. A guard that blocked a target, a limit
    and a skip say nothing about what the breaker protects.
    """

    def __init__(self, key: str, settings: Settings, ports: Ports, shared: Breaker | None) -> None:
        self.warnings: list[Annotation] = []
        self._key = key
        self._settings = settings
        self._ports = ports
        self._shared = shared
        self._watch: Watch | None = None
        self._gate = threading.Lock()
        self._row: list[str] = []
        self._refusal: Refusal | None = None
        self._claim = ""
        self._probes = False
        self._looked_at = -inf

    @property
    def probes(self) -> bool:
        """Whether this leg is the one that probes: it works on one target at a time until one says something."""
        return self._probes

    @contextmanager
    def open(self, seconds: float) -> Iterator[LegBreaker]:
        """Ask the store, and keep it open for the leg."""
        if self._shared is None:
            self._ports.log.info(
                f"The breaker `{self._key}` has no `state-repository`: this leg counts its own targets only."
            )
            yield self
            return
        shared, answer = self._shared, self._shared.check()
        self._heed(answer)
        if answer.unreadable:
            yield self
            return
        with watching(shared, seconds) as self._watch:
            yield self
            if self._probes:
                self._report("skipped", "")

    def refusal(self) -> Refusal | None:
        """Return why no further target may begin. None: one may."""
        with self._gate:
            if self._refusal is None:
                self._look()
            return self._refusal

    def ended(self, result: TargetResult) -> None:
        """Count how the work on a target ended."""
        if result.outcome not in _WORKED and result.outcome != "failed":
            return
        with self._gate:
            failed = result.outcome == "failed"
            had_failures = bool(self._row) or (self._watch is not None and self._watch.has_failures)
            self._row = [*self._row, result.target] if failed else []
            if self._shared is not None:
                if failed or had_failures or self._probes:
                    self._report("failure" if failed else "success", f"-{result.index}")
            elif len(self._row) >= self._settings.threshold:
                self._open_here()

    def _open_here(self) -> None:
        names = ", ".join(self._row[-3:])
        self._refusal = Refusal(
            BREAKER_OPEN,
            f"{len(self._row)} targets of this leg failed in a row, the last ones are {names}. The others were not"
            " tried.",
        )

    def _report(self, result: Result, suffix: str) -> None:
        assert self._shared is not None
        # The prober's claim is the check's own. Each other target has its own, so that each counts.
        claim = self._claim if self._probes else f"{self._claim}{suffix}"
        answer = self._shared.report(result, claim)
        self._probes = False
        if self._watch is not None and answer.record is not None:
            self._watch.record = answer.record
        if answer.reason in ("opened", "reopened"):
            self._refuse(BREAKER_OPEN, answer.record)
        self._note(answer)

    def _look(self) -> None:
        """See whether another job opened the breaker or set the stop flag. A leg that probes knows that it is open."""
        now = self._ports.clock.monotonic()
        if self._watch is None or self._shared is None or now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        try:
            record = self._watch.look()
        except (InputError, DefectError):
            raise
        except ActionPatternsError as error:
            self._note(Answer(reason="", outcome="unchanged", claim="", unreadable=error.message))
            return
        if record is not None and record.stop is not None:
            self._refuse(STOPPED, record)
        elif record is not None and record.state != "closed" and not self._probes:
            self._refuse(BREAKER_OPEN, record)

    def _heed(self, answer: Answer) -> None:
        """Take the answer of the check at the start."""
        self._claim = answer.claim
        self._probes = answer.probes
        if not answer.allowed:
            self._refuse(answer.reason, answer.record)
        self._note(answer)

    def _refuse(self, reason: str, record: BreakerRecord | None) -> None:
        self._refusal = Refusal(reason, f"It was not tried. {described(record, self._settings)}")

    def _note(self, answer: Answer) -> None:
        """Go on within this leg where the store cannot be reached."""
        if not answer.unreadable or self._shared is None:
            return
        self._shared = self._watch = None
        self._probes = False
        said = f"{answer.unreadable} This leg counts its own targets only, and sees no stop flag."
        self.warnings.append(Annotation(level="warning", title=f"Breaker {self._key}: store-unreadable", message=said))
        if len(self._row) >= self._settings.threshold:
            self._open_here()


def behind(
    inputs: StateInputs,
    key: str,
    ports: Ports,
    chosen: Sequence[PlanEntry],
    work: Callable[[Sequence[PlanEntry], LegBreaker], list[TargetResult]],
) -> tuple[list[TargetResult], list[Annotation]]:
    """Work on the targets as far as the breaker lets. A leg that probes takes one target at a time until it knows."""
    settings = Settings(
        threshold=inputs.breaker_threshold,
        open_seconds=inputs.breaker_open_seconds,
        probe_lease_seconds=PROBE_SECONDS,
    )
    shared = None
    if inputs.state_repository is not None and not inputs.dry_run:
        shared = Breaker(
            ports, inputs.credentials(), inputs.state_repository, key, settings, WATCH_USES, store=inputs.store
        )
    results, rest = list[TargetResult](), list(chosen)
    with LegBreaker(key, settings, ports, shared).open(60.0 * inputs.max_minutes) as breaker:
        while rest and breaker.probes:
            results += work(rest[:1], breaker)
            rest = rest[1:]
        results += work(rest, breaker)
    return results, breaker.warnings
