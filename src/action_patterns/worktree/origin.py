"""Which repository a checkout was made from."""

from __future__ import annotations

from action_patterns.ports.workspace import Origin
from action_patterns.worktree.git import Git, split
from action_patterns.worktree.remote import is_elsewhere, repository_at, without_credentials


def origin_of(git: Git, server_url: str, sha: str | None) -> Origin:
    """Return what the remote `origin`, or the only remote, says. `sha`: the commit that the run is about.

    git may fetch from another URL than the one that was written (`insteadOf`). The URL that git fetches from counts
    first. The written one counts if the other names no repository of the server: it is then a mirror, or the host name
    of a key.
    """
    remotes, has_rules = _configured(git)
    name = "origin" if "origin" in remotes else next(iter(remotes)) if len(remotes) == 1 else None
    if name is None:
        return Origin(holds_run_commit=_is_in_history(git, sha))
    written = fetched = remotes[name]
    if has_rules:
        fetched = git.run("remote", "get-url", name).stdout.decode(errors="replace").removesuffix("\n")
    for url in (fetched, written):
        if (repository := repository_at(url, server_url)) is not None:
            return Origin(repository=repository, url=without_credentials(url))
    return Origin(
        url=without_credentials(fetched), elsewhere=is_elsewhere(fetched), holds_run_commit=_is_in_history(git, sha)
    )


def _configured(git: Git) -> tuple[dict[str, str], bool]:
    """Return the first URL of each remote, and whether there are rules (`insteadOf`) that may change it."""
    keys = r"^(remote\..*\.url|url\..*\.insteadof)$"
    listed = split(git.run("config", "--null", "--get-regexp", keys, expected=frozenset({0, 1})).stdout)
    remotes: dict[str, str] = {}
    for entry in listed:
        key, _, value = entry.partition("\n")
        if key.startswith("remote."):
            remotes.setdefault(key.removeprefix("remote.").removesuffix(".url"), value)
    return remotes, any(entry.startswith("url.") for entry in listed)


def _is_in_history(git: Git, sha: str | None) -> bool:
    if not sha:
        return False
    # 128: the commit is not in this checkout.
    found = git.run("merge-base", "--is-ancestor", sha, "HEAD", expected=frozenset({0, 1, 128}))
    return found.returncode == 0
