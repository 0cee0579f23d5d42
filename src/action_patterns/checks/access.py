"""Checks of the token: it is valid, of a kind that will do, and reaches the repositories that the work needs."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, field_validator

from action_patterns.checks.check import Finding, finding
from action_patterns.checks.github import GitHubCheck, RepositoryCheck, repository_name, unseen
from action_patterns.checks.specification import World
from action_patterns.errors import NotFoundError, PermissionDeniedError
from action_patterns.input_types import split_names
from action_patterns.ports.settings import Settings
from action_patterns.ports.tokens import TokenReport, Tokens

KINDS: dict[str, str] = {
    "github-token": "GITHUB_TOKEN",
    "app": "installation access token",
    "fine-grained": "fine-grained personal access token",
    "classic": "classic personal access token",
    "oauth": "OAuth token",
    "user": "user access token of a GitHub App",
}
"""Kind of token as a list names it, and in words."""


def _names(value: object) -> object:
    return split_names(value) if isinstance(value, str) else value


class Token(RepositoryCheck):
    """GitHub takes the token; its kind and its end are as the work needs them."""

    subject: ClassVar[str] = "token"
    uses = (Tokens.describe,)

    token: Literal["valid"] = Field(description="`valid`: GitHub takes it, and it reads the repository.")
    days: int = Field(default=0, ge=0, description="Days for which a personal access token is still valid.")
    kind: Annotated[tuple[str, ...], BeforeValidator(_names)] = Field(
        default=(),
        min_length=1,
        description=f"Kinds that will do: {', '.join(f'`{name}`' for name in KINDS)}. Default: all.",
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
        if self.days and report.is_of_person:
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
