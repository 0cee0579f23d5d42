"""The files that a target's branch shall have, compared with those that it has."""

from __future__ import annotations

from action_patterns.action.reach import Reach
from action_patterns.action.session import Session, open_session
from action_patterns.actions.detect_changes.gather import Facts
from action_patterns.actions.detect_changes.interface import USES_OF_TARGET, DetectChangesInputs
from action_patterns.changes.base import Base, everything
from action_patterns.errors import ActionPatternsError, InputError, NotFoundError, Problem
from action_patterns.ports.bundle import Ports
from action_patterns.ports.history import ChangedPath


def of_target(inputs: DetectChangesInputs, ports: Ports) -> Facts:
    """Return which files of the directory the target's branch lacks, or has otherwise.

    The branch is the target's own, never one that a bot proposes: what the base holds already needs no pull request.

    Raises:
        InputError: the directory holds no file.
        NotFoundError: there is no such repository or branch for this token.
    """
    assert inputs.directory is not None, "it is checked"
    files = {each.path: each for each in ports.files.directory(inputs.directory)}
    if not files:
        raise InputError(
            Problem(
                f"The directory {inputs.directory!r} holds no file.",
                "Check that the step which fills it ran before this one and wrote to the same place.",
            )
        )
    paths = tuple(sorted(files))
    every = tuple(ChangedPath(path, "added") for path in paths)
    repository = inputs.repository or ports.context.repository
    github = open_session(
        ports,
        inputs.credentials(),
        USES_OF_TARGET,
        seconds=60 * inputs.max_minutes,
        reach=Reach((repository,)),
        narrowed=(repository,),
    )
    try:
        tip = _tip(github, repository, inputs.branch)
        if tip is None:
            return Facts(base=everything("", "first-commit"), changed=every, paths=lambda: paths)
        # By name, not by a listing: GitHub cuts a listing of a large tree off.
        there = github.git.read_files(repository, tip, paths)
    except ActionPatternsError as error:
        if not error.retryable:
            raise
        base = everything("", "base-unreachable", error.message)
        return Facts(base=base, changed=every, paths=lambda: paths, warnings=(error.message,))
    changed = tuple(
        ChangedPath(path, "modified" if observed else "added")
        for path, wanted in files.items()
        if (observed := there[path]) is None or (observed.oid, observed.mode) != (wanted.oid, wanted.mode)
    )
    base = everything("", "forced") if inputs.force else Base(head="", oid=tip, reason="target")
    return Facts(base=base, changed=every if inputs.force else tuple(sorted(changed)), paths=lambda: paths)


def _tip(github: Session, repository: str, branch: str | None) -> str | None:
    """Return the tip of the branch. None: the repository has no commit."""
    if branch is None:
        found = github.repositories.read((repository,))[repository]
        if found is None:
            raise NotFoundError(
                f"There is no repository {repository} for this token.",
                remediation="Correct `repository`, or pass a token that may read it.",
            )
        if found.default_branch is None:
            return None
        branch = found.default_branch
    tip = github.git.read_branch(repository, branch)
    if tip is None:
        raise NotFoundError(
            f"{repository} has no branch {branch!r}.", remediation="Correct `branch`, or leave it out for the default."
        )
    return tip
