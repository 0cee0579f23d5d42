"""A view of repositories as they were before a write, for reads that lag behind."""

from __future__ import annotations

import copy

from github_sandbox.git_store import GitStore
from github_sandbox.model import Contents, EarlierState, Repository, World


class HistoryView:
    """A context in which every repository has the state of an earlier time.

    ``seconds``: that time; None: before the last write to any repository. Use it under the world's lock, and only to
    read.
    """

    def __init__(self, world: World, seconds: float | None) -> None:
        self._world, self._seconds = world, seconds
        self._current: list[tuple[Repository, Contents]] = []

    def __enter__(self) -> None:
        states = [(repository, _state_at(repository, self._seconds)) for repository in self._world.changed]
        latest = max((state.turn for _, state in states if state), default=0)
        for repository, state in states:
            if state is None or (self._seconds is None and state.turn != latest):
                continue
            current = repository.contents
            earlier = copy.copy(current)
            earlier.git, earlier.pulls = GitStore(repository.default_branch, current.git.objects), state.pulls
            for name, oid in state.refs.items():
                earlier.git.set_ref(name, oid)
            self._current.append((repository, current))
            repository.built = earlier

    def __exit__(self, *_: object) -> None:
        for repository, current in self._current:
            repository.built = current


def _state_at(repository: Repository, seconds: float | None) -> EarlierState | None:
    """Return the state at that time, or None if nothing was written since; ``seconds`` None: before the last write."""
    if seconds is None:
        return repository.earlier[-1] if repository.earlier else None
    return next((state for state in repository.earlier if state.seconds > seconds), None)
