"""Changes of refs, and the branch protections and rulesets that may forbid them."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

CREATION, UPDATE, DELETION, FORCE, PULL_REQUEST = "creation", "update", "deletion", "non_fast_forward", "pull_request"
SIGNATURES, LINEAR = "required_signatures", "required_linear_history"
RULES = (CREATION, UPDATE, DELETION, FORCE, PULL_REQUEST, SIGNATURES, LINEAR)
BRANCHES = "refs/heads/"


@dataclass(frozen=True, kw_only=True)
class RefUpdate:
    """One change of one ref.

    ``before``: the object id the ref must have; ``ZERO``: the ref must not exist; None: no condition.
    ``after``: the new object id; ``ZERO``: the ref is deleted.
    """

    name: str
    before: str | None
    after: str
    force: bool = False


@dataclass(frozen=True, kw_only=True)
class RefRule:
    """A ruleset, or with ``classic`` a branch protection.

    ``patterns``: branch names, ``*``, ``~ALL``, ``~DEFAULT_BRANCH``. ``rules``: some of ``RULES``.
    ``bypass``: lower-case logins that the rules do not hold.
    """

    id: int
    name: str
    patterns: tuple[str, ...]
    rules: frozenset[str]
    bypass: frozenset[str] = frozenset()
    classic: bool = False

    def covers(self, ref: str, default_branch: str) -> bool:
        """Return whether the rules apply to this full ref name."""
        branch = ref.removeprefix(BRANCHES)
        return ref.startswith(BRANCHES) and any(
            pattern == "~ALL"
            or (pattern == "~DEFAULT_BRANCH" and branch == default_branch)
            or fnmatchcase(branch, pattern)
            for pattern in self.patterns
        )
