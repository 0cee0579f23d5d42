"""The sources of packages, as the owner of the runner set them for pip or for uv. Standard library only.

A setting of only one of the two serves the other too: `variables` writes it down in each tool's own words, and
neither tool then reads a file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from bootstrap.pip_settings import settings_of_pip
from bootstrap.settings import NAMED, PYPI, SCHEME, Settings, address_of
from bootstrap.uv_settings import settings_of_uv


def variables(outer: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that tell pip and uv their sources. A tool's own settings go before the other's."""
    of_pip, of_uv = settings_of_pip(outer), settings_of_uv(outer)
    both = {name: getattr(of_uv, name) or getattr(of_pip, name) for name in ("client_certificate", "timeout_seconds")}
    pip, uv = _completed(of_pip, of_uv), _completed(of_uv, of_pip)
    hosts = " ".join(dict.fromkeys(of_pip.trusted_hosts + of_uv.trusted_hosts))
    found = {
        "PIP_INDEX_URL": _with_password(pip.main, outer),
        "PIP_EXTRA_INDEX_URL": " ".join(_with_password(index, outer) for index in pip.extra),
        "PIP_FIND_LINKS": " ".join(pip.links),
        "PIP_NO_INDEX": "1" if pip.no_index else "",
        # pip alone passes over an index without TLS. Its files have their hashes.
        "PIP_TRUSTED_HOST": " ".join([hosts, *filter(None, map(_host_without_tls, (pip.main, *pip.extra)))]).strip(),
        "PIP_PROXY": dict(of_pip.proxies).get("HTTPS_PROXY", ""),
        "PIP_CLIENT_CERT": both["client_certificate"],
        "PIP_DEFAULT_TIMEOUT": both["timeout_seconds"],
        "PIP_KEYRING_PROVIDER": of_pip.keyring or of_uv.keyring,
        "UV_DEFAULT_INDEX": uv.main,
        "UV_INDEX": " ".join(uv.extra),
        # uv ends at a directory that is not there, and pip warns.
        "UV_FIND_LINKS": ",".join(place for place in uv.links if not _is_absent(place)),
        "UV_NO_INDEX": "1" if uv.no_index else "",
        "UV_INSECURE_HOST": hosts,
        "UV_HTTP_TIMEOUT": both["timeout_seconds"].partition(".")[0],  # uv takes whole seconds
        # uv knows one kind of pip's.
        "UV_KEYRING_PROVIDER": of_uv.keyring or ("subprocess" if of_pip.keyring in ("subprocess", "auto") else ""),
        "SSL_CLIENT_CERT": both["client_certificate"],
        # Its own file may say `user = true`, `target` or `constraint`, which are for other packages.
        "PIP_CONFIG_FILE": os.devnull,
    }
    proxies = dict((*of_pip.proxies, *of_uv.proxies))
    found |= {name: value for name, value in proxies.items() if not (outer.get(name) or outer.get(name.lower()))}
    return {name: value for name, value in found.items() if value}


def certificates(outer: Mapping[str, str]) -> str:
    """Return the file of authorities that pip is set up for."""
    return settings_of_pip(outer).certificates


def replace_pypi(environment: Mapping[str, str]) -> bool:
    """Return whether the owner of the runner wants PyPI not to be asked."""
    return any(map(environment.get, ("PIP_INDEX_URL", "PIP_NO_INDEX", "UV_DEFAULT_INDEX", "UV_NO_INDEX")))


def add_to_pypi(environment: Mapping[str, str]) -> bool:
    """Return whether there are sources beside PyPI."""
    return any(map(environment.get, ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "UV_INDEX", "UV_FIND_LINKS")))


