"""Builds a world from a checked seed: accounts and tokens at once, a repository's contents on first use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from github_sandbox import pull_states, pulls
from github_sandbox.clock import SEED_SECONDS, seconds
from github_sandbox.edition import SERVED, Edition
from github_sandbox.git_store import Flat, GitStore, Identity
from github_sandbox.history import flat
from github_sandbox.lag import Lag
from github_sandbox.limits import Limits
from github_sandbox.load_access import apps, rules, tokens
from github_sandbox.model import Artifact, CheckRun, Milestone, Repository, WorkflowJob, WorkflowRun, World
from github_sandbox.seed_checker import Checker

__all__ = ["accounts", "apps", "commit_files", "edition", "lag", "limits", "repositories", "tokens"]

SEEDER = "Seed <seed@users.noreply.github.com>"


def limits(seed: Mapping[str, Any]) -> Limits:
    spec = seed.get("limits") or {}
    return Limits.published() if spec == "published" else Limits(**{k.replace("-", "_"): v for k, v in spec.items()})


def lag(seed: Mapping[str, Any]) -> Lag:
    return Lag(**(seed.get("lag") or {}))


def edition(seed: Mapping[str, Any]) -> Edition:
    spec = seed.get("edition") or {}
    return Edition(
        spec.get("graphql", SERVED),
        frozenset(spec.get("unknown-mutations") or []),
        creator_misses_apps=spec.get("creator-misses-apps", False),
        only_branches_and_tags=spec.get("only-branches-and-tags", False),
    )


def accounts(world: World, seed: Mapping[str, Any]) -> None:
    for login, spec in (seed.get("organizations") or {}).items():
        organization = world.add_account(login, "Organization")
        details = spec or {}
        organization.public_members = set(details.get("public-members") or [])
        organization.members = set(details.get("members") or []) | organization.public_members
        organization.actions_may_open_pulls = details.get("allow-actions-pull-requests", True)
        organization.teams = {slug: set(people or []) for slug, people in (details.get("teams") or {}).items()}
    users = seed.get("users") or []
    for entry in users:
        spec = users[entry] or {} if isinstance(users, Mapping) else entry if isinstance(entry, Mapping) else {}
        login = spec.get("login", entry) if isinstance(spec, Mapping) else entry
        world.add_account(str(login), "Bot" if spec.get("bot") else "User")
    for account in list(world.accounts.values()):
        for login in sorted(account.members | {p for team in account.teams.values() for p in team}):
            world.add_account(login)


def repositories(world: World, seed: Mapping[str, Any]) -> None:
    for spec in seed.get("repositories") or []:
        owner, _, name = spec["name"].partition("/")
        account = world.account(owner)
        assert account is not None  # seed.check ensures it
        fork = spec.get("fork", False)
        parent = world.repository(fork) if isinstance(fork, str) else None
        world.add_repository(
            Repository(
                id=world.next_id(), owner=account, name=name, world=world, build=_Builder(spec),
                topics=list(spec.get("topics") or []), description=spec.get("description"),
                language=spec.get("language"), archived=spec.get("archived", False),
                disabled=spec.get("disabled", False),
                private=spec.get("private", spec.get("visibility", "public") != "public"),
                internal=spec.get("visibility") == "internal",
                pushed_at=seconds(spec.get("pushed-at", "")) or SEED_SECONDS,
                template=spec.get("template", False), fork=bool(fork), parent=parent,
                default_branch=spec.get("default-branch", parent.default_branch if parent else "main"),
                actions_may_open_pulls=spec.get("allow-actions-pull-requests", True),
                collaborators=set(spec.get("collaborators") or []), rules=rules(world, spec),
                auto_merge_allowed=spec.get("auto-merge", False), properties=dict(spec.get("properties") or {}),
                teams=dict(spec.get("teams") or {}), secrets=tuple(spec.get("secrets") or ()),
                organization_secrets=tuple(spec.get("organization-secrets") or ()),
                created_at=seconds(spec.get("created-at", "")) or SEED_SECONDS,
            )
        )  # fmt: skip


class _Builder:
    """Builds one repository's branches and pull requests from its part of the seed."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self._spec = spec

    def __call__(self, repository: Repository) -> None:
        spec, git, world = self._spec, repository.git, repository.world
        files = Checker().files(spec.get("files"), "files")
        main = f"refs/heads/{repository.default_branch}"
        if repository.parent:
            for name, oid in repository.parent.git.refs("refs/heads/").items():
                git.set_ref(name, oid)
        if files:
            commit_files(git, main, files, "Initial commit", SEEDER, git.ref(main))
        for branch, item in (spec.get("branches") or {}).items():
            details = item or {}
            origin = git.ref(f"refs/heads/{details.get('from', repository.default_branch)}")
            changes = Checker().files(details.get("files"), "files", deletions=True)
            message, author = (
                details.get("message", f"Work on {branch}"),
                details.get("author", SEEDER),
            )
            if changes:
                commit_files(git, f"refs/heads/{branch}", changes, message, author, origin)
            else:
                git.set_ref(f"refs/heads/{branch}", origin)
        for name in spec.get("labels") or []:
            repository.label(name)
        for number, item in enumerate(spec.get("milestones") or [], 1):
            details = {"title": item} if isinstance(item, str) else dict(item)
            repository.contents.milestones[number] = Milestone(id=world.next_id(), number=number, **details)
        for item in spec.get("pulls") or []:
            _add_pull(repository, item)
        for item in spec.get("runs") or []:
            _add_run(repository, item)
        for item in spec.get("checks") or []:
            fields = dict(item)
            tip = repository.tip(fields.pop("branch", repository.default_branch)) or ""
            repository.contents.checks.append(CheckRun(id=world.next_id(), head_oid=tip, **({"name": "ci"} | fields)))


