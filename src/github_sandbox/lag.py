"""The delay of GitHub's secondary views after writes. GitHub guarantees nothing and publishes no number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lag:
    """Seconds on the sandbox's clock; 0: no delay.

    ``lists``: routes that list (pulls, branches, matching refs, ...) show the state of that long ago. A read by number
    or name is always current. ``search``: search does not find a repository that changed since then.
    """

    lists: float = 0.0
    search: float = 0.0
