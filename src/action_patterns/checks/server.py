"""Checks of the GitHub behind the address: what it offers to our writes. Its schema tells, and no write is a probe."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from action_patterns.checks.check import Finding, finding
from action_patterns.checks.github import RepositoryCheck
from action_patterns.checks.specification import World
from action_patterns.ports.pull_requests import PullRequests

_ABSENT_BRANCH = "action-patterns/doctor"


class UpdateRefs(RepositoryCheck):
    """The server updates a branch only if it is where it was read: GraphQL's mutation `updateRefs`."""

    subject: ClassVar[str] = "update_refs"
    uses = (PullRequests.observe,)

    update_refs: Literal["served"] = Field(description="`served`: its GraphQL schema has the mutation.")

    def title(self) -> str:
        return "compare-and-swap of branches"

    def answer(self, world: World) -> Finding:
        place = self.place(world)
        found = self.session(world).pulls.observe(place, branch=_ABSENT_BRANCH, base=None, paths=())
        if found.graphql and found.compare_and_swap:
            return finding("update-refs", True)
        why = "has no mutation `updateRefs`" if found.graphql else "does not serve GraphQL to this token"
        return Finding(
            "update-refs-absent",
            "unknown",
            f"This GitHub {why}. Branches are then updated by fast-forward only, and none is deleted.",
            "Update GitHub Enterprise Server, or serve GraphQL. The work is possible without it. Do not start two runs"
            " of one campaign at the same time.",
        )
