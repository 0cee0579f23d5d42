"""The decision about one target: pure and total. Every branch is a row of a table test."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from action_patterns.content.changes import UNKNOWN, FileChange, digest
from action_patterns.contracts.result import Outcome
from action_patterns.ports import NewPullRequest
from action_patterns.pull_request.desired import Desired
from action_patterns.pull_request.fields import reconcile_fields
from action_patterns.pull_request.marker import Marker, compose, parse_marker, text_hash
from action_patterns.pull_request.observed import Observed, PullRequest, Tip
from action_patterns.pull_request.reasons import BY_CODE
from action_patterns.pull_request.steps import (
    DeleteBranch,
    OpenPullRequest,
    RequestReviewers,
    SetIssueFields,
    Step,
    UpdatePullRequest,
    WriteBranch,
)
from action_patterns.pull_request.trailers import parse as parse_trailers


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

    @property
    def remedy(self) -> str:
        return BY_CODE[self.reason].remedy


def decide(desired: Desired, observed: Observed) -> Decision:
    """What to do so that the target holds exactly one pull request with the wished content, or none if none is due."""
    decision = _decide(desired, observed)
    if decision.steps and observed.can_push is False:
        return replace(_stop("blocked", "read-only"), pull_request=decision.pull_request, files=decision.files)
    return decision


def _decide(desired: Desired, observed: Observed) -> Decision:
    for flag, reason in ((observed.archived, "archived"), (observed.disabled, "disabled"), (observed.empty, "empty")):
        if flag:
            return _stop("skipped", reason)
    if observed.base is None or observed.base_tip is None:
        return _stop("blocked", "base-missing", f"Looked for {desired.base or 'the default branch'}.")

    pending = tuple(change for change in desired.changes if _differs(change, observed))
    files = tuple(change.path for change in pending)
    heads = [pull for pull in observed.pull_requests if not pull.cross_repository]
    open_heads = [pull for pull in heads if pull.state == "OPEN"]
    # Somebody may have opened a second one from our branch, a backport say: ours is ours all the same.
    opened = next((pull for pull in open_heads if _marker_of_ours(pull, desired.key)), next(iter(open_heads), None))
    latest = heads[0] if heads else None
    tip = observed.branch_tip
    # A merge can leave our commit as the base's own tip; the base is never ours to write.
    tip_is_ours = tip is not None and _is_ours(tip, desired.key) and desired.branch != observed.base

    if opened is not None:
        marker = parse_marker(opened.body)
        if marker is None or marker.key != desired.key:
            return replace(_stop("blocked", "foreign-pull-request", f"#{opened.number} is open."), pull_request=opened)
        if tip is not None and not tip_is_ours:
            return replace(_stop("blocked", "human-commit", _whose(tip)), pull_request=opened, files=files)
        if not pending:
            return _converged(opened, marker, desired, observed.base, tip)
    else:
        marker = _marker_of_ours(latest, desired.key)
        if not pending:
            return _finish_closing(latest, marker, desired, tip if tip_is_ours else None)
        if latest is not None and latest.state == "CLOSED" and marker is not None and not marker.closed:
            stop = _stop("skipped", "closed-by-someone", f"#{latest.number} was closed without being merged.")
            return replace(stop, pull_request=latest, files=files)
        merged = latest is not None and latest.state == "MERGED" and tip is not None and latest.head_oid == tip.oid
        if tip is not None and not tip_is_ours and not merged:
            return replace(_stop("blocked", "foreign-branch", _whose(tip)), files=files)

    if (clash := _clash(pending, observed)) is not None:
        return replace(_stop("blocked", "path-clash", clash), pull_request=opened, files=files)
    if stale := [change.path for change in pending if _is_stale(change, observed)]:
        return replace(
            _stop("blocked", "stale-checkout", f"Changed on {observed.base}: {', '.join(stale[:5])}."), files=files
        )
    if opened is None:
        return _create(desired, observed, pending, files, latest)
    return _update(desired, observed, pending, files, opened, marker)


def _stop(outcome: Outcome, reason: str, detail: str = "") -> Decision:
    return Decision(outcome, reason, f"{BY_CODE[reason].meaning} {detail}".strip())


def _whose(tip: Tip) -> str:
    return f"Tip {tip.oid[:12]} by {tip.author or 'an unknown author'}."


def _differs(change: FileChange, observed: Observed) -> bool:
    there = observed.files.get(change.path)
    if change.mode is None:
        return there is not None
    return there is None or there.oid != change.oid or there.mode != change.mode


def _is_ours(tip: Tip, key: str) -> bool:
    """Our trailers, our key, and the tree we wrote: an amended commit keeps its message but not its tree."""
    trailers = parse_trailers(tip.message)
    return trailers is not None and trailers.key == key and trailers.tree == tip.tree


def _marker_of_ours(pull: PullRequest | None, key: str) -> Marker | None:
    marker = parse_marker(pull.body) if pull is not None else None
    return marker if marker is not None and marker.key == key else None


def _is_stale(change: FileChange, observed: Observed) -> bool:
    if change.base_oid == UNKNOWN:
        return False
    there = observed.files.get(change.path)
    # Where a directory stood, the checkout had no blob either.
    return (there.oid if there is not None and there.mode != "040000" else None) != change.base_oid


def _clash(pending: tuple[FileChange, ...], observed: Observed) -> str | None:
    """A directory would be wiped, or a file turned into a directory, without the change saying so."""
    removed = {change.path for change in pending if change.mode is None}
    for change in pending:
        there = observed.files.get(change.path)
        # A worktree knows that its directory became a file: it names every file that went. Content laid over a target
        # sight unseen does not.
        unseen = change.base_oid == UNKNOWN or not any(path.startswith(change.path + "/") for path in removed)
        if there is not None and there.mode == "040000" and unseen:
            return f"{change.path!r} is a directory there."
        if change.mode is None:
            continue
        parts = change.path.split("/")
        for depth in range(1, len(parts)):
            parent = "/".join(parts[:depth])
            above = observed.files.get(parent)
            if above is not None and above.mode != "040000" and parent not in removed:
                return f"{parent!r} is a file there, and {change.path!r} would be below it."
    return None


def _wanted_marker(desired: Desired, refused: tuple[str, ...] = ()) -> Marker:
    return Marker(
        key=desired.key,
        title=text_hash(desired.title),
        block=text_hash(desired.block),
        labels=desired.labels,
        assignees=desired.assignees,
        refused=refused,
    )


def _write(desired: Desired, observed: Observed, pending: tuple[FileChange, ...]) -> WriteBranch:
    assert observed.base_tip is not None  # decide() stops before this without one
    return WriteBranch(
        branch=desired.branch,
        before=observed.branch_tip.oid if observed.branch_tip else None,
        parent=observed.base_tip.oid,
        parent_tree=observed.base_tip.tree,
        changes=pending,
        message=desired.commit_message,
        key=desired.key,
        digest=change_digest(pending, observed.base),
    )


def change_digest(pending: tuple[FileChange, ...], base: str | None) -> str:
    """What `Pattern-Digest` says: the change, and the name of the base it was made for.

    It is over what differs from the base, not over the whole wish: when the base drifts away in a path that was left
    out of our commit, the digest changes and the branch is written again. Without the name, a wish that goes to
    another base would take the branch as it is, with all commits of the former base.
    """
    return hashlib.sha256(f"{base}\0{digest(pending)}".encode()).hexdigest()


def _holds(observed: Observed, pending: tuple[FileChange, ...], key: str) -> bool:
    """The branch already holds this very change."""
    tip = observed.branch_tip
    trailers = parse_trailers(tip.message) if tip is not None and _is_ours(tip, key) else None
    return trailers is not None and trailers.digest == change_digest(pending, observed.base)


def _stands_on_base(observed: Observed) -> bool:
    """The bot branch is one commit on top of today's base tip."""
    tip, base = observed.branch_tip, observed.base_tip
    return tip is not None and base is not None and tip.parents == (base.oid,)


