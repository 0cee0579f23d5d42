"""Which commit the checkout was made from: HEAD, without what a step before this one has committed on top of it.

Some formatters and release tools commit. GitHub does not have such a commit, so its content is part of the change;
compared with HEAD it would be left out silently.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from action_patterns.errors import InputError, Problem
from action_patterns.worktree.git import Git

_OID = re.compile(r"[0-9a-f]{40}")


def fetched_commit(git: Git, head: str, git_path: Callable[[str], Path], sha: str | None) -> str:
    """The first commit, from `head` along first parents, that GitHub has: `head` itself unless there are local commits.

    A local merge counts with all it brought: its first parent is what was checked out. If nothing was ever fetched,
    as in a repository made by `git init`, it is `sha`, or `head` where that is no ancestor.

    Raises:
        InputError: the local commits start from nothing that was fetched.
    """
    if head == sha:
        return head
    known = _fetched(git, git_path)
    if not known and not (sha and _OID.fullmatch(sha) and _is_ancestor(git, sha, head)):
        return head
    known |= {sha} if sha is not None and _OID.fullmatch(sha) else set()
    # --ignore-missing: the commit a run is about need not be in this checkout.
    walk = "".join(f"{line}\n" for line in (head, *(f"^{oid}" for oid in sorted(known)))).encode()
    arguments = ("rev-list", "--ignore-missing", "--first-parent", "--topo-order", "--stdin")
    local = git.run(*arguments, input=walk).stdout.decode().split()
    if not local:
        return head
    parents = git.run("rev-list", "--parents", "--max-count=1", local[-1]).stdout.decode().split()[1:]
    if not parents:
        raise InputError(
            Problem(
                f"The checked-out commit {head[:12]} shares no history with what was fetched from GitHub, so the"
                " changes are unknown.",
                "Commit on top of the commit that actions/checkout checked out, without `--amend` and `--orphan`, or"
                " do not commit: this action makes the commit.",
            )
        )
    return parents[0]


def _is_ancestor(git: Git, oid: str, head: str) -> bool:
    # 128: the commit is not in this checkout.
    return git.run("merge-base", "--is-ancestor", oid, head, expected=frozenset({0, 1, 128})).returncode == 0


def _fetched(git: Git, git_path: Callable[[str], Path]) -> set[str]:
    """Commits known to come from `origin`, under the names actions/checkout gives them.

    Another remote's do not count: a step that merges an upstream project wants to propose what it brought.
    """
    refs = git.run("for-each-ref", "--format=%(objectname)", "refs/remotes/origin", "refs/remotes/pull")
    known = set(refs.stdout.decode().split())
    # A tag or a bare commit id gets no such name: it is in FETCH_HEAD, and where a shallow history ends.
    url = git.run("config", "--get", "remote.origin.url", expected=frozenset({0, 1})).stdout.decode().strip()
    if url:
        known |= _fetch_head(git_path("FETCH_HEAD"), url)
        shallow = git_path("shallow")
        known |= set(shallow.read_text().split()) if shallow.exists() else set()
    return known


def _fetch_head(place: Path, url: str) -> set[str]:
    """Oids last fetched from a URL. A line is `oid, "not-for-merge" or nothing, [what "of"] URL` (git's FETCH_HEAD)."""
    if not place.exists():
        return set()
    origin = url.rstrip("/").removesuffix(".git")
    rows = (line.split("\t", 2) for line in os.fsdecode(place.read_bytes()).splitlines())
    return {row[0] for row in rows if len(row) == 3 and (row[2] == origin or row[2].endswith(f" of {origin}"))}
