"""permissions.NEEDS, held against the sandbox: what is declared suffices, and nothing of it can be left out.

The repository is private: reading what is public takes no permission.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from action_patterns.errors import ActionPatternsError, NotFoundError, PermissionDeniedError
from action_patterns.github_api.gateway import Gateway
from action_patterns.permissions import NEEDS
from action_patterns.ports import (
    GitHub,
    Issues,
    Markers,
    NewPullRequest,
    StoredMarker,
    TreeEntry,
    WorkflowRuns,
)
from support.stage import TARGET, DyingTransport, Stage, stage

LOCAL = {"usage", "reset_usage", "close"}
"""Verbs that ask GitHub for nothing, or only give back what was minted."""

MARKER = "refs/action-patterns/once/a"
Facts = Mapping[str, str]
Verb = Callable[[Gateway, Facts], Any]
VERBS: dict[str, Verb] = {
    "limits": lambda g, _: g.limits(TARGET),
    "list_owner": lambda g, _: g.list_owner("acme"),
    "read_repositories": lambda g, _: g.read_repositories([TARGET])[TARGET],
    "observe": lambda g, _: g.observe(TARGET, branch="bot", base=None, paths=["README.md"]),
    "read_files": lambda g, f: g.read_files(TARGET, f["main"], ["README.md"]),
    "read_branch": lambda g, _: g.read_branch(TARGET, "main"),
    "read_blob": lambda g, f: g.read_blob(TARGET, f["blob"]),
    "create_blob": lambda g, _: g.create_blob(TARGET, b"x"),
    "create_tree": lambda g, f: g.create_tree(TARGET, f["tree"], [TreeEntry("new", "100644", text="x")]),
    "create_commit": lambda g, f: g.create_commit(TARGET, message="m", tree=f["tree"], parents=[f["main"]]),
    "swap_branch": lambda g, f: g.swap_branch(TARGET, f["id"], "new", before=None, after=f["main"]),
    "read_marker": lambda g, _: g.read_marker(TARGET, MARKER),
    "list_markers": lambda g, _: g.list_markers(TARGET, "refs/action-patterns/"),
    "swap_marker": lambda g, f: g.swap_marker(TARGET, StoredMarker(f["id"], MARKER, None, ""), "text"),
    "create_pull": lambda g, _: g.create_pull(TARGET, NewPullRequest("t", "b", "ready", "main", draft=False)),
    "update_pull": lambda g, f: g.update_pull(TARGET, 1, f["pull"], {"title": "new"}),
    "set_issue_fields": lambda g, _: g.set_issue_fields(TARGET, 1, labels=["sync"], assignees=["alice"]),
    "add_labels": lambda g, _: g.add_labels(TARGET, 1, ["sync"]),
    "remove_label": lambda g, _: g.remove_label(TARGET, 1, "old"),
    "add_assignees": lambda g, _: g.add_assignees(TARGET, 1, ["bob"]),
    "remove_assignees": lambda g, _: g.remove_assignees(TARGET, 1, ["alice"]),
    "set_milestone": lambda g, _: g.set_milestone(TARGET, 1, 1),
    "convert_to_draft": lambda g, f: g.convert_to_draft(TARGET, f["pull"]),
    "set_auto_merge": lambda g, f: g.set_auto_merge(TARGET, f["pull"], "squash"),
    "create_pull_comment": lambda g, _: g.create_pull_comment(TARGET, 1, "new"),
    "update_pull_comment": lambda g, f: g.update_pull_comment(TARGET, int(f["comment"]), "new"),
    "delete_pull_comment": lambda g, f: g.delete_pull_comment(TARGET, int(f["comment"])),
    "viewer": lambda g, _: g.issues.viewer(TARGET),
    "comments": lambda g, _: g.issues.comments(TARGET, 1),
    "create_comment": lambda g, _: g.issues.create_comment(TARGET, 1, "new"),
    "update_comment": lambda g, f: g.issues.update_comment(TARGET, int(f["comment"]), "new"),
    "delete_comment": lambda g, f: g.issues.delete_comment(TARGET, int(f["comment"])),
    "issues": lambda g, _: g.issues.issues(TARGET, "bot"),
    "create_issue": lambda g, _: g.issues.create_issue(TARGET, title="t", body="b", labels=["sync"]),
    "update_issue": lambda g, f: g.issues.update_issue(TARGET, int(f["issue"]), {"state": "closed"}),
    "jobs": lambda g, f: g.runs.jobs(TARGET, int(f["run"])),
    "previous_report": lambda g, f: g.runs.previous_report(TARGET, int(f["run"]), name="sync"),
    "request_reviewers": lambda g, _: g.request_reviewers(TARGET, 1, reviewers=["bob"], team_reviewers=[]),
}


def world(permissions: Mapping[str, str]) -> dict[str, Any]:
    full = {"login": "bot", "kind": "pat", "permission": "write", "repositories": "all"}
    return {
        "organizations": {"acme": {"members": ["bot", "alice", "bob"]}},
        "users": ["alice", "bob", "bot", {"login": "app[bot]", "bot": True}],
        "tokens": {
            "ghp_setup": full,
            "ghs_tried": {"login": "app[bot]", "kind": "installation", "permissions": dict(permissions)},
        },
        "repositories": [
            {
                "name": TARGET,
                "private": True,
                "files": {"README.md": "# api\n"},
                "milestones": ["v1"],
                "auto-merge": True,
                "protected": ["main"],
                "runs": [{"artifacts": ["sync-report-a1"]}, {}],
            }
        ],
    }


def client(scene: Stage, token: str) -> Gateway:
    return Gateway(DyingTransport(scene.context, token=token))


def prepared(scene: Stage) -> Facts:
    """Pull request 1 from `bot`, labelled `old`; a branch `ready` without one."""
    repository = scene.sandbox.repository(TARGET)
    for branch in ("bot", "ready"):
        repository.commit_files(branch, {f"{branch}.txt": "x\n"})
    setup = client(scene, "ghp_setup")
    pull = setup.create_pull(TARGET, NewPullRequest("t", "b", "bot", "main", draft=False))
    setup.set_issue_fields(TARGET, 1, labels=["old"], assignees=["alice"])
    seen = setup.observe(TARGET, branch="bot", base=None, paths=["README.md"])
    assert seen.base_tip is not None
    return {
        "id": seen.repository_id,
        "pull": pull.id,
        "main": seen.base_tip.oid,
        "tree": seen.base_tip.tree,
        "blob": setup.create_blob(TARGET, b"stored"),
        "comment": str(setup.issues.create_comment(TARGET, 1, "c").id),
        "issue": str(setup.issues.create_issue(TARGET, title="t", body="b", labels=[]).id),
        "run": str(scene.sandbox.world.repository(TARGET).contents.runs[-1].id),
    }


def attempt(verb: str, permissions: Mapping[str, str]) -> ActionPatternsError | None:
    """What came of it with a token of just these permissions."""
    with stage(world(permissions)) as scene:
        facts = prepared(scene)
        before = scene.sandbox.snapshot()
        try:
            answer = VERBS[verb](client(scene, "ghs_tried"), facts)
        except ActionPatternsError as error:
            assert scene.sandbox.snapshot() == before
            return error
        if verb.startswith(("read", "list", "observe", "previous")):
            assert answer is not None
        return None


def lowered(needs: Mapping[str, str]) -> list[dict[str, str]]:
    """Each way to have one step less. `metadata: read` cannot be taken away: every token has it (GitHub docs,
    "Choosing permissions for a GitHub App").
    """
    found = []
    for name, level in needs.items():
        if name == "metadata":
            continue
        others = {other: least for other, least in needs.items() if other != name}
        found.append(others)
        if level == "write":
            found.append({**others, name: "read"})
    return found


def test_the_table_covers_every_verb_and_no_other() -> None:
    members = {**vars(GitHub), **vars(Markers), **vars(WorkflowRuns), **vars(Issues)}
    verbs = {name for name, member in members.items() if callable(member) and not name.startswith("_")}
    assert set(VERBS) == set(NEEDS) == verbs - LOCAL


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_declared_suffices(verb: str) -> None:
    assert attempt(verb, NEEDS[verb]) is None


@pytest.mark.parametrize(("verb", "permissions"), [(verb, less) for verb in VERBS for less in lowered(NEEDS[verb])])
def test_nothing_of_it_can_be_left_out(verb: str, permissions: dict[str, str]) -> None:
    assert isinstance(attempt(verb, permissions), (PermissionDeniedError, NotFoundError))
