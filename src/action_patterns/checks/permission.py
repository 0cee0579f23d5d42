"""Checks of the token's permissions. No write is a probe.

A permission is known from the App's installation, from a classic token's scopes, or from a read that is refused;
otherwise the answer is `unknown`, which does not block.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, field_validator

from action_patterns.checks.check import Finding, finding
from action_patterns.checks.github import RepositoryCheck, unseen
from action_patterns.checks.specification import World
from action_patterns.contracts.wording import closest
from action_patterns.errors import NotFoundError
from action_patterns.ports.settings import Settings
from action_patterns.ports.tokens import TokenReport, Tokens

if TYPE_CHECKING:
    from action_patterns.ports.settings import RepositorySettings

PERMISSIONS = (
    "actions",
    "administration",
    "attestations",
    "checks",
    "contents",
    "deployments",
    "discussions",
    "environments",
    "id-token",
    "issues",
    "members",
    "metadata",
    "models",
    "organization-administration",
    "packages",
    "pages",
    "pull-requests",
    "repository-hooks",
    "secrets",
    "security-events",
    "statuses",
    "variables",
    "workflows",
)
"""Names of permissions (GitHub docs, "Workflow syntax", permissions, and "Permissions required for GitHub Apps")."""
_LEVELS = ("none", "read", "write", "admin")
_INSTEAD = (
    "Use a GitHub App (`app-client-id`, `app-private-key`) or a personal access token that has it. Do not use a broader"
    " token than the work needs."
)


class Permission(RepositoryCheck):
    """The token has a permission, as far as reading shows it."""

    subject: ClassVar[str] = "permission"
    uses = (Tokens.describe, Tokens.may_read, Settings.repository)

    permission: str = Field(
        description="Name of a permission as a workflow or an App's settings spell it: `contents`, `pull-requests`,"
        " `workflows`.",
    )
    level: Literal["read", "write"] = Field(default="write", description="The level that is needed.")

    @field_validator("permission")
    @classmethod
    def _is_permission(cls, value: str) -> str:
        spelled = value.replace("_", "-")
        # GitHub adds permissions, so a name that is not known is taken, and only one that is nearly known is refused.
        if spelled not in PERMISSIONS and (near := closest(spelled, PERMISSIONS, 0.8)):
            raise ValueError(f"{value!r} is no permission that is known; the nearest is `{near}`")
        return value

    def title(self) -> str:
        of = f" of {self.repository}" if self.repository else ""
        return f"permission {self.permission}: {self.level}{of}"

    def answer(self, world: World) -> Finding:
        place = self.place(world)
        try:
            report = self.token_report(world)
            if report.permissions is not None:
                return self._of_installation(report.permissions, place)
            settings = self.settings(world)
        except NotFoundError as error:
            return unseen("token-reaches-not", error)
        if (against := self._against(report, settings, place, world)) is not None:
            return against
        if report.scopes is not None:
            return finding("permission", True)
        reads = world.recall(("reads", place, self._key), lambda: self.session(world).tokens.may_read(place, self._key))
        if reads is False:
            return self._lacks(f"The {report.kind} may not even read `{self.permission}` of {place}.", report)
        if reads and self.level == "read":
            return finding("permission", True)
        return Finding(
            "permission-unknown",
            "unknown",
            f"No read shows whether a {report.kind} has `{self.permission}: {self.level}`.",
            _grant(report, f"{self.permission}: {self.level}"),
        )

    @property
    def _key(self) -> str:
        return self.permission.replace("-", "_")

    def _of_installation(self, permissions: Mapping[str, str], place: str) -> Finding:
        granted = permissions.get(self._key, "none")
        has = _LEVELS.index(granted) >= _LEVELS.index(self.level) if granted in _LEVELS else None
        owner = place.partition("/")[0]
        return finding(
            "permission",
            has,
            f"The App's installation at {owner} has `{self.permission}: {granted}`, and `{self.level}` is needed.",
            f"In the App's settings grant `{self.permission}: {self.level}`, and have {owner} accept it. Do not"
            " grant more than the work needs.",
        )

    def _against(self, report: TokenReport, settings: RepositorySettings, place: str, world: World) -> Finding | None:
        """Return a certain no. None: nothing speaks against the permission."""
        if self.level == "write" and report.is_job_token and world.ports.context.from_fork:
            detail = "This run is of a pull request from a fork: GitHub gives its GITHUB_TOKEN read access only."
            fix = "Do the writing in a workflow of `workflow_run` or `push`. Do not run a fork's code in a"
            return finding("permission", False, detail, f"{fix} `pull_request_target` workflow.")
        if self.permission == "workflows" and report.is_job_token:
            return self._lacks("GITHUB_TOKEN may never change files below `.github/workflows`.", report)
        if report.scopes is not None:
            lacking = _scopes(self._key, self.level, private=settings.private)
            if lacking and not report.scopes & lacking:
                return self._lacks(f"The token has none of the scopes {', '.join(sorted(lacking))}.", report)
            if self._key == "administration" and settings.may_administer is False:
                detail = f"The token's account is no administrator of {place}."
                return finding("permission", False, detail, _INSTEAD)
        if self.level == "write" and report.is_of_person and self._is_of_content and settings.may_push is False:
            detail = f"The role of the token's account in {place} does not allow a push, and the token allows no more."
            return finding("permission", False, detail, f"Give the account the role Write in {place}. {_INSTEAD}")
        return None

    @property
    def _is_of_content(self) -> bool:
        return self._key in ("contents", "workflows", "statuses", "deployments")

    def _lacks(self, detail: str, report: TokenReport) -> Finding:
        return finding("permission", False, detail, _grant(report, f"{self.permission}: {self.level}"))


_SCOPES: dict[str, frozenset[str]] = {
    "workflows": frozenset({"workflow"}),
    "packages": frozenset({"write:packages", "read:packages"}),
    "members": frozenset({"read:org", "write:org", "admin:org"}),
    "organization_administration": frozenset({"admin:org"}),
}
"""Scopes of a classic token, one of which is needed (GitHub docs, "Scopes for OAuth apps"). Others: `repo`."""


def _scopes(permission: str, level: str, *, private: bool) -> frozenset[str]:
    if permission == "packages" and level == "write":
        return frozenset({"write:packages"})
    if permission in _SCOPES:
        return _SCOPES[permission]
    if not private and level == "read":
        return frozenset()
    return frozenset({"repo"} if private else {"repo", "public_repo"})


def _grant(report: TokenReport, permission: str) -> str:
    if report.is_job_token and permission.startswith("workflows"):
        return _INSTEAD
    if report.is_job_token:
        return (
            f"Write `permissions: {{ {permission} }}` at this job, and have its caller grant it too where a workflow"
            " calls it. Do not write `permissions: write-all`."
        )
    if report.is_by_scope:
        return f"Give the token the scope in its owner's settings. {_INSTEAD}"
    return (
        f"Grant `{permission}` to the token, for this repository, in its owner's settings. Do not grant more than the"
        " work needs."
    )
