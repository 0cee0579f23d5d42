"""Field-level reconcile of an open pull request: each field is compared, and written only where it differs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from action_patterns.ports.pull_requests import Comment, Milestone, Observed, PullRequest
from action_patterns.pull_request.decide.run_memory import RunMemory
from action_patterns.pull_request.ownership.body import with_links
from action_patterns.pull_request.ownership.comment import NOTE, CommentMarker, parse_comment, render_comment
from action_patterns.pull_request.ownership.marker import PullRequestMarker, block_of, compose, parse_marker, text_hash
from action_patterns.pull_request.spec.desired import MAX_LABELS, Desired
from action_patterns.pull_request.steps.steps import (
    FIELD_OF,
    FIELDS,
    AddAssignees,
    AddLabels,
    DeleteComment,
    MakeDraft,
    RemoveAssignees,
    RemoveLabel,
    RequestReviewers,
    SetAutoMerge,
    SetMilestone,
    Step,
    UpdatePullRequest,
    WriteComment,
)


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
    """Steps that remove, patch and add; in that order."""

    removed: list[Step]
    patch: dict[str, str]
    added: list[Step]
    changed: list[str]
    refused: list[str]


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
    """The steps that bring everything but the content in line; `rewritten` = the content changes in the same run.

    Order matters for a crash in between: what the marker remembers is removed first, then the marker is written, then
    the missing is added. At every point the marker names all that is ours, so the next run can finish either way.
    """
    # A refused field is not sent again; only auto-merge may become possible with other content.
    refused = {n for n in marker.refused if n in refusable(desired) and not (rewritten and n.startswith("auto-merge:"))}
    refused |= set(memory.refused)
    wanted = replace(wanted, refused=tuple(sorted(refused & refusable(desired))))
    work = _Work(removed=[], patch={}, added=[], changed=[], refused=[])
    wanted = _title_and_base(desired, pull, marker, wanted, observed.base or "", work)
    new = "comments" not in refused and _comments(desired, pull, work)
    recheck = frozenset({"comments"} if new else ())
    remembered = memory.and_marker(marker)
    _labels(desired, pull, remembered, work)
    _people(desired, pull, remembered, refused, work)
    _milestone(desired, pull, remembered, refused, observed, work)
    _draft(desired, pull, refused, observed, work)
    _auto_merge(desired, pull, marker, refused, observed, work)
    if "auto-merge" in work.refused and pull.auto_merge is not None:
        wanted = replace(wanted, auto_merge=marker.auto_merge)  # It is still there, and still ours to take off.
    asked = next((step.method for step in (*work.removed, *work.added) if isinstance(step, SetAutoMerge)), None)
    on = pull.auto_merge or (wanted.auto_merge if _was_on(wanted.auto_merge, marker) and asked is None else "")
    wanted = replace(wanted, auto_merge_on=bool(on) and on == wanted.auto_merge)
    if asked is not None:
        recheck |= {"auto-merge"}  # To remember that it was on, it must be seen to be.

    block = with_links(desired.block, _urls(desired, pull))
    wanted = replace(wanted, block=text_hash(block))
    there = block_of(pull.body)
    if there is None or text_hash(there) != wanted.block:
        work.changed.append("body")
    if "body" in work.changed or parse_marker(pull.body) != wanted:
        work.patch["body"] = compose(wanted, block, pull.body)
    if work.patch and not work.changed:
        work.changed.append("body")
    for name in refused & work.patch.keys():
        del work.patch[name]
    base = (UpdatePullRequest((("base", work.patch.pop("base")),)),) if "base" in work.patch else ()
    patched: list[Step] = [UpdatePullRequest(tuple(work.patch.items()))] if work.patch else []
    removed, added = ([step for step in steps if _field(step) not in refused] for steps in (work.removed, work.added))
    changed = tuple(name for name in FIELDS if name in work.changed and name not in refused)
    return Fields(
        steps=(*removed, *patched, *added),
        changed=changed,
        marker=wanted,
        refused=tuple(work.refused),
        base=base,
        recheck=recheck,
    )


def _title_and_base(
    desired: Desired, pull: PullRequest, marker: PullRequestMarker, wanted: PullRequestMarker, base: str, work: _Work
) -> PullRequestMarker:
    if text_hash(pull.title) != marker.title:
        # A person edited the title: it is theirs now, and the marker keeps saying what we wrote last.
        wanted = replace(wanted, title=marker.title)
    elif pull.title != desired.title:
        work.patch["title"] = desired.title
        work.changed.append("title")
    if pull.base != base:
        work.patch["base"] = base
        work.changed.append("base")
    return wanted


def _labels(desired: Desired, pull: PullRequest, remembered: RunMemory, work: _Work) -> None:
    stale = _stale(remembered.labels, desired.labels, pull.labels)
    missing = _difference(desired.labels, pull.labels)
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


def _people(desired: Desired, pull: PullRequest, remembered: RunMemory, refused: set[str], work: _Work) -> None:
    stale = _stale(remembered.assignees, desired.assignees, pull.assignees)
    missing = tuple(n for n in _difference(desired.assignees, pull.assignees) if f"assignee:{n}" not in refused)
    if stale:
        work.removed.append(RemoveAssignees(stale))
    if missing:
        work.added.append(AddAssignees(missing))
    if stale or missing:
        work.changed.append("assignees")
    asked = {name.lower() for name in (*pull.requested, *pull.reviewed, pull.author)}
    reviewers = tuple(n for n in desired.reviewers if n.lower() not in asked and f"reviewer:{n}" not in refused)
    # A team is known by its slug; what was read holds `org/slug`, also for a review given on a team's behalf.
    slugs = {name.rpartition("/")[2] for name in asked if "/" in name}
    teams = tuple(
        n for n in desired.team_reviewers if n.rpartition("/")[2].lower() not in slugs and f"team:{n}" not in refused
    )
    if reviewers or teams:
        work.added.append(RequestReviewers(reviewers, teams))
        work.changed.append("reviewers")


def find_milestone(asked_for: str | None, observed: Observed) -> Milestone | None:
    """Return the desired milestone, by its exact title or its number. None: not desired, or it does not exist."""
    if asked_for is None:
        return None
    found = next((item for item in observed.milestones if item.title == asked_for), None)
    return found or (Milestone(int(asked_for), "") if asked_for.isascii() and asked_for.isdigit() else None)


def _milestone(
    desired: Desired, pull: PullRequest, remembered: RunMemory, refused: set[str], observed: Observed, work: _Work
) -> None:
    asked_for, there = find_milestone(desired.milestone, observed), pull.milestone
    if desired.milestone is not None and asked_for is None:
        work.refused.append("milestone")
        return
    if (there.number if there else None) == (asked_for.number if asked_for else None):
        return
    if f"milestone:{desired.milestone}" in refused:
        return
    if there is not None and remembered.milestones.isdisjoint((there.title, str(there.number))):
        return  # People chose it, now or before we came.
    # One value takes the place of another: it must be there before the marker stops to remember the former.
    (work.added if there is None else work.removed).append(
        SetMilestone(asked_for.number if asked_for else None, desired.milestone or "")
    )
    work.changed.append("milestone")


def _draft(desired: Desired, pull: PullRequest, refused: set[str], observed: Observed, work: _Work) -> None:
    if not desired.always_draft or pull.draft or "draft" in refused:
        return
    if not observed.graphql:
        work.refused.append("draft")
        return
    work.added.append(MakeDraft())
    work.changed.append("draft")


def _auto_merge(
    desired: Desired, pull: PullRequest, marker: PullRequestMarker, refused: set[str], observed: Observed, work: _Work
) -> None:
    asked_for, there = None if desired.auto_merge == "off" else desired.auto_merge, pull.auto_merge
    if there == asked_for or (there is not None and there != marker.auto_merge) or f"auto-merge:{asked_for}" in refused:
        return  # It matches, or people chose it, or GitHub refuses it.
    if there is None and _was_on(asked_for, marker) and "base" not in work.changed:
        return  # A person turned it off. GitHub does so too, when the base changes.
    if asked_for is not None and (pull.draft or desired.always_draft):
        return  # GitHub does not auto-merge a draft; once people mark it ready, a run sets it.
    if not observed.graphql or (asked_for is not None and observed.auto_merge_allowed is False):
        work.refused.append("auto-merge")
        return
    (work.added if there is None else work.removed).append(SetAutoMerge(asked_for))
    work.changed.append("auto-merge")


def _was_on(method: str | None, marker: PullRequestMarker) -> bool:
    return marker.auto_merge_on and marker.auto_merge == method


def _field(step: Step) -> str:
    return FIELD_OF.get(type(step), "")


def ours_of(pull: PullRequest, key: str) -> dict[str, list[tuple[Comment, CommentMarker]]]:
    """Comments of ours, by the part they hold; more than one where two runs wrote at the same time."""
    found: dict[str, list[tuple[Comment, CommentMarker]]] = {}
    for comment in pull.comments:
        marker = parse_comment(comment.body)
        if marker is not None and marker.key == key:
            found.setdefault(marker.part, []).append((comment, marker))
    return found


def overflow_steps(desired: Desired) -> list[Step]:
    """The comments of a pull request that has none yet."""
    return [
        WriteComment(str(number), render_comment(desired.key, str(number), text))
        for number, text in enumerate(desired.overflow, 2)
    ]


def _comments(desired: Desired, pull: PullRequest, work: _Work) -> bool:
    """Comments that continue the body, and no note where nothing stops us. True = some are new."""
    there = ours_of(pull, desired.key)
    new = False
    asked_for = {str(number): text for number, text in enumerate(desired.overflow, 2)}
    before = len(work.added) + len(work.removed)
    for part, text in asked_for.items():
        kept = there.get(part, [])[:1]
        if not kept or kept[0][1].text != text_hash(text):
            written = kept[0][0].id if kept else None
            work.added.append(WriteComment(part, render_comment(desired.key, part, text), written))
        new = new or not kept
    for part, found in there.items():
        work.removed += [DeleteComment(comment.id) for comment, _ in found[int(part in asked_for) :]]
    if len(work.added) + len(work.removed) > before:
        work.changed.append("comments")
    return new


def _urls(desired: Desired, pull: PullRequest) -> list[str | None]:
    there = ours_of(pull, desired.key)
    return [there[str(n)][0][0].url if str(n) in there else None for n, _ in enumerate(desired.overflow, 2)]


def note_steps(desired: Desired, pull: PullRequest, text: str) -> tuple[Step, ...]:
    """Return the steps to one note with this text; if two runs wrote at the same time, the first note stays."""
    there = ours_of(pull, desired.key).get(NOTE, [])
    steps: list[Step] = [DeleteComment(comment.id) for comment, _ in there[1:]]
    if not there or there[0][1].text != text_hash(text):
        written = there[0][0].id if there else None
        steps.append(WriteComment(NOTE, render_comment(desired.key, NOTE, text), written))
    return tuple(steps)


def refusable(desired: Desired) -> frozenset[str]:
    """Return the values that GitHub may refuse for good, as the marker spells them."""
    return frozenset(
        [f"assignee:{name}" for name in desired.assignees]
        + [f"reviewer:{name}" for name in desired.reviewers]
        + [f"team:{name}" for name in desired.team_reviewers]
        + ([f"auto-merge:{desired.auto_merge}"] if desired.auto_merge != "off" else [])
        + (["draft"] if desired.always_draft else [])
        + (["comments"] if desired.overflow else [])
        + ([f"milestone:{desired.milestone}"] if desired.milestone else [])
    )


def _difference(wanted: tuple[str, ...], present: tuple[str, ...]) -> tuple[str, ...]:
    there = {name.lower() for name in present}
    return tuple(name for name in wanted if name.lower() not in there)


def _stale(remembered: frozenset[str], wanted: tuple[str, ...], present: tuple[str, ...]) -> tuple[str, ...]:
    """Return names that this key set earlier, that are no longer desired and that are still present.

    Never includes a label that a person added.
    """
    return _difference(tuple(name for name in present if name.lower() in remembered), wanted)
