"""The one list of actions. Modules are imported by name only when asked for: start-up time is every user's time."""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword
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
    "ensure",
    "cancel-superseded",
    "once",
    "skip-unchanged",
    "state",
    "lock",
    "breaker",
    "detect-changes",
    "verdict",
    "ledger",
    "render",
    "retry",
    "degrade",
    "rate-limit",
    "preflight",
    "assert",
    "distribute",
)
"""Public names. Each is a module of `action_patterns/actions/`, and `actions/<name>/` but for the root action."""

ROOT = "distribute"


def module_of(name: str) -> str:
    """Return the name of an action's module: `upsert_pr` for `upsert-pr`, and `assert_` for a keyword of Python."""
    snake = name.replace("-", "_")
    return f"{snake}_" if iskeyword(snake) else snake


def load(name: str) -> Action[Any, Any]:
    """The action of that name. Raises KeyError for a name that is not in the list."""
    if name not in ACTIONS:
        raise KeyError(name)
    action: Action[Any, Any] = import_module(f"action_patterns.actions.{module_of(name)}").ACTION
    return action
