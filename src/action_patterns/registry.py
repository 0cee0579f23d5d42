"""The one list of actions. Modules are imported by name only when asked for: start-up time is every user's time."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from action_patterns.action.contract import Action

ACTIONS = (
    "discover",
    "upsert-pr",
    "apply",
    "record",
    "report",
    "track",
    "unique-id",
    "once",
    "state",
    "lock",
    "breaker",
    "render",
    "retry",
    "degrade",
    "rate-limit",
    "preflight",
    "distribute",
)
"""Public names. Each is `action_patterns/actions/<snake>.py` and `actions/<name>/`; `distribute` is the root action."""

ROOT = "distribute"


def load(name: str) -> Action[Any, Any]:
    """The action of that name. Raises KeyError for a name that is not in the list."""
    if name not in ACTIONS:
        raise KeyError(name)
    action: Action[Any, Any] = import_module(f"action_patterns.actions.{name.replace('-', '_')}").ACTION
    return action
