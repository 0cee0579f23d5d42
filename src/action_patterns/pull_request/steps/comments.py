"""Steps on comments of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from action_patterns.ports.github import GitHub
from action_patterns.ports.pull_requests import Observed
from action_patterns.pull_request.steps.step import Step
from action_patterns.pull_request.steps.target_state import TargetState


@dataclass(frozen=True, slots=True)
class WriteComment(Step):
    """Create a comment. With `id`: replace the text of that comment."""

    field: ClassVar[str] = "comments"

    part: str
    body: str
    id: int | None = None

    def requests(self, observed: Observed, number: int | str) -> list[str]:
        issues = f"/repos/{observed.repository}/issues"
        if self.id is None:
            return [f"POST {issues}/{number}/comments ({self.part})"]
        return [f"PATCH {issues}/comments/{self.id} ({self.part})"]

    def send(self, github: GitHub, observed: Observed, state: TargetState) -> None:
        if self.id is None:
            github.pulls.create_comment(observed.repository, state.number, self.body)
        else:
            github.pulls.update_comment(observed.repository, self.id, self.body)


@dataclass(frozen=True, slots=True)
class DeleteComment(Step):
    """Delete a comment that is no longer needed, or that repeats another."""

    field: ClassVar[str] = "comments"

    id: int

    def requests(self, observed: Observed, number: int | str) -> list[str]:
        return [f"DELETE /repos/{observed.repository}/issues/comments/{self.id}"]

    def send(self, github: GitHub, observed: Observed, state: TargetState) -> None:
        github.pulls.delete_comment(observed.repository, self.id)
