"""The decision for a target without an open pull request from the bot branch. Pure."""

from __future__ import annotations

from dataclasses import replace

from action_patterns.ports.pull_requests import NewPullRequest, Observed, PullRequest
from action_patterns.pull_request.decide.comments import overflow_steps
from action_patterns.pull_request.decide.comparison import (
    Comparison,
    branch_is_current,
    closed_by_somebody,
    differs,
    is_on_base_tip,
    refused_content,
    stands_on_dropped_commits,
)
from action_patterns.pull_request.decide.decision import (
    Decision,
    delete_ours,
    stopped,
    wanted_marker,
    whose,
    write_branch,
)
from action_patterns.pull_request.decide.fields import find_milestone
from action_patterns.pull_request.ownership.body import with_links
from action_patterns.pull_request.ownership.marker import PullRequestMarker, block_of, compose, text_hash
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.steps.branch import RestoreBranch, WriteBranch
from action_patterns.pull_request.steps.comments import WriteComment
from action_patterns.pull_request.steps.issue_fields import RequestReviewers, SetIssueFields
from action_patterns.pull_request.steps.pull import OpenPullRequest, Reopen, SetAutoMerge, UpdatePullRequest
from action_patterns.pull_request.steps.step import Step


def decide_none_open(comparison: Comparison) -> Decision:
    latest, tip, policies = comparison.latest, comparison.tip, comparison.desired.policies
    if not comparison.pending:
        return _finish_closing(comparison)
    if latest is not None and _respects_the_close(comparison):
        stop = stopped("skipped", "closed-by-someone", f"#{latest.number} was closed without being merged.")
        return replace(stop, pull_request=latest, files=comparison.files)
    if latest is not None and closed_by_somebody(comparison) and policies.on_closed == "reopen":
        return _reopen(comparison, latest)
    landed = latest is not None and tip is not None and latest.state == "MERGED" and latest.head_oid == tip.oid
    keeps = False
    if tip is not None and comparison.tip_kind in ("ours_on_theirs", "theirs") and not landed:
        # A branch that a pull request of ours used is the bot's; any other belongs to a person.
        if comparison.marker is None and comparison.tip_kind == "theirs":
            return replace(stopped("blocked", "foreign-branch", whose(tip)), files=comparison.files)
        if comparison.tip_kind == "theirs" and policies.on_human_commits == "stop":
            return replace(stopped("blocked", "human-commit", whose(tip)), files=comparison.files)
        keeps = policies.on_human_commits != "overwrite"
    if stands_on_dropped_commits(comparison) and not comparison.observed.compare_and_swap:
        return replace(stopped("blocked", "base-rewritten"), files=comparison.files)
    return _create(comparison, keeps=keeps)


def _respects_the_close(comparison: Comparison) -> bool:
    """Return whether a person's close of the last pull request stops this run."""
    if comparison.desired.policies.on_closed == "respect":
        return closed_by_somebody(comparison)
    at_close = comparison.observed.closed_files
    # If its content cannot be read, the close stands: a guard that fails stops.
    return refused_content(comparison) is not None and not (
        at_close and any(differs(each, at_close) for each in comparison.desired.changes)
    )


def _reopen(comparison: Comparison, latest: PullRequest) -> Decision:
    """Return the steps to reopen. GitHub reopens only with the branch at the commit of the close; updates follow."""
    tip, desired = comparison.tip, comparison.desired
    moved = tip is None or tip.oid != latest.head_oid
    if tip is not None and moved and comparison.tip_kind in ("ours_on_theirs", "theirs"):
        return replace(stopped("blocked", "human-commit", whose(tip)), pull_request=latest, files=comparison.files)
    if tip is not None and moved and not comparison.observed.compare_and_swap:
        detail = (
            f"#{latest.number} was closed with its branch at {latest.head_oid[:12]}; it is at {tip.oid[:12]} now."
            " This server can only move a branch forward. Move it back with git to continue the pull request."
        )
        return replace(stopped("blocked", "reopen-refused", detail), pull_request=latest, files=comparison.files)
    steps: list[Step] = []
    if moved:
        before = tip.oid if tip else None
        steps.append(
            RestoreBranch(
                branch=desired.branch,
                before=before,
                after=latest.head_oid,
                compare_and_swap=comparison.observed.compare_and_swap,
            )
        )
    steps.append(Reopen())
    return Decision(
        outcome="updated",
        reason="reopened",
        message="",
        steps=tuple(steps),
        pull_request=latest,
        marker=comparison.marker,
        changed_fields=("state",),
        files=comparison.files,
        recheck=frozenset({"state"}),
    )


