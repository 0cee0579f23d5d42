"""The marker of one work, as a step reaches it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from action_patterns.action.liveness import Liveness
from action_patterns.action.place import Place
from action_patterns.ports.github import GitHub
from action_patterns.state import once
from action_patterns.state.once import OnceRecord, OnceRequest
from action_patterns.state.transaction import Change, Stored

Decide = Callable[[OnceRecord | None, OnceRequest], Change[OnceRecord]]


class Marker:
    """One marker, and what a step asks of it."""

    def __init__(self, place: Place[OnceRecord], request: OnceRequest) -> None:
        self.place = place
        self.request = request
        self.name = place.ref
        """The name of its ref, branch or file, once it was read."""

    def change(self, decide: Decide, seconds: float) -> tuple[OnceRecord | None, Change[OnceRecord]]:
        """Return the marker as it is after one transaction, and the change that made it so.

        Raises:
            LostRaceError: other runs won every round.
            ConflictError: the ref holds no marker.
        """
        with self.place.open(seconds) as github:
            return self._change(github, decide)

    def begin(self, seconds: float) -> tuple[OnceRecord | None, Change[OnceRecord]]:
        """Return the marker after one transaction that takes the work, also from a run that GitHub calls over."""
        with self.place.open(seconds) as github:
            found, change = self._change(github, once.begin)
            if found is None or change.reason != "in-progress" or not self._is_over(github, found):
                return found, change
            self.request = replace(self.request, over=frozenset({found.claim}))
            return self._change(github, once.begin)

    def _change(self, github: GitHub, decide: Decide) -> tuple[OnceRecord | None, Change[OnceRecord]]:
        def by_github_s_clock(found: Stored[OnceRecord]) -> Change[OnceRecord]:
            return decide(found.record, replace(self.request, now=found.ref.read_at or self.request.now))

        stored, change = self.place.change(github, by_github_s_clock)
        self.name = stored.ref.name
        return stored.record, change

    def _is_over(self, github: GitHub, found: OnceRecord) -> bool:
        """Return whether GitHub calls the run of a marker over, or its job where one step does the work."""
        ports = self.place.ports
        if not Liveness(ports, github).is_over(found.claim, found.holder, found.runner):
            return False
        ports.log.info(f"GitHub calls the run over that began the work: {found.holder.url}.")
        return True
