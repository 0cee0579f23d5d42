"""The outcome and the chosen outputs of every target, in one small file for the jobs after the report."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from action_patterns.contracts.document import Count, Document, Record
from action_patterns.contracts.report import RunReport, Verdict
from action_patterns.contracts.result import MOST_ATTEMPTS, Outcome
from action_patterns.contracts.target import TargetKind


class TargetOutcome(Record):
    """The outcome of one target, and its chosen outputs."""

    index: Count = Field(description="Place in the roster, and in the list `targets`.")
    target: str = Field(description="Name of the target, as the plan has it.")
    outcome: Outcome
    reason: str
    attempt: int = Field(ge=1, le=MOST_ATTEMPTS, description="Attempt of the run that produced it.")
    tier: str = Field(default="", description="Tier of degrade that the target holds by. Empty: none was given.")
    outputs: dict[str, str] = Field(
        default_factory=dict, description="Outputs that the target's jobs chose to hand on. Empty: none."
    )


class Outcomes(Document):
    """The outcomes of one run attempt."""

    schema_version: Literal[1] = 1
    plan_id: str | None = Field(description="Null: there is no roster, so no target is known.")
    name: str
    kind: TargetKind = Field(description="Kind of all targets.")
    verdict: Verdict
    run_id: Count
    attempt: int = Field(ge=1, le=MOST_ATTEMPTS, description="Attempt of the run that the report was made in.")
    targets: tuple[TargetOutcome, ...] = Field(
        description="Exactly one per roster entry, in the roster's order: `targets[index]`."
    )


def outcomes_of(report: RunReport) -> Outcomes:
    """Return the outcomes of a report."""
    return Outcomes(
        plan_id=report.plan_id,
        name=report.name,
        kind=report.kind,
        verdict=report.verdict,
        run_id=report.run_id,
        attempt=report.attempt,
        targets=tuple(
            TargetOutcome(
                index=result.index,
                target=result.target,
                outcome=result.outcome,
                reason=result.reason,
                attempt=result.attempt,
                tier=result.tier,
                outputs=result.outputs,
            )
            for result in sorted(report.results, key=lambda result: result.index)
        ),
    )
