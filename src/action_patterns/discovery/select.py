"""From what was seen to the roster: every repository seen is either a target or excluded with a reason. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from action_patterns.contracts import ErrorRecord, Exclusion, Target
from action_patterns.contracts.plan import ExclusionReason
from action_patterns.discovery.discovered import Discovered
from action_patterns.discovery.patterns import deciding
from action_patterns.discovery.selection import Selection, once

NOT_FOUND = ErrorRecord(
    category="not-found",
    message="The selection names the repository, but it does not exist, or this token may not see it.",
    remediation="Check the spelling, and that the token or the App's installation covers the repository. If it is gone,"
    " remove its name. Then start a new run; where a matrix did the work, a re-run of failed jobs keeps the plan.",
    retryable=False,
)
"""The error of each repository that is named and not found."""
OPT_OUT_TOPIC = "action-patterns-ignore"
"""A repository with this topic is excluded under every selection."""


@dataclass(frozen=True, slots=True)
class Selected:
    """Targets, names without a repository, and everything else with its reason."""

    targets: tuple[Target, ...]
    excluded: tuple[Exclusion, ...]
    not_found: tuple[str, ...] = ()
    """Repositories that the selection names and the token does not see. Each is a target that fails."""


@dataclass(frozen=True)
class Considered:
    """A selection over what was seen: its candidates, and those that the selections inside select."""

    seen: Discovered
    selection: Selection
    now: datetime
    """The plan's time."""

    @cached_property
    def any_of(self) -> tuple[Considered, ...]:
        """The selections of `any-of`."""
        return tuple(Considered(self.seen, each, self.now) for each in self.selection.any_of)

    @cached_property
    def all_of(self) -> tuple[Considered, ...]:
        """The selections of `all-of`."""
        return tuple(Considered(self.seen, each, self.now) for each in self.selection.all_of)

    @cached_property
    def none_of(self) -> tuple[Considered, ...]:
        """The selections of `none-of`."""
        return tuple(Considered(self.seen, each, self.now) for each in self.selection.none_of)

    @property
    def parts(self) -> dict[str, tuple[Considered, ...]]:
        """The selections inside, by key."""
        return {"any-of": self.any_of, "all-of": self.all_of, "none-of": self.none_of}

    @cached_property
    def filtered(self) -> dict[str, Target]:
        """The candidates that filters are about: those that are not only named."""
        return {name: target for name, target in self.candidates.items() if self._is_filtered(name)}

    @cached_property
    def named(self) -> dict[str, Target]:
        """The repositories that the selection names, by name."""
        found = map(self.seen.named, self.selection.repositories)
        return {target.repository: target for target in found if target is not None}

    @cached_property
    def listed(self) -> dict[str, Target]:
        """The repositories of its sources, by name."""
        return {target.repository: target for source in self.selection.sources for target in self.seen.listed(source)}

    @cached_property
    def candidates(self) -> dict[str, Target]:
        """The repositories that it decides about, by name. Without a source they are those of `all-of`."""
        parts = self.any_of if self.selection.has_source else self.all_of[:1]
        found = {name: target for part in parts for name, target in part.candidates.items()}
        return found | self.listed | self.named

    @cached_property
    def members(self) -> dict[str, Target]:
        """The repositories that it selects as a part of another selection, by name."""
        return {n: target for n, target in self.candidates.items() if self.left_out(target, source=None) is None}

    def left_out(self, target: Target, *, source: str | None) -> tuple[ExclusionReason, str] | None:
        """Return why a repository that is considered is none of the selected. None: it is.

        `source`: the repository that the files come from. None: the selection is a part of another, which decides about
        that repository and about forks.
        """
        if (guarded := _guarded(target)) is not None:
            return guarded
        pattern = deciding(target.repository, self.selection.exclude)
        if pattern is not None and not pattern.startswith("!"):
            return "excluded", f"It matches {pattern}."
        if (outside := self._outside(target)) is not None:
            return outside
        if target.repository in self.named:
            return None
        if source is not None and target.repository.lower() == source.lower():
            return "source-repository", "The files come from it."
        if source is not None and target.fork and not self.selection.forks:
            return "fork", "Forks are left out unless `forks` is true."
        return _filtered(target, self.selection, self.now)

    def _outside(self, target: Target) -> tuple[ExclusionReason, str] | None:
        """Return why the selections inside leave a repository out. None: they do not."""
        name = target.repository
        for number, part in enumerate(self.none_of, 1):
            if name in part.members:
                return "in-none-of", f"Selection {number} of `none-of` selects it."
        for number, part in enumerate(self.all_of, 1):
            if name not in part.members:
                return "not-in-all-of", f"Selection {number} of `all-of` does not select it{part.because(target)}."
        considering = [part for part in self.any_of if name in part.candidates]
        if name in self.listed or name in self.named or any(name in part.members for part in considering):
            return None
        return considering[0].left_out(target, source=None) if considering else None

    def _is_filtered(self, name: str) -> bool:
        return name not in self.named or name in self.listed or any(name in part.candidates for part in self.any_of)

    def because(self, target: Target) -> str:
        """Return why a part of another selection does not select a repository, for the end of a sentence."""
        if target.repository not in self.candidates:
            return ""
        left_out = self.left_out(target, source=None)
        return f": {left_out[1].rstrip('.')}" if left_out else ""


