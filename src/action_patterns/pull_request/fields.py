"""Field-level reconcile of an open pull request: each field is compared, and written only where it differs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from action_patterns.pull_request.desired import Desired
from action_patterns.pull_request.marker import Marker, block_of, compose, parse_marker, text_hash
from action_patterns.pull_request.observed import PullRequest
from action_patterns.pull_request.steps import (
    AddAssignees,
    AddLabels,
    RemoveAssignees,
    RemoveLabel,
    RequestReviewers,
    Step,
    UpdatePullRequest,
)


@dataclass(frozen=True, slots=True)
class Fields:
    """What is to be written, what that changes, and the marker afterwards."""

    steps: tuple[Step, ...]
    changed: tuple[str, ...]
    marker: Marker


def reconcile_fields(desired: Desired, pull: PullRequest, marker: Marker, wanted: Marker, *, base: str) -> Fields:
    """The steps that bring title, body block, base, labels, assignees and reviewers in line.

    Order matters for a crash in between: what the marker remembers is removed first, then the marker is written, then
    the missing is added. At every point the marker names all that is ours, so the next run can finish either way.
    """
    refused = tuple(name for name in marker.refused if name in refusable(desired))
    wanted = replace(wanted, refused=refused)
    patch: dict[str, str] = {}
    changed: list[str] = []

    if text_hash(pull.title) != marker.title:
        # A person edited the title: it is theirs now, and the marker keeps saying what we wrote last.
        wanted = replace(wanted, title=marker.title)
    elif pull.title != desired.title:
        patch["title"] = desired.title
        changed.append("title")
    if pull.base != base:
        patch["base"] = base
        changed.append("base")
    block = block_of(pull.body)
    if block is None or text_hash(block) != wanted.block:
        changed.append("body")
    if "body" in changed or parse_marker(pull.body) != wanted:
        patch["body"] = compose(wanted, desired.block, pull.body)

    labels = _difference(desired.labels, pull.labels)
    stale_labels = _stale(marker.labels, desired.labels, pull.labels)
    assignees = tuple(n for n in _difference(desired.assignees, pull.assignees) if f"assignee:{n}" not in refused)
    stale_assignees = _stale(marker.assignees, desired.assignees, pull.assignees)
    asked = {name.lower() for name in (*pull.requested, *pull.reviewed, pull.author)}
    reviewers = tuple(n for n in desired.reviewers if n.lower() not in asked and f"reviewer:{n}" not in refused)
    # A team is known by its slug; what was read holds `org/slug`, also for a review given on a team's behalf.
    slugs = {name.rpartition("/")[2] for name in asked if "/" in name}
    teams = tuple(
        n for n in desired.team_reviewers if n.rpartition("/")[2].lower() not in slugs and f"team:{n}" not in refused
    )

    steps: list[Step] = [RemoveLabel(label) for label in stale_labels]
    if stale_assignees:
        steps.append(RemoveAssignees(stale_assignees))
    if patch:
        steps.append(UpdatePullRequest(tuple(patch.items())))
    if labels:
        steps.append(AddLabels(labels))
    if assignees:
        steps.append(AddAssignees(assignees))
    if reviewers or teams:
        steps.append(RequestReviewers(reviewers, teams))
    for name, touched in (
        ("labels", labels or stale_labels),
        ("assignees", assignees or stale_assignees),
        ("reviewers", reviewers or teams),
    ):
        if touched:
            changed.append(name)
    if patch and not changed:
        changed.append("body")
    return Fields(tuple(steps), tuple(changed), wanted)


def refusable(desired: Desired) -> frozenset[str]:
    """The people and teams GitHub may refuse, as the marker spells them."""
    return frozenset(
        [f"assignee:{name}" for name in desired.assignees]
        + [f"reviewer:{name}" for name in desired.reviewers]
        + [f"team:{name}" for name in desired.team_reviewers]
    )


def _difference(wanted: tuple[str, ...], present: tuple[str, ...]) -> tuple[str, ...]:
    there = {name.lower() for name in present}
    return tuple(name for name in wanted if name.lower() not in there)


def _stale(remembered: tuple[str, ...], wanted: tuple[str, ...], present: tuple[str, ...]) -> tuple[str, ...]:
    """What we once asked for, nobody wishes now, and still is there. A label a person added is never in memory."""
    ours = {name.lower() for name in remembered}
    return _difference(tuple(name for name in present if name.lower() in ours), wanted)
