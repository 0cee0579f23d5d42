"""The files of a campaign as changes to lay over a target."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from action_patterns.content.admission import Admitted, admit
from action_patterns.content.changes import FileChange, check
from action_patterns.distribution.distribution_file import Distribution, FileRule
from action_patterns.errors import InputError, Problem
from action_patterns.ports.workspace import Files


def read_changes(distribution: Distribution, files: Files) -> Admitted:
    """Read every source once.

    Raises:
        InputError: sources that are absent, too large, outside the workspace or no content (see content.admission);
            targets named twice; all at once.
    """
    problems: list[Problem] = []
    changes: list[FileChange] = []
    left_out: list[str] = []
    for rule in distribution.files:
        try:
            admitted = _read(rule, files)
        except InputError as error:
            problems += error.problems
        else:
            changes += admitted.changes
            left_out += admitted.left_out
    try:
        checked = check(changes)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(*problems)
    return Admitted(checked, tuple(left_out))


def _read(rule: FileRule, files: Files) -> Admitted:
    if rule.source is None:
        return Admitted((FileChange(path=rule.directory, mode=None),))
    if files.is_directory(rule.source):
        prefix = "" if rule.directory == "." else f"{rule.directory}/"
        found = {f"{rule.source.rstrip('/')}/{each.path}": each for each in files.directory(rule.source)}
        targets = {source: prefix + each.path for source, each in found.items()}
    else:
        source = PurePosixPath(rule.source)
        found = {rule.source: files.entry(rule.source, source)}
        targets = {rule.source: rule.at(source.name)}
    # The messages of `admit` name the place in the source; the pull request has the target's.
    admitted = admit(
        (replace(each, path=source) for source, each in found.items()),
        named=() if files.is_directory(rule.source) else found,
        bypass=tuple(found) if rule.push_protection_bypass else (),
    )
    if not admitted.changes:
        raise InputError(
            Problem(f"The source directory {rule.source!r} is empty.", "Add files to it, or remove the rule.")
        )
    return Admitted(tuple(replace(each, path=targets[each.path]) for each in admitted.changes), admitted.left_out)
