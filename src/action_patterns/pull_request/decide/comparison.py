"""The input of a decision: the observed state, compared with the desired state. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from action_patterns.content.changes import FileChange, digest
from action_patterns.ports.git import ObservedFile, Tip
from action_patterns.ports.pull_requests import Observed, PullRequest
from action_patterns.pull_request.ownership.marker import PullRequestMarker, parse_marker
from action_patterns.pull_request.ownership.source import Run
from action_patterns.pull_request.ownership.trailers import Trailers, is_sealed
from action_patterns.pull_request.ownership.trailers import parse as parse_trailers
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.steps.run_memory import RunMemory

TipKind = Literal["none", "ours", "ours_on_theirs", "theirs"]
"""Tip of the bot branch: none; one commit of ours on the base; ours on top of commits of others; not ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The facts of a decision, named."""

    desired: Desired
    observed: Observed
    base: str
    base_tip: Tip
    pending: tuple[FileChange, ...]
    """Changes in which the desired state differs from the base."""
    opened: PullRequest | None
    latest: PullRequest | None
    """Our newest closed or merged pull request; the newest of all if none is known as ours."""
    others_open: tuple[PullRequest, ...]
    """Other pull requests that are open from the bot branch."""
    marker: PullRequestMarker | None
    """That of the open pull request, else of the latest; None if it is not ours."""
    tip: Tip | None
    tip_kind: TipKind
    commit: Tip | None
    """Our commit at the end of the bot branch: its tip, or below empty commits of people."""
    memory: RunMemory

    @property
    def trailers(self) -> Trailers | None:
        """Trailers of our commit."""
        return parse_trailers(self.commit.message) if self.commit else None

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(change.path for change in self.pending)


def compare(desired: Desired, observed: Observed, base: str, base_tip: Tip, memory: RunMemory) -> Comparison:
    heads = [pull for pull in observed.pull_requests if not pull.foreign_head]
    open_heads = [pull for pull in heads if pull.state == "OPEN"]
    # A person may have opened a second one from our branch, a backport for example: ours stays ours.
    opened = next((pull for pull in open_heads if _marker_of_ours(pull, desired.key)), next(iter(open_heads), None))
    # A pull request that another source closed or merged says nothing about this one.
    ended = [pull for pull in heads if not is_foreign(_marker_of_ours(pull, desired.key), desired)]
    latest = next((pull for pull in ended if _marker_of_ours(pull, desired.key)), next(iter(ended), None))
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
        commit=our_commit(desired, observed),
        memory=memory,
    )


def is_foreign(marker: PullRequestMarker | None, desired: Desired) -> bool:
    """Return whether a marker with our key is another source's."""
    return marker is not None and desired.source.is_other_than(marker.repository, marker.file)


def former_runs(comparison: Comparison) -> tuple[Run, ...]:
    """Return the runs that wrote what is there now, as the bot branch and the marker remember them."""
    return tuple(of.run for of in (comparison.trailers, comparison.marker) if of is not None and of.run is not None)


def tip_kind(desired: Desired, observed: Observed) -> TipKind:
    """Return the kind of the bot branch's tip."""
    tip = observed.branch_tip
    if tip is None:
        return "none"
    commit = our_commit(desired, observed)
    trailers = our_trailers(commit, desired.key) if commit else None
    # A merge can leave our commit as the base's own tip; the base is never ours to write.
    if trailers is None or (desired.branch == observed.base and observed.holder == observed.repository):
        return "theirs"
    return "ours_on_theirs" if trailers.kept else "ours"


def our_commit(desired: Desired, observed: Observed) -> Tip | None:
    """Return our commit at the end of the bot branch: its tip, or the one below empty commits of people.

    People push an empty commit to start checks. It changes no file, so it is no work that a run could lose.
    """
    below = iter(observed.branch_below)
    commit = observed.branch_tip
    while commit is not None:
        if our_trailers(commit, desired.key) is not None:
            return commit
        parent = next(below, None)
        empty = parent is not None and commit.parents == (parent.oid,) and commit.tree == parent.tree
        commit = parent if empty else None
    return None


