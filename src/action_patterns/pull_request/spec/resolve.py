"""Resolve a spec into the desired state: every value checked and in its one form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from action_patterns.content.changes import FileChange, check
from action_patterns.content.edits import Edit, Mirror
from action_patterns.errors import InputError, Problem
from action_patterns.ports.git import Person
from action_patterns.pull_request.ownership.body import split_block
from action_patterns.pull_request.ownership.marker import PullRequestMarker
from action_patterns.pull_request.ownership.source import UNKNOWN, Run, Source
from action_patterns.pull_request.spec.desired import MAX_LABELS, Desired, Policies
from action_patterns.pull_request.spec.key import branch_of, branch_problem, normalise, short_branch
from action_patterns.pull_request.spec.spec import PullRequestSpec

MAX_LABEL_LENGTH = 50
"""Characters GitHub takes in a label's name (the API's own error message)."""
MAX_TITLE_LENGTH = 256
"""Characters GitHub takes in a title (the API's own error message)."""
ACTIONS_BOT = "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>"
"""Author that GitHub names for a commit made with GITHUB_TOKEN."""


def resolve(
    spec: PullRequestSpec,
    *,
    key: str | None,
    branch: str | None = None,
    changes: Iterable[FileChange],
    edits: Sequence[Edit] = (),
    mirrors: Sequence[Mirror] = (),
    target: str = "",
    head_repository: str | None = None,
    bot: str | None = None,
    source: Source = UNKNOWN,
    most_writes: int | None = None,
) -> Desired:
    """Check and normalise the spec: names de-duplicated and sorted, key normalised, branch derived.

    `bot`: the committer if no input names one, `Name <email>`. None: not known. `target` chooses among reviewers.

    Raises:
        InputError: every problem at once.
    """
    problems: list[Problem] = []

    def collect(step: Callable[[], object]) -> None:
        try:
            step()
        except InputError as error:
            problems.extend(error.problems)

    base = None if spec.base is None else short_branch(spec.base)
    branch = None if branch is None else short_branch(branch)
    normal = _key(key, branch, problems)
    name = branch if branch is not None else branch_of(normal or "-")
    problems += _branch_problems(name, base, in_a_fork=head_repository is not None)
    title = " ".join(spec.title.split())
    if not title:
        problems.append(Problem("The title is empty.", "Set `title` to one line of text."))
    if len(title) > MAX_TITLE_LENGTH:
        problems.append(
            Problem(f"The title has {len(title)} characters; GitHub takes {MAX_TITLE_LENGTH}.", "Shorten `title`.")
        )
    labels, milestone = _names(spec.labels), (spec.milestone or "").strip() or None
    chosen = spec.reviewers.for_target(target)
    assignees, reviewers, team_reviewers = map(_logins, (spec.assignees, chosen, spec.team_reviewers))
    problems += _label_problems(labels)
    # No prefix of a refused name is longer than this one.
    refusable = (*(f"assignee:{name}" for name in (*assignees, *reviewers, *team_reviewers)), "auto-merge:squash")
    widest = PullRequestMarker(
        key=normal,
        title="0" * 16,
        block="0" * 16,
        labels=labels,
        assignees=assignees,
        refused=refusable,
        closed="converged",
        milestone=milestone or "",
        auto_merge="squash",
        adopted="0" * 40,
        repository="0" * 21,
        file="0" * 16,
        run=Run(workflow="0" * 16, number=10**9, commit="0" * 40, base="0" * 255),
    )
    parts: tuple[str, ...] = ("",)

    def body() -> None:
        nonlocal parts
        parts = split_block(spec.body, widest)

    collect(body)
    author, committer = _person("author", spec.author, problems), _person("committer", spec.committer, problems)
    signer = (committer or author or _person("bot", bot, problems)) if spec.signoff else None
    if spec.signoff and signer is None:
        problems.append(
            Problem(
                "`signoff` is set, but no input names who signs.",
                "Set `committer` or `author` to `Name <email>`. Without them only the bot of the job's GITHUB_TOKEN"
                " is known.",
            )
        )
    checked: tuple[FileChange, ...] = ()

    def content() -> None:
        nonlocal checked
        checked = check(changes)

    collect(content)
    if problems:
        raise InputError(*problems)
    return Desired(
        key=normal,
        branch=name,
        base=base,
        title=title,
        block=parts[0],
        overflow=parts[1:],
        commit_message=(spec.commit_message or "").strip() or title,
        changes=checked,
        edits=tuple(edits),
        mirrors=tuple(mirrors),
        author=author,
        committer=committer,
        signed_off_by=signer,
        labels=labels,
        assignees=assignees,
        reviewers=reviewers,
        team_reviewers=team_reviewers,
        milestone=milestone,
        draft=spec.draft != "false",
        always_draft=spec.draft == "always-true",
        auto_merge=spec.auto_merge,
        head_repository=head_repository,
        source=source,
        most_writes=most_writes,
        policies=Policies(
            on_converged=spec.on_converged,
            on_closed=spec.on_closed,
            on_human_commits=spec.on_human_commits,
            adopt=spec.adopt,
            on_base_moved=spec.on_base_moved,
        ),
    )


def _key(key: str | None, branch: str | None, problems: list[Problem]) -> str:
    if key is None and branch is None:
        problems.append(
            Problem(
                "Neither `key` nor `branch` is given, so a rerun could not find the pull request again.",
                "Set `key` to a name that stays the same on every run, for example `key: sync-config`.",
            )
        )
    try:
        return normalise(key if key is not None else branch or "-")
    except InputError as error:
        problems.extend(error.problems)
        return ""


def _branch_problems(branch: str, base: str | None, *, in_a_fork: bool) -> list[Problem]:
    found = [
        Problem(f"The {label} {value!r} {why}.", f"Give `{label}` a name git accepts.")
        for label, value in (("branch", branch), ("base", base))
        if value is not None and (why := branch_problem(value))
    ]
    if base is not None and base == branch and not in_a_fork:
        found.append(
            Problem(
                f"`branch` and `base` are both {base!r}; the pull request would have nothing to merge.",
                "Leave `branch` out: it follows from `key`.",
            )
        )
    return found


def _label_problems(labels: tuple[str, ...]) -> list[Problem]:
    found = []
    if len(labels) > MAX_LABELS:
        found.append(
            Problem(f"{len(labels)} labels are asked for; GitHub takes {MAX_LABELS}.", "Remove labels from `labels`.")
        )
    found += [
        Problem(
            f"The label {label!r} has {len(label)} characters; GitHub takes {MAX_LABEL_LENGTH}.",
            "Shorten it. Do not leave it for GitHub to refuse: every run would ask for it again.",
        )
        for label in labels
        if len(label) > MAX_LABEL_LENGTH
    ]
    return found


_PERSON = re.compile(r"(?P<name>[^<>\n]+)<(?P<email>[^<>@\s]+@[^<>@\s]+)>")


def _person(label: str, text: str | None, problems: list[Problem]) -> Person | None:
    if text is None or not text.strip():
        return None
    match = _PERSON.fullmatch(text.strip())
    if match is None or not match["name"].strip():
        problems.append(Problem(f"`{label}` is {text!r}.", f"Write `{label}` as `Name <email>`."))
        return None
    return Person(match["name"].strip(), match["email"])


def _names(names: Sequence[str]) -> tuple[str, ...]:
    """Sorted and unique; GitHub compares logins, teams and labels without regard to case."""
    unique = {name.lower(): name for name in reversed([name.strip() for name in names]) if name}
    return tuple(unique[folded] for folded in sorted(unique))


def _logins(names: Sequence[str]) -> tuple[str, ...]:
    return _names([name.strip().lstrip("@") for name in names])
