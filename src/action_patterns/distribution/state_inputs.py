"""The inputs by which a campaign keeps state between its runs: a breaker, and the targets that it parks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from action_patterns.ports.credentials import Credentials


class StateInputs(Protocol):
    """The inputs of an action that works on targets, as far as state needs them."""

    @property
    def breaker(self) -> str | None: ...
    @property
    def breaker_threshold(self) -> int: ...
    @property
    def breaker_open_seconds(self) -> int: ...
    @property
    def park_after(self) -> int: ...
    @property
    def state_repository(self) -> str | None: ...
    @property
    def store(self) -> str: ...
    @property
    def dry_run(self) -> bool: ...
    @property
    def max_minutes(self) -> int: ...
    def credentials(self) -> Credentials:
        """Return the token or App."""
