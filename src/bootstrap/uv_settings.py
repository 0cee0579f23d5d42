"""uv.toml and UV_*, as `uv pip` reads them. Standard library only."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bootstrap.pip_settings import settings_of_pip
from bootstrap.settings import Settings, index_of, is_file, is_yes, links_of

MACHINE = Path("/etc/uv/uv.toml")


def settings_of_uv(outer: Mapping[str, str]) -> Settings:
    """Return uv's settings: a variable goes before a file, and the user's file before the machine's."""
    found = _uv_files(outer)
    indexes = [entry for entry in found.get("index", []) if isinstance(entry, dict) and entry.get("url")]
    indexes = [entry for entry in indexes if not entry.get("explicit")]
    flat = [str(entry["url"]) for entry in indexes if entry.get("format") == "flat"]
    indexes = [entry for entry in indexes if entry.get("format") != "flat"]
    defaults = [_spelled(entry) for entry in indexes if entry.get("default")]
    more = [_spelled(entry) for entry in indexes if not entry.get("default")]
    more += found.get("extra-index-url", [])
    links = re.split(r"[,\s]+", outer["UV_FIND_LINKS"]) if outer.get("UV_FIND_LINKS") else found.get("find-links", [])
    offline = is_yes(outer.get("UV_OFFLINE", "")) or found.get("offline") is True
    places = links_of([*links, *flat], outer)
    return Settings(
        main=index_of(
            outer.get("UV_DEFAULT_INDEX") or outer.get("UV_INDEX_URL") or (defaults or [found.get("index-url", "")])[0]
        ),
        extra=tuple([*outer.get("UV_INDEX", "").split(), *outer.get("UV_EXTRA_INDEX_URL", "").split()] or more),
        links=places,
        # Without a directory there is nothing to install from: the setting is meant for the caller's own steps.
        no_index=is_yes(outer.get("UV_NO_INDEX", ""))
        or found.get("no-index") is True
        or (offline and bool(places or settings_of_pip(outer).links)),
        trusted_hosts=tuple(outer.get("UV_INSECURE_HOST", "").split() or found.get("allow-insecure-host", [])),
        proxies=tuple(
            (name.upper().replace("-", "_"), str(found[name]))
            for name in ("https-proxy", "http-proxy", "no-proxy")
            if found.get(name)
        ),
        timeout_seconds=outer.get("UV_HTTP_TIMEOUT") or outer.get("UV_REQUEST_TIMEOUT", ""),
        keyring=outer.get("UV_KEYRING_PROVIDER") or str(found.get("keyring-provider", "")),
        client_certificate=outer.get("SSL_CLIENT_CERT", ""),
    )


def _uv_files(outer: Mapping[str, str]) -> dict[str, Any]:
    """Return what uv's files say to `uv pip`. A list of the user's comes before the machine's, and keeps it."""
    if is_yes(outer.get("UV_NO_CONFIG", "")):
        return {}
    home = Path(outer.get("HOME") or "/nonexistent")
    files = [Path(outer.get("XDG_CONFIG_HOME") or home / ".config") / "uv/uv.toml"]
    machine = [Path(place) / "uv/uv.toml" for place in (outer.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":") if place]
    files += [file for file in (*machine, MACHINE) if is_file(str(file))][:1]
    if outer.get("UV_CONFIG_FILE"):
        files = [Path(outer["UV_CONFIG_FILE"])]
    found: dict[str, Any] = {}
    for file in filter(Path.is_file, files):
        import tomllib  # where there is no such file, nothing pays for it

        with contextlib.suppress(OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
            read = tomllib.loads(file.read_text(encoding="utf-8"))
            of_pip = read.pop("pip", {})
            for name, value in {**read, **(of_pip if isinstance(of_pip, dict) else {})}.items():
                kept = found.get(name)
                if isinstance(value, list):
                    found[name] = [*(kept if isinstance(kept, list) else []), *value]
                else:
                    found.setdefault(name, value)
    return found


def _spelled(entry: Mapping[str, Any]) -> str:
    """Return an index of a file as a variable spells it."""
    return f"{entry['name']}={entry['url']}" if entry.get("name") else str(entry["url"])
