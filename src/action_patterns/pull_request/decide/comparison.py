"""What a decision is made of: the facts that were read, held against the wish. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from action_patterns.content.changes import FileChange, digest
from action_patterns.ports.git import ObservedFile, Tip
from action_patterns.ports.pull_requests import Observed, PullRequest
from action_patterns.pull_request.decide.run_memory import RunMemory
from action_patterns.pull_request.ownership.marker import PullRequestMarker, parse_marker
from action_patterns.pull_request.ownership.trailers import Trailers, is_sealed
from action_patterns.pull_request.ownership.trailers import parse as parse_trailers
from action_patterns.pull_request.spec.desired import Desired

TipKind = Literal["none", "ours", "kept", "others"]
"""Of the bot branch: there is none; one commit of ours on the base; ours on top of commits of others; not ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a decision is made of, named."""

    desired: Desired
    observed: Observed
    base: str
    base_tip: Tip
    pending: tuple[FileChange, ...]
    """Changes in which the wish differs from the base."""
    opened: PullRequest | None
    latest: PullRequest | None
    """Of those that are closed or merged, our newest; the newest of all where none is known as ours."""
    others_open: tuple[PullRequest, ...]
    """Pull requests of others that the bot branch is open for besides."""
    marker: PullRequestMarker | None
    """That of the open pull request, else of the latest; None if it is not ours."""
    tip: Tip | None
    tip_kind: TipKind
    trailers: Trailers | None
    """Of the tip, if it is a commit of ours."""
    memory: RunMemory

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(change.path for change in self.pending)


def compare(desired: Desired, observed: Observed, base: str, base_tip: Tip, memory: RunMemory) -> Comparison:
    heads = [pull for pull in observed.pull_requests if not pull.foreign_head]
    open_heads = [pull for pull in heads if pull.state == "OPEN"]
    # Somebody may have opened a second one from our branch, a backport say: ours is ours all the same.
    opened = next((pull for pull in open_heads if _marker_of_ours(pull, desired.key)), next(iter(open_heads), None))
    latest = next((pull for pull in heads if _marker_of_ours(pull, desired.key)), next(iter(heads), None))
    return Comparison(
        desired=desired,
        observed=observed,
        base=base,
        base_tip=base_tip,
        pending=tuple(change for change in desired.changes if differs(change, observed.files)),
        opened=opened,
        latest=latest,
        others_open=tuple(pull for pull in open_heads if pull is not opened),
        marker=_marker_of_ours(opened or latest, desired.key),
        tip=observed.branch_tip,
        tip_kind=tip_kind(desired, observed),
        trailers=our_trailers(observed.branch_tip, desired.key) if observed.branch_tip else None,
        memory=memory,
    )


def tip_kind(desired: Desired, observed: Observed) -> TipKind:
    """Whose commit the bot branch ends with."""
    tip = observed.branch_tip
    if tip is None:
        return "none"
    trailers = our_trailers(tip, desired.key)
    # A merge can leave our commit as the base's own tip; the base is never ours to write.
    if trailers is None or (desired.branch == observed.base and observed.holder == observed.repository):
        return "others"
    return "kept" if trailers.kept else "ours"


def last_of_others(comparison: Comparison) -> str:
    """The last commit on the bot branch that is not ours, with or without ours on top of it; "" = there is none."""
    if comparison.tip is None:
        return ""
    return (
        comparison.tip.oid
        if comparison.tip_kind == "others"
        else comparison.trailers.kept
        if comparison.trailers
        else ""
    )


def keeps_commits(desired: Desired, observed: Observed) -> bool:
    """Commits of others may have to be kept: then what stands on the bot branch must be read before deciding."""
    kind = tip_kind(desired, observed)
    policies = desired.policies
    return kind == "kept" or (kind == "others" and (policies.on_human_commits == "append" or policies.adopt != "never"))


def differs(change: FileChange, files: Mapping[str, ObservedFile | None]) -> bool:
    there = files.get(change.path)
    if change.mode is None:
        return there is not None
    return there is None or there.oid != change.oid or there.mode != change.mode


def our_trailers(tip: Tip, key: str) -> Trailers | None:
    """Our trailers, our key, the tree we wrote, the words we wrote it with, and what we wrote it on."""
    trailers = parse_trailers(tip.message)
    if trailers is None or trailers.key != key or trailers.tree != tip.tree:
        return None
    return trailers if is_sealed(tip.message, tip.parents) else None


def _marker_of_ours(pull: PullRequest | None, key: str) -> PullRequestMarker | None:
    marker = parse_marker(pull.body) if pull is not None else None
    return marker if marker is not None and marker.key == key else None


def change_digest(pending: tuple[FileChange, ...], base: str | None) -> str:
    """What `Pattern-Digest` says: the change, and the name of the base it was made for.

    It is over what differs from the base, not over the whole wish: when the base drifts away in a path that was left
    out of our commit, the digest changes and the branch is written again. Without the name, a wish that goes to
    another base would take the branch as it is, with all commits of the former base.
    """
    return hashlib.sha256(f"{base}\0{digest(pending)}".encode()).hexdigest()


def closed_by_somebody(comparison: Comparison) -> bool:
    """The last pull request was ours, and somebody closed it: by its marker, or, where a person wiped that with the
    body, by the branch that still ends with the commit it was closed with, and which is ours.
    """
    latest = comparison.latest
    if latest is None or latest.state != "CLOSED" or latest.number in comparison.memory.closed:
        return False
    if comparison.marker is not None:
        return not comparison.marker.closed
    return (
        comparison.tip is not None and comparison.tip.oid == latest.head_oid and comparison.tip_kind in ("ours", "kept")
    )


def branch_is_current(comparison: Comparison) -> bool:
    """The branch already holds this very change, and nothing else."""
    ours = comparison.trailers if comparison.tip_kind == "ours" else None
    return ours is not None and ours.digest == change_digest(comparison.pending, comparison.base)


def is_on_base_tip(comparison: Comparison) -> bool:
    """The bot branch is one commit on top of today's base tip."""
    return comparison.tip is not None and comparison.base_tip.oid in comparison.tip.parents