def without_pypi(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables with PyPI left out, for where it does not answer and there are other sources."""
    changed = dict(environment)
    for main, more in (("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"), ("UV_DEFAULT_INDEX", "UV_INDEX")):
        first, _, rest = changed.pop(more, "").partition(" ")
        changed |= {main: first} if first else {f"{main[: main.index('_')]}_NO_INDEX": "1"}
        changed |= {more: rest} if rest else {}
    return changed


def is_set_up_for_uv(outer: Mapping[str, str]) -> bool:
    """Return whether uv has sources of its settings, not only pip's."""
    found = settings_of_uv(outer)
    return bool(found.main or found.extra or found.links)


def shown(environment: Mapping[str, str]) -> str:
    """Return where packages come from, without passwords."""
    none = environment.get("PIP_NO_INDEX") or environment.get("UV_NO_INDEX")
    main = environment.get("UV_DEFAULT_INDEX") or environment.get("PIP_INDEX_URL") or ("" if none else PYPI[0])
    more = environment.get("UV_INDEX") or environment.get("PIP_EXTRA_INDEX_URL", "")
    links = environment.get("PIP_FIND_LINKS", "").split()
    links = [f"{place} (which is not there)" if _is_absent(place) else place for place in links]
    named = [address_of(place) for place in (main, *more.split(), *links) if place]
    return ", ".join(re.sub(r"//[^/]*@", "//", place) for place in named) or "no place that is named"


def proxy(environment: Mapping[str, str]) -> str:
    """Return the proxy that a download may pass, without its password."""
    names = ("PIP_PROXY", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
    return re.sub(r"//[^/]*@", "//", next(filter(None, map(environment.get, names)), ""))


def problem(environment: Mapping[str, str]) -> str:
    """Return why these sources can hold nothing, and what to set; '' if they may."""
    places = environment.get("PIP_FIND_LINKS", "").split()
    if environment.get("PIP_NO_INDEX") and environment.get("UV_NO_INDEX"):
        if not places:
            return "no index may be asked (no-index), and no directory of wheels is named. Set PIP_FIND_LINKS to one."
        if all(map(_is_absent, places)):
            return f"no index may be asked (no-index), and {shown(environment)}. Correct find-links (PIP_FIND_LINKS)."
    for index in (environment.get("PIP_INDEX_URL", ""), environment.get("UV_DEFAULT_INDEX", "")):
        if index and not SCHEME.match(address_of(index)) and not Path(address_of(index)).is_dir():
            place = re.sub(r"^([a-z+]*:?//)?.*@", r"\1", index)
            return f"{place!r} is no address of an index. Correct PIP_INDEX_URL, UV_DEFAULT_INDEX or index-url."
    return ""


def uv_speaks(environment: Mapping[str, str]) -> bool:
    """Return whether uv gets from these sources what pip gets: it ends at an index that fails, and pip warns."""
    index, extra = environment.get("UV_DEFAULT_INDEX", ""), environment.get("UV_INDEX", "")
    return not extra and not urlsplit(address_of(index)).scheme.startswith("file")


def _completed(own: Settings, other: Settings) -> Settings:
    """Return the sources of one tool, with those of the other where it has none."""
    lead = own if own.main or own.extra or own.no_index else other
    indexes = ("", ()) if lead.no_index else (lead.main, lead.extra)
    return Settings(*indexes, links=own.links or other.links, no_index=lead.no_index)


def _host_without_tls(index: str) -> str:
    """Return the host and port of an index over plain HTTP."""
    parts = urlsplit(address_of(index))
    return parts.netloc.rpartition("@")[2] if parts.scheme == "http" else ""


def _is_absent(place: str) -> bool:
    """Return whether an address names a file or directory of this machine that is not there."""
    return place.startswith("file:") and not Path(unquote(urlsplit(place).path)).exists()


def _with_password(index: str, outer: Mapping[str, str]) -> str:
    """Return the address of an index for pip, with the user and password that uv has in variables for its name."""
    named = NAMED.fullmatch(index)
    if not named:
        return index
    name = re.sub(r"[^A-Z0-9]", "_", named[1].upper())
    user, password = (outer.get(f"UV_INDEX_{name}_{what}", "") for what in ("USERNAME", "PASSWORD"))
    parts = urlsplit(named[2])
    if not (user or password) or "@" in parts.netloc:
        return named[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{parts.netloc}"))
