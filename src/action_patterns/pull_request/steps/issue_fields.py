"""Steps on what a pull request shares with issues: labels, assignees, milestone; and on its reviewers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from action_patterns.content.spelling import NameKind, difference
from action_patterns.errors import ActionPatternsError, NotFoundError, PermissionDeniedError, RefusedError
from action_patterns.ports.github import GitHub
from action_patterns.ports.pull_requests import IssueFields, Observed, PullRequest
from action_patterns.pull_request.steps.step import Step
from action_patterns.pull_request.steps.target_state import TargetState


@dataclass(frozen=True, slots=True, kw_only=True)
class SetIssueFields(Step):
    """Overwrite labels, assignees and milestone. Only for a pull request that this run opened."""

    labels: tuple[str, ...]
    assignees: tuple[str, ...]
    milestone: int | None = None
    milestone_asked_for: str = ""

    def requests(self, observed: Observed, number: int | str) -> list[str]:
        return [f"PATCH {_issue(observed, number)}"]

    def send(self, github: GitHub, observed: Observed, state: TargetState) -> IssueFields:
        fields = github.pulls.set_issue_fields(
            observed.repository,
            state.number,
            labels=self.labels,
            assignees=self.assignees,
            milestone=self.milestone,
        )
        _note_missing("assignee", self.assignees, fields.assignees, state)
        _note_missing("label", self.labels, fields.labels, state)
        return fields

    def refused(self, error: ActionPatternsError, state: TargetState) -> Sequence[Step]:
        """GitHub refused one of them, and does not say which."""
        parts: list[Step] = []
        if self.labels:
            parts.append(AddLabels(self.labels))
        if self.assignees:
            parts.append(AddAssignees(self.assignees))
        if self.milestone is not None:
            parts.append(SetMilestone(self.milestone, self.milestone_asked_for))
        return parts


@dataclass(frozen=True, slots=True)
class AddLabels(Step):
    """Add labels that are missing."""

    field: ClassVar[str] = "labels"

    labels: tuple[str, ...]

    def requests(self, observed: Observed, number: int | str) -> list[str]:
        return [f"POST {_issue(observed, number)}/labels"]

    def send(self, github: GitHub, observed: Observed, state: TargetState) -> None:
        _note_missing(
            "label", self.labels, github.pulls.add_labels(observed.repository, state.number, self.labels), state
        )


@dataclass(frozen=True, slots=True)
class RemoveLabel(Step):
    """Remove a label that an earlier run set and that is no longer desired."""

    field: ClassVar[str] = "labels"

    label: str

    def requests(self, observed: Observed, number: int | str) -> list[str]:
        return [f"DELETE {_issue(observed, number)}/labels/{self.label}"]

    def send(self, github: GitHub, observed: Observed, state: TargetState) -> None:
        github.pulls.remove_label(observed.repository, state.number, self.label)


@dataclass(frozen=True, slots=True)
class AddAssignees(Step):
    """Add assignees that are missing."""

    field: ClassVar[str] = "assignees"

    assignees: tuple[str, ...]

    def requests(self, observed: Observed, number: int | str) -> list[str]:
        return [f"POST {_issue(observed, number)}/assignees"]

    def send(self, github: GitHub, observed: Observed, state: TargetState) -> IssueFields:
        fields = github.pulls.add_assignees(observed.repository, state.number, self.assignees)
        _note_missing("assignee", self.assignees, fields.assignees, state)
        return fields


@dataclass(frozen=True, slots=True)
class RemoveAssignees(Step):
    """Remove assignees that an earlier run set and that are no longer desired."""

    field: ClassVar[str] = "assignees"

    assignees: tuple[str, ...]

    def requests(self, observed: Observed, number: int | str) -> list[str]:
        return [f"DELETE {_issue(observed, number)}/assignees"]

    def send(self, github: GitHub, observed: Observed, state: TargetState) -> IssueFields:
        return github.pulls.remove_assignees(observed.repository, state.number, self.assignees)


@dataclass(frozen=True, slots=True)
class SetMilestone(Step):
    """Set the milestone by its number. None: remove it."""

    field: ClassVar[str] = "milestone"

    milestone: int | None
    asked_for: str = ""
    """The milestone as the caller named it, by title or number."""

    def requests(self, observed: Observed, number: int | str) -> list[str]:
        return [f"PATCH {_issue(observed, number)}"]

    def send(self, github: GitHub, observed: Observed, state: TargetState) -> IssueFields:
        return github.pulls.set_milestone(observed.repository, state.number, self.milestone)

    def refused(self, error: ActionPatternsError, state: TargetState) -> Sequence[Step]:
        state.refuse(f"milestone:{self.asked_for}")
        return ()


@dataclass(frozen=True, slots=True)
class RequestReviewers(Step):
    """Request reviews from reviewers who were not asked yet and have not reviewed."""

    field: ClassVar[str] = "reviewers"

    reviewers: tuple[str, ...]
    team_reviewers: tuple[str, ...]

    def requests(self, observed: Observed, number: int | str) -> list[str]:
        return [f"POST /repos/{observed.repository}/pulls/{number}/requested_reviewers"]

    def send(self, github: GitHub, observed: Observed, state: TargetState) -> PullRequest | None:
        """Ask all at once. If GitHub refuses, because one is no collaborator or the author, ask one by one."""
        if state.pull is None:
            return None
        people = difference("reviewer", self.reviewers, (state.pull.author,))
        asked: list[tuple[NameKind, str]] = [("reviewer", name) for name in people]
        asked += [("team", name) for name in self.team_reviewers]
        shown = state.shown
        if not asked:
            return shown
        attempts = [asked] if len(asked) == 1 else [asked, *([one] for one in asked)]
        for attempt in attempts:
            try:
                shown = self._ask(attempt, github, observed, state)
            except (RefusedError, PermissionDeniedError, NotFoundError):
                if len(attempt) == 1:
                    state.refuse(*(f"{kind}:{name}" for kind, name in attempt))
            else:
                if len(attempt) == len(asked):
                    break
        return shown

    def _ask(
        self, asked: Sequence[tuple[NameKind, str]], github: GitHub, observed: Observed, state: TargetState
    ) -> PullRequest:
        people = [name for kind, name in asked if kind == "reviewer"]
        teams = [name for kind, name in asked if kind == "team"]
        shown = github.pulls.request_reviewers(
            observed.repository,
            state.number,
            reviewers=people,
            team_reviewers=[name.rpartition("/")[2] for name in teams],
        )
        _note_missing("reviewer", people, [name for name in shown.requested if "/" not in name], state)
        _note_missing("team", teams, [name for name in shown.requested if "/" in name], state)
        return shown


def _issue(observed: Observed, number: int | str) -> str:
    return f"/repos/{observed.repository}/issues/{number}"


def _note_missing(kind: NameKind, asked_for: Sequence[str], shown: Sequence[str], state: TargetState) -> None:
    """Remember names that GitHub took and does not show in its answer, or shows in another spelling.

    It ignores a login that cannot be assigned, and lists some reviewers, such as Copilot, under another name or never.
    To ask again would change nothing, on this run and on every later one.
    """
    state.refuse(*(f"{kind}:{name}" for name in difference(kind, asked_for, shown)))
