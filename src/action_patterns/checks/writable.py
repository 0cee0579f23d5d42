"""Whether a repository takes our write, as far as a read says it: for one pull request, and for a whole fleet. Pure.

The codes are reasons of an upsert. A fleet asks the first of them before it spends a job on a target.
"""

from __future__ import annotations

from action_patterns.checks.check import Finding, finding
from action_patterns.ports.git import RefRule


def in_service(*, disabled: bool) -> Finding:
    """Return whether GitHub lets anybody use the repository."""
    return finding("disabled", not disabled)


def by_role(can_push: bool | None) -> Finding:  # noqa: FBT001 - a fact, not a switch
    """Return whether the person behind the token may write. None: GitHub does not say, as for an App."""
    return finding("read-only", can_push)


def by_rule(rule: RefRule, *, force: bool) -> Finding:
    """Return whether the rules of a branch that exists let this token write it. `force`: its commit is replaced."""
    if rule.may_push is False:
        return finding("branch-protected", False, "This token may not push to it.")
    if force and rule.may_force is False:
        return finding(
            "branch-protected", False, "It takes no force push, and our one commit must move to another parent."
        )
    return finding("branch-protected", rule.may_push)
