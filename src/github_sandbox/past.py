"""What a repository was before each of its last writes, for reads that lag behind: its refs and pull requests."""

from __future__ import annotations

import copy
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from github_sandbox.git_store import GitStore

if TYPE_CHECKING:
    from github_sandbox.model import Contents, PullRequest, Repository, World

KEPT = 64
_LISTS = ("labels", "assignees", "reviewers", "team_reviewers", "reviews", "comments", "events")


@dataclass
class Moment:
    """State just before the write that happened at ``seconds``."""

    seconds: float
    turn: int
    refs: dict[str, str]
    pulls: dict[int, PullRequest]


@dataclass
class Past:
    """The last moments of one repository, oldest first."""

    moments: deque[Moment] = field(default_factory=lambda: deque(maxlen=KEPT))

    def remember(self, repository: Repository) -> None:
        """Called before a write; a second call within one request adds nothing."""
        world = repository.world
        if self.moments and self.moments[-1].turn == world.turn:
            return
        pulls = {number: _copied(pull) for number, pull in repository.pulls.items()}
        self.moments.append(Moment(world.clock(), world.turn, repository.git.refs(), pulls))

    def before(self, seconds: float | None) -> Moment | None:
        """The state at that time, None when it is today's; ``seconds`` None = before the last write."""
        if seconds is None:
            return self.moments[-1] if self.moments else None
        return next((m for m in self.moments if m.seconds > seconds), None)


def _copied(pull: PullRequest) -> PullRequest:
    twin = copy.copy(pull)
    for name in _LISTS:
        setattr(twin, name, list(getattr(pull, name)))
    return twin


class View:
    """A context: inside it every repository looks as it did at ``seconds`` (None = before the last write of all).

    Only for reads, under the world's lock.
    """

    def __init__(self, world: World, seconds: float | None) -> None:
        self._world, self._seconds = world, seconds
        self._now: list[tuple[Repository, Contents]] = []

    def __enter__(self) -> None:
        known = [(r, r.past.before(self._seconds)) for r in self._world.remembering]
        latest = max((moment.turn for _, moment in known if moment), default=0)
        for repository, moment in known:
            if moment is None or (self._seconds is None and moment.turn != latest):
                continue
            now = repository.contents
            then = copy.copy(now)
            then.git, then.pulls = GitStore(repository.default_branch, now.git.objects), moment.pulls
            for name, oid in moment.refs.items():
                then.git.set_ref(name, oid)
            self._now.append((repository, now))
            repository.built = then

    def __exit__(self, *_: object) -> None:
        for repository, now in self._now:
            repository.built = now
