"""All values of a repository, and the removal of those that are over."""

from __future__ import annotations

from typing import Literal

from action_patterns.action.contract import Finish
from action_patterns.actions.state.interface import StateInputs, StateOutputs
from action_patterns.contracts.document import compact_json
from action_patterns.errors import LostRaceError
from action_patterns.ports.log import Log
from action_patterns.ports.ref_store import RefStore
from action_patterns.state import key as keys
from action_patterns.state import values
from action_patterns.state.transaction import Stored, record_of
from action_patterns.state.values import ValueRecord


def every(refs: RefStore, repository: str, prefix: str) -> dict[str, Stored[ValueRecord]]:
    """Return all values whose key begins with the prefix, by key."""
    # GitHub documents no prefix that ends within a component, so all refs are read and chosen here.
    start = keys.encode(prefix)
    found = (ref for ref in refs.list(repository, ValueRecord.namespace()) if _is_below(ref.name, start))
    return {values.key_of(ref): Stored(ref, record_of(ref, ValueRecord)) for ref in found}


def clean(inputs: StateInputs, log: Log, refs: RefStore, repository: str) -> Finish[StateOutputs]:
    """Remove values that are over, or list them. One that a run writes meanwhile stays."""
    is_dry = inputs.dry_run is not False
    removed = []
    for key, found in sorted(every(refs, repository, inputs.prefix or "").items()):
        if not values.is_over(found, inputs.older_than_days):
            continue
        if not is_dry:
            try:
                refs.update(repository, found.ref, None)
            except LostRaceError:
                continue  # A run has just written it: it is of use again.
        removed.append(key)
        log.info(f"{'Would remove' if is_dry else 'Removed'} {key}: written {found.ref.written_at:%Y-%m-%d}.")
    outcome: Literal["planned", "updated", "unchanged"] = "planned" if is_dry else "updated"
    reason = "would-clean" if is_dry else "cleaned"
    if not removed:
        outcome, reason = "unchanged", "nothing-to-clean"
    outputs = StateOutputs(
        value=None,
        found=False,
        version=None,
        keys=compact_json(removed),
        path=None,
        count=len(removed),
        next=None,
        outcome=outcome,
        reason=reason,
        updated_at=None,
        expires_at=None,
    )
    return Finish(outputs=outputs, summary=f"### State: {len(removed):,} values {reason}\n")


def _is_below(name: str, start: str) -> bool:
    return name.rpartition("/")[2].startswith(start)