def _finish_closing(comparison: Comparison) -> Decision:
    """Return the decision when the base already holds the content.

    Delete the bot branch if an interrupted run left it behind. The branch of a merged pull request is left to the
    repository's setting "delete head branches".
    """
    latest, tip = comparison.latest, comparison.tip
    unused = latest is None or tip is None or tip.oid != latest.head_oid
    if (unused or (comparison.marker is not None and comparison.marker.closed)) and (steps := delete_ours(comparison)):
        # Another run may open a pull request from it before it is gone.
        recheck = frozenset({"branch"})
        return Decision(
            outcome="closed",
            reason="converged",
            message="",
            steps=steps,
            pull_request=latest,
            marker=comparison.marker,
            changed_fields=("branch",),
            recheck=recheck,
        )
    if (
        latest is not None
        and comparison.marker is not None
        and not comparison.marker.closed
        and _closed_by_this_run(comparison, latest)
    ):
        closed = replace(comparison.marker, closed="converged")
        body = compose(closed, block_of(latest.body) or "", latest.body)
        return Decision(
            outcome="closed",
            reason="converged",
            message="",
            steps=(UpdatePullRequest((("body", body),)),),
            pull_request=latest,
            marker=closed,
            changed_fields=("state",),
        )
    if latest is not None and comparison.marker is not None and latest.state == "MERGED":
        said = f"#{latest.number} was merged."
        return Decision(outcome="unchanged", reason="already-on-base", message=said, pull_request=latest)
    return Decision(outcome="unchanged", reason="already-on-base", message="")


def _closed_by_this_run(comparison: Comparison, latest: PullRequest) -> bool:
    """GitHub closes what is open from a branch that is deleted; it must not look like an answer."""
    return latest.state == "CLOSED" and bool(latest.head_oid) and latest.head_oid == comparison.memory.deleted


def _create(comparison: Comparison, *, keeps: bool) -> Decision:
    desired, observed = comparison.desired, comparison.observed
    write = _write(comparison, keeps=keeps)
    fields, refused = _field_steps(desired, observed)
    marker = wanted_marker(comparison)
    return Decision(
        outcome="created",
        reason="opened",
        message="",
        steps=(*([write] if write else ()), _open(comparison, marker), *fields),
        pull_request=None,
        marker=marker,
        changed_fields=(),
        files=comparison.files,
        refused=refused,
        recheck=frozenset(step.field for step in fields if isinstance(step, WriteComment | SetAutoMerge)),
    )


def _write(comparison: Comparison, *, keeps: bool) -> WriteBranch | None:
    latest, tip = comparison.latest, comparison.tip
    if keeps:
        there = comparison.observed.branch_files or {}
        todo = tuple(change for change in comparison.desired.changes if differs(change, there))
        return write_branch(comparison, todo, onto=tip) if todo else None
    # A branch left by a run that died before its pull request is used as it is, if it stands on today's base. One that
    # a merged or closed pull request left behind is written again: its commits may be part of the base.
    used = latest is not None and tip is not None and latest.head_oid == tip.oid
    if branch_is_current(comparison) and is_on_base_tip(comparison) and not used:
        return None
    return write_branch(comparison, comparison.pending)


def _open(comparison: Comparison, marker: PullRequestMarker) -> OpenPullRequest:
    desired = comparison.desired
    block = with_links(desired.block, [None for _ in desired.overflow])
    return OpenPullRequest(
        NewPullRequest(
            title=desired.title,
            body=compose(replace(marker, block=text_hash(block)), block),
            head=desired.branch,
            base=comparison.base,
            draft=desired.draft,
            head_repository=desired.head_repository and comparison.observed.holder,
        )
    )


def _field_steps(desired: Desired, observed: Observed) -> tuple[list[Step], tuple[str, ...]]:
    """Return the steps to the fields of a new pull request, and the fields that this server does not offer."""
    steps: list[Step] = []
    refused: list[str] = []
    milestone = find_milestone(desired.milestone, observed)
    if desired.milestone is not None and milestone is None:
        refused.append("milestone")
    if desired.labels or desired.assignees or milestone:
        steps.append(
            SetIssueFields(
                labels=desired.labels,
                assignees=desired.assignees,
                milestone=milestone.number if milestone else None,
                milestone_asked_for=desired.milestone or "",
            )
        )
    if desired.reviewers or desired.team_reviewers:
        steps.append(RequestReviewers(desired.reviewers, desired.team_reviewers))
    steps += overflow_steps(desired)
    if desired.auto_merge != "off" and observed.auto_merge_allowed is False:
        refused.append("auto-merge")
    elif desired.auto_merge != "off" and not desired.draft:
        steps.append(SetAutoMerge(desired.auto_merge))
    return steps, tuple(refused)
