"""The commands of degrade: the precondition, and then tiers until one holds or none is left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from action_patterns.actions.degrade.decide import Failure, Next, Stage, Tried, decide, judge, no_time
from action_patterns.errors import InputError
from action_patterns.escape import terminal
from action_patterns.ports.processes import GRACE_SECONDS, Command, StepFiles
from action_patterns.resilience.ended import seconds
from action_patterns.resilience.tier_time import TierTime, tier_time

if TYPE_CHECKING:
    from action_patterns.actions.degrade.facts import Facts
    from action_patterns.ports.bundle import Ports


@dataclass(slots=True, kw_only=True)
class Trying:
    """The commands that were run, and what is left of the budget."""

    facts: Facts
    ports: Ports
    precondition: Failure | None = None
    tried: list[Tried] = field(default_factory=list)
    files: list[StepFiles] = field(default_factory=list)
    """Files of the precondition and of the tier that was tried last."""
    background: list[str] = field(default_factory=list)
    _started: float = 0.0
    _ran: bool = False

    def until_the_end(self) -> Next:
        """Run the precondition, and then tiers until one holds or none is left."""
        self._started = self.ports.clock.monotonic()
        if self.facts.precondition:
            self.precondition = self._check()
        kept = len(self.files)
        while (following := self._next()).step == "try":
            del self.files[kept:]
            self._try(following.tier)
        return following

    def elapsed(self) -> float:
        return self.ports.clock.monotonic() - self._started

    def _next(self) -> Next:
        return decide(len(self.facts.tiers), self.facts.forced, self.precondition, self.tried)

    def _check(self) -> Failure | None:
        time = self._time(None, sum(self.facts.shares))
        return self._run("precondition", self.facts.precondition, time, time.limit_seconds)

    def _try(self, place: int) -> None:
        tier, clock = self.facts.tiers[place], self.ports.clock
        # A forced tier is the only one: it leaves no time to others.
        later = sum(self.facts.shares[place + 1 :]) if self.facts.forced is None else 0.0
        time, began = self._time(tier.timeout_seconds, later), clock.monotonic()
        drill = "" if self.facts.forced is None else ", begun by `force-tier`"
        limit = seconds(max(0.0, time.limit_seconds))
        self.ports.log.info(f"Tier {place + 1} of {len(self.facts.tiers)}, {tier.name}{drill}: at most {limit}")
        failure = self._run("run", tier.run, time, time.limit_seconds)
        if failure is None and tier.validation is not None:
            left = time.limit_seconds - (clock.monotonic() - began)
            failure = self._run("validate", tier.validation, time, left)
        self.tried.append(Tried(tier=place, failure=failure, seconds=clock.monotonic() - began))
        said = "holds" if failure is None else terminal(failure.sentence)
        self.ports.log.info(f"Tier {place + 1} of {len(self.facts.tiers)}, {tier.name}: {said}")

    def _time(self, timeout: float | None, later: float) -> TierTime:
        left = self.facts.budget_seconds - self.elapsed()
        return tier_time(timeout, left_seconds=left, later_seconds=later, most_grace_seconds=GRACE_SECONDS)

    def _run(self, stage: Stage, script: str, time: TierTime, limit: float) -> Failure | None:
        if limit <= 0:
            return no_time(stage)
        command = Command(
            script=script,
            nounset=self.facts.nounset,
            working_directory=self.facts.working_directory,
            timeout_seconds=limit,
            grace_seconds=time.grace_seconds,
        )
        try:
            ended = self.ports.processes.run(command)
        except InputError as error:
            if not self._ran:
                raise
            # A tier before this one removed the working directory. Its own cause must not be lost.
            return self._redacted(
                Failure("not-run", stage, f"was not started: {error.message}".removesuffix("."), error.exit_code)
            )
        self._ran = True
        failure = judge(stage, ended, limit)
        if failure is None:
            self.files.append(ended.files)
            self.background += ended.background
            return None
        return self._redacted(failure)

    def _redacted(self, failure: Failure) -> Failure:
        redact = self.ports.log.redact
        return failure._replace(how=redact(failure.how), printed=redact(failure.printed))
