"""Discovery on the sandbox, and what it decides, in short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from action_patterns.contracts import SelectionWarning
from action_patterns.discovery.discover import discover, facts_for
from action_patterns.discovery.discovered import Discovered
from action_patterns.discovery.effect import warnings
from action_patterns.discovery.select import Selected, select
from action_patterns.discovery.selection import Selection
from action_patterns.github_api.client import Client
from support.stage import DyingTransport, Stage

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Decided:
    """One selection over what discovery read."""

    seen: Discovered
    selected: Selected
    warnings: tuple[SelectionWarning, ...]

    @property
    def targets(self) -> list[str]:
        return [target.repository for target in self.selected.targets]

    @property
    def excluded(self) -> dict[str, str]:
        """Reason by name."""
        return {each.repository: each.reason for each in self.selected.excluded}

    @property
    def details(self) -> dict[str, str]:
        return {each.repository: each.detail for each in self.selected.excluded}


def decided(github: Any, *, source: str = "acme/source", **selection: Any) -> Decided:
    """Discover what a selection means with a GitHub."""
    chosen = Selection(**selection)
    seen = discover([chosen], github, facts_for([chosen], None))
    return Decided(seen, select(seen, chosen, source_repository=source, now=NOW), warnings(seen, chosen, now=NOW))


def discovered(scene: Stage, *, token: str = "tok-bot", **selection: Any) -> Decided:
    """Discover what a selection means on a stage."""
    return decided(client(scene, token=token), **selection)


def client(scene: Stage, *, token: str = "tok-bot") -> Client:
    """Return a client with the stage's time and log."""
    scene.transport = DyingTransport(scene.context, token=token, clock=scene.clock, log=scene.said)
    return Client(scene.transport)


def world(repositories: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """Return a seed of two organizations, a member of both, and repositories that have a commit unless they say no."""
    return {
        "organizations": {
            "acme": {"members": ["bot"], "teams": {"platform": ["bot"], "web": [], "security": ["bot"]}},
            "umbrella": {"members": ["bot"]},
        },
        "users": ["bot", "stranger"],
        "tokens": {"tok-bot": {"login": "bot"}, "tok-stranger": {"login": "stranger"}},
        "repositories": [{"files": {"README.md": "x\n"}} | dict(each) for each in repositories],
        **more,
    }
