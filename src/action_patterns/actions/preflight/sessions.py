"""GitHub for the checks of one list: one client for a token, few for an App."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from action_patterns.errors import NotFoundError, PermissionDeniedError
from action_patterns.ports.permissions import Verb, needed
from action_patterns.ports.tokens import Tokens

if TYPE_CHECKING:
    from action_patterns.action.session import Session
    from action_patterns.actions.preflight.interface import PreflightInputs
    from action_patterns.ports.bundle import Ports

_LEVELS = ("none", "read", "write", "admin")


class Sessions:
    """Opens GitHub for the verbs of one kind of check.

    An App's token has the permissions of its verbs, and none can be minted with one that the installation lacks. So the
    verbs whose permissions are granted share a token. A kind that lacks one has its own client, which says so.
    """

    def __init__(self, inputs: PreflightInputs, ports: Ports, uses: Sequence[Verb]) -> None:
        self._inputs = inputs
        self._ports = ports
        self._uses = uses
        self._opened: dict[frozenset[str], Session] = {}
        self._granted: dict[str, Mapping[str, str]] = {}

    def __call__(self, uses: Sequence[Verb], repositories: Sequence[str]) -> Session:
        """Return the session of these verbs."""
        if self._inputs.credentials().app is None:
            return self._open(self._uses)
        if tuple(uses) == (Tokens.describe,) or tuple(uses) == (Tokens.covers,):
            return self._open((Tokens.describe, Tokens.covers))  # The App asks as itself: no token is minted.
        granted = self._permissions(repositories[0])
        shared = tuple(verb for verb in self._uses if _is_granted(verb, granted))
        return self._open(shared if set(uses) <= set(shared) else uses)

    def _permissions(self, repository: str) -> Mapping[str, str]:
        owner = repository.partition("/")[0].lower()
        if owner not in self._granted:
            try:
                report = self._open((Tokens.describe, Tokens.covers)).tokens.describe(repository)
            except (NotFoundError, PermissionDeniedError):
                return {}  # The check meets the same error, and says so.
            self._granted[owner] = report.permissions or {}
        return self._granted[owner]

    def _open(self, uses: Sequence[Verb]) -> Session:
        from action_patterns.action.reach import Reach
        from action_patterns.action.session import open_session

        key = frozenset(verb.__qualname__ for verb in uses)
        if key not in self._opened:
            # The reach was checked with the inputs.
            self._opened[key] = open_session(
                self._ports, self._inputs.credentials(), uses, seconds=60.0 * self._inputs.max_minutes, reach=Reach()
            )
        return self._opened[key]


def _is_granted(verb: Verb, granted: Mapping[str, str]) -> bool:
    had = {"metadata": "read", **granted}
    return all(_LEVELS.index(had.get(name, "none")) >= _LEVELS.index(level) for name, level in needed((verb,)))
