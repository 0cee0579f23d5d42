"""The reason of a record that discovery's choice makes. The README's table is generated from it."""

from __future__ import annotations

from action_patterns.action.reason import Reason
from action_patterns.contracts.plan import NOT_IN_ONLY

LEFT_OUT = Reason(
    code=NOT_IN_ONLY,
    outcome="skipped",
    meaning="`only` or `limit` leaves the target out of this run.",
    remedy="Nothing. A run without them takes it.",
)
