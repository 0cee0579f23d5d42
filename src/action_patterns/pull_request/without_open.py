"""What to do about a target where no pull request is open from the bot branch. Pure."""

from __future__ import annotations

from dataclasses import replace

from action_patterns.ports import NewPullRequest
from action_patterns.pull_request.body import with_links
from action_patterns.pull_request.decision import Decision, delete_ours, stopped, wanted_marker, whose, write_branch
from action_patterns.pull_request.fields import find_milestone, overflow_steps
from action_patterns.pull_request.look import (
    Look,
    closed_by_somebody,
    differs,
    holds,
    stands_on_base,
)
from action_patterns.pull_request.marker import block_of, compose, text_hash
from action_patterns.pull_request.observed import PullRequest
from action_patterns.pull_request.steps import (
    FIELD_OF,
    OpenPullRequest,
    Reopen,
    RequestReviewers,
    RestoreBranch,
    SetAutoMerge,
    SetIssueFields,
    Step,
    UpdatePullRequest,
    WriteComment,
)


def without_open(look: Look) -> Decision:
    latest, tip, policies = look.latest, look.tip, look.desired.policies
    if not look.pending:
        return _finish_closing(look)
    if latest is not None and closed_by_somebody(look) and policies.on_closed == "respect":
        stop = stopped("skipped", "closed-by-someone", f"#{latest.number} was closed without being merged.")
        return replace(stop, pull_request=latest, files=look.files)
    if latest is not None and closed_by_somebody(look) and policies.on_closed == "reopen":
        return _reopen(look, latest)
    landed = latest is not None and tip is not None and latest.state == "MERGED" and latest.head_oid == tip.oid
    keeps = False
    if tip is not None and look.tip_kind in ("kept", "others") and not landed:
        # A branch that a pull request of ours used is the bot's; any other is somebody's.
        if look.marker is None and look.tip_kind == "others":
            return replace(stopped("blocked", "foreign-branch", whose(tip)), files=look.files)
        if look.tip_kind == "others" and policies.on_human_commits == "stop":
            return replace(stopped("blocked", "human-commit", whose(tip)), files=look.files)
        keeps = policies.on_human_commits != "overwrite"
    return _create(look, keeps=keeps)


def _reopen(look: Look, latest: PullRequest) -> Decision:
    """GitHub reopens only what still has its branch at the commit it was closed with; the wish comes after."""
    tip, desired = look.tip, look.desired
    moved = tip is None or tip.oid != latest.head_oid
    if tip is not None and moved and look.tip_kind in ("kept", "others"):
        return replace(stopped("blocked", "human-commit", whose(tip)), pull_request=latest, files=look.files)
    if tip is not None and moved and not look.observed.leases:
        detail = (
            f"#{latest.number} was closed with its branch at {latest.head_oid[:12]}; it is at {tip.oid[:12]} now, and"
            " on this server a branch can only be moved forward. Put it back with git to go on with the pull request."
        )
        return replace(stopped("blocked", "reopen-refused", detail), pull_request=latest, files=look.files)
    steps: list[Step] = []
    if moved:
        before = tip.oid if tip else None
        steps.append(RestoreBranch(desired.branch, before, latest.head_oid, look.observed.leases))
    steps.append(Reopen())
    return Decision(
        "updated", "reopened", "", tuple(steps), latest, look.marker, ("state",), look.files, again=frozenset({"state"})
    )


def _finish_closing(look: Look) -> Decision:
    """Nothing to wish for. Only a run of ours that died leaves something to do: a branch that no pull request uses, or
    used until we closed it. What a merged one left behind is for its repository's settings to delete.
    """
    latest, tip = look.latest, look.tip
    unused = latest is None or tip is None or tip.oid != latest.head_oid
    if (unused or (look.marker is not None and look.marker.closed)) and (steps := delete_ours(look)):
        # Another run may open a pull request from it before it is gone.
        again = frozenset({"branch"})
        return Decision("closed", "converged", "", steps, latest, look.marker, ("branch",), again=again)
    if latest is not None and look.marker is not None and not look.marker.closed and _closed_by_this_run(look, latest):
        closed = replace(look.marker, closed="converged")
        body = compose(closed, block_of(latest.body) or "", latest.body)
        return Decision("closed", "converged", "", (UpdatePullRequest((("body", body),)),), latest, closed, ("state",))
    return Decision("unchanged", "already-on-base", "")


def _closed_by_this_run(look: Look, latest: PullRequest) -> bool:
    """GitHub closes what is open from a branch that is deleted; it must not look like an answer."""
    return latest.state == "CLOSED" and bool(latest.head_oid) and latest.head_oid == look.learnt.deleted


def _create(look: Look, *, keeps: bool) -> Decision:
    desired, observed, latest, tip = look.desired, look.observed, look.latest, look.tip
    marker = wanted_marker(desired)
    steps: list[Step] = []
    if keeps:
        there = observed.branch_files or {}
        if todo := tuple(change for change in desired.changes if differs(change, there)):
            steps.append(write_branch(look, todo, onto=tip))
    else:
        # A branch left by a run that died before its pull request is used as it is, if it stands on today's base. One
        # that a merged or closed pull request left behind is written anew: its commits may be part of the base.
        used = latest is not None and tip is not None and latest.head_oid == tip.oid
        if not holds(look) or not stands_on_base(look) or used:
            steps.append(write_branch(look, look.pending))
    block = with_links(desired.block, [None for _ in desired.overflow])
    steps.append(
        OpenPullRequest(
            NewPullRequest(
                desired.title,
                compose(replace(marker, block=text_hash(block)), block),
                desired.branch,
                look.base,
                desired.draft,
                desired.head_repository and observed.holder,
            )
        )
    )
    milestone = find_milestone(desired.milestone, observed)
    if desired.labels or desired.assignees or milestone:
        number = milestone.number if milestone else None
        steps.append(SetIssueFields(desired.labels, desired.assignees, number, desired.milestone or ""))
    if desired.reviewers or desired.team_reviewers:
        steps.append(RequestReviewers(desired.reviewers, desired.team_reviewers))
    steps += overflow_steps(desired)
    refused = ["milestone"] if desired.milestone is not None and milestone is None else []
    if desired.auto_merge != "off" and observed.auto_merge_allowed is False:
        refused.append("auto-merge")
    elif desired.auto_merge != "off" and not desired.draft:
        steps.append(SetAutoMerge(desired.auto_merge))
    return Decision(
        "created",
        "opened",
        "",
        tuple(steps),
        None,
        marker,
        (),
        look.files,
        tuple(refused),
        again=frozenset(FIELD_OF[type(step)] for step in steps if isinstance(step, WriteComment | SetAutoMerge)),
    )
