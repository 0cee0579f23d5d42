"""What the caller wishes for one target: one pull request, with this content and these fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from action_patterns.content.changes import FileChange, check
from action_patterns.errors import InputError, Problem
from action_patterns.pull_request.key import branch_of, branch_problem, normalise
from action_patterns.pull_request.marker import Marker, check_block

MAX_LABELS = 100
"""Labels GitHub takes on one pull request (github/docs#161)."""
MAX_LABEL_LENGTH = 50
"""Characters GitHub takes in a label's name (the API's own error message)."""
MAX_TITLE_LENGTH = 256
"""Characters GitHub takes in a title (the API's own error message)."""


@dataclass(frozen=True, slots=True)
class Desired:
    """The wish, checked: nothing in it can be refused for its form."""

    key: str
    branch: str
    base: str | None
    """None = the default branch."""
    title: str
    block: str
    commit_message: str
    changes: tuple[FileChange, ...]
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    team_reviewers: tuple[str, ...] = ()
    draft: bool = False


def desire(
    *,
    key: str | None,
    branch: str | None,
    base: str | None,
    title: str,
    body: str,
    commit_message: str | None,
    changes: Iterable[FileChange],
    labels: Sequence[str] = (),
    assignees: Sequence[str] = (),
    reviewers: Sequence[str] = (),
    team_reviewers: Sequence[str] = (),
    draft: bool = False,
) -> Desired:
    """Check a wish and bring it into its one form: names de-duplicated and sorted, key normalised, branch derived.

    Raises:
        InputError: every problem at once.
    """
    problems: list[Problem] = []

    def collect(step: object) -> None:
        problems.extend(step.problems if isinstance(step, InputError) else ())

    if key is None and branch is None:
        problems.append(
            Problem(
                "Neither `key` nor `branch` is given, so a rerun could not find the pull request again.",
                "Set `key` to a name that stays the same on every run, for example `key: sync-config`.",
            )
        )
    normal = ""
    try:
        normal = normalise(key if key is not None else branch or "-")
    except InputError as error:
        collect(error)
    name = branch if branch is not None else branch_of(normal or "-")
    for label, value in (("branch", name), ("base", base)):
        if value is not None and (why := branch_problem(value)):
            problems.append(Problem(f"The {label} {value!r} {why}.", f"Give `{label}` a name git accepts."))
    if base is not None and base == name:
        problems.append(
            Problem(
                f"`branch` and `base` are both {base!r}; the pull request would have nothing to merge.",
                "Leave `branch` out: it follows from `key`.",
            )
        )
    title = " ".join(title.split())
    if not title:
        problems.append(Problem("The title is empty.", "Set `title` to one line of text."))
    if len(title) > MAX_TITLE_LENGTH:
        problems.append(
            Problem(f"The title has {len(title)} characters; GitHub takes {MAX_TITLE_LENGTH}.", "Shorten `title`.")
        )
    block = body.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    labels, assignees, reviewers, team_reviewers = _names(labels), *map(_logins, (assignees, reviewers, team_reviewers))
    # No prefix of a refused name is longer than this one.
    refusable = tuple(f"assignee:{name}" for name in (*assignees, *reviewers, *team_reviewers))
    try:
        check_block(block, Marker(normal, "0" * 16, "0" * 16, labels, assignees, refusable, "converged"))
    except InputError as error:
        collect(error)
    if len(labels) > MAX_LABELS:
        problems.append(
            Problem(f"{len(labels)} labels are wished; GitHub takes {MAX_LABELS}.", "Remove labels from `labels`.")
        )
    problems += [
        Problem(
            f"The label {label!r} has {len(label)} characters; GitHub takes {MAX_LABEL_LENGTH}.",
            "Shorten it. Do not leave it for GitHub to refuse: every run would ask for it again.",
        )
        for label in labels
        if len(label) > MAX_LABEL_LENGTH
    ]
    checked: tuple[FileChange, ...] = ()
    try:
        checked = check(changes)
    except InputError as error:
        collect(error)
    if problems:
        raise InputError(*problems)
    return Desired(
        key=normal,
        branch=name,
        base=base,
        title=title,
        block=block,
        commit_message=(commit_message or "").strip() or title,
        changes=checked,
        labels=labels,
        assignees=assignees,
        reviewers=reviewers,
        team_reviewers=team_reviewers,
        draft=draft,
    )


def _names(names: Sequence[str]) -> tuple[str, ...]:
    """Sorted and unique; GitHub compares logins, teams and labels without regard to case."""
    unique = {name.lower(): name for name in reversed([name.strip() for name in names]) if name}
    return tuple(unique[folded] for folded in sorted(unique))


def _logins(names: Sequence[str]) -> tuple[str, ...]:
    return _names([name.strip().lstrip("@") for name in names])
