"""ledger: how far each target of an operation came, so that a rerun does exactly the rest."""

from __future__ import annotations

from typing import assert_never

from action_patterns.action.cleaning import CLEAN_USES
from action_patterns.action.contract import Action, Finish
from action_patterns.action.liveness import LIVENESS_USES
from action_patterns.action.reach import Reach
from action_patterns.action.session import open_session
from action_patterns.actions.ledger import ending, keeping
from action_patterns.actions.ledger.claiming import claim
from action_patterns.actions.ledger.ending import Ending
from action_patterns.actions.ledger.finishing import finish
from action_patterns.actions.ledger.interface import REASONS, LedgerInputs, LedgerOutputs
from action_patterns.actions.ledger.request import LedgerRequest, gather
from action_patterns.ports.bundle import Ports
from action_patterns.ports.github import GitHub
from action_patterns.ports.ref_store import RefStore


def run(inputs: LedgerInputs, ports: Ports) -> Finish[LedgerOutputs]:
    """Check everything, read, decide, and write by compare-and-swap."""
    request = gather(inputs, ports)
    if inputs.mode == "clean":
        from action_patterns.actions.ledger.cleaning import clean_targets  # for the steps that clean

        return clean_targets(inputs, request, ports)
    github = open_session(
        ports,
        inputs.credentials(),
        ACTION.uses,
        seconds=60 * inputs.max_minutes,
        reach=Reach((request.repository,)),
        narrowed=(request.repository,),
        store=inputs.store,
    )
    return ending.finish(apply(inputs, request, ports, github))


def apply(inputs: LedgerInputs, request: LedgerRequest, ports: Ports, github: GitHub) -> Ending:
    """Do what the mode says."""
    match inputs.mode:
        case "claim":
            return claim(inputs, request, ports, github)
        case "finish":
            return finish(request, ports, github)
        case "list":
            return keeping.show(inputs, request, ports, github)
        case "free":
            return keeping.free(request, ports, github)
        case "clean":
            raise AssertionError("clean looks at many operations, not at one")
        case "history":
            from action_patterns.actions.ledger import runs  # only a step with a report needs its models

            return runs.keep(request, ports, github)
        case "runs":
            from action_patterns.actions.ledger.runs import show

            return show(request, ports, github)
        case _:
            assert_never(inputs.mode)


ACTION = Action(
    name="ledger",
    title="Keep a ledger",
    description="Which targets of an operation are done with which content: a rerun does exactly the rest, two runs"
    " never work on one target, and one that fails too often is parked.",
    patterns=("State Management", "Idempotency", "Work Avoidance"),
    since="0.1.0",
    inputs=LedgerInputs,
    outputs=LedgerOutputs,
    run=run,
    icon="list",
    color="purple",
    reasons=REASONS,
    uses=(RefStore.read, RefStore.update, *CLEAN_USES, *LIVENESS_USES),
)
