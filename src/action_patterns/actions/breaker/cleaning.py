"""The mode `clean`: breakers that are closed, and that no job has reported to for long."""

from __future__ import annotations

from action_patterns.action.cleaning import clean_records, older_than
from action_patterns.action.contract import Finish
from action_patterns.actions.breaker.interface import BreakerInputs, BreakerOutputs
from action_patterns.ports.bundle import Ports
from action_patterns.state import breaker
from action_patterns.state.breaker import BreakerRecord
from action_patterns.state.cleaning import Rule


def clean_breakers(inputs: BreakerInputs, ports: Ports, repository: str) -> Finish[BreakerOutputs]:
    """Remove breakers of no use, or list them. One that a job reports to meanwhile stays."""
    age = older_than(inputs)
    rule = Rule(BreakerRecord, lambda record: record.operation, lambda found: breaker.is_litter(found, age))

    cleaned = clean_records(inputs, ports, repository, "breakers", rule)
    outputs = BreakerOutputs(
        allowed=False,
        probe=False,
        claim=None,
        state="",
        failures=0,
        message="",
        **cleaned.outputs(),
    )
    return Finish(outputs=outputs, summary=cleaned.summary, annotations=cleaned.annotations)
