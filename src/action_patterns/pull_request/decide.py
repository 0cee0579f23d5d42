"""The decision about one target: pure and total. Every branch is a row of a table test."""

from __future__ import annotations

from dataclasses import dataclass, replace

from action_patterns.content.changes import FileChange
from action_patterns.contracts.result import FileCounts, Outcome
from action_patterns.ports import NewPullRequest
from action_patterns.pull_request.body import with_links
from action_patterns.pull_request.desired import Desired
from action_patterns.pull_request.fields import find_milestone, note_steps, overflow_steps, reconcile_fields
from action_patterns.pull_request.learnt import NOTHING, Learnt
from action_patterns.pull_request.look import (
    Look,
    change_digest,
    closed_by_somebody,
    differs,
    holds,
    last_of_others,
    look_at,
    stands_on_base,
)
from action_patterns.pull_request.marker import Marker, block_of, compose, text_hash
from action_patterns.pull_request.observed import Observed, PullRequest, Tip
from action_patterns.pull_request.preflight import Check, preflight
from action_patterns.pull_request.reasons import BY_CODE
from action_patterns.pull_request.steps import (
    FIELD_OF,
    DeleteBranch,
    OpenPullRequest,
    Reopen,
    RequestReviewers,
    RestoreBranch,
    SetAutoMerge,
    SetIssueFields,
    Step,
    UpdatePullRequest,
    WriteBranch,
    WriteComment,
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done about one target, and why."""

    outcome: Outcome
    reason: str
    message: str
    steps: tuple[Step, ...] = ()
    pull_request: PullRequest | None = None
    marker: Marker | None = None
    """The marker the pull request carries once the steps are done."""
    changed_fields: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    """Paths in which the wish differs from the base branch."""
    refused: tuple[str, ...] = ()
    """Fields that cannot be had here, known without asking."""
    checks: tuple[Check, ...] = ()
    """The preflight of these steps."""
    again: frozenset[str] = frozenset()
    """Fields of which something is left to do once the steps are done, and must be read first."""
    file_counts: FileCounts | None = None
    """Of `files`."""

    @property
    def remedy(self) -> str:
        return BY_CODE[self.reason].remedy


def decide(desired: Desired, observed: Observed, learnt: Learnt = NOTHING) -> Decision:
    """What to do so that the target holds exactly one pull request with the wished content, or none if none is due."""
    decision = _decide(desired, observed, learnt)
    if decision.files:
        decision = replace(decision, file_counts=_count(decision.files, desired, observed))
    if not decision.steps:
        return decision
    checks = preflight(desired, observed, decision.steps)
    against = [check for check in checks if check.answer == "no"]
    if not against:
        return replace(decision, checks=checks)
    if decision.outcome == "blocked":
        return replace(decision, steps=())  # The note cannot be left either; what stops us matters more.
    first, *more = against
    stop = _stop("blocked", first.code, first.detail)
    message = " ".join([stop.message, *(f"{BY_CODE[c.code].meaning} {c.detail}".strip() for c in more)])
    return replace(
        stop,
        message=message,
        pull_request=decision.pull_request,
        files=decision.files,
        file_counts=decision.file_counts,
        checks=checks,
    )


def _decide(desired: Desired, observed: Observed, learnt: Learnt) -> Decision:
    for flag, reason in ((observed.archived, "archived"), (observed.disabled, "disabled"), (observed.empty, "empty")):
        if flag:
            return _stop("skipped", reason)
    if observed.base is None or observed.base_tip is None:
        return _stop("blocked", "base-missing", f"Looked for {desired.base or 'the default branch'}.")
    look = look_at(desired, observed, observed.base, observed.base_tip, learnt)
    if look.opened is not None:
        return replace(_with_open(look, look.opened), pull_request=look.opened)
    return _without_open(look)


def _count(files: tuple[str, ...], desired: Desired, observed: Observed) -> FileCounts:
    deleted = {change.path for change in desired.changes if change.mode is None}
    added = {path for path in files if observed.files.get(path) is None}
    gone = len(deleted.intersection(files))
    return FileCounts(added=len(added), changed=len(files) - len(added) - gone, deleted=gone)


# An open pull request


def _with_open(look: Look, opened: PullRequest) -> Decision:
    desired, policies = look.desired, look.desired.policies
    marker = look.marker
    adopting = marker is None
    if marker is None:
        if policies.adopt == "never" or (policies.adopt == "same-author" and not opened.by_us):
            by = f" by {opened.author}" if opened.author else ""
            return _stop("blocked", "foreign-pull-request", f"#{opened.number} is open{by}.")
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
    stop = _stop("blocked", "human-commit", _whose(look.tip) + merge)
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
        write = _write(look, todo, onto=look.tip) if todo else None
    else:
        # A branch on today's base tip cannot conflict with it: GitHub has not looked again since it was written.
        behind = not stands_on_base(look) and (opened.conflicting or desired.policies.on_base_moved == "rewrite")
        write = _write(look, look.pending) if behind or not holds(look) else None
    wanted = _wanted_marker(desired, adopted=marker.adopted)
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
    steps: tuple[Step, ...] = (UpdatePullRequest(fields), *_delete_ours(look))
    left = ""
    if look.others_open:
        left = f"The branch {desired.branch} is left: #{look.others_open[0].number} is open from it too."
    elif not look.observed.leases:
        left = f"The branch {desired.branch} is left: no lease guards its deletion here."
    return Decision("closed", "converged", left, steps, marker=closed, changed_fields=("state",))


def _delete_ours(look: Look) -> tuple[DeleteBranch, ...]:
    """The bot branch with nothing but our commit on it, where the server can make sure that it still is so. GitHub
    closes whatever is open from a branch that goes: a pull request of somebody else keeps it.
    """
    if look.tip is None or look.tip_kind != "ours" or not look.observed.leases or look.others_open:
        return ()
    return (DeleteBranch(look.desired.branch, look.tip.oid),)


# No open pull request


def _without_open(look: Look) -> Decision:
    latest, tip, policies = look.latest, look.tip, look.desired.policies
    if not look.pending:
        return _finish_closing(look)
    if latest is not None and closed_by_somebody(look) and policies.on_closed == "respect":
        stop = _stop("skipped", "closed-by-someone", f"#{latest.number} was closed without being merged.")
        return replace(stop, pull_request=latest, files=look.files)
    if latest is not None and closed_by_somebody(look) and policies.on_closed == "reopen":
        return _reopen(look, latest)
    landed = latest is not None and tip is not None and latest.state == "MERGED" and latest.head_oid == tip.oid
    keeps = False
    if tip is not None and look.tip_kind in ("kept", "others") and not landed:
        # A branch that a pull request of ours used is the bot's; any other is somebody's.
        if look.marker is None and look.tip_kind == "others":
            return replace(_stop("blocked", "foreign-branch", _whose(tip)), files=look.files)
        if look.tip_kind == "others" and policies.on_human_commits == "stop":
            return replace(_stop("blocked", "human-commit", _whose(tip)), files=look.files)
        keeps = policies.on_human_commits != "overwrite"
    return _create(look, keeps=keeps)


def _reopen(look: Look, latest: PullRequest) -> Decision:
    """GitHub reopens only what still has its branch at the commit it was closed with; the wish comes after."""
    tip, desired = look.tip, look.desired
    moved = tip is None or tip.oid != latest.head_oid
    if tip is not None and moved and look.tip_kind in ("kept", "others"):
        return replace(_stop("blocked", "human-commit", _whose(tip)), pull_request=latest, files=look.files)
    if tip is not None and moved and not look.observed.leases:
        detail = (
            f"#{latest.number} was closed with its branch at {latest.head_oid[:12]}; it is at {tip.oid[:12]} now, and"
            " on this server a branch can only be moved forward. Put it back with git to go on with the pull request."
        )
        return replace(_stop("blocked", "reopen-refused", detail), pull_request=latest, files=look.files)
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
    if (unused or (look.marker is not None and look.marker.closed)) and (steps := _delete_ours(look)):
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
    marker = _wanted_marker(desired)
    steps: list[Step] = []
    if keeps:
        there = observed.branch_files or {}
        if todo := tuple(change for change in desired.changes if differs(change, there)):
            steps.append(_write(look, todo, onto=tip))
    else:
        # A branch left by a run that died before its pull request is used as it is, if it stands on today's base. One
        # that a merged or closed pull request left behind is written anew: its commits may be part of the base.
        used = latest is not None and tip is not None and latest.head_oid == tip.oid
        if not holds(look) or not stands_on_base(look) or used:
            steps.append(_write(look, look.pending))
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


# Parts


def _stop(outcome: Outcome, reason: str, detail: str = "") -> Decision:
    return Decision(outcome, reason, f"{BY_CODE[reason].meaning} {detail}".strip())


def _whose(tip: Tip) -> str:
    return f"Tip {tip.oid[:12]} by {tip.author or 'an unknown author'}."


def _wanted_marker(desired: Desired, *, adopted: str = "") -> Marker:
    return Marker(
        key=desired.key,
        title=text_hash(desired.title),
        block=text_hash(desired.block),
        labels=desired.labels,
        assignees=desired.assignees,
        milestone=desired.milestone or "",
        auto_merge="" if desired.auto_merge == "off" else desired.auto_merge,
        adopted=adopted,
    )


def _write(look: Look, changes: tuple[FileChange, ...], *, onto: Tip | None = None) -> WriteBranch:
    """Our one commit on the base; or `onto` a tip whose commits are kept."""
    desired, tip = look.desired, look.tip
    parents = [onto.oid if onto else look.base_tip.oid]
    if tip is not None and not look.observed.leases and onto is None:
        # Without a lease only a fast-forward is safe: a commit that also has the former tip as its parent.
        parents.insert(0, tip.oid)
    return WriteBranch(
        branch=desired.branch,
        before=tip.oid if tip else None,
        parents=tuple(parents),
        parent_tree=(onto or look.base_tip).tree,
        changes=changes,
        message=desired.commit_message,
        key=desired.key,
        digest=change_digest(look.pending, look.base),
        kept=last_of_others(look) if onto else "",
        leases=look.observed.leases,
        author=desired.author,
        committer=desired.committer,
        signed_off_by=desired.signed_off_by,
    )
