"""Commits that the checkout lacks, fetched from its remote into a repository beside it.

The checkout is never changed: a fetch into it would move where its history ends, and make it a partial clone for every
later step. Blobs are not fetched: trees suffice to compare, and commits suffice for history.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from action_patterns.errors import InputError
from action_patterns.ports.history import MissingError
from action_patterns.worktree.git import Git, split
from action_patterns.worktree.remote import repository_at, without_credentials

_KEPT = ("http.", "https.", "url.", "credential.", "core.sshcommand", "core.gitproxy", "core.askpass", "protocol.")
"""The settings of a checkout by which it reaches its remote (git docs: "git-config")."""
TREES = ("--filter=blob:none", "--depth=1")
HISTORY = ("--filter=tree:0",)
_SEPARATOR = os.pathsep


class Setting(NamedTuple):
    """A setting of git."""

    key: str
    value: str


class Remote(NamedTuple):
    """The remote of a checkout, and the settings by which git reaches it."""

    name: str
    url: str
    settings: tuple[Setting, ...]


class Fetcher:
    """Fetches into bare repositories below a directory."""

    def __init__(self, git: Git, remotes: Sequence[Remote], directory: Path) -> None:
        """`remotes`: the ways to the remote, in the order in which they are tried."""
        self._git = git
        self._remotes = list(remotes)
        self._directory = directory
        self._made = 0
        self._refused: dict[tuple[tuple[str, ...], tuple[str, ...]], str] = {}
        self.refusal = "The checkout has no remote."
        """Why the last fetch failed."""

    def fetch(self, what: Sequence[str], refspecs: Sequence[str]) -> Git | None:
        """Return git in a new repository that holds what was fetched. None: no way led to it; see `refusal`."""
        asked = (tuple(what), tuple(refspecs))
        if asked in self._refused:
            self.refusal = self._refused[asked]
            return None
        for remote in tuple(self._remotes):
            git = self._new(remote)
            with suppress(InputError):
                done = git.run(
                    "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", *what, remote.name, *refspecs,
                    expected=frozenset({0, 1, 128}),
                )  # fmt: skip
                if done.returncode == 0:
                    self._remotes = [remote]
                    return git
                lines = done.stderr_tail.replace(remote.url, without_credentials(remote.url)).splitlines()
                self.refusal = f"git could not fetch it: {lines[-1] if lines else 'no reason was given'}."
        self._refused[asked] = self.refusal
        return None

    def branch(self, name: str) -> str | None:
        """Return the tip of a branch. None: there is no such branch.

        Raises:
            MissingError: no way led to the remote.
        """
        for remote in self._remotes:
            git = self._new(remote)
            with suppress(InputError):
                done = git.run("ls-remote", remote.name, f"refs/heads/{name}")
                listed = (line.split("\t") for line in done.stdout.decode(errors="surrogateescape").splitlines())
                return next((oid for oid, ref in listed if ref == f"refs/heads/{name}"), None)
        raise MissingError(f"git could not ask the remote for the branch {name!r}.")

    def _new(self, remote: Remote) -> Git:
        self._made += 1
        place = self._directory / f"{self._made}.git"
        self._git.run("init", "--quiet", "--bare", str(place))
        settings = (Setting(f"remote.{remote.name}.url", remote.url), *remote.settings)
        return self._git.using({"GIT_DIR": str(place)}).configured(settings)


def remotes_of(git: Git, *, server_url: str, repository: str, token: str | None) -> tuple[Remote, ...]:
    """Return the ways to the remote: with what actions/checkout left, and with the token for this repository."""
    listed = split(
        git.run("config", "--local", "--includes", "--null", "--list", expected=frozenset({0, 1, 128})).stdout
    )
    settings = [Setting(*entry.partition("\n")[::2]) for entry in listed if "\n" in entry]
    urls = {
        each.key.removeprefix("remote.").removesuffix(".url"): each.value
        for each in settings
        if each.key.startswith("remote.") and each.key.endswith(".url")
    }
    name = "origin" if "origin" in urls else next(iter(urls)) if len(urls) == 1 else None
    kept = tuple(each for each in settings if each.key.startswith(_KEPT))
    found: list[Remote] = []
    home = f"{server_url.rstrip('/')}/{repository}"
    if name is not None:
        proxies = tuple(each for each in settings if each.key == f"remote.{name}.proxy")
        found.append(Remote(name, urls[name], kept + proxies))
    here = repository if name is None else repository_at(urls[name], server_url) or ""
    if token and here.lower() == repository.lower():
        basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        header = Setting(f"http.{server_url.rstrip('/')}/.extraheader", f"AUTHORIZATION: basic {basic}")
        others = tuple(each for each in kept if "extraheader" not in each.key)
        # Not by the URL of the checkout, which may be of SSH: a token goes over HTTPS.
        found.append(Remote(name or "origin", home, (*others, header)))
    elif name is None:
        found.append(Remote("origin", home, ()))
    return tuple(found)


def with_objects(git: Git, places: Sequence[Path]) -> Git:
    """Return git that sees the objects of other repositories too, and fetches nothing unasked."""
    quoted = (f'"{place!s}"' if _SEPARATOR in str(place) else str(place) for place in places)
    alternates = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": _SEPARATOR.join(quoted)} if places else {}
    return git.using({**alternates, "GIT_NO_LAZY_FETCH": "1"})
