"""The terminal: the command `action-patterns`."""

from __future__ import annotations

from action_patterns.cli.commands import main

__all__ = ["main"]