def last_of_others(comparison: Comparison) -> str:
    """The last commit on the bot branch that is not ours, with or without ours on top of it; "" = there is none."""
    if comparison.tip is None:
        return ""
    return (
        comparison.tip.oid
        if comparison.tip_kind == "theirs"
        else comparison.trailers.kept
        if comparison.trailers
        else ""
    )


def keeps_commits(desired: Desired, observed: Observed) -> bool:
    """Commits of others may have to be kept: then what stands on the bot branch must be read before deciding."""
    kind = tip_kind(desired, observed)
    policies = desired.policies
    return kind == "ours_on_theirs" or (
        kind == "theirs" and (policies.on_human_commits == "append" or policies.adopt != "never")
    )


def needs_commits_below(desired: Desired, observed: Observed) -> bool:
    """Return whether a person's commit at the end of the bot branch would stop the run, unless it is empty."""
    tip = observed.branch_tip
    if tip is None or desired.policies.on_human_commits != "stop" or tip_kind(desired, observed) != "theirs":
        return False
    markers = (_marker_of_ours(pull, desired.key) for pull in observed.pull_requests if not pull.foreign_head)
    return any(marker is not None and marker.adopted != tip.oid for marker in markers)


def needs_parent(desired: Desired, observed: Observed) -> bool:
    """Return whether `parent_on_base` matters, and the first request did not show it."""
    commit, base = our_commit(desired, observed), observed.base_tip
    if commit is None or base is None or base.oid in commit.parents or observed.parent_on_base is not None:
        return False
    return tip_kind(desired, observed) == "ours" and any(differs(each, observed.files) for each in desired.changes)


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
    """Return the value of `Pattern-Digest`: a hash of the change, and of the name of the base it was made for.

    It covers the difference from the base, not the whole desired state: when the base drifts away in a path that our
    commit left out, the digest changes and the run writes the branch again. Without the name, a pull request that moves
    to another base would keep the branch, with all commits of the former base.
    """
    return hashlib.sha256(f"{base}\0{digest(pending)}".encode()).hexdigest()


def closed_by_somebody(comparison: Comparison) -> bool:
    """Return whether the last pull request was ours, and a person closed it.

    Its marker shows that it was ours. If a person wiped the body, the branch shows it: it still ends with the commit
    that the pull request was closed with, and that commit is ours.
    """
    latest = comparison.latest
    if latest is None or latest.state != "CLOSED" or latest.number in comparison.memory.closed:
        return False
    if comparison.marker is not None:
        return not comparison.marker.closed
    return (
        comparison.tip is not None
        and comparison.tip.oid == latest.head_oid
        and comparison.tip_kind in ("ours", "ours_on_theirs")
    )


def stands_on_dropped_commits(comparison: Comparison) -> bool:
    """Return whether the base has dropped the commit that our commit was made on, by a force-push.

    The pull request then shows the dropped commits too, and the merge would bring them back.
    """
    ours = comparison.tip_kind == "ours" and not is_on_base_tip(comparison)
    return ours and comparison.observed.parent_on_base is False


def refused_content(comparison: Comparison) -> PullRequest | None:
    """Return the pull request that a person closed, where `on-closed` asks for which content."""
    policies, latest = comparison.desired.policies, comparison.latest
    asks = policies.on_closed == "respect-content" and comparison.opened is None and bool(comparison.pending)
    return latest if asks and latest is not None and closed_by_somebody(comparison) else None


def branch_is_current(comparison: Comparison) -> bool:
    """The branch already holds this very change, and nothing else."""
    ours = comparison.trailers if comparison.tip_kind == "ours" else None
    return ours is not None and ours.digest == change_digest(comparison.pending, comparison.base)


def is_on_base_tip(comparison: Comparison) -> bool:
    """The bot branch is one commit on top of today's base tip."""
    commit = comparison.commit or comparison.tip
    return commit is not None and comparison.base_tip.oid in commit.parents
