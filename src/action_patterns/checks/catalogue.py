"""The one list of kinds of checks. Modules are imported by name only when a list asks for one of their kinds."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from action_patterns.checks.check import Category

if TYPE_CHECKING:
    from action_patterns.checks.specification import Specification

GITHUB = "GitHub"


class Kind(NamedTuple):
    """A kind of check. `key` is the key of an entry that names it."""

    key: str
    category: Category
    cost: int
    """Order in its category."""
    place: str
    """Module of `checks/` and the class in it."""
    page: str
    """The document that says how to fix it, or why it matters."""
    source: str = ""
    """See `Check.source`."""

    def load(self) -> type[Specification]:
        """Return the class of its entries."""
        module, _, name = self.place.partition(":")
        found: type[Specification] = getattr(import_module(f"action_patterns.checks.{module}"), name)
        return found


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("env", "config", 0, "config:Variable", 'GitHub docs, "Store information in variables"'),
        Kind("secret", "config", 0, "config:Secret", 'GitHub docs, "Using secrets in GitHub Actions"'),
    )
}
"""By key, which is a public name."""
