"""Steps on the pull request itself: open, edit, reopen, draft, auto-merge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from action_patterns.errors import (
    ActionPatternsError,
    AnswerLostError,
    LostRaceError,
    NotFoundError,
    PermissionDeniedError,
    RefusedError,
)
from action_patterns.ports.github import GitHub
from action_patterns.ports.pull_requests import NewPullRequest, Observed, PullRequest
from action_patterns.pull_request.steps.step import RefusedForGoodError, Step
from action_patterns.pull_request.steps.target_state import TargetState


@dataclass(frozen=True, slots=True)
class OpenPullRequest(Step):
    """Open the pull request."""

    new: NewPullRequest

    def requests(self, observed: Observed, number: int | str) -> list[str]:
        return [f"POST /repos/{observed.repository}/pulls"]

    def send(self, github: GitHub, observed: Observed, state: TargetState) -> PullRequest:
        try:
            state.pull = self._create(github, observed, state)
            state.opened = True
        except AnswerLostError:
            # It may exist. The next round sees it as ours and goes on with its fields.
            state.opened = True
            raise
        except (RefusedError, PermissionDeniedError, NotFoundError) as error:
            # Another run may have opened one first, which the next round finds, or may have deleted the branch.
            lost = isinstance(error, RefusedError) and (
                "already exists" in error.message or self._moved(github, observed, state)
            )
            if lost:
                raise LostRaceError(
                    error.message, remediation=error.remediation, request_id=error.request_id
                ) from error
            raise RefusedForGoodError("pull-request-refused", error) from error
        return state.pull

    def _create(self, github: GitHub, observed: Observed, state: TargetState) -> PullRequest:
        try:
            return github.pulls.create(observed.repository, self.new)
        except RefusedError as error:
            if not self.new.draft or "draft" not in error.message.lower():
                raise
            # Not every repository has drafts (GitHub docs, "About pull requests").
            pull = github.pulls.create(observed.repository, replace(self.new, draft=False))
            state.refuse("draft")
            return pull

    def _moved(self, github: GitHub, observed: Observed, state: TargetState) -> bool:
        return state.tip is None or github.git.read_branch(observed.holder, self.new.head) != state.tip.oid


@dataclass(frozen=True, slots=True)
class UpdatePullRequest(Step):
    """Write title, body, base or state in one request."""

    fields: tuple[tuple[str, str], ...]

    @property
    def fields_changed(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.fields)

    def requests(self, observed: Observed, number: int | str) -> list[str]:
        names = ", ".join(self.fields_changed)
        if observed.graphql:
            return [f"POST /graphql updatePullRequest (#{number}: {names})"]
        return [f"PATCH /repos/{observed.repository}/pulls/{number} ({names})"]

    def send(self, github: GitHub, observed: Observed, state: TargetState) -> PullRequest | None:
        if state.pull is None:
            return None
        edited = github.pulls.update(observed.repository, state.number, state.pull_id, dict(self.fields))
        state.memory = state.memory.and_overwritten(state.key, state.number, edited.overwritten)
        return edited.after

    def refused(self, error: ActionPatternsError, state: TargetState) -> Sequence[Step]:
        """GitHub takes all of a request or nothing, and does not say which of its fields it refused."""
        if not isinstance(error, RefusedError) or "state" in self.fields_changed:
            raise error
        if self.fields_changed == ("base",):
            raise RefusedForGoodError("base-refused", error) from error
        if len(self.fields) > 1:
            return tuple(UpdatePullRequest((pair,)) for pair in self.fields)
        state.refuse(*self.fields_changed)
        return ()


@dataclass(frozen=True, slots=True)
class Reopen(Step):
    """Open the closed pull request again."""

    field: ClassVar[str] = "state"

    def requests(self, observed: Observed, number: int | str) -> list[str]:
        return _OPEN.requests(observed, number)

    def send(self, github: GitHub, observed: Observed, state: TargetState) -> PullRequest | None:
        return _OPEN.send(github, observed, state)

    def refused(self, error: ActionPatternsError, state: TargetState) -> Sequence[Step]:
        raise RefusedForGoodError("reopen-refused", error) from error


_OPEN = UpdatePullRequest((("state", "open"),))


@dataclass(frozen=True, slots=True)
class MakeDraft(Step):
    """Convert the pull request to a draft."""

    field: ClassVar[str] = "draft"

    def requests(self, observed: Observed, number: int | str) -> list[str]:
        return [f"POST /graphql convertPullRequestToDraft (#{number})"]

    def send(self, github: GitHub, observed: Observed, state: TargetState) -> PullRequest:
        return github.pulls.convert_to_draft(observed.repository, state.pull_id)


@dataclass(frozen=True, slots=True)
class SetAutoMerge(Step):
    """Have GitHub merge the pull request with `method` once it may. None: disable auto-merge."""

    field: ClassVar[str] = "auto-merge"

    method: str | None

    def requests(self, observed: Observed, number: int | str) -> list[str]:
        verb = "enablePullRequestAutoMerge" if self.method else "disablePullRequestAutoMerge"
        return [f"POST /graphql {verb} (#{number})"]

    def send(self, github: GitHub, observed: Observed, state: TargetState) -> None:
        github.pulls.set_auto_merge(observed.repository, state.pull_id, self.method)

    def refused(self, error: ActionPatternsError, state: TargetState) -> Sequence[Step]:
        # GitHub also refuses to disable what is disabled, for example in a request that was sent twice.
        if self.method is not None:
            state.refuse(f"auto-merge:{self.method}")
        return ()
