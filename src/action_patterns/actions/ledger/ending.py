"""How a step of a ledger ends: outputs, summary and annotations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import JsonValue

from action_patterns.action.contract import Finish
from action_patterns.actions.ledger import text
from action_patterns.actions.ledger.interface import REASONS, LedgerOutputs
from action_patterns.contracts.document import compact_json
from action_patterns.contracts.result import FAILING
from action_patterns.errors import EXIT_FAILED, ActionPatternsError
from action_patterns.ports.log import Annotation, Level
from action_patterns.state.ledger.table import Table

MOST_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The end of one step."""

    operation: str
    outcome: str
    reason: str
    count: int
    """Targets that the step is about."""
    numbers: tuple[tuple[str, int], ...] = ()
    """Numbers of the summary, each with the words behind it."""
    table: Table = field(default_factory=dict)
    """The targets whose failures the summary names."""
    outputs: dict[str, JsonValue] = field(default_factory=dict)
    """Lists and objects are written as JSON."""
    annotations: tuple[Annotation, ...] = ()
    further: str = ""
    """Markdown below the summary."""


def finish(ending: Ending) -> Finish[LedgerOutputs]:
    """Return the step's outputs, summary and exit code."""
    row = next(each for each in REASONS if (each.code, each.outcome) == (ending.reason, ending.outcome))
    values: dict[str, Any] = dict.fromkeys(LedgerOutputs.model_fields) | {"removed_count": 0}
    values |= {
        name: compact_json(value) if isinstance(value, (list, dict)) else value
        for name, value in ending.outputs.items()
    }
    values |= {
        "count": ending.count,
        "has_targets": ending.count > 0,
        "outcome": ending.outcome,
        "reason": ending.reason,
    }
    failing = ending.outcome in FAILING
    said = Annotation(
        level="error" if failing else "notice",
        message=f"{row.meaning}\n{row.remedy}",
        title=f"{ending.outcome}: {ending.reason}",
    )
    return Finish(
        outputs=LedgerOutputs(**values),
        summary=text.summary(ending.operation, ending.reason, row.meaning, ending.numbers, ending.table)
        + ending.further,
        annotations=(*((said,) if failing or ending.outcome == "deferred" else ()), *ending.annotations),
        exit_code=EXIT_FAILED if failing else 0,
    )


def annotation(level: Level, title: str, message: str) -> Annotation:
    return Annotation(level=level, message=message, title=title)


def unrecorded(error: ActionPatternsError, consequence: str) -> Annotation:
    """Return the warning of a step that goes on without the ledger."""
    return annotation("warning", "The ledger is not kept", f"{consequence}\n{error.message}\n{error.remediation}")


def named(names: Iterable[str]) -> str:
    """Return the first of many names, and how many they are."""
    every = list(names)
    shown = ", ".join(every[:MOST_NAMED])
    return shown if len(every) <= MOST_NAMED else f"{shown} and {len(every) - MOST_NAMED:,} more of {len(every):,}"
