"""Checks before the first write, on facts that were read for the decision: whether GitHub will take the steps."""

from __future__ import annotations

from collections.abc import Sequence

from action_patterns.checks.check import Finding, finding
from action_patterns.checks.writable import by_role, by_rule
from action_patterns.content.changes import UNKNOWN, FileChange, ancestors
from action_patterns.ports.git import ObservedFile
from action_patterns.ports.permissions import WORKFLOWS
from action_patterns.ports.pull_requests import Observed
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.steps.branch import DeleteBranch, RestoreBranch, WriteBranch
from action_patterns.pull_request.steps.step import Step


def preflight(desired: Desired, observed: Observed, steps: Sequence[Step]) -> tuple[Finding, ...]:
    """Return the checks that these steps need, in the order in which a person would remove the obstacles."""
    checks = [by_role(observed.can_push)]
    write = next((step for step in steps if isinstance(step, WriteBranch)), None)
    moves = [step for step in steps if isinstance(step, WriteBranch | RestoreBranch | DeleteBranch)]
    if desired.head_repository is not None:
        checks.append(_is_fork(observed))
    if moves and observed.branch_tip is None:
        clash = observed.branch_clash
        detail = f"A branch {clash!r} exists, so git cannot also have {desired.branch!r}."
        checks.append(finding("branch-clash", not clash, detail))
    if moves and observed.branch_tip is not None:
        restored = any(isinstance(step, RestoreBranch) for step in moves)
        forced = write is not None and write.before not in (None, *write.parents)
        checks.append(by_rule(observed.branch_rule, force=restored or forced))
    if write is not None and desired.most_writes is not None:
        needed = len(write.requests(observed, 0))
        detail = f"It takes {needed:,} writes, and this run has time for {desired.most_writes:,}."
        checks.append(finding("too-many-writes", needed <= desired.most_writes, detail))
    if write is not None:
        checks += _content(write, observed)
    return tuple(checks)


def _is_fork(observed: Observed) -> Finding:
    parent = observed.head_parent
    if observed.holder.lower() == observed.repository.lower():
        return finding("not-a-fork", False, f"{observed.holder} is the target itself.")
    right = parent is not None and parent.lower() == observed.repository.lower()
    return finding("not-a-fork", right, f"{observed.holder} was forked from {parent}.")


def _content(write: WriteBranch, observed: Observed) -> list[Finding]:
    checks: list[Finding] = []
    workflows = [change.path for change in write.changes if change.path.startswith(WORKFLOWS)]
    if workflows:
        checks.append(finding("workflow-files", observed.may_change_workflows, f"Changed: {', '.join(workflows[:5])}."))
    signed = observed.signs if write.author is None and write.committer is None else False
    if observed.branch_rule.needs_signatures or observed.base_rule.needs_signatures:
        # The base's rule counts at the merge, which may make another commit, and GitHub signs that one.
        needed = bool(observed.branch_rule.needs_signatures)
        may = True if signed else False if needed and signed is False else None
        checks.append(finding("unsigned-commits", may, "Signed commits are required there."))
    there = observed.branch_files if write.kept and observed.branch_files is not None else observed.files
    clash = _clash(write.changes, there)
    checks.append(finding("path-clash", clash is None, clash or ""))
    stale = [change.path for change in write.changes if _is_stale(change, observed.files)]
    checks.append(finding("stale-checkout", not stale, f"Changed on {observed.base}: {', '.join(stale[:5])}."))
    return checks


def _is_stale(change: FileChange, files: dict[str, ObservedFile | None]) -> bool:
    if change.base_oid == UNKNOWN:
        return False
    there = files.get(change.path)
    if there is not None and (there.oid, there.mode) == (change.oid, change.mode):
        return False
    return (there.oid if there is not None else None) != change.base_oid


def _clash(pending: tuple[FileChange, ...], files: dict[str, ObservedFile | None]) -> str | None:
    """A directory would be wiped, or a file turned into a directory, without the change saying so."""
    removed = {change.path for change in pending if change.mode is None}
    for change in pending:
        there = files.get(change.path)
        # A worktree knows that its directory became a file: it names every file that went. A directory laid over
        # a target does not.
        unseen = change.base_oid == UNKNOWN or not any(path.startswith(change.path + "/") for path in removed)
        if there is not None and there.mode == "040000" and unseen:
            return f"{change.path!r} is a directory there."
        if change.mode is None:
            continue
        for parent in ancestors(change.path):
            found = files.get(parent)
            if found is not None and found.mode != "040000" and parent not in removed:
                return f"{parent!r} is a file there, and {change.path!r} would be below it."
    return None
