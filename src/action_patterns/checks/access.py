"""Checks of the token: it is valid, of a kind that will do, and has the permissions that the work needs.

No write is a probe. A permission is known from the App's installation, from a classic token's scopes, or from a read
that is refused; otherwise the answer is `unknown`, which does not block.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, field_validator

from action_patterns.checks.check import Finding, finding
from action_patterns.checks.github import GitHubCheck, RepositoryCheck, repository_name, unseen
from action_patterns.checks.specification import World
from action_patterns.contracts.wording import closest
from action_patterns.errors import NotFoundError, PermissionDeniedError
from action_patterns.input_types import split_names
from action_patterns.ports.settings import Settings
from action_patterns.ports.tokens import TokenReport, Tokens

if TYPE_CHECKING:
    from action_patterns.ports.settings import RepositorySettings

KINDS: dict[str, str] = {
    "github-token": "GITHUB_TOKEN",
    "app": "installation access token",
    "fine-grained": "fine-grained personal access token",
    "classic": "classic personal access token",
    "oauth": "OAuth token",
    "user": "user access token of a GitHub App",
}
"""Kind of token as a list names it, and in words."""
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
_BY_SCOPE = ("classic personal access token", "OAuth token")
_PERSONS = (*_BY_SCOPE, "fine-grained personal access token", "user access token of a GitHub App")
_INSTEAD = (
    "Use a GitHub App (`app-client-id`, `app-private-key`) or a personal access token that has it. Do not use a broader"
    " token than the work needs."
)


def _names(value: object) -> object:
    return split_names(value) if isinstance(value, str) else value


class Token(RepositoryCheck):
    """GitHub takes the token; its kind and its end are as the work needs them."""

    subject: ClassVar[str] = "token"
    uses = (Tokens.describe,)

    token: Literal["valid"] = Field(description="`valid`: GitHub takes it, and it reads the repository.")
    days: int = Field(default=0, ge=0, description="Days for which a personal access token is still valid.")
    kind: Annotated[tuple[str, ...], BeforeValidator(_names)] = Field(
        default=(), description=f"Kinds that will do: {', '.join(f'`{name}`' for name in KINDS)}. Default: all."
    )

    @field_validator("kind")
    @classmethod
    def _are_kinds(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [each for each in value if each not in KINDS]:
            raise ValueError(f"{wrong[0]!r} is no kind of token. The kinds are {', '.join(KINDS)}")
        return value

    def answer(self, world: World) -> Finding:
        try:
            report = self.token_report(world)
        except (PermissionDeniedError, NotFoundError) as error:
            return unseen("token-reaches-not", error)
        if self.kind and report.kind not in [KINDS[each] for each in self.kind]:
            wanted = " or ".join(KINDS[each] for each in self.kind)
            known = None if report.kind.endswith("unknown kind") else False
            detail = f"It is a {report.kind}; {wanted} is expected."
            fix = "Pass a token of that kind as `token`, or an App's key. Do not copy a person's token for a job."
            return finding("token-kind", known, detail, fix)
        if self.days and report.kind in _PERSONS:
            return self._lasts(report, world)
        return finding("token-valid", True)

    def _lasts(self, report: TokenReport, world: World) -> Finding:
        if report.expires_at is None:
            detail = f"GitHub names no end of this {report.kind}: it has none, or this server does not say."
            return Finding("token-end-unknown", "unknown", detail, "Look at the token in its owner's settings.")
        now = report.answered_at or world.ports.clock.now()
        left = report.expires_at - now
        return finding(
            "token-expires",
            left >= timedelta(days=self.days),
            f"The token ends on {report.expires_at:%Y-%m-%d %H:%M} UTC, in {max(0, left.days)} days; {self.days} are"
            " required.",
            "Regenerate the token in its owner's settings, and store it in the same secret. Do not choose a token"
            " without an end.",
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
            raise ValueError(f"{value!r} is no permission that is known. Did you mean `{near}`")
        return value

    def title(self) -> str:
        of = f" of {self.repository}" if self.repository else ""
        return self.name or f"permission {self.permission}: {self.level}{of}"

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
        if self.level == "write" and report.kind in _PERSONS and self._is_of_content and settings.may_push is False:
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
    if report.kind in _BY_SCOPE:
        return f"Give the token the scope in its owner's settings. {_INSTEAD}"
    return (
        f"Grant `{permission}` to the token, for this repository, in its owner's settings. Do not grant more than the"
        " work needs."
    )


class Covered(GitHubCheck):
    """The App's installation covers a repository. A public one is readable without that, and not writable."""

    subject: ClassVar[str] = "covered"
    uses = (Tokens.covers,)

    covered: str = Field(description="`owner/name` of a target.")

    @field_validator("covered")
    @classmethod
    def _is_repository(cls, value: str) -> str:
        return repository_name(value)

    def targets(self, world: World) -> tuple[str, ...]:
        del world
        return (self.covered,)

    def answer(self, world: World) -> Finding:
        github = self.session(world)
        covers = github.tokens.covers(self.covered)
        if covers is None:
            detail = "The token is no App's, so no installation names the repositories that it covers."
            return Finding("not-an-app", "unknown", detail, "Ask with `repository` whether the token reads it.")
        return finding(
            "not-covered",
            covers,
            f"The App's installation does not cover {self.covered}, or the App is not installed at its owner.",
            f"In the App's installation at {self.covered.partition('/')[0]}, select {self.covered}, or leave it out of"
            " the targets. Do not add permissions: they reach no further repository.",
        )


class PullRequests(RepositoryCheck):
    """Pull requests of this token can be created, or start workflows."""

    subject: ClassVar[str] = "pull_requests"
    uses = (Tokens.describe, Settings.actions_may_open_pulls)

    pull_requests: Literal["open", "start-workflows"] = Field(
        description="`open`: GITHUB_TOKEN may create pull requests, by the setting of the repository and its"
        " organization. `start-workflows`: workflows run on the pull requests that the token creates."
    )

    def answer(self, world: World) -> Finding:
        place = self.place(world)
        if not self.token_report(world).is_job_token:
            return finding("pull-requests", True)
        if self.pull_requests == "start-workflows":
            return finding(
                "starts-no-workflows",
                False,
                "GITHUB_TOKEN creates pull requests on which GitHub starts no workflow, so required checks never"
                " report.",
                "Pass the key of a GitHub App or a personal access token. Do not close and open the pull request by a"
                " script.",
            )
        try:
            allowed = self.session(world).settings.actions_may_open_pulls(place)
        except (PermissionDeniedError, NotFoundError):
            detail = f"The setting of {place} is shown to administrators, and GITHUB_TOKEN never is one."
            fix = "Look in the repository's settings, under Actions, General: `Allow GitHub Actions to create and"
            return Finding("pull-requests-unknown", "unknown", detail, f"{fix} approve pull requests`.")
        return finding(
            "pull-requests-forbidden",
            allowed,
            f"Workflows of {place} may not create pull requests with GITHUB_TOKEN.",
            "In the settings of the repository, or of its organization, under Actions, General, allow GitHub Actions to"
            " create and approve pull requests, or pass the key of a GitHub App. Do not widen the job's `permissions`:"
            " they do not help.",
        )
