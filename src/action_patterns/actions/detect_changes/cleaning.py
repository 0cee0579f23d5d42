"""The mode `clean`: marks of a key on a branch that no run has written for long."""

from __future__ import annotations

from typing import Any

from action_patterns.action.cleaning import clean_records, older_than
from action_patterns.action.contract import Finish
from action_patterns.actions.detect_changes.interface import DetectChangesInputs, DetectChangesOutputs
from action_patterns.ports.bundle import Ports
from action_patterns.state.cleaning import Rule
from action_patterns.state.green import GreenRecord

_NONE: dict[str, Any] = {"changed": False, "everything": False, "matrix_count": 0, "count": 0}


def clean_marks(inputs: DetectChangesInputs, ports: Ports) -> Finish[DetectChangesOutputs]:
    """Remove old marks, or list them. One that a run writes meanwhile stays."""
    age = older_than(inputs)
    rule = Rule(GreenRecord, lambda record: record.subject(), lambda found: found.ref.age() >= age)
    cleaned = clean_records(inputs, ports, ports.context.repository, "marks", rule)
    values = dict.fromkeys(DetectChangesOutputs.model_fields) | _NONE | cleaned.outputs()
    return Finish(outputs=DetectChangesOutputs(**values), summary=cleaned.summary, annotations=cleaned.annotations)
