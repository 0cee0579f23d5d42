"""The state of one target while this run writes it."""

from __future__ import annotations

from dataclasses import dataclass

from action_patterns.ports.git import Tip
from action_patterns.ports.pull_requests import PullRequest
from action_patterns.pull_request.steps.run_memory import NOTHING, RunMemory


@dataclass(slots=True, kw_only=True)
class TargetState:
    """Each step reads and changes it. It does not outlive the run."""

    key: str
    tip: Tip | None = None
    """Tip of the bot branch, as far as this run knows."""
    pull: PullRequest | None = None
    """The pull request as this run read or opened it."""
    shown: PullRequest | None = None
    """The pull request as GitHub showed it after the last write. None: the answer did not show it."""
    opened: bool = False
    branch_made: bool = False
    """This run created the bot branch."""
    refusals: int = 0
    """Compare-and-swaps in a row that were refused with the branch at `refused_at`."""
    refused_at: str | None = None
    memory: RunMemory = NOTHING

    @property
    def number(self) -> int:
        """Number of the pull request. Steps on a pull request come after the step that opens it."""
        return self.pull.number if self.pull else 0

    @property
    def pull_id(self) -> str:
        """Node id of the pull request. Empty: there is none yet."""
        return self.pull.id if self.pull else ""

    def refuse(self, *names: str) -> None:
        """Remember values that GitHub has refused."""
        self.memory = self.memory.and_refused(*names)
