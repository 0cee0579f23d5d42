"""Rounds of look, decide and write, until the thing is as desired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from action_patterns.actions.ensure.decide import Decision, Facts, decide, differences_of
from action_patterns.actions.ensure.interface import Kind, OnDifference
from action_patterns.actions.ensure.subject import Made, Subject, changes
from action_patterns.errors import AnswerLostError, ConflictError, UnavailableError
from action_patterns.ports.resource import Resource

MOST_ROUNDS = 4
"""Enough for an answer that was lost and for another run that was first."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """The thing as it is now, and what this step did."""

    found: Resource | None
    decision: Decision
    requests: tuple[str, ...] = ()
    """For a dry run: the writes that a real run sends."""


def gather(subject: Subject, kind: Kind, on_difference: OnDifference) -> Facts:
    """Look, and return everything the decision depends on."""
    found = subject.look()
    facts = Facts(kind, subject.desired, on_difference, found)
    if found is None or on_difference in ("keep", "fail") or not isinstance(subject, Made):
        return facts
    return facts._replace(relation=subject.relation(found)) if differences_of(subject.desired, found) else facts


def apply(
    subject: Made, kind: Kind, on_difference: OnDifference, say: Callable[[str], None], *, dry_run: bool
) -> Ended:
    """Make the thing as desired, and return how it is.

    Raises:
        ConflictError: GitHub refused the write, and no other run changed anything.
        UnavailableError: the last round still found something to write.
    """
    sent: Decision | None = None
    raced = False
    for _ in range(MOST_ROUNDS):
        facts = gather(subject, kind, on_difference)
        decision = decide(facts)
        if decision.do is None:
            return Ended(found=facts.found, decision=_told(decision, sent, raced=raced))
        if dry_run:
            planned = decision._replace(outcome="planned", do=None)
            return Ended(found=facts.found, decision=planned, requests=tuple(subject.requests(facts.found, decision)))
        try:
            after = _write(subject, facts.found, decision)
        except AnswerLostError as error:
            say(f"{error.message} Looking before sending again.")
            sent = sent or decision
            continue
        except ConflictError:
            # Another run may have been first. Only another state than before says so; the message does not.
            if subject.look() == facts.found:
                raise
            raced = True
            continue
        if decision.do == "create" and not after.is_new:
            raced = True
            continue  # Another run created it, perhaps with other fields.
        return Ended(found=after, decision=sent or decision)
    raise UnavailableError(
        f"After {MOST_ROUNDS} rounds of reading and writing, {subject.key} is still not as desired.",
        remediation="Run this job again: it reads the current state first. If it stays, two workflows write different"
        " values by turns.",
    )


def _write(subject: Made, found: Resource | None, decision: Decision) -> Resource:
    if found is None:
        return subject.create()
    after = subject.update(found, decision)
    if after is not None:
        return after
    return replace(found, fields={**found.fields, **changes(decision)})


def _told(decision: Decision, sent: Decision | None, *, raced: bool) -> Decision:
    """Return what this step says it did: a write whose answer was lost and whose effect is there was done."""
    if decision.reason != "up-to-date":
        return decision
    if sent is not None:
        return sent
    return decision._replace(reason="raced") if raced else decision
