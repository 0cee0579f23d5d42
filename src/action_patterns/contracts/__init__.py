"""Versioned models that cross a process: what one stage writes and another reads.

Every file carries `schema_version`. A reader refuses a version it does not know instead of guessing.
A model's module is imported when the model is first asked for: most actions need one of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from action_patterns.contracts.outcomes import Outcomes, TargetOutcome
    from action_patterns.contracts.plan import Budget, Exclusion, LeftOut, Pack, Plan, PlanEntry, SelectionWarning
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
    "LeftOut",
    "Outcome",
    "Outcomes",
    "Pack",
    "Plan",
    "PlanEntry",
    "PreviousRun",
    "RateLimit",
    "RunReport",
    "SelectionWarning",
    "Target",
    "TargetOutcome",
    "TargetResult",
    "Usage",
    "Verdict",
    "error_record",
]

_HOME = {
    "Budget": "plan",
    "CauseCount": "report",
    "Changes": "report",
    "CheckRecord": "result",
    "Counts": "report",
    "ErrorRecord": "result",
    "Exclusion": "plan",
    "FileCounts": "result",
    "LeftOut": "plan",
    "Outcome": "result",
    "Outcomes": "outcomes",
    "Pack": "plan",
    "Plan": "plan",
    "PlanEntry": "plan",
    "PreviousRun": "report",
    "RateLimit": "result",
    "RunReport": "report",
    "SelectionWarning": "plan",
    "Target": "target",
    "TargetOutcome": "outcomes",
    "TargetResult": "result",
    "Usage": "result",
    "Verdict": "report",
    "error_record": "result",
}


def __getattr__(name: str) -> Any:
    """Import a model from the module that defines it, once."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    return found
