"""The end state of all repositories in a comparable form: what people see, and nothing that a rerun may change."""

from __future__ import annotations

import re
from typing import Any

from github_sandbox.model import PullRequest, Repository, World

_TRAILER = re.compile(r"^([A-Za-z0-9-]+): (.+)$")


def trailers(message: str) -> list[str]:
    """Return the ``Key: value`` lines of a message's last paragraph, if it consists of such lines only."""
    paragraphs = message.strip().split("\n\n")
    lines = paragraphs[-1].splitlines() if len(paragraphs) > 1 else []
    return lines if lines and all(_TRAILER.match(line) for line in lines) else []


def snapshot(world: World) -> dict[str, Any]:
    """Return owner/name -> refs (tree id, number of parents, message trailers), pull requests and flags."""
    with world.lock:
        return {r.full_name: _repository(r) for r in sorted(world.by_id.values(), key=lambda r: r.full_name)}


def _repository(repository: Repository) -> dict[str, Any]:
    git = repository.git
    refs: dict[str, Any] = {}
    for name, oid in git.refs().items():
        commit = git.commit(oid)
        if commit:
            refs[name] = {
                "tree": commit.tree,
                "parents": len(commit.parents),
                "trailers": trailers(commit.message),
                "subject": commit.message.partition("\n")[0],
            }
        else:
            refs[name] = {"object": oid}
    return {
        "archived": repository.archived,
        "default_branch": repository.default_branch,
        "refs": refs,
        "pulls": [_pull(p) for _, p in sorted(repository.pulls.items())],
    } | _parts(repository)


def _parts(repository: Repository) -> dict[str, Any]:
    """Return labels, milestones, releases and environments. An empty part is left out."""
    contents = repository.contents
    found: dict[str, Any] = {
        "labels": {each.name: [each.color, each.description] for _, each in sorted(contents.labels.items())},
        "milestones": [
            [each.number, each.title, each.state, each.description, each.due_on]
            for _, each in sorted(contents.milestones.items())
        ],
        "releases": [
            [each.tag, each.name, each.body, each.draft, each.prerelease] for each in contents.releases.values()
        ],
        "environments": {
            each.name: [each.wait_timer, each.prevent_self_review, each.reviewers, each.branch_policy]
            for _, each in sorted(contents.environments.items())
        },
    }
    return {name: value for name, value in found.items() if value}


def _pull(pull: PullRequest) -> dict[str, Any]:
    commit = pull.repository.git.commit(pull.head_oid)
    return {
        "number": pull.number,
        "state": pull.state,
        "merged": pull.merged,
        "draft": pull.draft,
        "title": pull.title,
        "body": pull.body,
        "base": pull.base,
        "head": f"{pull.head_owner}:{pull.head}",
        "head_tree": commit.tree if commit else None,
        "author": pull.author.login,
        "labels": sorted(label.name for label in pull.labels),
        "assignees": sorted(a.login for a in pull.assignees),
        "reviewers": sorted(a.login for a in pull.reviewers) + sorted(pull.team_reviewers),
        "milestone": pull.milestone.title if pull.milestone else None,
        "auto_merge": pull.auto_merge.method if pull.auto_merge else None,
        "comments": [{"author": c.author.login, "body": c.body} for c in pull.comments],
    }
