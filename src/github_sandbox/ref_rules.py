"""Permission to move a ref: branch protection, rulesets, and the guard on workflow files. Only tokens are held to them.

The messages are quoted from reports: for rulesets satisfactory-factories/application#67 (REST),
github/rest-api-description#4887 (creation) and DSACMS/repo-scaffolder#342 (push); for protection
googleapis/repo-automation-bots#5551 (REST), microsoft/vscode-remote-repositories-github#252 (GraphQL) and
desktop/desktop#17586 (push).
"""

from __future__ import annotations

from collections.abc import Iterable

from github_sandbox.errors import ApiError
from github_sandbox.git_store import ZERO
from github_sandbox.history import ancestors, is_ancestor
from github_sandbox.model import RefRule, RefUpdate, Repository
from github_sandbox.model.refs import CREATION, DELETION, FORCE, LINEAR, PULL_REQUEST, SIGNATURES, UPDATE
from github_sandbox.tokens import Token

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


def covering(repository: Repository, ref: str) -> list[RefRule]:
    """Return the protections and rulesets of a ref, including those that some tokens bypass."""
    return [rule for rule in repository.rules if rule.covers(ref, repository.default_branch)]


def protects(repository: Repository, branch: str) -> bool:
    """Return whether a classic protection covers the branch, which is the meaning of GitHub's ``protected``."""
    return any(rule.classic for rule in covering(repository, f"refs/heads/{branch}"))


def check(repository: Repository, updates: Iterable[RefUpdate], token: Token) -> None:
    """Raise ApiError for the first update that this token may not make."""
    for update in updates:
        for rule in covering(repository, update.name):
            held = token.account.login.lower() not in rule.bypass
            broken = _broken(rule, repository, update) if held else None
            if broken:
                raise _refusal(rule, update.name, broken)
        if update.after != ZERO and not token.may_change_workflows():
            path = changed_workflow(repository, update.after)
            if path:
                raise workflow_refusal(token, path)


def _broken(rule: RefRule, repository: Repository, update: RefUpdate) -> str | None:
    """Return which of the rules forbids the change; None: the change is allowed."""
    current = repository.git.ref(update.name)
    if current is not None and update.after == ZERO:
        return DELETION if DELETION in rule.rules else None
    for name in (CREATION,) if current is None else (PULL_REQUEST, UPDATE):
        if name in rule.rules:
            return name
    if current and FORCE in rule.rules and not is_ancestor(repository.git, current, update.after):
        return FORCE
    return _broken_by_commits(rule, repository, update.after)


def _broken_by_commits(rule: RefRule, repository: Repository, after: str) -> str | None:
    """Return which rule the commits break that an update brings to the repository."""
    if not rule.rules & {SIGNATURES, LINEAR} or after == ZERO:
        return None
    known = {oid for tip in repository.git.refs("refs/heads/").values() for oid in ancestors(repository.git, tip)}
    fresh = [c for oid, c in ancestors(repository.git, after).items() if oid not in known]
    if SIGNATURES in rule.rules and any(c.oid not in repository.contents.verified for c in fresh):
        return SIGNATURES
    return LINEAR if LINEAR in rule.rules and any(len(c.parents) > 1 for c in fresh) else None


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
    """Return a workflow file that differs from every parent in a commit that is new to the repository."""
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
    """Return the refusal of a push (peter-evans/create-pull-request#1713, github-action-file-sync#18)."""
    who, what = ("a Personal Access Token", "`workflow` scope")
    if not token.classic:
        who, what = ("a GitHub App" if token.app else "a Personal Access Token", "`workflows` permission")
    words = f"refusing to allow {who} to create or update workflow `{path}` without {what}"
    return ApiError(403, words, graphql_type="FORBIDDEN", push_message=words)