def _create(
    desired: Desired,
    observed: Observed,
    pending: tuple[FileChange, ...],
    files: tuple[str, ...],
    latest: PullRequest | None,
) -> Decision:
    assert observed.base is not None and observed.base_tip is not None  # decide() stops before this without them
    tip = observed.branch_tip
    marker = _wanted_marker(desired)
    # A branch left by a run that died before its pull request is used as it is, if it stands on today's base. One that
    # a merged or closed pull request left behind is written anew: its commits may already be part of the base.
    leftover = (
        tip is not None
        and _holds(observed, pending, desired.key)
        and _stands_on_base(observed)
        and not (latest is not None and latest.head_oid == tip.oid)
    )
    steps: list[Step] = [] if leftover else [_write(desired, observed, pending)]
    new = NewPullRequest(desired.title, compose(marker, desired.block), desired.branch, observed.base, desired.draft)
    steps.append(OpenPullRequest(new))
    if desired.labels or desired.assignees:
        steps.append(SetIssueFields(desired.labels, desired.assignees))
    if desired.reviewers or desired.team_reviewers:
        steps.append(RequestReviewers(desired.reviewers, desired.team_reviewers))
    return Decision("created", "opened", "", tuple(steps), None, marker, (), files)


def _update(
    desired: Desired,
    observed: Observed,
    pending: tuple[FileChange, ...],
    files: tuple[str, ...],
    opened: PullRequest,
    marker: Marker | None,
) -> Decision:
    assert marker is not None and observed.base is not None  # an open pull request without our marker stopped earlier
    steps: list[Step] = []
    changed: list[str] = []
    # A branch on today's base tip cannot conflict with it: GitHub has not looked again since it was written.
    conflicting = opened.conflicting and not _stands_on_base(observed)
    if conflicting or not _holds(observed, pending, desired.key):
        steps.append(_write(desired, observed, pending))
        changed.append("content")
    fields = reconcile_fields(desired, opened, marker, _wanted_marker(desired), base=observed.base)
    steps += fields.steps
    changed += fields.changed
    if not steps:
        return Decision("unchanged", "up-to-date", "", (), opened, marker, (), files)
    reason = "content" if "content" in changed else "fields"
    return Decision("updated", reason, "", tuple(steps), opened, fields.marker, tuple(changed), files)


