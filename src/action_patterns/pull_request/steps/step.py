"""A step: one write that a decision asks for. A dry run prints it, a real run sends it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from action_patterns.errors import ActionPatternsError
from action_patterns.ports.github import GitHub
from action_patterns.ports.pull_requests import IssueFields, Observed, PullRequest
from action_patterns.pull_request.steps.target_state import TargetState

FIELDS = (
    *("state", "branch", "content"),
    *("title", "base", "body", "labels", "assignees", "reviewers", "milestone", "draft", "auto-merge", "comments"),
)
"""Fields that a run may change, in the order of a result."""


class RefusedForGoodError(Exception):
    """GitHub refused a step that the pull request depends on; `reason` is the reason of the result."""

    def __init__(self, reason: str, error: ActionPatternsError) -> None:
        super().__init__(str(error))
        self.reason = reason
        self.error = error


@dataclass(frozen=True, slots=True)
class Step(ABC):
    """Every kind of step is a frozen dataclass below this one, and is defined in one place."""

    field: ClassVar[str] = ""
    """The one field that the step changes. Empty: it changes none, or several (see `fields`)."""

    @property
    def fields_changed(self) -> tuple[str, ...]:
        """Names of the fields that the step changes."""
        return (self.field,) if self.field else ()

    @abstractmethod
    def requests(self, observed: Observed, number: int | str) -> list[str]:
        """Return the write requests that the step sends, in order, as `METHOD /path`."""

    @abstractmethod
    def send(self, github: GitHub, observed: Observed, state: TargetState) -> PullRequest | IssueFields | None:
        """Send the step. Returns the pull request as far as GitHub's answer shows it."""

    def refused(self, error: ActionPatternsError, state: TargetState) -> Sequence[Step]:
        """Return the steps to send instead of this one, which GitHub refused with a 403, 404 or 422.

        By default a refusal costs the step's field, and the pull request goes on without it.

        Raises:
            LostRaceError: observe and decide again.
            RefusedForGoodError: the target does not allow it.
            ActionPatternsError: `error`, where the refusal says nothing about a field.
        """
        if not self.field:
            raise error
        state.refuse(self.field)
        return ()
