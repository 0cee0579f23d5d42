"""The memory of one run. It does not outlive the run, and a run without it reaches the same state."""

from __future__ import annotations

from dataclasses import dataclass, replace

from action_patterns.pull_request.ownership.marker import PullRequestMarker, parse_marker


@dataclass(frozen=True, slots=True, kw_only=True)
class RunMemory:
    """By rounds of one run that came before; names in lower case where GitHub does not tell their case apart."""

    refused: tuple[str, ...] = ()
    """Values that GitHub has refused: this run does not send them again."""
    labels: frozenset[str] = frozenset()
    """Labels that any marker of ours has asked for: a run whose marker was overwritten may still set its own."""
    assignees: frozenset[str] = frozenset()
    milestones: frozenset[str] = frozenset()
    """As they were asked for."""
    closed: frozenset[int] = frozenset()
    """Pull requests that another run of ours has closed, whose marker says so no more: it was overwritten."""
    deleted: str = ""
    """Tip of the bot branch when this run deleted it. GitHub has closed pull requests opened from it meanwhile."""

    def and_refused(self, *names: str) -> RunMemory:
        return replace(self, refused=(*self.refused, *names))

    def and_deleted(self, oid: str) -> RunMemory:
        return replace(self, deleted=oid)

    def and_marker(self, marker: PullRequestMarker) -> RunMemory:
        return replace(
            self,
            labels=self.labels | {name.lower() for name in marker.labels},
            assignees=self.assignees | {name.lower() for name in marker.assignees},
            milestones=self.milestones | {marker.milestone},
        )

    def and_body(self, key: str, body: str | None) -> RunMemory:
        """Return the memory with the body of a pull request, if the body is ours."""
        marker = parse_marker(body or "")
        return self.and_marker(marker) if marker is not None and marker.key == key else self

    def and_overwritten(self, key: str, number: int, body: str | None) -> RunMemory:
        """Return the memory with a body that this run has overwritten."""
        marker = parse_marker(body or "")
        closed = marker is not None and marker.key == key and marker.closed
        known = self.and_body(key, body)
        return replace(known, closed=known.closed | {number}) if closed else known


NOTHING = RunMemory()