def _converged(opened: PullRequest, marker: Marker, desired: Desired, base: str, tip: Tip | None) -> Decision:
    """The base holds the wish: one PATCH closes the pull request and remembers that it was us, then the branch goes."""
    closed = replace(marker, closed="converged")
    block = f"{desired.block}\n\n*Closed by action-patterns: `{base}` already holds this change.*".strip()
    fields = (("state", "closed"), ("body", compose(replace(closed, block=text_hash(block)), block, opened.body)))
    steps: list[Step] = [UpdatePullRequest(fields)]
    if tip is not None:
        steps.append(DeleteBranch(desired.branch, tip.oid))
    return Decision("closed", "converged", "", tuple(steps), opened, closed, ("state",))


def _finish_closing(latest: PullRequest | None, marker: Marker | None, desired: Desired, tip: Tip | None) -> Decision:
    """Nothing to wish for. Only a run of ours that died leaves something to do: a branch that no pull request uses, or
    used until we closed it. What a merged one left behind is for its repository's settings to delete.
    """
    unused = latest is None or tip is None or tip.oid != latest.head_oid
    if tip is not None and (unused or (marker is not None and marker.closed)):
        return Decision(
            "closed", "converged", "", (DeleteBranch(desired.branch, tip.oid),), latest, marker, ("branch",)
        )
    return Decision("unchanged", "already-on-base", "")
