"""Which authorities may sign the certificate of a server: one list for pip, uv, git and our own download.

It is that of the system and that of every variable of a tool, together, as the actions have it when they talk to
GitHub: a runner is set up once. A list that is too long harms nothing here, since hashes decide which files are taken.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

# The store of the system: on Debian and Alpine, on Red Hat, on SUSE.
SYSTEM = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem")
VARIABLES = ("PIP_CERT", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
BEGIN = b"-----BEGIN CERTIFICATE-----"


def variables(outer: Mapping[str, str], of_pip: str, workspace: Path) -> dict[str, str]:
    """Return the variables that give the tools their authorities; {}: each has those it comes with.

    `of_pip`: the file that pip's own settings name.
    """
    system = next((place for place in SYSTEM if Path(place).is_file()), "")
    named = list(dict.fromkeys(filter(None, (of_pip, *(outer.get(name, "") for name in VARIABLES)))))
    more = [place for place in named if not system or os.path.realpath(place) not in _same_as(system)]
    bundle = system
    if more and (texts := list(_texts([*more, *([system] if system else [])]))):
        bundle = str(workspace / "authorities.pem")
        Path(bundle).write_bytes(b"\n".join(texts))
    names = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO")
    return dict.fromkeys(names, bundle) if bundle else {}


def unreadable(outer: Mapping[str, str], of_pip: str) -> list[str]:
    """Return what is named and cannot be read: 'NAME=place'."""
    named = {"the setting `cert` of pip": of_pip, **{name: outer.get(name, "") for name in VARIABLES}}
    return [f"{name} ({place})" for name, place in named.items() if place and not os.access(place, os.R_OK)]


def _same_as(system: str) -> tuple[str, str]:
    """Return a file of the system, and the directory beside it that holds the same one by one."""
    return os.path.realpath(system), os.path.realpath(Path(system).parent)


def _texts(places: Iterable[str]) -> Iterable[bytes]:
    """Yield what files hold, and the files of directories; what is absent or holds no certificate adds nothing."""
    for place in map(Path, places):
        files = sorted(place.iterdir()) if place.is_dir() else [place]
        for file in files:
            with contextlib.suppress(OSError):
                content = file.read_bytes()
                if BEGIN in content:
                    yield content
