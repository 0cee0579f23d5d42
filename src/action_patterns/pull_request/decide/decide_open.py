"""The decision for a target with an open pull request from the bot branch. Pure."""

from __future__ import annotations

from dataclasses import replace

from action_patterns.ports.pull_requests import PullRequest
from action_patterns.pull_request.decide.comments import note_steps
from action_patterns.pull_request.decide.comparison import (
    Comparison,
    branch_is_current,
    differs,
    is_on_base_tip,
    last_of_others,
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
from action_patterns.pull_request.decide.fields import reconcile_fields
from action_patterns.pull_request.ownership.marker import PullRequestMarker, compose, text_hash
from action_patterns.pull_request.steps.comments import WriteComment
from action_patterns.pull_request.steps.pull import UpdatePullRequest
from action_patterns.pull_request.steps.step import Step


def decide_open(comparison: Comparison, opened: PullRequest) -> Decision:
    desired, policies = comparison.desired, comparison.desired.policies
    marker = comparison.marker
    adopting = marker is None
    if marker is None:
        if policies.adopt == "never" or (policies.adopt == "same-author" and not opened.by_us):
            by = f" by {opened.author}" if opened.author else ""
            return stopped("blocked", "foreign-pull-request", f"#{opened.number} is open{by}.")
        # Its title is overwritten only where it was ours to begin with.
        mine = text_hash(opened.title if opened.by_us else desired.title)
        marker = PullRequestMarker(key=desired.key, title=mine, block="", adopted=last_of_others(comparison))
    overwrites = policies.on_human_commits == "overwrite"
    # Commits from before the takeover stay, under every policy for later commits.
    taken_over = bool(marker.adopted) and marker.adopted == last_of_others(comparison)
    if comparison.tip_kind == "theirs" and policies.on_human_commits == "stop" and not taken_over:
        return _human_commit(comparison, opened)
    keeps = comparison.tip_kind in ("ours_on_theirs", "theirs") and (taken_over or not overwrites)
    if not comparison.pending and (keeps or policies.on_converged == "keep" or adopting):
        reason = "kept-for-commits" if keeps else "kept-open" if not adopting else "already-on-base"
        return Decision(outcome="unchanged", reason=reason, message="")
    if not comparison.pending:
        return _converged(comparison, opened, marker)
    return _update(comparison, opened, marker, keeps=keeps)


def _human_commit(comparison: Comparison, opened: PullRequest) -> Decision:
    assert comparison.tip is not None
    merge = " It is a merge, as the button 'Update branch' makes one." if len(comparison.tip.parents) > 1 else ""
    stop = stopped("blocked", "human-commit", whose(comparison.tip) + merge)
    note = note_steps(comparison.desired, opened, NOTE_TEXT)
    # Two runs, or one request delivered twice, may have left two: that shows only afterwards.
    new = any(isinstance(step, WriteComment) and step.id is None for step in note)
    return replace(stop, steps=note, files=comparison.files, recheck=frozenset({"comments"} if new else ()))


NOTE_TEXT = (
    "**action-patterns has stopped here.** This branch holds a commit that it did not make, and it does not overwrite"
    " the work of others. It changes neither the branch nor this pull request until you do one of these:\n\n"
    "- merge or close this pull request, or move the commit to another branch and delete this one; or\n"
    "- set `on-human-commits: append`, to put updates on top of it; or `overwrite`, to lose it.\n\n"
    "A later run deletes this note."
)
"""It names no commit, so that it stays one note however many commits come."""


def _update(comparison: Comparison, opened: PullRequest, marker: PullRequestMarker, *, keeps: bool) -> Decision:
    desired, observed = comparison.desired, comparison.observed
    if keeps:
        there = observed.branch_files or {}
        todo = tuple(change for change in desired.changes if differs(change, there))
        write = write_branch(comparison, todo, onto=comparison.tip) if todo else None
    else:
        # A branch on today's base tip cannot conflict with it: GitHub has not looked again since it was written.
        behind = not is_on_base_tip(comparison) and (opened.conflicting or desired.policies.on_base_moved == "rewrite")
        dropped = stands_on_dropped_commits(comparison)
        if dropped and not observed.compare_and_swap:
            return replace(stopped("blocked", "base-rewritten"), files=comparison.files)
        behind = behind or dropped
        write = write_branch(comparison, comparison.pending) if behind or not branch_is_current(comparison) else None
    wanted = wanted_marker(comparison, adopted=marker.adopted)
    fields = reconcile_fields(desired, opened, marker, wanted, observed, comparison.memory, rewritten=write is not None)
    content: list[Step] = [write] if write else []
    # The base first: where GitHub refuses it, the branch must not have been written for it.
    steps: tuple[Step, ...] = (*fields.base, *content, *fields.steps)
    if not steps:
        stuck = (
            f"It conflicts with `{comparison.base}`, and holds commits of others: a person must merge the base into it."
        )
        said = stuck if keeps and opened.conflicting else ""
        return Decision(
            outcome="unchanged",
            reason="up-to-date",
            message=said,
            marker=marker,
            files=comparison.files,
            refused=fields.refused,
        )
    if write is not None:
        reason, changed = "content", ("content", *fields.changed)
    else:
        reason, changed = "fields", fields.changed
    if comparison.marker is None:
        reason = "adopted"
    return Decision(
        outcome="updated",
        reason=reason,
        message="",
        steps=steps,
        marker=fields.marker,
        changed_fields=changed,
        files=comparison.files,
        refused=fields.refused,
        recheck=fields.recheck,
    )


def _converged(comparison: Comparison, opened: PullRequest, marker: PullRequestMarker) -> Decision:
    """Return the steps when the base holds the content: one PATCH closes the pull request and marks it as closed by us,
    then the branch is deleted.
    """
    desired = comparison.desired
    closed = replace(marker, closed="converged")
    block = f"{desired.block}\n\n*Closed by action-patterns: `{comparison.base}` already holds this change.*".strip()
    fields = (("state", "closed"), ("body", compose(replace(closed, block=text_hash(block)), block, opened.body)))
    steps: tuple[Step, ...] = (UpdatePullRequest(fields), *delete_ours(comparison))
    left = ""
    if comparison.others_open:
        left = f"The branch {desired.branch} stays: #{comparison.others_open[0].number} is open from it too."
    elif comparison.observed.stacked:
        left = f"The branch {desired.branch} stays: #{comparison.observed.stacked[0]} is open to be merged into it."
    elif not comparison.observed.compare_and_swap:
        left = f"The branch {desired.branch} stays: compare-and-swap cannot delete it here."
    return Decision(
        outcome="closed", reason="converged", message=left, steps=steps, marker=closed, changed_fields=("state",)
    )
