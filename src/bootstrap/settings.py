"""The settings of pip or of uv, and the values that both spell alike. Standard library only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

# The index that both tools ask where none is named; to name it changes nothing.
PYPI = ("https://pypi.org/simple", "https://pypi.python.org/simple")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# uv takes `name=url`. A name has no character of an address.
NAMED = re.compile(r"\A([A-Za-z0-9._-]+)=(.+)", re.DOTALL)
YES = ("1", "true", "yes", "on", "y", "t")


class Settings(NamedTuple):
    """The settings of one tool. An index is an address, or `name=address`."""

    main: str = ""
    """The index that is asked instead of PyPI. Empty: PyPI."""
    extra: tuple[str, ...] = ()
    """The indexes that are asked as well."""
    links: tuple[str, ...] = ()
    """Directories and pages that list files, by their addresses."""
    no_index: bool = False
    """Neither PyPI nor another index is asked."""
    trusted_hosts: tuple[str, ...] = ()
    """Hosts whose certificate is not checked."""
    proxies: tuple[tuple[str, str], ...] = ()
    """Variables of proxies, as curl reads them."""
    certificates: str = ""
    """A file with authorities."""
    client_certificate: str = ""
    """A file with a certificate and its key."""
    timeout_seconds: str = ""
    """For one answer."""
    keyring: str = ""
    """How the tool asks a keyring for passwords."""


def address_of(index: str) -> str:
    """Return the address of an index without its name."""
    return NAMED.sub(r"\2", index)


def index_of(value: str) -> str:
    """Return an index, or '' for PyPI's own."""
    return "" if address_of(value.strip()).rstrip("/") in PYPI else value.strip()


def links_of(places: Iterable[str], outer: Mapping[str, str]) -> tuple[str, ...]:
    """Return places that list files as addresses: a path of a directory may hold spaces and commas."""
    return tuple(
        place if SCHEME.match(place) else Path(path_of(place, outer)).as_uri()
        for place in map(str, places)
        if place.strip()
    )


def path_of(value: str, outer: Mapping[str, str]) -> str:
    """Return a path as the tools see it from the directory of the step, whose own directory is another."""
    value = value.strip()
    if value.startswith("~/") and outer.get("HOME"):
        value = outer["HOME"] + value[1:]
    return str(Path.cwd() / value) if value else ""


def is_yes(value: str) -> bool:
    """Return whether a setting is switched on."""
    return value.strip().lower() in YES


def is_file(place: str) -> bool:
    """Return whether a path that may be empty names a file."""
    return bool(place) and Path(place).is_file()
