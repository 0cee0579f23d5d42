"""Field-level reconcile of an open pull request: each field is compared, and written only where it differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from action_patterns.content.spelling import NameKind, difference
from action_patterns.ports.pull_requests import Milestone, Observed, PullRequest
from action_patterns.pull_request.decide.comments import comment_urls, reconcile_comments
from action_patterns.pull_request.ownership.body import with_links
from action_patterns.pull_request.ownership.marker import PullRequestMarker, block_of, compose, parse_marker, text_hash
from action_patterns.pull_request.spec.desired import MAX_LABELS, Desired
from action_patterns.pull_request.steps.comments import WriteComment
from action_patterns.pull_request.steps.issue_fields import (
    AddAssignees,
    AddLabels,
    RemoveAssignees,
    RemoveLabel,
    RequestReviewers,
    SetMilestone,
)
from action_patterns.pull_request.steps.pull import MakeDraft, SetAutoMerge, UpdatePullRequest
from action_patterns.pull_request.steps.run_memory import RunMemory
from action_patterns.pull_request.steps.step import FIELDS, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The steps for the fields, the fields they change, and the marker afterwards."""

    steps: tuple[Step, ...]
    changed: tuple[str, ...]
    marker: PullRequestMarker
    refused: tuple[str, ...] = ()
    """Fields that cannot be had here, known without asking."""
    base: tuple[Step, ...] = ()
    """The step that changes the base; everything else is made for the new base."""
    recheck: frozenset[str] = frozenset()
    """Fields with something left to write after the rest."""


@dataclass(slots=True, kw_only=True)
class _Work:
    """Steps that remove, patch and add; sent in that order."""

    refused_before: frozenset[str]
    """Values that GitHub has refused: they are not sent again."""
    removed: list[Step] = field(default_factory=list)
    patch: dict[str, str] = field(default_factory=dict)
    added: list[Step] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def result(self, marker: PullRequestMarker, recheck: frozenset[str]) -> Fields:
        """Return the steps in order, without what GitHub has refused."""
        patch = {name: value for name, value in self.patch.items() if name not in self.refused_before}
        base = patch.pop("base", None)
        patched: list[Step] = [UpdatePullRequest(tuple(patch.items()))] if patch else []
        removed, added = (
            [step for step in steps if step.field not in self.refused_before] for steps in (self.removed, self.added)
        )
        return Fields(
            steps=(*removed, *patched, *added),
            changed=tuple(name for name in FIELDS if name in self.changed and name not in self.refused_before),
            marker=marker,
            refused=tuple(self.refused),
            base=(UpdatePullRequest((("base", base),)),) if base is not None else (),
            recheck=recheck,
        )


def reconcile_fields(
    desired: Desired,
    pull: PullRequest,
    marker: PullRequestMarker,
    wanted: PullRequestMarker,
    observed: Observed,
    memory: RunMemory,
    *,
    rewritten: bool,
) -> Fields:
    """Return the steps to every field but the content; `rewritten`: the content changes in the same run.

    Order matters for a crash in between: what the marker remembers is removed first, then the marker is written, then
    the missing is added. At every point the marker names all that is ours, so the next run can finish either way.
    """
    may_be_refused = refusable(desired)
    # A refused field is not sent again; only auto-merge may become possible with other content.
    known = {name for name in marker.refused if not (rewritten and name.startswith("auto-merge:"))}
    refused = frozenset((known & may_be_refused) | set(memory.refused))
    wanted = replace(wanted, refused=tuple(sorted(refused & may_be_refused)))
    work = _Work(refused_before=refused)
    wanted = _title_and_base(desired, pull, marker, wanted, observed.base or "", work)
    new_comments = _comments(desired, pull, work)
    remembered = memory.and_marker(marker)
    _labels(desired, pull, remembered, work)
    _assignees(desired, pull, remembered, work)
    _reviewers(desired, pull, work)
    _milestone(desired, pull, remembered, observed, work)
    _draft(desired, pull, observed, work)
    _auto_merge(desired, pull, marker, observed, work)
    wanted, auto_merge_sent = _remember_auto_merge(pull, marker, wanted, work)
    wanted = _body(desired, pull, wanted, work)
    # A new comment's address is not known yet. To remember that auto-merge was on, the run must see it.
    recheck = (["comments"] if new_comments else []) + (["auto-merge"] if auto_merge_sent else [])
    return work.result(wanted, frozenset(recheck))


