"""Which repository of a server the URL of a remote names. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from action_patterns.contracts.repository import is_repository

_SCHEMES = frozenset({"http", "https", "ssh", "git", "git+ssh", "ssh+git"})
_ALIASES = {"ssh.github.com": "github.com", "www.github.com": "github.com"}
"""Other names of github.com (GitHub docs: "Using SSH over the HTTPS port")."""
_SCP_LIKE = re.compile(r"(?:[^/:@]*@)?(\[[^]/]+\]|[^/:@]+):(.*)", re.DOTALL)


class _Address(NamedTuple):
    """The parts of a URL that name a server and a repository.

    A server has another port for each protocol, and behind each proxy: its host alone names it.
    """

    host: str
    path: str


def repository_at(url: str, server_url: str) -> str | None:
    """Return `owner/name` if the URL names a repository of the server. None: it names none, or another server's."""
    remote, server = _address(url), _address(server_url)
    if remote is None or server is None or remote.host != server.host:
        return None
    name = remote.path.strip("/").removesuffix(".git").rstrip("/")
    return name if is_repository(name) else None


def is_elsewhere(url: str) -> bool:
    """Return whether the URL names a server. A path of this machine names none."""
    return _address(url) is not None


def without_credentials(url: str) -> str:
    """Return the URL as a message may show it."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return url
    authority, slash, path = rest.partition("/")
    return f"{scheme}://{authority.rpartition('@')[2]}{slash}{path}"


def _address(url: str) -> _Address | None:
    scheme, separator, rest = url.strip().partition("://")
    if not separator:
        found = _SCP_LIKE.fullmatch(url.strip())
        return _Address(_host(found[1]), found[2]) if found else None
    if scheme.lower() not in _SCHEMES:
        return None
    authority, _, path = rest.partition("/")
    place = authority.rpartition("@")[2]
    return _Address(_host(re.sub(r":[0-9]*$", "", place)), path)


def _host(text: str) -> str:
    name = text.lower().rstrip(".").strip("[]")
    return _ALIASES.get(name, name)
