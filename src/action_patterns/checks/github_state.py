"""Assertions about what GitHub has: repositories, branches, files, pull requests, labels, environments. They read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from action_patterns.checks.assertion import Assertion, concluded, text_of
from action_patterns.checks.check import Check, Finding
from action_patterns.checks.expectations import Fault
from action_patterns.checks.specification import World
from action_patterns.contracts.repository import is_repository
from action_patterns.input_types import input_name
from action_patterns.ports.environments import Environments
from action_patterns.ports.git_database import GitDatabase
from action_patterns.ports.labels import Labels
from action_patterns.ports.permissions import Verb
from action_patterns.ports.pull_requests import PullRequest, PullRequests
from action_patterns.ports.repositories import Repositories

if TYPE_CHECKING:
    from action_patterns.action.session import Session
    from action_patterns.ports.resource import Resource


def _repository(value: str) -> str:
    if value and not is_repository(value):
        raise ValueError("must be owner/name")
    return value


Repository = Annotated[str, AfterValidator(_repository)]


class OnGitHub(Assertion):
    """An assertion about something on GitHub."""

    uses: ClassVar[tuple[Verb, ...]] = ()
    """The verbs that it calls."""

    def github(self, world: World) -> Session:
        """Return GitHub for its repository, with the verbs of its kind."""
        return world.github(self.uses, (self.home(world.ports.context.repository),))

    def home(self, own: str) -> str:
        """Return the repository that it reads. `own`: that of the workflow."""
        raise NotImplementedError


class InRepository(OnGitHub):
    """An assertion about something in a repository."""

    repository: Repository = Field(default="", description="`owner/name`. Default: the repository of the workflow.")

    def home(self, own: str) -> str:
        """Return the repository that it reads. `own`: that of the workflow."""
        return self.repository or own

    def about(self, found: Any, subject: str, world: World) -> Finding:
        """Return the finding about something that is there, or None."""
        if not self.exists and self.path is None:
            there = Fault(
                "github-present",
                f"{subject} exists, and must not.",
                "Find the run or person that made it. Do not delete it here: others may build on it.",
            )
            return concluded([] if found is None else [there])
        if found is None:
            fix = "Correct the name, or look whether the step that makes it ran before this one."
            return concluded([Fault("github-absent", f"{subject} does not exist.", fix)])
        return self.judge(found, subject, world)


class GitHubRepository(OnGitHub):
    """A repository. Its facts are a document for `path`."""

    subject: ClassVar[str] = "github_repository"
    uses = (Repositories.read,)

    github_repository: Annotated[str, AfterValidator(_repository)] = Field(
        min_length=1,
        description="`owner/name`. For `path` it is a document with `repository`, `default-branch`, `archived`, `empty`"
        " and `private`.",
    )

    def home(self, own: str) -> str:  # noqa: ARG002 - it names its own
        """Return the repository that it reads."""
        return self.github_repository

    def answer(self, world: World) -> Finding:
        name = self.github_repository
        found = self.github(world).repositories.read([name])[name]
        subject = f"The repository `{name}`"
        if found is None:
            # GitHub answers alike for a repository that is absent and for one that the token may not see.
            what = f"{subject} does not exist, or this token may not see it: GitHub's answer is the same."
            fix = "Correct the name, or give the token access to it. Do not take the answer for a proof of absence."
            return Finding("repository-invisible", "no" if self.exists or self.path else "unknown", what, fix)
        if not self.exists and self.path is None:
            fix = "Choose another name, or find out who made it. Do not delete it here."
            return concluded([Fault("github-present", f"{subject} exists, and must not.", fix)])
        document = {
            "repository": found.repository,
            "default-branch": found.default_branch,
            "archived": found.archived,
            "empty": found.empty,
            "private": found.private,
        }
        return self.judge(document, subject, world)


class GitHubBranch(InRepository):
    """A branch. Its value is the commit at its tip."""

    subject: ClassVar[str] = "github_branch"
    uses = (GitDatabase.read_branch,)

    github_branch: str = Field(
        min_length=1, description="Name of a branch. The tests are of the id of the commit at its tip."
    )

    def answer(self, world: World) -> Finding:
        home = self.home(world.ports.context.repository)
        found = self.github(world).git.read_branch(home, self.github_branch)
        return self.about(found, f"The branch `{self.github_branch}` of {home}", world)


class GitHubFile(InRepository):
    """A file of a branch, as GitHub has it. Its value is its content."""

    subject: ClassVar[str] = "github_file"
    uses = (Repositories.read, GitDatabase.read_branch, GitDatabase.read_files, GitDatabase.read_blob)

    github_file: str = Field(min_length=1, description="Path of a file. The tests are of its content.")
    branch: str = Field(default="", description="Its branch. Default: the repository's default branch.")

    def answer(self, world: World) -> Finding:
        home = self.home(world.ports.context.repository)
        github = self.github(world)
        subject = f"The file `{self.github_file}` of {home}"
        branch = self.branch
        if not branch:
            target = github.repositories.read([home])[home]
            branch = (target.default_branch or "") if target is not None else ""
        tip = github.git.read_branch(home, branch) if branch else None
        entry = github.git.read_files(home, tip, [self.github_file])[self.github_file] if tip else None
        if entry is None or not (self.tests or self.path or self.json_schema):
            return self.about(None if entry is None else "", subject, world)
        if entry.mode in ("040000", "160000", "120000"):
            return concluded([Fault("wrong-kind", f"{subject} is no file, and must be one.", "Correct the path.")])
        text = text_of(github.git.read_blob(home, entry.oid))
        if text is None:
            fix = "Assert that it exists, without tests of its content."
            return concluded(
                [Fault("no-text", f"{subject} is no UTF-8 text, so its content cannot be looked at.", fix)]
            )
        return concluded(self.faults_of(text, subject, world, file=self.github_file))


class GitHubPullRequest(InRepository):
    """The newest pull request from a branch. Its facts are a document for `path`."""

    subject: ClassVar[str] = "github_pull_request"
    uses = (PullRequests.observe,)

    github_pull_request: str = Field(
        min_length=1,
        description="The branch that it is from. For `path` the newest one is a document with `number`, `state`,"
        " `title`, `draft`, `base`, `head-oid`, `author`, `labels`, `assignees`, `conflicting` and `review`.",
    )
    state: Literal["open", "closed", "merged", "any"] = Field(
        default="open", description="Only pull requests in this state count."
    )

    def answer(self, world: World) -> Finding:
        home = self.home(world.ports.context.repository)
        observed = self.github(world).pulls.observe(home, branch=self.github_pull_request, base=None, paths=())
        own = (each for each in observed.pull_requests if not each.foreign_head)
        found = next((each for each in own if self.state in ("any", each.state.lower())), None)
        words = "" if self.state == "any" else f"{self.state} "
        subject = f"The {words}pull request from `{self.github_pull_request}` in {home}"
        return self.about(None if found is None else _facts(found), subject, world)


class GitHubLabel(InRepository):
    """A label. Its facts are a document for `path`."""

    subject: ClassVar[str] = "github_label"
    uses = (Labels.read,)

    github_label: str = Field(
        min_length=1,
        description="Name of a label, in upper or lower case. For `path` it is a document with `name`, `color` and"
        " `description`.",
    )

    def answer(self, world: World) -> Finding:
        home = self.home(world.ports.context.repository)
        found = self.github(world).labels.read(home, self.github_label)
        return self.about(_document(found), f"The label `{self.github_label}` of {home}", world)


class GitHubEnvironment(InRepository):
    """A deployment environment. Its facts are a document for `path`."""

    subject: ClassVar[str] = "github_environment"
    uses = (Environments.read,)

    github_environment: str = Field(
        min_length=1,
        description="Name of an environment, in upper or lower case. For `path` it is a document with `name` and"
        " `wait-timer`, in minutes.",
    )

    def answer(self, world: World) -> Finding:
        home = self.home(world.ports.context.repository)
        found = self.github(world).environments.read(home, self.github_environment)
        return self.about(_document(found), f"The environment `{self.github_environment}` of {home}", world)


def _document(found: Resource | None) -> dict[str, Any] | None:
    """Return a resource as a document, with the keys of this action. None: there is none."""
    return (
        None if found is None else {"name": found.key, **{input_name(key): found.fields[key] for key in found.fields}}
    )


def _facts(pull: PullRequest) -> dict[str, Any]:
    return {
        "number": pull.number,
        "state": pull.state.lower(),
        "title": pull.title,
        "draft": pull.draft,
        "base": pull.base,
        "head-oid": pull.head_oid,
        "author": pull.author,
        "labels": list(pull.labels),
        "assignees": list(pull.assignees),
        "conflicting": pull.conflicting,
        "review": None if pull.review is None else pull.review.lower(),
    }


def reads_of(checks: Iterable[Check], own: str) -> tuple[tuple[Verb, ...], tuple[str, ...]]:
    """Return the verbs that a list calls, and the repositories that it reads. `own`: that of the workflow.

    An App's token asks for the permissions of these verbs alone: none can be minted with one that the App lacks.
    """
    subjects = [check.subject for check in checks if isinstance(check.subject, OnGitHub)]
    verbs = dict.fromkeys(verb for each in subjects for verb in each.uses)
    return tuple(verbs), tuple(dict.fromkeys(each.home(own) for each in subjects))