def _title_and_base(
    desired: Desired, pull: PullRequest, marker: PullRequestMarker, wanted: PullRequestMarker, base: str, work: _Work
) -> PullRequestMarker:
    if text_hash(pull.title) != marker.title:
        # A person edited the title: it is theirs now, and the marker keeps the hash of what we wrote last.
        wanted = replace(wanted, title=marker.title)
    elif pull.title != desired.title:
        work.patch["title"] = desired.title
        work.changed.append("title")
    if pull.base != base:
        work.patch["base"] = base
        work.changed.append("base")
    return wanted


def _body(desired: Desired, pull: PullRequest, wanted: PullRequestMarker, work: _Work) -> PullRequestMarker:
    block = with_links(desired.block, comment_urls(desired, pull))
    wanted = replace(wanted, block=text_hash(block))
    there = block_of(pull.body)
    if there is None or text_hash(there) != wanted.block:
        work.changed.append("body")
    if "body" in work.changed or parse_marker(pull.body) != wanted:
        work.patch["body"] = compose(wanted, block, pull.body)
    if work.patch and not work.changed:
        work.changed.append("body")
    return wanted


def _comments(desired: Desired, pull: PullRequest, work: _Work) -> bool:
    """Return whether a comment is new."""
    if "comments" in work.refused_before:
        return False
    deleted, written = reconcile_comments(desired, pull)
    work.removed += deleted
    work.added += written
    if deleted or written:
        work.changed.append("comments")
    return any(isinstance(step, WriteComment) and step.id is None for step in written)


def _labels(desired: Desired, pull: PullRequest, remembered: RunMemory, work: _Work) -> None:
    stale = _stale("label", remembered.labels, desired.labels, pull.labels)
    missing = tuple(
        n for n in difference("label", desired.labels, pull.labels) if f"label:{n}" not in work.refused_before
    )
    room = MAX_LABELS - len(pull.labels) + len(stale)
    if len(missing) > room:
        # People filled the pull request up; GitHub would refuse the lot, on every run.
        missing = missing[: max(room, 0)]
        work.refused.append("labels")
    work.removed += [RemoveLabel(label) for label in stale]
    if missing:
        work.added.append(AddLabels(missing))
    if stale or missing:
        work.changed.append("labels")


def _assignees(desired: Desired, pull: PullRequest, remembered: RunMemory, work: _Work) -> None:
    stale = _stale("assignee", remembered.assignees, desired.assignees, pull.assignees)
    refused = work.refused_before
    missing = tuple(
        n for n in difference("assignee", desired.assignees, pull.assignees) if f"assignee:{n}" not in refused
    )
    if stale:
        work.removed.append(RemoveAssignees(stale))
    if missing:
        work.added.append(AddAssignees(missing))
    if stale or missing:
        work.changed.append("assignees")


def _reviewers(desired: Desired, pull: PullRequest, work: _Work) -> None:
    people = (*(name for name in (*pull.requested, *pull.reviewed) if "/" not in name), pull.author)
    # Read as `org/slug`, also for a review given on a team's behalf.
    teams = tuple(name for name in (*pull.requested, *pull.reviewed) if "/" in name)
    reviewers = _missing("reviewer", desired.reviewers, people, work)
    # A team that has reviewed would be asked again.
    team_reviewers = _missing("team", desired.team_reviewers, teams, work) if pull.knows_teams else ()
    if reviewers or team_reviewers:
        work.added.append(RequestReviewers(reviewers, team_reviewers))
        work.changed.append("reviewers")


def find_milestone(asked_for: str | None, observed: Observed) -> Milestone | None:
    """Return the desired milestone, by its exact title or its number. None: not desired, or it does not exist."""
    if asked_for is None:
        return None
    found = next((item for item in observed.milestones if item.title == asked_for), None)
    return found or (Milestone(int(asked_for), "") if asked_for.isascii() and asked_for.isdigit() else None)


