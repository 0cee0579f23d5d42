"""Builds tokens, apps and ref rules from the parts of a checked seed that grant access."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from github_sandbox.apps import App, Installation
from github_sandbox.limits import Ledger
from github_sandbox.model import RefRule, World
from github_sandbox.model.refs import DELETION, FORCE, PULL_REQUEST
from github_sandbox.tokens import CLASSIC_SCOPES, Token

PROTECTED = (PULL_REQUEST, FORCE, DELETION)
"""The rules of a branch protection whose seed names none."""


def tokens(world: World, seed: Mapping[str, Any], ledger: Ledger) -> dict[str, Token]:
    """Return the tokens by secret. A token creates its account if the seed does not name it: a bot for app tokens."""
    result = {}
    for value, spec in (seed.get("tokens") or {}).items():
        kind = spec.get("kind", "pat")
        account = world.add_account(spec["login"], "Bot" if kind in ("installation", "actions") else "User")
        listed, lasts = spec.get("repositories", "all"), spec.get("expires-in-seconds")
        result[value] = Token(
            value=value, account=account, kind=kind, permission=spec.get("permission", "write"),
            repositories=None if listed == "all" else frozenset(n.lower() for n in listed),
            read_only=frozenset(n.lower() for n in spec.get("read-only") or []),
            permissions=dict(spec["permissions"]) if "permissions" in spec else None,
            scopes=frozenset(spec["scopes"]) if "scopes" in spec else CLASSIC_SCOPES,
            expires_at=None if lasts is None else world.clock() + lasts,
        )  # fmt: skip
        for key, resource in (("rate-limit", "core"), ("graphql-rate-limit", "graphql")):
            if key in spec:
                ledger.overrides[value, resource] = spec[key]
    return result


def apps(world: World, seed: Mapping[str, Any]) -> dict[str, App]:
    """Return the apps by slug; the account of each is ``slug[bot]``."""
    result = {}
    for slug, spec in (seed.get("apps") or {}).items():
        owner = world.add_account(spec.get("owner", slug))
        number = spec.get("id", world.next_id())
        app = App(
            id=number, client_id=spec.get("client-id", f"Iv23li{number:014}"), slug=slug, owner=owner,
            bot=world.add_account(f"{slug}[bot]", "Bot"), permissions=dict(spec.get("permissions") or {}),
        )  # fmt: skip
        for login, item in spec["installations"].items():
            details, account = item or {}, world.account(login)
            assert account is not None  # seed.check ensures it
            listed = details.get("repositories", "all")
            ids = None
            if listed != "all":
                found = [world.repository(f"{login}/{name}") for name in listed]
                ids = frozenset(r.id for r in found if r)
            permissions = dict(details.get("permissions", app.permissions))
            identity = details.get("id", world.next_id())
            app.installations[identity] = Installation(
                id=identity,
                app=app,
                account=account,
                permissions=permissions,
                repositories=ids,
                suspended=details.get("suspended", False),
            )
        result[slug] = app
    return result


def rules(world: World, spec: Mapping[str, Any]) -> list[RefRule]:
    """Return a repository's branch protections and rulesets."""
    protected = spec.get("protected") or {}
    found = []
    for pattern in protected:
        details = (protected[pattern] if isinstance(protected, Mapping) else None) or {}
        found.append(_rule(world, pattern, [pattern], {"rules": PROTECTED} | dict(details), classic=True))
    rulesets = spec.get("rulesets") or []
    return found + [_rule(world, r.get("name", "ruleset"), r["refs"], r, classic=False) for r in rulesets]


def _rule(world: World, name: str, patterns: list[str], details: Mapping[str, Any], *, classic: bool) -> RefRule:
    bypass = frozenset(login.lower() for login in details.get("bypass") or [])
    return RefRule(
        id=world.next_id(),
        name=name,
        patterns=tuple(patterns),
        rules=frozenset(details["rules"]),
        bypass=bypass,
        classic=classic,
    )
