"""The decision, and the parts that decisions are built from. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from action_patterns.checks.check import Finding
from action_patterns.content.changes import FileChange
from action_patterns.contracts.result import FileCounts, Outcome
from action_patterns.ports.git import Tip
from action_patterns.ports.pull_requests import PullRequest
from action_patterns.pull_request.decide.comparison import Comparison, change_digest, last_of_others
from action_patterns.pull_request.ownership.marker import PullRequestMarker, text_hash
from action_patterns.pull_request.ownership.source import Run
from action_patterns.pull_request.reasons import BY_CODE
from action_patterns.pull_request.steps.branch import DeleteBranch, WriteBranch
from action_patterns.pull_request.steps.step import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The steps for one target, and the reason."""

    outcome: Outcome
    reason: str
    message: str
    steps: tuple[Step, ...] = ()
    pull_request: PullRequest | None = None
    marker: PullRequestMarker | None = None
    """The marker the pull request carries once the steps are done."""
    changed_fields: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    """Paths in which the desired state differs from the base branch."""
    refused: tuple[str, ...] = ()
    """Fields that this server does not offer, known without a request."""
    checks: tuple[Finding, ...] = ()
    """The preflight of these steps."""
    recheck: frozenset[str] = frozenset()
    """Fields of which something is left to do once the steps are done, and must be read first."""
    file_counts: FileCounts | None = None
    """Of `files`."""

    unordered: tuple[str, ...] = ()
    """Commits of runs that wrote before: whether they are newer than this run's has not been read."""

    @property
    def remedy(self) -> str:
        return BY_CODE[self.reason].remedy


def delete_ours(comparison: Comparison) -> tuple[DeleteBranch, ...]:
    """Return the step that deletes the bot branch, if it holds only our commit.

    No step without compare-and-swap, and none while another pull request is open from the branch, or to be merged into
    it: GitHub would close that one too.
    """
    if (
        comparison.tip is None
        or comparison.tip_kind != "ours"
        or not comparison.observed.compare_and_swap
        or comparison.others_open
        or comparison.observed.stacked
    ):
        return ()
    return (DeleteBranch(comparison.desired.branch, comparison.tip.oid),)


def stopped(outcome: Outcome, reason: str, detail: str = "") -> Decision:
    return Decision(outcome=outcome, reason=reason, message=f"{BY_CODE[reason].meaning} {detail}".strip())


def whose(tip: Tip) -> str:
    return f"Tip {tip.oid[:12]} by {tip.author or 'an unknown author'}."


def wanted_marker(comparison: Comparison, *, adopted: str = "") -> PullRequestMarker:
    """Return the marker of the desired state. A source that is not known leaves the known one in place."""
    desired, before = comparison.desired, comparison.marker
    source = desired.source
    keeps = before is not None and (
        not source.repository or (before.repository.isdigit() and source.is_named_otherwise(before.repository))
    )
    return PullRequestMarker(
        repository=before.repository if before and keeps else source.repository,
        file=before.file if before and keeps else source.file,
        run=_run(comparison),
        key=desired.key,
        title=text_hash(desired.title),
        block=text_hash(desired.block),
        labels=desired.labels,
        assignees=desired.assignees,
        milestone=desired.milestone or "",
        auto_merge="" if desired.auto_merge == "off" else desired.auto_merge,
        adopted=adopted,
    )


def _run(comparison: Comparison) -> Run | None:
    run = comparison.desired.source.run
    return replace(run, base=comparison.base) if run else None


def write_branch(comparison: Comparison, changes: tuple[FileChange, ...], *, onto: Tip | None = None) -> WriteBranch:
    """Our one commit on the base; or `onto` a tip whose commits are kept."""
    desired, tip = comparison.desired, comparison.tip
    parents = [onto.oid if onto else comparison.base_tip.oid]
    if tip is not None and not comparison.observed.compare_and_swap and onto is None:
        # Without a lease only a fast-forward is safe: a commit that also has the former tip as its parent.
        parents.insert(0, tip.oid)
    return WriteBranch(
        branch=desired.branch,
        before=tip.oid if tip else None,
        parents=tuple(parents),
        parent_tree=(onto or comparison.base_tip).tree,
        changes=changes,
        message=desired.commit_message,
        key=desired.key,
        run=_run(comparison),
        digest=change_digest(comparison.pending, comparison.base),
        kept=last_of_others(comparison) if onto else "",
        compare_and_swap=comparison.observed.compare_and_swap,
        author=desired.author,
        committer=desired.committer,
        signed_off_by=desired.signed_off_by,
    )