def _milestone(desired: Desired, pull: PullRequest, remembered: RunMemory, observed: Observed, work: _Work) -> None:
    asked_for, there = find_milestone(desired.milestone, observed), pull.milestone
    if desired.milestone is not None and asked_for is None:
        work.refused.append("milestone")
        return
    if (there.number if there else None) == (asked_for.number if asked_for else None):
        return
    if f"milestone:{desired.milestone}" in work.refused_before:
        return
    if there is not None and remembered.milestones.isdisjoint((there.title, str(there.number))):
        return  # People chose it, now or before we came.
    # One value takes the place of another: it must be there before the marker stops to remember the former.
    (work.added if there is None else work.removed).append(
        SetMilestone(asked_for.number if asked_for else None, desired.milestone or "")
    )
    work.changed.append("milestone")


def _draft(desired: Desired, pull: PullRequest, observed: Observed, work: _Work) -> None:
    if not desired.always_draft or pull.draft or "draft" in work.refused_before:
        return
    if not observed.graphql:
        work.refused.append("draft")
        return
    work.added.append(MakeDraft())
    work.changed.append("draft")


def _auto_merge(
    desired: Desired, pull: PullRequest, marker: PullRequestMarker, observed: Observed, work: _Work
) -> None:
    asked_for, there = None if desired.auto_merge == "off" else desired.auto_merge, pull.auto_merge
    if there == asked_for or f"auto-merge:{asked_for}" in work.refused_before:
        return
    if there is not None and there != marker.auto_merge:
        return  # People chose it.
    if there is None and _was_on(asked_for, marker) and "base" not in work.changed:
        return  # A person turned it off. GitHub does so too, when the base changes.
    if asked_for is not None and (pull.draft or desired.always_draft):
        return  # GitHub does not auto-merge a draft; once people mark it ready, a run sets it.
    if not observed.graphql or (asked_for is not None and observed.auto_merge_allowed is False):
        work.refused.append("auto-merge")
        return
    (work.added if there is None else work.removed).append(SetAutoMerge(asked_for))
    work.changed.append("auto-merge")


def _remember_auto_merge(
    pull: PullRequest, marker: PullRequestMarker, wanted: PullRequestMarker, work: _Work
) -> tuple[PullRequestMarker, bool]:
    """Return the marker that remembers auto-merge, and whether this run enables it."""
    if "auto-merge" in work.refused and pull.auto_merge is not None:
        wanted = replace(wanted, auto_merge=marker.auto_merge)  # It is still enabled, and still ours to disable.
    enabling = any(isinstance(step, SetAutoMerge) and step.method for step in (*work.removed, *work.added))
    on = pull.auto_merge or (wanted.auto_merge if _was_on(wanted.auto_merge, marker) and not enabling else "")
    return replace(wanted, auto_merge_on=bool(on) and on == wanted.auto_merge), enabling


def _was_on(method: str | None, marker: PullRequestMarker) -> bool:
    return marker.auto_merge_on and marker.auto_merge == method


def refusable(desired: Desired) -> frozenset[str]:
    """Return the values that GitHub may refuse for good, as the marker spells them."""
    return frozenset(
        [f"label:{name}" for name in desired.labels]
        + [f"assignee:{name}" for name in desired.assignees]
        + [f"reviewer:{name}" for name in desired.reviewers]
        + [f"team:{name}" for name in desired.team_reviewers]
        + ([f"auto-merge:{desired.auto_merge}"] if desired.auto_merge != "off" else [])
        + (["draft"] if desired.always_draft else [])
        + (["comments"] if desired.overflow else [])
        + ([f"milestone:{desired.milestone}"] if desired.milestone else [])
    )


def _missing(kind: NameKind, wanted: Sequence[str], present: Sequence[str], work: _Work) -> tuple[str, ...]:
    """Return desired names that are not present and that GitHub has not refused."""
    return tuple(n for n in difference(kind, wanted, present) if f"{kind}:{n}" not in work.refused_before)


def _stale(
    kind: NameKind, remembered: frozenset[str], wanted: Sequence[str], present: Sequence[str]
) -> tuple[str, ...]:
    """Return names that this key set earlier, that are no longer desired and that are still present.

    Never includes a label that a person added.
    """
    return difference(kind, tuple(name for name in present if name.lower() in remembered), wanted)
