"""The writes of one run so far, across rounds."""

from __future__ import annotations

from dataclasses import dataclass, field

from action_patterns.checks.check import Finding
from action_patterns.pull_request.decide.decision import Decision
from action_patterns.pull_request.execute.replacements import Replacements
from action_patterns.pull_request.steps.target_state import TargetState


@dataclass(slots=True, kw_only=True)
class ReconcileState(TargetState):
    """The target's state, and the account of the rounds."""

    before: str | None = None
    """Tip of the bot branch when the run began."""
    writes: int = 0
    """Number of steps that were sent."""
    first: Decision | None = None
    """The first decision of which a step was sent."""
    continuing: bool = False
    """The previous round ended as planned, with more to do."""
    changed: set[str] = field(default_factory=set)
    replacements: Replacements = field(default_factory=Replacements)
    checks: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    """Sentences about files that stay as they are."""
