"""The files of a campaign as changes to lay over a target."""

from __future__ import annotations

from pathlib import PurePosixPath

from action_patterns.content.changes import FileChange, check
from action_patterns.distribution.distribution_file import Distribution
from action_patterns.errors import InputError, Problem
from action_patterns.ports.workspace import Files


def read_changes(distribution: Distribution, files: Files) -> tuple[FileChange, ...]:
    """Read every source once.

    Raises:
        InputError: sources that are absent, outside the workspace or too large; targets named twice; all at once.
    """
    problems: list[Problem] = []
    changes: list[FileChange] = []
    for rule in distribution.files:
        if rule.source is None:
            changes.append(FileChange(path=rule.target, mode=None))
            continue
        try:
            if files.is_directory(rule.source):
                prefix = "" if rule.target == "." else rule.target + "/"
                found = files.directory(rule.source)
                if not found:
                    problems.append(
                        Problem(
                            f"The source directory {rule.source!r} is empty.", "Add files to it, or remove the rule."
                        )
                    )
                changes += [
                    FileChange(path=prefix + change.path, mode=change.mode, content=change.content) for change in found
                ]
            else:
                changes.append(files.entry(rule.source, PurePosixPath(rule.target)))
        except InputError as error:
            problems += error.problems
    try:
        checked = check(changes)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(*problems)
    return checked
