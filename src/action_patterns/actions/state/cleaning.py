"""The mode `clean`: values that are over, or that no run has written for long."""

from __future__ import annotations

from action_patterns.action.cleaning import Cleaned, clean_records, older_than
from action_patterns.actions.state.interface import StateInputs
from action_patterns.ports.bundle import Ports
from action_patterns.state import values
from action_patterns.state.cleaning import Rule
from action_patterns.state.values import ValueRecord


def clean_values(inputs: StateInputs, ports: Ports, repository: str) -> Cleaned:
    """Remove values that are over, or list them. One that a run writes meanwhile stays."""
    # A value without a time to live was to stay: only a caller who names an age removes it.
    age = None if inputs.older_than_days is None else older_than(inputs)
    rule = Rule(ValueRecord, lambda record: record.key, lambda found: values.is_litter(found, age))

    return clean_records(inputs, ports, repository, "values", rule)
