"""The only module that changes refs: it checks every condition, makes all changes, then lets pull requests follow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from github_sandbox import ref_rules
from github_sandbox.errors import ApiError, unprocessable
from github_sandbox.git_store import ZERO, GitStore
from github_sandbox.history import is_ancestor
from github_sandbox.model import RefUpdate, Repository
from github_sandbox.tokens import Token

PULLS = "refs/pull/"
"""The refs that GitHub keeps for pull requests. Clients read them, and GitHub alone writes them."""
_BAD_NAME = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(/|$)|[./]$|^refs/[^/]+$")


def valid_name(name: str) -> bool:
    """Return whether git accepts a full ref name (git check-ref-format)."""
    return name.startswith("refs/") and not _BAD_NAME.search(name)


def clash(name: str, names: Iterable[str]) -> str | None:
    """Return the one of ``names`` that excludes ``name``: git keeps refs as files, so none is a folder too."""
    return next((n for n in names if n.startswith(name + "/") or name.startswith(n + "/")), None)


def apply(
    repository: Repository,
    updates: Sequence[RefUpdate],
    token: Token | None = None,
    *,
    only_branches_and_tags: bool = False,
) -> None:
    """Make all updates, or none of them.

    ``token``: the protections and rulesets hold for this token; None: none holds. ``only_branches_and_tags``: the
    server refuses every other ref.

    Raises:
        ApiError: 422: a condition does not hold, a name or object is bad, or the update is no fast-forward. Also the
            errors of ``ref_rules.check``. No ref has changed.
    """
    git = repository.git
    if only_branches_and_tags and not all(u.name.startswith(("refs/heads/", "refs/tags/")) for u in updates):
        raise ApiError(422, "Reference update failed", push_message="deny updating a hidden ref")
    if token is not None:
        _refuse_kept(repository, updates)
    for update in updates:
        _check(git, update)
    names = git.refs().keys() | {update.name for update in updates if update.after != ZERO}
    for update in updates:
        if update.after != ZERO and clash(update.name, names):
            # The message: microsoft/vscode-remote-repositories-github#122
            raise ApiError(422, "Reference update failed", graphql_message="Ref cannot be created")
    if token is not None:
        ref_rules.check(repository, updates, token)
    for update in updates:
        git.set_ref(update.name, None if update.after == ZERO else update.after)
    repository.pushed_at = repository.world.clock()
    for update in updates:
        if update.name.startswith("refs/heads/"):
            repository.world.branch_moved(repository, update.name.removeprefix("refs/heads/"))


def _refuse_kept(repository: Repository, updates: Sequence[RefUpdate]) -> None:
    """Raise ApiError if an update deletes the default branch, or touches a ref of a pull request."""
    default = f"refs/heads/{repository.default_branch}"
    for update in updates:
        if update.name.startswith(PULLS):
            # ad-m/github-push-action#143
            raise ApiError(422, "Reference update failed", push_message="deny updating a hidden ref")
        if update.name == default and update.after == ZERO:
            # radicle-dev/radicle-upstream#1446
            raise ApiError(
                422, "Cannot delete the default branch",
                push_message=f"refusing to delete the current branch: {default}",
            )  # fmt: skip


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
    """Return whether the ref may hold the new object: a branch holds a commit, any other ref any object."""
    if update.name.startswith("refs/heads/"):
        return git.commit(update.after) is not None
    return git.get(update.after) is not None