def select(seen: Discovered, selection: Selection, *, source_repository: str, now: datetime) -> Selected:
    """Sort what was seen into targets and exclusions, and keep what is named and not found; each in order of name.

    The source repository is excluded from what was listed, because it already has the files, but not where it is named.
    `now` is the plan's time.
    """
    considered = Considered(seen, selection, now)
    names = once(name for part in selection.adding() for name in part.repositories)
    not_found = tuple(name for name in names if seen.named(name) is None)
    targets: list[Target] = []
    excluded = _gone(considered, not_found)
    for target in considered.candidates.values():
        left_out = considered.left_out(target, source=source_repository)
        if left_out is None:
            targets.append(target)
        else:
            reason, detail = left_out
            excluded.append(
                Exclusion(
                    repository=target.repository,
                    id=target.id,
                    private=target.private,
                    reason=reason,
                    detail=detail,
                )
            )
    return Selected(
        tuple(sorted(targets, key=lambda target: target.repository.lower())),
        tuple(sorted(excluded, key=lambda exclusion: exclusion.repository.lower())),
        tuple(sorted(not_found, key=str.lower)),
    )


def _gone(considered: Considered, not_found: Iterable[str]) -> list[Exclusion]:
    """Return what a source lists and is not there any more, unless another way found it, or its name fails."""
    known = {name.lower() for name in (*considered.candidates, *not_found)}
    found: dict[str, Exclusion] = {}
    for part in considered.selection.adding():
        for gone in (gone for source in part.sources for gone in considered.seen.gone(source)):
            name, number, private = gone.repository
            if name.lower() not in known:
                exclusion = Exclusion(repository=name, id=number, private=private, reason="gone", detail=gone.why)
                found.setdefault(name.lower(), exclusion)
    return list(found.values())


def _guarded(target: Target) -> tuple[ExclusionReason, str] | None:
    """Return why a repository is no target under any selection. None: it can be one."""
    if OPT_OUT_TOPIC in target.topics:
        return "opted-out", f"It has the topic {OPT_OUT_TOPIC}."
    if target.archived:
        return "archived", "It takes no writes."
    if target.empty or target.default_branch is None:
        return "empty", "It has no commit yet."
    return None


def _filtered(target: Target, selection: Selection, now: datetime) -> tuple[ExclusionReason, str] | None:
    """Return why a filter leaves a listed repository out. None: none does."""
    if selection.include:
        pattern = deciding(target.repository, selection.include)
        if pattern is None or pattern.startswith("!"):
            return "not-included", f"It matches {pattern}." if pattern else "It matches no `include`."
    return selection.first_left_out(target, now)
