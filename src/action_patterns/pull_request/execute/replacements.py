"""Count how often another run has replaced the content that this run wrote."""

from __future__ import annotations

from dataclasses import dataclass, field

from action_patterns.ports.git import Tip
from action_patterns.pull_request.decide.decision import Decision
from action_patterns.pull_request.steps.branch import WriteBranch

MOST = 2
"""Replacements after which this run leaves the other's content, where no compare-and-swap says who was last. Both would
go on in turns, each time with a commit and some twenty requests.
"""


@dataclass(slots=True, kw_only=True)
class Replacements:
    """The account of one run."""

    times: int = 0
    _tips: set[str] = field(default_factory=set)
    """Every tip of the bot branch that this run saw or wrote: a read that is behind shows one of them again."""
    _wrote: bool = False
    """Content of this run is on the branch, as far as it knows."""
    _only_content: bool = False
    """The last round wrote no field, so it overwrote none of the other run's."""

    def look(self, tip: Tip | None, left: Tip | None, decision: Decision) -> bool:
        """Take account of a look, and return whether this run can leave what is there.

        `tip` is what the look showed, `left` what this run left the branch at, `decision` what it would do now. It
        leaves no text of this run with content of the other.
        """
        self._wrote = self._wrote or (left is not None and left.oid not in self._tips)
        self._tips |= {left.oid} if left else set()
        is_new = tip is not None and tip.oid not in self._tips
        self._tips |= {tip.oid} if tip else set()
        of_content = [isinstance(step, WriteBranch) for step in decision.steps]
        if not (self._wrote and is_new and any(of_content)):
            return False
        self._wrote = False
        self.times += 1
        unmixed = self._only_content or not all(of_content)
        self._only_content = all(of_content)
        return self.times >= MOST and unmixed
