"""Which repository a checkout was made from."""

from __future__ import annotations

from action_patterns.ports.workspace import Origin
from action_patterns.worktree.git import Git
from action_patterns.worktree.remote import is_elsewhere, repository_at, without_credentials


def origin_of(git: Git, server_url: str, sha: str | None) -> Origin:
    """Return what the remote `origin`, or the only remote, says. `sha`: the commit that the run is about.

    git may fetch from another URL than the one that was written (`insteadOf`). The URL that git fetches from counts
    first. The written one counts if the other names no repository of the server: it is then a mirror, or the host name
    of a key.
    """
    remotes = git.run("remote").stdout.decode(errors="replace").splitlines()
    name = "origin" if "origin" in remotes else remotes[0] if len(remotes) == 1 else None
    written = _lines(git, "config", "--get-all", f"remote.{name}.url") if name else []
    if not name or not written:
        return Origin(holds_run_commit=_is_in_history(git, sha))
    fetched = _lines(git, "remote", "get-url", name)[0]
    for url in (fetched, written[0]):
        if (repository := repository_at(url, server_url)) is not None:
            return Origin(repository=repository, url=without_credentials(url))
    return Origin(
        url=without_credentials(fetched), elsewhere=is_elsewhere(fetched), holds_run_commit=_is_in_history(git, sha)
    )


def _lines(git: Git, *arguments: str) -> list[str]:
    return git.run(*arguments, expected=frozenset({0, 1})).stdout.decode(errors="replace").splitlines()


def _is_in_history(git: Git, sha: str | None) -> bool:
    if not sha:
        return False
    # 128: the commit is not in this checkout.
    found = git.run("merge-base", "--is-ancestor", sha, "HEAD", expected=frozenset({0, 1, 128}))
    return found.returncode == 0
