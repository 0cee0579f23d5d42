"""The refs that GitHub keeps for each pull request: ``refs/pull/N/head``, and ``refs/pull/N/merge`` if it merges."""

from __future__ import annotations

from github_sandbox.history import merge_trees
from github_sandbox.model import PullRequest, Repository
from github_sandbox.pulls import github_identity
from github_sandbox.ref_updates import PULLS


def of(repository: Repository) -> dict[str, str]:
    """Return full ref name -> commit id, by the number of the pull request."""
    return {name: oid for _, pull in sorted(repository.pulls.items()) for name, oid in _of_one(pull).items()}


def find(repository: Repository, name: str) -> str | None:
    """Return the object id of a full ref name, of git or of a pull request; None: no such ref."""
    number = name.removeprefix(PULLS).partition("/")[0]
    if not name.startswith(PULLS) or not number.isdigit() or (pull := repository.pulls.get(int(number))) is None:
        return repository.git.ref(name)
    return _of_one(pull).get(name)


def _of_one(pull: PullRequest) -> dict[str, str]:
    start = f"{PULLS}{pull.number}"
    merge = _test_merge(pull)
    return {f"{start}/head": pull.head_oid} | ({f"{start}/merge": merge} if merge else {})


def _test_merge(pull: PullRequest) -> str | None:
    """Return GitHub's test merge of an open pull request; None: closed, or in conflict. Equal states, equal ids."""
    git, base = pull.repository.git, pull.repository.tip(pull.base)
    if pull.state != "open" or base is None or (files := merge_trees(git, base, pull.head_oid)) is None:
        return None
    identity = github_identity(int(pull.created_at))
    message = f"Merge {pull.head_oid} into {base}"
    return git.write_commit(git.write_tree(files), [base, pull.head_oid], message, identity, identity)
