"""The mode `clean`: proofs that no run has added to for long."""

from __future__ import annotations

from action_patterns.action.cleaning import clean_records, older_than
from action_patterns.action.contract import Finish
from action_patterns.actions.skip_unchanged.interface import SkipUnchangedInputs, SkipUnchangedOutputs
from action_patterns.ports.bundle import Ports
from action_patterns.state.cleaning import Rule
from action_patterns.state.proof import ProofRecord


def clean_proofs(inputs: SkipUnchangedInputs, ports: Ports) -> Finish[SkipUnchangedOutputs]:
    """Remove old proofs, or list their keys. Those that a run adds to meanwhile stay."""
    age = older_than(inputs)
    rule = Rule(ProofRecord, lambda record: record.key, lambda found: found.ref.age() >= age)
    cleaned = clean_records(inputs, ports, inputs.repository or ports.context.repository, "proofs", rule)
    outputs = SkipUnchangedOutputs(
        skip=False,
        digest="",
        proof=None,
        proved_at=None,
        claim=None,
        count=0,
        **cleaned.outputs(),
    )
    return Finish(outputs=outputs, summary=cleaned.summary, annotations=cleaned.annotations)
