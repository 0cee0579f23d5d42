"""The only place where refs change: conditions first, then every change at once, then pull requests follow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from github_sandbox import pulls, ref_rules
from github_sandbox.errors import ApiError, unprocessable
from github_sandbox.git_store import ZERO, GitStore
from github_sandbox.history import is_ancestor
from github_sandbox.model import Repository
from github_sandbox.tokens import Token

_BAD_NAME = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|[./]$|^refs/[^/]+$")


@dataclass(frozen=True)
class RefUpdate:
    """One change. ``before`` None = unguarded, ZERO = must not exist; ``after`` ZERO = delete."""

    name: str
    before: str | None
    after: str
    force: bool = False


def valid_name(name: str) -> bool:
    """Whether git accepts a full ref name (git check-ref-format)."""
    return name.startswith("refs/") and not _BAD_NAME.search(name)


def clash(name: str, names: Iterable[str]) -> str | None:
    """The one of ``names`` that cannot exist beside ``name``: git keeps refs as files, and none is a folder too."""
    return next((n for n in names if n.startswith(name + "/") or name.startswith(n + "/")), None)


def apply(repository: Repository, updates: Sequence[RefUpdate], token: Token | None = None) -> None:
    """All or nothing. ``token``: who asks and is held to protections and rulesets; None = nobody in particular.

    Raises:
        ApiError: 422, nothing changed: a guard does not hold, a name or object is bad, or not a fast-forward; or what
            ``ref_rules.check`` raises.
    """
    git = repository.git
    for update in updates:
        _check(git, update)
    names = git.refs().keys() | {update.name for update in updates if update.after != ZERO}
    for update in updates:
        if update.after != ZERO and clash(update.name, names):
            # The words: microsoft/vscode-remote-repositories-github#122
            raise ApiError(422, "Reference update failed", graphql_message="Ref cannot be created")
    if token is not None:
        ref_rules.check(repository, updates, token)
    for update in updates:
        git.set_ref(update.name, None if update.after == ZERO else update.after)
    repository.pushed_at = repository.world.clock()
    for update in updates:
        if update.name.startswith("refs/heads/"):
            pulls.branch_moved(repository, update.name.removeprefix("refs/heads/"))


def _check(git: GitStore, update: RefUpdate) -> None:
    current = git.ref(update.name) or ZERO
    if not valid_name(update.name):
        raise unprocessable(f"{update.name} is not a valid ref name.")
    if update.before is not None and update.before != current:
        raise unprocessable(f"{update.name}: expected {update.before} but found {current}")
    if update.after == ZERO:
        if current == ZERO:
            raise unprocessable("Reference does not exist")
    elif not _suits(git, update):
        raise unprocessable("Object does not exist")
    elif current != ZERO and not update.force and not is_ancestor(git, current, update.after):
        raise unprocessable("Update is not a fast forward")


def _suits(git: GitStore, update: RefUpdate) -> bool:
    """A branch holds a commit; any other ref whatever exists."""
    if update.name.startswith("refs/heads/"):
        return git.commit(update.after) is not None
    return git.get(update.after) is not None
