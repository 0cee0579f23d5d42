"""The mode `clean`: locks that no job holds or waits for."""

from __future__ import annotations

from action_patterns.action.cleaning import clean_records, older_than
from action_patterns.action.contract import Finish
from action_patterns.actions.lock.interface import LockInputs, LockOutputs
from action_patterns.ports.bundle import Ports
from action_patterns.state import lock
from action_patterns.state.cleaning import Rule
from action_patterns.state.lock import LockRecord


def clean_locks(inputs: LockInputs, ports: Ports, repository: str) -> Finish[LockOutputs]:
    """Remove locks of no use, or list them. One that a job takes meanwhile stays."""
    age = older_than(inputs)
    rule = Rule(LockRecord, lambda record: record.operation, lambda found: lock.is_litter(found, age))

    cleaned = clean_records(inputs, ports, repository, "locks", rule)
    outputs = LockOutputs(
        acquired=False,
        claim=None,
        generation=0,
        holder=None,
        waited=0.0,
        exit_code=None,
        outputs={},
        **cleaned.outputs(),
    )
    return Finish(outputs=outputs, summary=cleaned.summary, annotations=cleaned.annotations)
