"""Steps on the bot branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from action_patterns.content.changes import FileChange
from action_patterns.errors import ActionPatternsError, LostRaceError, RefusedError
from action_patterns.ports.git import Person, Tip
from action_patterns.ports.github import GitHub
from action_patterns.ports.pull_requests import Observed, PullRequest
from action_patterns.pull_request.ownership.source import Run
from action_patterns.pull_request.ownership.trailers import Trailers
from action_patterns.pull_request.ownership.trailers import render as render_trailers
from action_patterns.pull_request.steps.step import RefusedForGoodError, Step
from action_patterns.pull_request.steps.target_state import TargetState
from action_patterns.pull_request.steps.tree import needs_blob, tree_chunks, tree_entry

SWAPS_REFUSED = 3
"""Refusals in a row, with the branch at the same commit, that are GitHub's last word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _MoveBranch(Step):
    """One compare-and-swap of the bot branch."""

    branch: str
    before: str | None
    compare_and_swap: bool = True

    def requests(self, observed: Observed, number: int | str) -> list[str]:
        holder = f"/repos/{observed.holder}"
        if self.compare_and_swap:
            return [f"POST /graphql updateRefs ({self.branch})"]
        if self.before is not None:
            return [f"PATCH {holder}/git/refs/heads/{self.branch}"]
        return [f"POST {holder}/git/refs ({self.branch})"]

    def refused(self, error: ActionPatternsError, state: TargetState) -> Sequence[Step]:
        if not isinstance(error, RefusedError):
            raise error
        # The branch may have gone to another commit and back while this one was on its way: observe once more. Runs of
        # equal content make equal commits in one second, so it may go there and back several times.
        state.refusals = state.refusals + 1 if state.refused_at == self.before else 1
        state.refused_at = self.before
        if state.refusals < SWAPS_REFUSED:
            raise LostRaceError(error.message, remediation=error.remediation, request_id=error.request_id) from error
        raise RefusedForGoodError("branch-refused", error) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteBranch(_MoveBranch):
    """Create git objects, which nothing shows yet, then move the branch to the new commit."""

    field: ClassVar[str] = "content"

    parents: tuple[str, ...]
    parent_tree: str
    changes: tuple[FileChange, ...]
    message: str
    key: str
    digest: str
    run: Run | None = None
    """This run. None: a terminal's."""
    kept: str = ""
    """The last commit of others below this one. Empty: there is none."""
    author: Person | None = None
    committer: Person | None = None
    signed_off_by: Person | None = None

    def requests(self, observed: Observed, number: int | str) -> list[str]:
        holder = f"/repos/{observed.holder}"
        return [
            *(f"POST {holder}/git/blobs ({change.path})" for change in self.changes if needs_blob(change)),
            *(f"POST {holder}/git/trees ({len(chunk)} paths)" for chunk in tree_chunks(self.changes)),
            f"POST {holder}/git/commits",
            *_MoveBranch.requests(self, observed, number),
        ]

    def send(self, github: GitHub, observed: Observed, state: TargetState) -> PullRequest | None:
        holder = observed.holder
        for change in self.changes:
            if needs_blob(change):
                github.git.create_blob(holder, change.content)
        tree = self.parent_tree
        for chunk in tree_chunks(self.changes):
            tree = github.git.create_tree(holder, tree, [tree_entry(change) for change in chunk])
        trailers = Trailers(key=self.key, digest=self.digest, tree=tree, run=self.run, kept=self.kept)
        signer = str(self.signed_off_by) if self.signed_off_by else None
        message = render_trailers(self.message, trailers, signer, parents=self.parents)
        commit = github.git.create_commit(
            holder,
            message=message,
            tree=tree,
            parents=self.parents,
            author=self.author,
            committer=self.committer,
        )
        shown = github.git.update_branch(
            holder,
            observed.holder_id,
            self.branch,
            before=self.before,
            after=commit.oid,
            compare_and_swap=self.compare_and_swap,
            pull_id=state.pull_id,
        )
        state.tip = Tip(oid=commit.oid, tree=tree, message=message, parents=self.parents, verified=commit.verified)
        state.branch_made = state.branch_made or self.before is None
        return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreBranch(_MoveBranch):
    """Put the bot branch where it was when its pull request was closed."""

    after: str

    def send(self, github: GitHub, observed: Observed, state: TargetState) -> None:
        github.git.update_branch(
            observed.holder,
            observed.holder_id,
            self.branch,
            before=self.before,
            after=self.after,
            compare_and_swap=self.compare_and_swap,
        )
        state.tip, state.branch_made = Tip(oid=self.after, tree=""), self.before is None


@dataclass(frozen=True, slots=True)
class DeleteBranch(Step):
    """Delete the bot branch, if it still is at `before`."""

    field: ClassVar[str] = "branch"

    branch: str
    before: str

    def requests(self, observed: Observed, number: int | str) -> list[str]:
        return [f"POST /graphql updateRefs (delete {self.branch})"]

    def send(self, github: GitHub, observed: Observed, state: TargetState) -> None:
        github.git.update_branch(observed.holder, observed.holder_id, self.branch, before=self.before, after=None)
        state.tip, state.memory = None, state.memory.and_deleted(self.before)

    def refused(self, error: ActionPatternsError, state: TargetState) -> Sequence[Step]:
        if not isinstance(error, RefusedError):
            raise error  # The branch could not be read: no rule forbids to delete it.
        return Step.refused(self, error, state)
