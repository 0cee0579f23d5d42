"""The ten patterns: the question of each, and how much of it ships. The actions are the registry's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from action_patterns.action.contract import Action, Pattern
from action_patterns.metadata import readme

PATTERNS: dict[Pattern, tuple[str, str]] = {
    "Idempotency": ("Safe to repeat?", ""),
    "Fail Fast": ("Is something wrong?", ""),
    "Prerequisite Checks": ("Can it succeed?", ""),
    "Work Avoidance": ("Already done?", ""),
    "Three-Stage Design": ("How to structure?", ""),
    "Matrix Distribution": ("How to parallelise?", ""),
    "Error Handling": ("What now?", ""),
    "Change Detection": ("Did anything change?", ""),
    "Rate Limiting": ("How fast may I go?", ""),
    "State Management": ("Where did we get to?", ""),
}
"""Pattern -> its question, and the part of it that no action offers yet. Empty: none, once an action names it."""


def page(pattern: Pattern) -> str:
    """Return the file name of the pattern's page in docs/patterns."""
    return f"{pattern.lower().replace(' ', '-')}.md"


def table(actions: Sequence[Action[Any, Any]], folder: str) -> str:
    """Return the table of patterns; `folder` leads from the table's page to the pages of patterns."""
    up = "../" * (folder == "patterns")
    rows = []
    for pattern, (question, missing) in PATTERNS.items():
        ours = [action for action in actions if pattern in action.patterns]
        status = "ships" if not missing else f"in part; not yet: {missing}"
        name = f"[{pattern}]({folder}/{page(pattern)})" if ours else pattern
        rows.append((name, question, ", ".join(readme.link(each, up) for each in ours), status if ours else "not yet"))
    return readme.table(("Pattern", "Question", "Actions", "Status"), rows)
