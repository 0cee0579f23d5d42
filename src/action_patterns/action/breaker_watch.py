"""Looks of a step that works for long at a breaker that others share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from action_patterns.action.breaking import STORE_USES, Breaker
from action_patterns.ports.github import GitHub
from action_patterns.ports.ref_store import RefStore
from action_patterns.state import breaker
from action_patterns.state.breaker import BreakerRecord

WATCH_USES = (*STORE_USES, RefStore.poll)
"""The verbs of a step that looks again and again, and asks about no run."""


class Watch:
    """Looks at a breaker. GitHub does not count one that finds no change."""

    def __init__(self, ours: Breaker, github: GitHub) -> None:
        self.record: BreakerRecord | None = None
        """The breaker as it was read or written last. None: there was none."""
        self._place = ours.place
        self._github = github
        self._etag = ""

    @property
    def has_failures(self) -> bool:
        """Whether failures were counted when it was read last."""
        return self.record is not None and bool(self.record.failures)

    def look(self) -> BreakerRecord | None:
        """Return the breaker if it has changed since the last look. None: it has not, or there is none.

        Raises:
            ActionPatternsError: it could not be read.
        """
        etag = self._github.refs.poll(self._place.repository, self._place.ref, self._etag)
        if etag is None:
            return None
        self._etag = etag
        stored, _ = self._place.change(self._github, lambda found: breaker.read(found.record))
        self.record = stored.record
        return self.record


@contextmanager
def watching(ours: Breaker, seconds: float) -> Iterator[Watch]:
    """Yield looks at a breaker for at most these seconds."""
    with ours.place.open(seconds) as github:
        yield Watch(ours, github)
