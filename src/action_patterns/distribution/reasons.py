"""The reasons of records of targets that were not tried. The README's table is generated from it."""

from __future__ import annotations

from action_patterns.action.reason import Reason
from action_patterns.contracts import result

HELD_BACK = (
    Reason(
        "breaker-open",
        "skipped",
        "Targets before it failed in a row, or another leg probes, so the run did not try it.",
        "Correct what made them fail, then re-run the failed jobs. Do not raise `breaker-threshold` to get past them.",
    ),
    Reason(
        "stopped",
        "skipped",
        "A person or a step has set the breaker's stop flag, so the run did not try it.",
        "When the cause is gone, use `breaker` with `mode: resume`, then re-run the failed jobs.",
    ),
)
PARKED = Reason(
    result.PARKED,
    "blocked",
    "It failed `park-after` times in a row with the same content, so the run did not try it.",
    "Mend the cause, then use `ledger` with `mode: free`, or change what the campaign writes. Do not raise the number.",
)