def _add_run(repository: Repository, spec: Mapping[str, Any]) -> None:
    contents, world = repository.contents, repository.world
    branch = spec.get("branch", repository.default_branch)
    status = spec.get("status", "completed")
    run = WorkflowRun(
        id=world.next_id(), number=len(contents.runs) + 1, name=spec.get("name", "CI"), event=spec.get("event", "push"),
        branch=branch, head_oid=repository.tip(branch) or "", actor=repository.owner, created_at=SEED_SECONDS,
        status=status, conclusion=spec.get("conclusion", "success" if status == "completed" else None),
        attempt=spec.get("attempt", 1),
    )  # fmt: skip
    contents.runs.append(run)
    for item in spec.get("jobs") or []:
        fields = {"name": item} if isinstance(item, str) else dict(item)
        contents.jobs.append(WorkflowJob(id=world.next_id(), run_id=run.id, created_at=SEED_SECONDS, **fields))
    for name in spec.get("artifacts") or []:
        contents.artifacts.append(
            Artifact(id=world.next_id(), name=name, size=1, run_id=run.id, created_at=SEED_SECONDS)
        )


def _add_pull(repository: Repository, spec: Mapping[str, Any]) -> None:
    world = repository.world
    author = world.add_account(spec.get("author", "ghost"))
    pull = pulls.open_pull(
        repository, author, head=spec["head"], base=spec.get("base", repository.default_branch),
        title=spec.get("title", spec["head"]), body=spec.get("body"), draft=spec.get("draft", False),
    )  # fmt: skip
    pull.created_at = pull.updated_at = SEED_SECONDS
    pulls.add_labels(pull, list(spec.get("labels") or []))
    pull.assignees = [world.add_account(login) for login in spec.get("assignees") or []]
    pull_states.request_reviews(pull, author, [world.add_account(login) for login in spec.get("reviewers") or []], ())
    for login, state in (spec.get("reviews") or {}).items():
        pulls.review(pull, world.add_account(login), str(state).upper())
    if spec.get("state") == "closed":
        pulls.close(pull)
    elif spec.get("state") == "merged":
        pulls.merge(pull, author)


def commit_files(
    git: GitStore,
    ref: str,
    changes: Mapping[str, tuple[int, bytes] | None],
    message: str,
    author: str,
    parent: str | None,
    seconds: int = SEED_SECONDS,
    *,
    move: bool = True,
) -> str:
    """Commit changed and deleted (None) files on ``parent``, and move ``ref`` without effects on pull requests."""
    files: Flat = flat(git, parent)
    for path, entry in changes.items():
        if entry is None:
            files.pop(path, None)
        else:
            files[path] = (entry[0], git.write_blob(entry[1]))
    name, _, email = author.partition(" <")
    who = Identity(name=name, email=email.rstrip(">") or f"{name}@users.noreply.github.com", seconds=seconds)
    oid = git.write_commit(git.write_tree(files), [parent] if parent else [], message, who, who)
    if move:
        git.set_ref(ref, oid)
    return oid
