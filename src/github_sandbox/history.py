"""Queries of a commit graph: ancestry, merge base, commits between two others, a three-way merge by path."""

from __future__ import annotations

from github_sandbox.git_store import CommitRecord, Flat, GitStore


def ancestors(git: GitStore, oid: str) -> dict[str, CommitRecord]:
    """Return ``oid`` and every commit reachable from it, newest first as far as the graph orders them."""
    seen: dict[str, CommitRecord] = {}
    queue = [oid]
    while queue:
        current = queue.pop(0)
        if current in seen:
            continue
        commit = git.commit(current)
        if commit:
            seen[current] = commit
            queue.extend(commit.parents)
    return seen


def is_ancestor(git: GitStore, older: str, newer: str) -> bool:
    """Return whether ``older`` is reachable from ``newer`` (a commit is an ancestor of itself)."""
    return older == newer or older in ancestors(git, newer)


def merge_base(git: GitStore, left: str, right: str) -> str | None:
    """Return a common commit that no other one descends from; None: the histories are unrelated."""
    known = ancestors(git, left)
    common = {oid: commit for oid, commit in ancestors(git, right).items() if oid in known}
    # The parents of common commits are common too, and each has a better one.
    passed = {parent for commit in common.values() for parent in commit.parents}
    return next((oid for oid in common if oid not in passed), None)


def between(git: GitStore, base: str, head: str) -> list[CommitRecord]:
    """Return the commits reachable from ``head`` and not from ``base``, oldest first, like pulls/{n}/commits."""
    hidden = ancestors(git, base)
    fresh = [commit for oid, commit in ancestors(git, head).items() if oid not in hidden]
    return fresh[::-1]


def flat(git: GitStore, oid: str | None) -> Flat:
    """Return the files of a commit; empty for None and for an unknown id."""
    commit = git.commit(oid) if oid else None
    return git.flatten(commit.tree) if commit else {}


def merge_trees(git: GitStore, base: str, head: str) -> Flat | None:
    """Return the files of ``head`` merged into ``base`` path by path; None: one path changed on both sides."""
    origin = flat(git, merge_base(git, base, head))
    ours, theirs = flat(git, base), flat(git, head)
    merged = dict(ours)
    for path in origin.keys() | theirs.keys():
        if theirs.get(path) == origin.get(path) or theirs.get(path) == ours.get(path):
            continue
        if ours.get(path) != origin.get(path):
            return None
        if path in theirs:
            merged[path] = theirs[path]
        else:
            merged.pop(path, None)
    return merged
