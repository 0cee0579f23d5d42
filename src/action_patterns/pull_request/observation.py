"""Read one target: the facts of a decision, and the desired state as it is for what the target holds."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from action_patterns.content.changes import UNKNOWN, FileChange, ancestors, check
from action_patterns.content.edits import There, resolve
from action_patterns.errors import InputError, NotFoundError, Problem
from action_patterns.ports.git import DIRECTORY, ObservedFile, Tip
from action_patterns.ports.github import GitHub
from action_patterns.ports.pull_requests import Observed
from action_patterns.pull_request.decide.comparison import (
    compare,
    keeps_commits,
    needs_commits_below,
    needs_parent,
    our_commit,
    our_trailers,
    refused_content,
)
from action_patterns.pull_request.spec.desired import Desired
from action_patterns.pull_request.steps.run_memory import RunMemory

MAX_EMPTY_COMMITS = 10
"""Empty commits of people on top of ours that are looked through."""


class Observation(NamedTuple):
    """A target, and the desired state for what it holds."""

    desired: Desired
    """Its `changes` are complete: each edit, mirror and directory that shall go has become changes of files."""
    observed: Observed
    notes: tuple[str, ...] = ()
    """Sentences about files that stay as they are."""


def observe(desired: Desired, repository: str, github: GitHub, memory: RunMemory) -> Observation:
    """Read the target.

    Raises:
        InputError: files that are there cannot be merged with ours; each is named.
        ActionPatternsError: the target could not be read.
    """
    observed = github.pulls.observe(
        repository,
        branch=desired.branch,
        base=desired.base,
        paths=observed_paths(
            (*(change.path for change in desired.changes), *(edit.path for edit in desired.edits)),
            directories=[mirror.path for mirror in desired.mirrors],
        ),
        contents=[edit.path for edit in desired.edits if edit.reads],
        head_repository=desired.head_repository,
        milestone=desired.milestone,
    )
    edited = {edit.path for edit in desired.edits}
    desired, notes = _with_edits(desired, observed, github)
    desired, observed = _with_files_below(desired, observed, edited, github)
    paths = observed_paths(change.path for change in desired.changes)
    tip = observed.branch_tip
    if tip is not None and needs_commits_below(desired, observed) and (below := _below(tip, desired, observed, github)):
        # The answer compared the tip, which may not be our commit.
        observed = replace(observed, branch_below=below, parent_on_base=None)
    if tip is not None and keeps_commits(desired, observed):
        there = github.git.read_files(observed.holder, tip.oid, paths)
        observed = replace(observed, branch_files=there)
    commit, base_tip = our_commit(desired, observed), observed.base_tip
    if commit is not None and base_tip is not None and needs_parent(desired, observed):
        compared = github.git.compare(observed.repository, base_tip.oid, commit.parents[-1])
        observed = replace(observed, parent_on_base=compared.ahead_by == 0 if compared else None)
    if observed.base is not None and base_tip is not None:
        closed = refused_content(compare(desired, observed, observed.base, base_tip, memory))
        if closed is not None:
            with suppress(NotFoundError):
                there = github.git.read_files(observed.repository, closed.head_oid, paths)
                observed = replace(observed, closed_files=there)
    return Observation(desired, observed, notes)


def _with_edits(desired: Desired, observed: Observed, github: GitHub) -> tuple[Desired, tuple[str, ...]]:
    """Replace each edit by its change for what the target holds."""
    if not desired.edits:
        return desired, ()

    def there(file: ObservedFile | None, repository: str, *, read: bool) -> There | None:
        if file is None:
            return None
        content = observed.blobs.get(file.oid) if read else None
        if content is None and read and file.mode in ("100644", "100755"):
            content = github.git.read_blob(repository, file.oid)
        return There(file.oid, file.mode, content)

    problems: list[Problem] = []
    changes = list(desired.changes)
    notes: list[str] = []
    for edit in desired.edits:
        base = there(observed.files.get(edit.path), observed.repository, read=edit.reads)
        proposed = there(observed.proposed.get(edit.path), observed.holder, read=edit.volatile is not None)
        try:
            found = resolve(edit, base, proposed)
        except InputError as error:
            problems += error.problems
            continue
        changes += [found.change] if found.change is not None else []
        notes += [found.note] if found.note else []
    if problems:
        raise InputError(*problems)
    return replace(desired, changes=check(changes), edits=()), tuple(notes)


def _with_files_below(
    desired: Desired, observed: Observed, edited: AbstractSet[str], github: GitHub
) -> tuple[Desired, Observed]:
    """Replace a directory that shall go, and a mirror, by the removal of each file in it that no other change names.

    `edited`: paths of edits, of which some have no change.
    """
    mirrors = {mirror.path: mirror for mirror in desired.mirrors}
    removed = {
        change.path: there.oid
        for change in desired.changes
        if change.mode is None
        and change.base_oid == UNKNOWN
        and (there := observed.files.get(change.path)) is not None
        and there.mode == DIRECTORY
    }
    mirrored = {
        path: there.oid
        for path in mirrors
        if (there := observed.files.get(path)) is not None and there.mode == DIRECTORY
    }
    if not removed and not mirrored:
        return desired, observed
    below: dict[str, ObservedFile | None] = {
        f"{directory}/{path}": file
        for directory, oid in (mirrored | removed).items()
        for path, file in github.git.read_tree(observed.repository, oid).items()
        if directory in removed or not mirrors[directory].keeps(path)
    }
    kept = [change for change in desired.changes if change.path not in removed]
    named = {change.path for change in kept} | edited
    gone = (FileChange(path=path, mode=None) for path in below if path not in named)
    changes = tuple(sorted((*kept, *gone), key=lambda change: change.path))
    return replace(desired, changes=changes), replace(observed, files=observed.files | below)


def _below(tip: Tip, desired: Desired, observed: Observed, github: GitHub) -> tuple[Tip, ...]:
    """Return the commits below empty commits at the end of the bot branch, the newest first."""
    below: list[Tip] = []
    commit = tip
    while len(commit.parents) == 1 and len(below) <= MAX_EMPTY_COMMITS:
        parent = github.git.read_commit(observed.holder, commit.parents[0])
        below.append(parent)
        if parent.tree != commit.tree or our_trailers(parent, desired.key) is not None:
            break
        commit = parent
    return tuple(below)


def observed_paths(paths: Iterable[str], *, directories: Iterable[str] = ()) -> tuple[str, ...]:
    """The changed paths and the directories above them: what stands in a file's way must be seen before it is lost."""
    named = {each for path in (*paths, *directories) for each in (path, *ancestors(path))}
    return tuple(sorted(named))
