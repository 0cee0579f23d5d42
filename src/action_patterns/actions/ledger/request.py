"""The request that the inputs make, after every check: each problem is named before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from action_patterns.action.input_checks import repository_problems, secret_values
from action_patterns.action.place import new_claim, run_of
from action_patterns.actions.ledger.interface import DEFAULT_PARK_AFTER, DEFAULT_TIMEOUT_HOURS, LedgerInputs
from action_patterns.actions.ledger.reading import read_ends, read_listed, read_report
from action_patterns.actions.ledger.targets import Given, Listed, ledger_digest
from action_patterns.actions.ledger.validate import input_problems, target_problems
from action_patterns.content.identifier import normalise
from action_patterns.errors import InputError
from action_patterns.ports.bundle import Ports
from action_patterns.redaction import redact
from action_patterns.state.ledger.record import Claim
from action_patterns.state.ledger.table import MAX_REASON_LENGTH, Ended

if TYPE_CHECKING:
    from action_patterns.contracts import Plan
    from action_patterns.contracts.report import RunReport


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRequest:
    """The inputs, checked."""

    repository: str
    operation: str
    """Empty: all, for `clean`."""
    us: Claim
    shards: int
    """Documents of the operation, as far as the claim says it."""
    given: tuple[Given, ...] = ()
    plan: Plan | None = None
    """The plan that the targets are of. None: they are of none."""
    report: RunReport | None = None
    """For `history`."""
    ends: Mapping[str, Ended] = field(default_factory=dict)
    park_after: int = DEFAULT_PARK_AFTER


def gather(inputs: LedgerInputs, ports: Ports) -> LedgerRequest:
    """Return the request that the inputs make.

    Raises:
        InputError: they make none; every problem is named.
    """
    repository = inputs.repository or ports.context.repository
    problems = list(input_problems(inputs, ports.context))
    problems += repository_problems("repository", repository)
    listed = Listed()
    ends: dict[str, Ended] = {}
    report = None
    try:
        if inputs.mode == "history":
            report = read_report(inputs, ports)
        listed = read_listed(inputs, ports)
        ends = read_ends(inputs, listed.given, ports)
    except InputError as error:
        problems.extend(error.problems)
    problems.extend(target_problems(inputs, listed.given, ends, ports.context))
    if problems:
        raise InputError(*problems)
    claim, shards, *_ = (*(inputs.claim or "").split("."), "", "")
    values = tuple(secret_values(inputs))
    return LedgerRequest(
        repository=repository,
        operation=normalise(inputs.operation or ""),
        us=Claim(
            claim or new_claim(ports),
            run_of(ports.context),
            ports.context.job,
            3_600 * (inputs.pending_timeout_hours or DEFAULT_TIMEOUT_HOURS),
        ),
        shards=int(shards or 1),
        given=listed.given,
        plan=listed.plan,
        report=report,
        ends={
            target: Ended(end, redact(" ".join(reason.split()), values)[:MAX_REASON_LENGTH])
            for target, (end, reason) in ends.items()
        },
        park_after=DEFAULT_PARK_AFTER if inputs.park_after is None else inputs.park_after,
    )


def claim_of(request: LedgerRequest, shards: int) -> str:
    """Return the output `claim`. It says how many documents there are, which saves `finish` a request, and of which
    ledger they are, so that `finish` notices another `operation`.
    """
    return f"{request.us.claim}.{shards}.{ledger_digest(request.repository, request.operation)}"
