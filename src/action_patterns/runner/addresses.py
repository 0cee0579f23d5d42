"""The three addresses of GitHub: of its pages, its REST API and GraphQL. One that is given leads to the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from action_patterns.errors import InputError, Problem

_FIX = (
    "Write it as the runner does: https://api.github.com, https://api.NAME.ghe.com, or https://HOST/api/v3 for GitHub"
    " Enterprise Server."
)


VARIABLES = ("GITHUB_SERVER_URL", "GITHUB_API_URL", "GITHUB_GRAPHQL_URL")


class Addresses(NamedTuple):
    """Addresses without a slash at their end."""

    server: str
    api: str
    graphql: str


def addresses(environment: Mapping[str, str]) -> Addresses:
    """Return the addresses that the variables give, and by them those they do not (GitHub docs: "Variables reference",
    "Getting started with the REST API" of GitHub Enterprise Server).

    Raises:
        InputError: naming every variable that holds no address.
    """
    given = {name: environment.get(name, "").strip().rstrip("/") for name in VARIABLES}
    odd = {name: value for name, value in given.items() if value and not _is_address(value)}
    if odd:
        raise InputError(
            *(
                Problem(f"The variable {name} is {_shown(value)}, no address of a web server.", _FIX)
                for name, value in odd.items()
            )
        )
    server, api, graphql = given.values()
    api = api or (_api(urlsplit(server)) if server else "https://api.github.com")
    found = urlsplit(api)
    return Addresses(server or _server(found), api, graphql or _graphql(found))


def _shown(value: str) -> str:
    return "a text with an `@`, which may hold a password" if "@" in value else repr(value)


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and parts.username is None
            and not (parts.query or parts.fragment)
            and value.isprintable()
            and " " not in value
        )
    except ValueError:
        return False


def _is_cloud(host: str) -> bool:
    return host == "github.com" or host.endswith(".ghe.com")


def _api(server: SplitResult) -> str:
    if _is_cloud(server.hostname or ""):
        return f"{server.scheme}://api.{server.netloc}"
    return f"{server.scheme}://{server.netloc}/api/v3"


def _server(api: SplitResult) -> str:
    host = api.netloc.removeprefix("api.")
    return f"{api.scheme}://{host if _is_cloud(host.partition(':')[0]) else api.netloc}"


def _graphql(api: SplitResult) -> str:
    above, found, _ = api.path.rpartition("/v3")
    return f"{api.scheme}://{api.netloc}{above if found else api.path}/graphql"
