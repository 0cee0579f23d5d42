"""Checks of the state that the work meets at GitHub: repositories, branches, names, artifacts."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator

from action_patterns.checks.check import Finding, finding
from action_patterns.checks.github import GitHubCheck, RepositoryCheck, unseen
from action_patterns.checks.specification import World
from action_patterns.errors import LostRaceError, NotFoundError, PermissionDeniedError
from action_patterns.input_types import Flag
from action_patterns.ports.environments import Environments
from action_patterns.ports.labels import Labels
from action_patterns.ports.settings import BranchRule, BranchSettings, Settings
from action_patterns.ports.workflow_runs import WorkflowRuns

_SPELLING = "Check the spelling."
_NO_RETRY = "Do not retry: it takes no write until then."
_NOT_HERE = "Do not expect it of this step: a check changes nothing."
_BEFORE = f"Create it before the work, if it is meant. {_NOT_HERE}"


class RepositoryState(RepositoryCheck):
    """A repository exists, this token sees it, and it takes writes."""

    subject: ClassVar[str] = "repository"
    uses = (Settings.repository,)

    repository: str = Field(min_length=1, description="`owner/name`.")
    archived: Flag = Field(default=False, description="`true`: it may be archived, for work that only reads.")
    default_branch: str = Field(default="", description="The name that its default branch must have.")
    visibility: Literal["", "public", "private"] = Field(
        default="", description="`public` or `private`; an internal one is private."
    )

    def answer(self, world: World) -> Finding:
        try:
            found = self.settings(world)
        except LostRaceError:  # GitHub leads a read to the new name.
            return self._renamed("")
        except (NotFoundError, PermissionDeniedError) as error:
            return unseen("repository-invisible", error)
        if found.name.lower() != self.repository.lower():
            return self._renamed(f": {found.name}")
        if found.disabled:
            detail, fix = f"GitHub has disabled {found.name}.", "Ask its owner, or leave it out. Do not retry."
            return finding("repository-disabled", False, detail, fix)
        if found.archived and not self.archived:
            detail = f"{found.name} is archived and takes no writes."
            return finding("repository-archived", False, detail, f"Unarchive it, or leave it out. {_NO_RETRY}")
        if self.default_branch and found.default_branch != self.default_branch:
            detail = f"The default branch of {found.name} is `{found.default_branch}`, not `{self.default_branch}`."
            fix = "Use that name in the workflow. Do not rename the branch for a check: others build on it."
            return finding("default-branch", False, detail, fix)
        seen = "private" if found.private else "public"
        return finding(
            "visibility",
            self.visibility in ("", seen),
            f"{found.name} is {seen}, not {self.visibility}.",
            "Do not change the visibility to get past this check. Name another repository, or correct the list.",
        )

    def _renamed(self, name: str) -> Finding:
        detail = f"{self.repository} has a new name{name}."
        fix = "Use the new name. Do not rely on the redirect: it ends when the old name is taken."
        return finding("repository-renamed", False, detail, fix)


_FORBIDDEN_BY: dict[str, tuple[str, ...]] = {
    "create": ("creation",),
    "push": ("update", "pull_request", "required_status_checks", "merge_queue"),
    "force-push": ("update", "pull_request", "required_status_checks", "merge_queue", "non_fast_forward"),
    "delete": ("deletion",),
}
"""Change of a branch to the rules that refuse it (GitHub docs, "Available rules for rulesets")."""
_PASSES = ("always", "exempt")


class Branch(RepositoryCheck):
    """A branch exists or does not, and its rules take the change that the work will make."""

    subject: ClassVar[str] = "branch"
    uses = (Settings.branch,)

    branch: str = Field(min_length=1, description="Name of a branch, without `refs/heads/`.")
    exists: Flag | None = Field(
        default=None, description="`true`: it must exist. `false`: it must not. Default: either will do."
    )
    change: Literal["", "create", "push", "force-push", "delete"] = Field(
        default="", description="The change that its rules must allow. Default: none."
    )

    def answer(self, world: World) -> Finding:
        place = self.place(world)
        try:
            found = self.session(world).settings.branch(place, self.branch)
        except NotFoundError as error:
            return unseen("repository-invisible", error)
        if self.exists is not None and found.exists != self.exists:
            if found.exists:
                detail = f"The branch `{self.branch}` of {place} exists, and must not."
                fix = "Look whose it is. Do not delete it for a rerun: work that makes it must not need it absent."
                return finding("branch-exists", False, detail, fix)
            detail = f"There is no branch `{self.branch}` in {place}."
            return finding("branch-absent", False, detail, f"{_SPELLING} {_BEFORE}")
        return self._rules(found, place) if self.change else finding("branch", True)

    def _rules(self, found: BranchSettings, place: str) -> Finding:
        against = [rule for rule in found.rules if rule.type in _FORBIDDEN_BY[self.change]]
        held = [rule for rule in against if rule.bypass not in (*_PASSES, "")]
        unknown = [rule for rule in against if rule.bypass == ""]
        if held:
            return finding(
                "branch-rules",
                False,
                f"Rulesets of {place} refuse to {self.change} `{self.branch}` for this token: {_types(held)}.",
                "Work on another branch and open a pull request, or have the token's account or App added to the"
                " bypass list. Do not switch the ruleset off for a run.",
            )
        if unknown or (found.protected and self.change != "create"):
            what = f"rulesets ({_types(unknown)})" if unknown else "a branch protection"
            return Finding(
                "branch-rules-unknown",
                "unknown",
                f"`{self.branch}` of {place} has {what}, and GitHub does not say whether this token passes.",
                "Look at the branch's rules in the repository's settings.",
            )
        return finding("branch-rules", True)


def _types(rules: list[BranchRule]) -> str:
    return ", ".join(dict.fromkeys(rule.type for rule in rules))


class Label(RepositoryCheck):
    """A repository has a label. GitHub creates one that is missing for an account that may push, and only then."""

    subject: ClassVar[str] = "label"
    uses = (Labels.read,)

    label: str = Field(min_length=1, description="Name of a label.")

    def answer(self, world: World) -> Finding:
        place = self.place(world)
        github = self.session(world)
        return finding(
            "label-absent",
            github.labels.read(place, self.label) is not None,
            f"{place} has no label `{self.label}`.",
            f"{_SPELLING} Create it in the repository, or by the action `ensure`. {_NOT_HERE}",
        )


class Team(GitHubCheck):
    """The token sees a team, which reviews and mentions need."""

    subject: ClassVar[str] = "team"
    uses = (Settings.has_team,)

    team: str = Field(description="`organization/slug`.")

    @field_validator("team")
    @classmethod
    def _is_team(cls, value: str) -> str:
        organization, slash, slug = value.partition("/")
        if not (organization and slash and slug) or "/" in slug or " " in value:
            raise ValueError(f"{value!r} is no team. Write `organization/slug`, as in the team's address")
        return value

    def targets(self, world: World) -> tuple[str, ...]:
        return (f"{self.team.partition('/')[0]}/{world.ports.context.repository.partition('/')[2]}",)

    def answer(self, world: World) -> Finding:
        return finding(
            "team-invisible",
            self.session(world).settings.has_team(self.team),
            f"There is no team {self.team}, or this token may not see it. GitHub answers alike.",
            f"{_SPELLING} The slug is in the team's address. The token needs `members: read`, and GITHUB_TOKEN cannot"
            " have it. Do not give it more.",
        )


class Environment(RepositoryCheck):
    """A repository has a deployment environment. A job that names an absent one creates it, without protection."""

    subject: ClassVar[str] = "environment"
    uses = (Environments.read,)

    environment: str = Field(min_length=1, description="Name of an environment.")

    def answer(self, world: World) -> Finding:
        place = self.place(world)
        github = self.session(world)
        return finding(
            "environment-absent",
            github.environments.read(place, self.environment) is not None,
            f"{place} has no environment `{self.environment}`.",
            f"{_SPELLING} Create it in the repository's settings, with its protection rules. Do not let a job create"
            " it: it would have none.",
        )


class StoredSecret(RepositoryCheck):
    """A repository has a secret of that name, its own or its organization's. The value is never read."""

    subject: ClassVar[str] = "stored_secret"
    uses = (Settings.secret_names,)

    stored_secret: str = Field(min_length=1, description="Name of a secret. The token needs `secrets: read`.")

    def answer(self, world: World) -> Finding:
        place = self.place(world)
        listed = world.recall(("secrets", place), lambda: self.session(world).settings.secret_names(place))
        names = {name.upper() for name in listed}
        return finding(
            "stored-secret-absent",
            self.stored_secret.upper() in names,
            f"Neither {place} nor its organization has a secret `{self.stored_secret}` for it.",
            "Create it in the settings under Secrets and variables, Actions, or let the organization's secret select"
            " this repository. Do not pass the value by a variable instead.",
        )


class Artifact(RepositoryCheck):
    """A run has an artifact whose files GitHub still holds."""

    subject: ClassVar[str] = "artifact"
    uses = (WorkflowRuns.artifacts,)

    artifact: str = Field(min_length=1, description="Name of an artifact.")
    run_id: Annotated[int, Field(ge=1)] | None = Field(default=None, description="Id of the run. Default: this run.")

    def answer(self, world: World) -> Finding:
        place = self.place(world)
        run = self.run_id or world.ports.context.run_id
        every = world.recall(("artifacts", place, str(run)), lambda: self.session(world).runs.artifacts(place, run))
        listed = [each for each in every if each.name == self.artifact]
        if not listed:
            detail = f"Run {run} of {place} has no artifact `{self.artifact}`."
            fix = "See whether the job that uploads it ran before, and compare the names. Do not wait for it in a loop."
            return finding("artifact-absent", False, detail, fix)
        return finding(
            "artifact-expired",
            not all(each.expired for each in listed),
            f"The artifact `{self.artifact}` of run {run} has expired: GitHub holds its files no longer.",
            "Run the workflow that makes it again, or raise `retention-days` where it is uploaded. Do not"
            " take another run's artifact of the same name.",
        )
