"""The mode `clean`: markers that stop no run."""

from __future__ import annotations

from action_patterns.action.cleaning import clean_records, older_than
from action_patterns.action.contract import Finish
from action_patterns.actions.once.interface import OnceInputs, OnceOutputs
from action_patterns.content.identifier import normalise
from action_patterns.ports.bundle import Ports
from action_patterns.state import once
from action_patterns.state.cleaning import Rule
from action_patterns.state.once import OnceRecord
from action_patterns.state.transaction import Stored


def clean_markers(inputs: OnceInputs, ports: Ports, repository: str) -> Finish[OnceOutputs]:
    """Remove markers of no use, or list them. One that a run takes meanwhile stays."""
    age, operation = older_than(inputs), normalise(inputs.operation or "")

    def is_litter(found: Stored[OnceRecord]) -> bool:
        if operation and (found.record is None or found.record.operation != operation):
            return False
        return once.is_litter(found, age, pending_timeout_hours=inputs.pending_timeout_hours)

    rule = Rule(OnceRecord, lambda record: record.operation, is_litter)

    cleaned = clean_records(inputs, ports, repository, "markers", rule)
    outputs = OnceOutputs(
        begun=False,
        claim=None,
        completed=False,
        state="absent",
        metadata="",
        holder=None,
        since=None,
        marker=None,
        exit_code=None,
        outputs={},
        **cleaned.outputs(),
    )
    return Finish(outputs=outputs, summary=cleaned.summary, annotations=cleaned.annotations)
