"""Who may move which ref: branch protection, rulesets, and the guard on workflow files. Only tokens are held to them.

The words are those people quote: rulesets from satisfactory-factories/application#67 (REST), github/rest-api-
description#4887 (creation) and DSACMS/repo-scaffolder#342 (push); protection from googleapis/repo-automation-bots#5551
(REST), microsoft/vscode-remote-repositories-github#252 (GraphQL) and desktop/desktop#17586 (push).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from github_sandbox.errors import ApiError
from github_sandbox.git_store import ZERO
from github_sandbox.history import ancestors, is_ancestor

if TYPE_CHECKING:
    from github_sandbox.model import Repository
    from github_sandbox.ref_updates import RefUpdate
    from github_sandbox.tokens import Token

CREATION, UPDATE, DELETION, FORCE, PULL_REQUEST = "creation", "update", "deletion", "non_fast_forward", "pull_request"
SIGNATURES, LINEAR = "required_signatures", "required_linear_history"
RULES = (CREATION, UPDATE, DELETION, FORCE, PULL_REQUEST, SIGNATURES, LINEAR)
WORDS = {
    CREATION: "Cannot create ref due to creations being restricted.",
    UPDATE: "Cannot update this protected ref.",
    DELETION: "Cannot delete this branch",
    FORCE: "Cannot force-push to this branch",
    PULL_REQUEST: "Changes must be made through a pull request.",
    SIGNATURES: "Commits must have verified signatures.",
    LINEAR: "This branch must not contain merge commits.",
}
WORKFLOWS = ".github/workflows/"


@dataclass(frozen=True)
class RefRule:
    """A ruleset, or with ``classic`` a branch protection. ``patterns``: branch names, ``*``, ``~ALL``,
    ``~DEFAULT_BRANCH``; ``bypass``: lower-case logins it does not hold.
    """

    id: int
    name: str
    patterns: tuple[str, ...]
    rules: frozenset[str]
    bypass: frozenset[str] = frozenset()
    classic: bool = False

    def covers(self, repository: Repository, ref: str) -> bool:
        branch = ref.removeprefix("refs/heads/")
        return ref.startswith("refs/heads/") and any(
            p == "~ALL" or (p == "~DEFAULT_BRANCH" and branch == repository.default_branch) or fnmatchcase(branch, p)
            for p in self.patterns
        )

    def broken_by(self, repository: Repository, update: RefUpdate) -> str | None:
        """Which of its rules forbids the change."""
        current = repository.git.ref(update.name)
        if current is not None and update.after == ZERO:
            return DELETION if DELETION in self.rules else None
        for rule in (CREATION,) if current is None else (PULL_REQUEST, UPDATE):
            if rule in self.rules:
                return rule
        if current and FORCE in self.rules and not is_ancestor(repository.git, current, update.after):
            return FORCE
        return self._broken_by_commits(repository, update.after)

    def _broken_by_commits(self, repository: Repository, after: str) -> str | None:
        """What the commits an update brings to the repository break."""
        if not self.rules & {SIGNATURES, LINEAR} or after == ZERO:
            return None
        known = {oid for tip in repository.git.refs("refs/heads/").values() for oid in ancestors(repository.git, tip)}
        fresh = [c for oid, c in ancestors(repository.git, after).items() if oid not in known]
        if SIGNATURES in self.rules and any(c.oid not in repository.contents.verified for c in fresh):
            return SIGNATURES
        return LINEAR if LINEAR in self.rules and any(len(c.parents) > 1 for c in fresh) else None


def covering(repository: Repository, ref: str) -> list[RefRule]:
    """The protections and rulesets of a ref, in force or not for the one who asks."""
    return [rule for rule in repository.rules if rule.covers(repository, ref)]


def protects(repository: Repository, branch: str) -> bool:
    """Whether a classic protection covers the branch, which is what ``protected`` says."""
    return any(rule.classic and rule.covers(repository, f"refs/heads/{branch}") for rule in repository.rules)


def check(repository: Repository, updates: Iterable[RefUpdate], token: Token) -> None:
    """Raises ApiError for the first update this token may not make."""
    for update in updates:
        for rule in repository.rules:
            held = token.account.login.lower() not in rule.bypass and rule.covers(repository, update.name)
            broken = rule.broken_by(repository, update) if held else None
            if broken:
                raise _refusal(rule, update.name, broken)
        if update.after != ZERO and not token.may_change_workflows():
            path = changed_workflow(repository, update.after)
            if path:
                raise workflow_refusal(token, path)


def _refusal(rule: RefRule, ref: str, broken: str) -> ApiError:
    branch, words = ref.removeprefix("refs/heads/"), WORDS[broken]
    if rule.classic:
        return ApiError(
            422, words, graphql_message=f"protected branch '{branch}' check failed:\n{words}",
            push_message="protected branch hook declined",
        )  # fmt: skip
    message = "Reference update failed" if broken == CREATION else f"Repository rule violations found\n\n{words}\n\n"
    return ApiError(
        422, message, graphql_message=f"Repository rule violations found\n\n{words}\n\n",
        push_message="push declined due to repository rule violations",
    )  # fmt: skip


def changed_workflow(repository: Repository, oid: str) -> str | None:
    """A workflow file that a commit new to the repository made different from all of its parents."""
    git = repository.git
    seen, queue = set(git.refs().values()), [oid]
    while queue:
        current = queue.pop()
        commit = git.commit(current)
        if current in seen or commit is None:
            continue
        seen.add(current)
        before = [_workflows(repository, parent) for parent in commit.parents]
        after = _workflows(repository, current)
        for path in sorted(after.keys() | {p for files in before for p in files}):
            if all(files.get(path) != after.get(path) for files in before):
                return path
        queue += commit.parents
    return None


def _workflows(repository: Repository, oid: str) -> dict[str, tuple[int, str]]:
    git = repository.git
    commit = git.commit(oid)
    found = git.lookup(commit.tree, WORKFLOWS) if commit else None
    return {WORKFLOWS + path: entry for path, entry in git.flatten(found[1]).items()} if found else {}


def workflow_refusal(token: Token, path: str) -> ApiError:
    """In the words of a refused push (peter-evans/create-pull-request#1713, github-action-file-sync#18)."""
    who, what = ("a Personal Access Token", "`workflow` scope")
    if not token.classic:
        who, what = ("a GitHub App" if token.app else "a Personal Access Token", "`workflows` permission")
    words = f"refusing to allow {who} to create or update workflow `{path}` without {what}"
    return ApiError(403, words, graphql_type="FORBIDDEN", push_message=words)
