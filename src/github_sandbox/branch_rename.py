"""Renaming a branch, and everything that refers to it by name."""

from __future__ import annotations

from github_sandbox.errors import not_found, unprocessable
from github_sandbox.model import Repository


def rename(repository: Repository, old: str, new: str) -> None:
    """Rename a branch. The default branch and the bases of open pull requests follow; pull requests from it close.

    https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-branches-in-your-repository/renaming-a-branch

    Raises:
        ApiError: 404 without such a branch; 422 if the new name is taken or cannot exist beside another.
    """
    from github_sandbox import pulls, ref_updates

    git, tip = repository.git, repository.tip(old)
    if tip is None:
        raise not_found("Branch not found")
    if repository.tip(new) is not None:
        raise unprocessable(f"Branch {new} already exists")
    others = git.refs().keys() - {f"refs/heads/{old}"}
    if ref_updates.clash(f"refs/heads/{new}", others):
        raise unprocessable("Reference update failed")
    git.set_ref(f"refs/heads/{new}", tip)
    for pull in repository.pulls.values():
        if pull.state == "open" and pull.base == old:
            pull.base = new
        elif pull.state == "open" and pull.head == old and not pull.cross_repository:
            pulls.close(pull)
    if repository.default_branch == old:
        repository.default_branch = new
        git.set_head(new)
    git.set_ref(f"refs/heads/{old}", None)
