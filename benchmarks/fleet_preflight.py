"""Requests of a fleet's preflight beyond those of the listing, measured at the sandbox's door.

    python benchmarks/fleet_preflight.py

Exit code 1 when one is over its budget.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:1] = [str(Path(__file__).parents[1] / "tests"), str(Path(__file__).parents[1] / "src")]

from action_patterns.discovery.discover import discover
from action_patterns.discovery.discovered import Discovered
from action_patterns.discovery.preflight import divided
from action_patterns.discovery.selection import Selection
from action_patterns.github_api.client import Client
from action_patterns.ports.repositories import NO_MORE_FACTS, FactsNeeded
from support.campaign_steps import seed
from support.stage import DyingTransport, Stage, stage

TARGETS, BUDGET = 1_000, 45
NAMES = tuple(f"r{number:04}" for number in range(TARGETS))
WAYS = {
    "by owner": Selection(owners=("acme",)),
    "by name": Selection(repositories=tuple(f"acme/{name}" for name in NAMES)),
}
ASKED = FactsNeeded(preflight=True, written="action-patterns/bench")


def read(scene: Stage, selection: Selection, facts: FactsNeeded) -> tuple[int, Discovered]:
    """Return the requests of one discovery, and what it found."""
    scene.forget()
    transport = DyingTransport(scene.context, log=scene.said)
    found = discover((selection,), Client(transport), facts)  # type: ignore[arg-type]
    return len(scene.sandbox.requests), found


def main() -> int:
    """Print a line for each way to name the targets."""
    over = 0
    dead = {name: {"disabled": True} for name in NAMES[::10]}
    with stage(seed(*NAMES, **dead)) as scene:
        for way, selection in WAYS.items():
            listing, _ = read(scene, selection, NO_MORE_FACTS)
            both, found = read(scene, selection, ASKED)
            targets = [target for target in found.repositories.values() if target is not None]
            _, stopped = divided(targets, preflight=True)
            assert len(stopped) == len(dead), f"{len(stopped)} of {len(dead)} were stopped"
            over += both - listing > BUDGET
            print(
                f"{TARGETS:,} targets {way}: {both - listing} requests beyond {listing} of the listing"
                f" (at most {BUDGET}); {len(stopped)} get no job"
            )
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
