"""The writes of one run so far, across rounds."""

from __future__ import annotations

from dataclasses import dataclass, field

from action_patterns.ports.git import Tip
from action_patterns.ports.pull_requests import PullRequest
from action_patterns.pull_request.decide.decision import Decision
from action_patterns.pull_request.decide.preflight import Check
from action_patterns.pull_request.decide.run_memory import NOTHING, RunMemory


@dataclass(slots=True, kw_only=True)
class ReconcileState:
    """Changed by every step; nothing of it outlives the run."""

    key: str
    before: str | None = None
    """Tip of the bot branch when the run began."""
    tip: Tip | None = None
    """Tip of the bot branch, as far as this run knows."""
    shown: PullRequest | None = None
    """The pull request as GitHub showed it after the last write; None = it did not."""
    writes: int = 0
    """Steps that were carried out."""
    first: Decision | None = None
    """The first decision of which something was written."""
    continuing: bool = False
    """The round before ended as planned, with more to do."""
    opened: bool = False
    branch_made: bool = False
    """The bot branch was not there, and this run made it."""
    swap_refused: bool = False
    pull: PullRequest | None = None
    """As it was read, or opened."""
    memory: RunMemory = NOTHING
    changed: set[str] = field(default_factory=set)
    checks: tuple[Check, ...] = ()

    def refuse(self, *names: str) -> None:
        self.memory = self.memory.and_refused(*names)
