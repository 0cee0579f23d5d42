"""What to do about a target where a pull request is open from the bot branch. Pure."""

from __future__ import annotations

from dataclasses import replace

from action_patterns.pull_request.decision import Decision, delete_ours, stopped, wanted_marker, whose, write_branch
from action_patterns.pull_request.fields import note_steps, reconcile_fields
from action_patterns.pull_request.look import (
    Look,
    differs,
    holds,
    last_of_others,
    stands_on_base,
)
from action_patterns.pull_request.marker import Marker, compose, text_hash
from action_patterns.pull_request.observed import PullRequest
from action_patterns.pull_request.steps import (
    Step,
    UpdatePullRequest,
    WriteComment,
)


def with_open(look: Look, opened: PullRequest) -> Decision:
    desired, policies = look.desired, look.desired.policies
    marker = look.marker
    adopting = marker is None
    if marker is None:
        if policies.adopt == "never" or (policies.adopt == "same-author" and not opened.by_us):
            by = f" by {opened.author}" if opened.author else ""
            return stopped("blocked", "foreign-pull-request", f"#{opened.number} is open{by}.")
        # Its title is overwritten only where it was ours to begin with.
        mine = text_hash(opened.title if opened.by_us else desired.title)
        marker = Marker(desired.key, mine, "", adopted=last_of_others(look))
    overwrites = policies.on_human_commits == "overwrite"
    # What was there when it was taken over stays, whatever is to happen to commits that come later.
    taken_over = bool(marker.adopted) and marker.adopted == last_of_others(look)
    if look.tip_kind == "others" and policies.on_human_commits == "stop" and not taken_over:
        return _human_commit(look, opened)
    keeps = look.tip_kind in ("kept", "others") and (taken_over or not overwrites)
    if not look.pending and (keeps or policies.on_converged == "keep" or adopting):
        reason = "kept-for-commits" if keeps else "kept-open" if not adopting else "already-on-base"
        return Decision("unchanged", reason, "")
    if not look.pending:
        return _converged(look, opened, marker)
    return _update(look, opened, marker, keeps=keeps)


def _human_commit(look: Look, opened: PullRequest) -> Decision:
    assert look.tip is not None
    merge = " It is a merge, as the button 'Update branch' makes one." if len(look.tip.parents) > 1 else ""
    stop = stopped("blocked", "human-commit", whose(look.tip) + merge)
    note = note_steps(look.desired, opened, NOTE_TEXT)
    # Two runs, or one request delivered twice, may have left two: that shows only afterwards.
    new = any(isinstance(step, WriteComment) and step.id is None for step in note)
    return replace(stop, steps=note, files=look.files, again=frozenset({"comments"} if new else ()))


NOTE_TEXT = (
    "**action-patterns has stopped here.** This branch holds a commit that it did not make, and it does not overwrite"
    " the work of others. Neither the branch nor this pull request is touched until one of these is done:\n\n"
    "- merge or close this pull request, or move the commit to another branch and delete this one; or\n"
    "- set `on-human-commits: append`, to have updates put on top of it; or `overwrite`, to lose it.\n\n"
    "This note goes away by itself."
)
"""It names no commit, so that it stays one note however many commits come."""


def _update(look: Look, opened: PullRequest, marker: Marker, *, keeps: bool) -> Decision:
    desired, observed = look.desired, look.observed
    if keeps:
        there = observed.branch_files or {}
        todo = tuple(change for change in desired.changes if differs(change, there))
        write = write_branch(look, todo, onto=look.tip) if todo else None
    else:
        # A branch on today's base tip cannot conflict with it: GitHub has not looked again since it was written.
        behind = not stands_on_base(look) and (opened.conflicting or desired.policies.on_base_moved == "rewrite")
        write = write_branch(look, look.pending) if behind or not holds(look) else None
    wanted = wanted_marker(desired, adopted=marker.adopted)
    fields = reconcile_fields(desired, opened, marker, wanted, observed, look.learnt, rewritten=write is not None)
    content: list[Step] = [write] if write else []
    # The base first: where GitHub refuses it, the branch must not have been written for it.
    steps: tuple[Step, ...] = (*fields.base, *content, *fields.steps)
    if not steps:
        stuck = f"It conflicts with `{look.base}`, and holds commits of others: somebody has to merge the base into it."
        said = stuck if keeps and opened.conflicting else ""
        return Decision("unchanged", "up-to-date", said, marker=marker, files=look.files, refused=fields.refused)
    if write is not None:
        reason, changed = "content", ("content", *fields.changed)
    else:
        reason, changed = "fields", fields.changed
    if look.marker is None:
        reason = "adopted"
    return Decision(
        "updated",
        reason,
        "",
        steps,
        marker=fields.marker,
        changed_fields=changed,
        files=look.files,
        refused=fields.refused,
        again=fields.again,
    )


def _converged(look: Look, opened: PullRequest, marker: Marker) -> Decision:
    """The base holds the wish: one PATCH closes the pull request and remembers that it was us, then the branch goes."""
    desired = look.desired
    closed = replace(marker, closed="converged")
    block = f"{desired.block}\n\n*Closed by action-patterns: `{look.base}` already holds this change.*".strip()
    fields = (("state", "closed"), ("body", compose(replace(closed, block=text_hash(block)), block, opened.body)))
    steps: tuple[Step, ...] = (UpdatePullRequest(fields), *delete_ours(look))
    left = ""
    if look.others_open:
        left = f"The branch {desired.branch} is left: #{look.others_open[0].number} is open from it too."
    elif not look.observed.leases:
        left = f"The branch {desired.branch} is left: no lease guards its deletion here."
    return Decision("closed", "converged", left, steps, marker=closed, changed_fields=("state",))
