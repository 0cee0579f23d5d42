"""pip.conf and PIP_*, as `pip install` reads them. Standard library only."""

from __future__ import annotations

import configparser
import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from bootstrap.settings import Settings, index_of, is_file, is_yes, links_of, path_of

MACHINE = Path("/etc")


def settings_of_pip(outer: Mapping[str, str]) -> Settings:
    """Return pip's settings: a variable goes before a file, and a file nearer to the user before the machine's."""
    found = _pip_files(outer)
    for name, value in outer.items():
        if name.startswith("PIP_") and value.strip():
            found[name[4:].lower().replace("_", "-")] = value
    proxy = found.get("proxy", "").strip()
    if proxy and "//" not in proxy:
        proxy = f"http://{proxy}"
    return Settings(
        main=index_of(found.get("index-url") or found.get("pypi-url", "")),
        extra=tuple(found.get("extra-index-url", "").split()),
        links=links_of(found.get("find-links", "").split(), outer),
        no_index=is_yes(found.get("no-index", "")),
        trusted_hosts=tuple(found.get("trusted-host", "").split()),
        proxies=(("HTTPS_PROXY", proxy), ("HTTP_PROXY", proxy)) if proxy else (),
        certificates=path_of(found.get("cert", ""), outer),
        client_certificate=path_of(found.get("client-cert", ""), outer) or outer.get("SSL_CLIENT_CERT", ""),
        timeout_seconds=found.get("timeout") or found.get("default-timeout", ""),
        keyring=found.get("keyring-provider", ""),
    )


def _pip_files(outer: Mapping[str, str]) -> dict[str, str]:
    """Return what pip's files say to `pip install`; other commands' sections count where it has no value."""
    home = Path(outer.get("HOME") or "/nonexistent")
    named = outer.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:
        return {}
    machine = [Path(place) / "pip" for place in (outer.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":") if place]
    user = [home / ".pip", Path(outer.get("XDG_CONFIG_HOME") or home / ".config") / "pip"]
    places = [*machine, MACHINE, *([] if is_file(named) else user), Path(sys.prefix)]
    files = [place / "pip.conf" for place in places]
    sections: dict[str, dict[str, str]] = {}
    for file in (*files, Path(named)) if named else files:
        parser = configparser.RawConfigParser()
        with contextlib.suppress(configparser.Error, UnicodeDecodeError, OSError):
            parser.read(file, encoding="utf-8")
        for section in parser.sections():
            values = {
                name.removeprefix("--").replace("_", "-"): value for name, value in parser.items(section) if value
            }
            sections.setdefault(section, {}).update(values)
    last = {name: sections.pop(name, {}) for name in ("global", "install")}
    return {name: value for section in (*sections.values(), *last.values()) for name, value in section.items()}
