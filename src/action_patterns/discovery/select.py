"""From what was listed to the roster: every repository seen is either a target or excluded with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from action_patterns.contracts import ErrorRecord, Exclusion, Target
from action_patterns.contracts.plan import ExclusionReason
from action_patterns.discovery.patterns import deciding
from action_patterns.discovery.selection import Selection

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


def select(
    listed: Iterable[Target],
    named: Mapping[str, Target | None],
    selection: Selection,
    *,
    source_repository: str,
    now: datetime,
) -> Selected:
    """Sort what was seen into targets and exclusions, and keep what is named and not found; each in order of name.

    `named` are the repositories the selection names; None = absent or invisible. The source repository is excluded
    from what was listed, because it already has the files, but not where it is named. `now` is the plan's time.
    """
    targets: list[Target] = []
    excluded: list[Exclusion] = []
    explicit = {target.repository for target in named.values() if target is not None}
    seen = {target.repository: target for target in listed}
    seen |= {target.repository: target for target in named.values() if target is not None}
    for target in seen.values():
        is_named = target.repository in explicit
        verdict = _verdict(target, selection, explicit=is_named, source=source_repository, now=now)
        if verdict is None:
            targets.append(target)
        else:
            reason, detail = verdict
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
        tuple(sorted((name for name, target in named.items() if target is None), key=str.lower)),
    )


def _verdict(
    target: Target, selection: Selection, *, explicit: bool, source: str, now: datetime
) -> tuple[ExclusionReason, str] | None:
    if OPT_OUT_TOPIC in target.topics:
        return "opted-out", f"It has the topic {OPT_OUT_TOPIC}."
    if target.archived:
        return "archived", "It takes no writes."
    if target.empty or target.default_branch is None:
        return "empty", "It has no commit yet."
    if (pattern := deciding(target.repository, selection.exclude)) is not None and not pattern.startswith("!"):
        return "excluded", f"It matches {pattern}."
    if explicit:
        return None
    if target.repository.lower() == source.lower():
        return "source-repository", "The files come from it."
    if target.fork and not selection.forks:
        return "fork", "Forks are left out unless `forks` is true."
    if selection.include:
        pattern = deciding(target.repository, selection.include)
        if pattern is None or pattern.startswith("!"):
            return "not-included", f"It matches {pattern}." if pattern else "It matches no `include`."
    return selection.first_left_out(target, now)
