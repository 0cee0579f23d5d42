"""Content that may be proposed, wherever it comes from: no file of the runner, nothing of ours, no secret."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import NamedTuple

from action_patterns.content.changes import FileChange
from action_patterns.content.own_documents import kind_of
from action_patterns.content.runner_files import runner_file
from action_patterns.content.temporary_files import is_temporary
from action_patterns.errors import InputError, Problem
from action_patterns.redaction import secret_in

BYPASS = "push-protection-bypass"
"""Input and key of a rule, after GitHub's "push protection bypass"."""


class Admitted(NamedTuple):
    """The changes that may be proposed, and the documents of ours that were left out."""

    changes: tuple[FileChange, ...] = ()
    left_out: tuple[str, ...] = ()
    """Their paths."""

    def notice(self) -> str | None:
        """Return a sentence about what was left out. None: nothing was."""
        if not self.left_out:
            return None
        shown = ", ".join(self.left_out[:5])
        more = f" and {len(self.left_out) - 5} more" if len(self.left_out) > 5 else ""
        return (
            f"Left out, because they are plans, records or reports of action-patterns: {shown}{more}. Let"
            " actions/download-artifact write them below `runner.temp`."
        )


def admit(
    changes: Iterable[FileChange],
    *,
    named: Iterable[str] = (),
    bypass: Sequence[str] = (),
    committed: Callable[[FileChange], bytes] = lambda _change: b"",
) -> Admitted:
    """Return what may be proposed.

    Args:
        changes: the desired changes.
        named: paths that the caller named one by one. A document of ours among them is refused, not left out.
        bypass: paths of files, or of directories with all below them, whose content may look like a secret.
        committed: the content that a change replaces. A secret in it is known already.

    Raises:
        InputError: a file of the runner, a document of ours that was named, or content that looks like a secret.
    """
    explicit = {str(PurePosixPath(path)) for path in named}
    problems: list[Problem] = []
    kept: list[FileChange] = []
    left_out: list[str] = []
    for change in changes:
        if change.mode in (None, "160000"):
            kept.append(change)
        elif is_temporary(change.path):
            continue
        elif (part := runner_file(change.path)) is not None:
            problems.append(_runner_problem(change.path, part))
        elif (kind := kind_of(change.content)) is not None:
            left_out.append(change.path)
            if str(PurePosixPath(change.path)) in explicit:
                problems.append(own_problem(change.path, kind))
        else:
            kept.append(change)
            if not is_below(change.path, bypass):
                problems += secret_problems(change.path, change.content, known=partial(committed, change))
    if problems:
        raise InputError(*problems)
    return Admitted(tuple(kept), tuple(left_out))


def without_own(changes: Sequence[FileChange]) -> tuple[FileChange, ...]:
    """Return files that a path or pattern found, without documents of ours: each run writes others.

    Raises:
        InputError: there is nothing else.
    """
    kinds = {change: kind for change in changes if (kind := kind_of(change.content)) is not None}
    found = tuple(change for change in changes if change not in kinds)
    if not found and kinds:
        raise InputError(*(own_problem(change.path, kind) for change, kind in kinds.items()))
    return found


def secret_problems(path: str, content: bytes, *, known: Callable[[], bytes] = lambda: b"") -> list[Problem]:
    """Return a problem if content looks like a secret. `known` is content in which the same text is no news."""
    found = secret_in(content)
    if found is None or (found := secret_in(content, known=known())) is None:
        return []
    line, kind = found
    return [
        Problem(
            f"{path} looks like it holds a secret in line {line}: {kind}. Everybody who can read the target could read"
            " it.",
            f"Remove it, and revoke it if it was real. If it is meant (an example, a test), name {path!r} in"
            f" `{BYPASS}`; in a distribution file, set `{BYPASS}: true` on its rule.",
            file=path,
            line=line,
        )
    ]


def own_problem(path: str, kind: str) -> Problem:
    """Return the problem of a document of ours that was named as content."""
    return Problem(
        f"{path} is a {kind} of action-patterns: it names targets, and belongs to one run.",
        "Name other content. Let actions/download-artifact write plans, records and reports below `runner.temp`.",
        file=path,
    )


def _runner_problem(path: str, part: str) -> Problem:
    return Problem(
        f"{path} is a file of the runner or of actions/checkout ({part!r}): it holds credentials, or commands of a"
        " step.",
        "Write your files into a directory that holds nothing else, and name that. Do not copy all of RUNNER_TEMP.",
    )


def is_below(path: str, places: Sequence[str]) -> bool:
    """Return whether a path is one of these files, or is in one of these directories."""
    return any(path == place or path.startswith(f"{place.rstrip('/')}/") for place in places)
