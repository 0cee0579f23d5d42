"""How far GitHub's secondary views are behind its writes. GitHub promises nothing and publishes no number."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lag:
    """Seconds on the sandbox's clock; 0 = at once.

    ``lists``: routes that list (pulls, branches, matching refs, ...) show the state of that long ago; reading one
    thing by its number or name is always current. ``search``: a repository changed since then is not found.
    """

    lists: float = 0.0
    search: float = 0.0
