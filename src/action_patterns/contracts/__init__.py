"""Versioned models that cross a process: what one stage writes and another reads.

Every file carries `schema_version`. A reader refuses a version it does not know instead of guessing.
"""

from action_patterns.contracts.plan import Budget, Exclusion, Pack, Plan, PlanEntry
from action_patterns.contracts.report import CauseCount, Changes, Counts, PreviousRun, RunReport, Verdict
from action_patterns.contracts.result import (
    CheckRecord,
    ErrorRecord,
    FileCounts,
    Outcome,
    RateLimit,
    TargetResult,
    Usage,
    error_record,
)
from action_patterns.contracts.target import Target

__all__ = [
    "Budget",
    "CauseCount",
    "Changes",
    "CheckRecord",
    "Counts",
    "ErrorRecord",
    "Exclusion",
    "FileCounts",
    "Outcome",
    "Pack",
    "Plan",
    "PlanEntry",
    "PreviousRun",
    "RateLimit",
    "RunReport",
    "Target",
    "TargetResult",
    "Usage",
    "Verdict",
    "error_record",
]
