"""Turns a checked seed into a world: accounts and tokens at once, the contents of a repository when first used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from github_sandbox import pulls
from github_sandbox.git_store import Flat, GitStore, Identity
from github_sandbox.history import flat
from github_sandbox.limits import Limits
from github_sandbox.model import SEED_SECONDS, Milestone, Repository, World
from github_sandbox.seed import Checker
from github_sandbox.tokens import Token


def accounts(world: World, seed: Mapping[str, Any]) -> None:
    for login, spec in (seed.get("organizations") or {}).items():
        organization = world.add_account(login, "Organization")
        organization.members = set((spec or {}).get("members") or [])
        organization.teams = {slug: set(people or []) for slug, people in ((spec or {}).get("teams") or {}).items()}
    users = seed.get("users") or []
    for entry in users:
        spec = users[entry] or {} if isinstance(users, Mapping) else entry if isinstance(entry, Mapping) else {}
        login = spec.get("login", entry) if isinstance(spec, Mapping) else entry
        world.add_account(str(login), "Bot" if spec.get("bot") else "User")
    for account in list(world.accounts.values()):
        for login in sorted(account.members | {p for team in account.teams.values() for p in team}):
            world.add_account(login)


def tokens(world: World, seed: Mapping[str, Any], limits: Limits) -> dict[str, Token]:
    """The tokens by secret. An account that only a token names is made: a bot for app tokens."""
    result = {}
    for value, spec in (seed.get("tokens") or {}).items():
        kind = spec.get("kind", "pat")
        account = world.add_account(spec["login"], "Bot" if kind in ("installation", "actions") else "User")
        listed = spec.get("repositories", "all")
        names = None if listed == "all" else frozenset(n.lower() for n in listed)
        read_only = frozenset(n.lower() for n in spec.get("read-only") or [])
        result[value] = Token(value, account, kind, spec.get("permission", "write"), names, read_only)
        for key, resource in (("rate-limit", "core"), ("graphql-rate-limit", "graphql")):
            if key in spec:
                limits.overrides[(value, resource)] = spec[key]
    return result


def repositories(world: World, seed: Mapping[str, Any]) -> None:
    for spec in seed.get("repositories") or []:
        owner, _, name = spec["name"].partition("/")
        account = world.account(owner)
        assert account is not None  # seed.check
        fork = spec.get("fork", False)
        parent = world.repository(fork) if isinstance(fork, str) else None
        world.add_repository(
            Repository(
                id=world.next_id(), owner=account, name=name, world=world, fill=_Filler(spec),
                topics=list(spec.get("topics") or []), description=spec.get("description"),
                language=spec.get("language"), archived=spec.get("archived", False),
                disabled=spec.get("disabled", False), private=spec.get("private", False),
                template=spec.get("template", False), fork=bool(fork), parent=parent,
                default_branch=spec.get("default-branch", parent.default_branch if parent else "main"),
                actions_may_open_pulls=spec.get("allow-actions-pull-requests", True),
                collaborators=set(spec.get("collaborators") or []),
            )
        )  # fmt: skip


class _Filler:
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
            commit_files(git, main, files, "Initial commit", "Seed <seed@users.noreply.github.com>", git.ref(main))
        for branch, item in (spec.get("branches") or {}).items():
            details = item or {}
            origin = git.ref(f"refs/heads/{details.get('from', repository.default_branch)}")
            changes = Checker().files(details.get("files"), "files", deletions=True)
            message, author = (
                details.get("message", f"Work on {branch}"),
                details.get("author", "Seed <seed@users.noreply.github.com>"),
            )
            if changes:
                commit_files(git, f"refs/heads/{branch}", changes, message, author, origin)
            else:
                git.set_ref(f"refs/heads/{branch}", origin)
        for name in spec.get("labels") or []:
            repository.label(name)
        for number, title in enumerate(spec.get("milestones") or [], 1):
            repository.contents.milestones[number] = Milestone(world.next_id(), number, title)
        for item in spec.get("pulls") or []:
            _plant_pull(repository, item)


def _plant_pull(repository: Repository, spec: Mapping[str, Any]) -> None:
    world = repository.world
    author = world.add_account(spec.get("author", "ghost"))
    pull = pulls.open_pull(
        repository, author, head=spec["head"], base=spec.get("base", repository.default_branch),
        title=spec.get("title", spec["head"]), body=spec.get("body"), draft=spec.get("draft", False),
    )  # fmt: skip
    pull.created_at = pull.updated_at = SEED_SECONDS
    pulls.add_labels(pull, list(spec.get("labels") or []))
    pull.assignees = [world.add_account(login) for login in spec.get("assignees") or []]
    pull.reviewers = [world.add_account(login) for login in spec.get("reviewers") or []]
    for login, state in (spec.get("reviews") or {}).items():
        pulls.review(pull, world.add_account(login), str(state).upper())
    if spec.get("state") == "closed":
        pulls.close(pull)
    elif spec.get("state") == "merged":
        pulls.merge(pull, author)


def commit_files(  # noqa: PLR0917
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
    """Commit changed and (None) deleted files on ``parent`` and point ``ref`` at it, without pull request effects."""
    files: Flat = flat(git, parent)
    for path, entry in changes.items():
        if entry is None:
            files.pop(path, None)
        else:
            files[path] = (entry[0], git.write_blob(entry[1]))
    name, _, email = author.partition(" <")
    who = Identity(name, email.rstrip(">") or f"{name}@users.noreply.github.com", seconds)
    oid = git.write_commit(git.write_tree(files), [parent] if parent else [], message, who, who)
    if move:
        git.set_ref(ref, oid)
    return oid
