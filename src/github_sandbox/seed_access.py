"""Checks of the parts of a seed that grant or limit access: tokens, apps, limits, lag, edition."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from github_sandbox.edition import GRAPHQL
from github_sandbox.lag import Lag
from github_sandbox.limits import Limits
from github_sandbox.permissions import LEVELS, NAMES
from github_sandbox.seed_checker import Checker, Json
from github_sandbox.tokens import KINDS

PERMISSIONS = ("read", "triage", "write", "maintain", "admin")
TOKEN = frozenset(
    {"login", "kind", "permission", "permissions", "scopes", "repositories", "read-only", "rate-limit",
     "graphql-rate-limit", "expires-in-seconds"}
)  # fmt: skip
APP = frozenset({"id", "client-id", "owner", "permissions", "installations"})
INSTALLATION = frozenset({"id", "repositories", "permissions", "suspended"})


def token(checker: Checker, item: Any, path: str, names: set[str]) -> None:
    spec = checker.mapping(item, path, TOKEN, ("login",))
    kind = checker.choice(spec, "kind", KINDS, path)
    checker.choice({"permission": "write"} | dict(spec), "permission", PERMISSIONS, path)
    listed = spec.get("repositories", "all")
    if listed != "all":
        for name in checker.texts(spec, "repositories", path):
            if name.lower() not in names:
                checker.fail(f"{path}.repositories", f"no repository {name!r}")
    elif kind == "actions":
        checker.fail(f"{path}.repositories", "an actions token needs the one repository it belongs to")
    for name in checker.texts(spec, "read-only", path):
        if name.lower() not in names:
            checker.fail(f"{path}.read-only", f"no repository {name!r}")
    for key in ("rate-limit", "graphql-rate-limit", "expires-in-seconds"):
        checker.typed(spec, key, int, 5000, path)
    checker.texts(spec, "scopes", path)
    _permissions(checker, spec, path)


def _permissions(checker: Checker, spec: Json, path: str) -> None:
    for name, level in checker.mapping(spec.get("permissions"), f"{path}.permissions", frozenset(NAMES)).items():
        if level not in LEVELS:
            checker.fail(f"{path}.permissions.{name}", f"must be one of {', '.join(LEVELS)}, not {level!r}")


def app(checker: Checker, item: Any, path: str, names: set[str], logins: set[str]) -> None:
    """Check an app. ``installations``: login -> {repositories: all | [names], permissions, suspended}."""
    spec = checker.mapping(item, path, APP, ("installations",))
    checker.typed(spec, "id", int, 1, path)
    checker.typed(spec, "client-id", str, "", path)
    _permissions(checker, spec, path)
    for login, entry in checker.mapping(spec.get("installations"), f"{path}.installations").items():
        where = f"{path}.installations.{login}"
        details = checker.mapping(entry, where, INSTALLATION)
        _permissions(checker, details, where)
        if login.lower() not in logins:
            checker.fail(where, f"{login!r} is not in organizations or users")
        if details.get("repositories", "all") != "all":
            for name in checker.texts(details, "repositories", where):
                if f"{login}/{name}".lower() not in names:
                    checker.fail(f"{where}.repositories", f"no repository {name!r} of {login}")


def limits(checker: Checker, value: Any) -> None:
    """Check the limits: ``published``, or the fields of Limits with dashes."""
    if value != "published":
        checker.mapping(value, "limits", frozenset(f.name.replace("_", "-") for f in fields(Limits)))


def lag(checker: Checker, value: Any) -> None:
    checker.mapping(value, "lag", frozenset(f.name for f in fields(Lag)))


def edition(checker: Checker, value: Any) -> None:
    """Check the edition: ``{graphql: served | absent | refused, unknown-mutations: [updateRefs]}``."""
    known = frozenset({"graphql", "unknown-mutations", "creator-misses-apps", "only-branches-and-tags"})
    spec = checker.mapping(value, "edition", known)
    checker.choice(spec, "graphql", GRAPHQL, "edition")
    checker.texts(spec, "unknown-mutations", "edition")
    checker.typed(spec, "creator-misses-apps", bool, False, "edition")
    checker.typed(spec, "only-branches-and-tags", bool, False, "edition")
