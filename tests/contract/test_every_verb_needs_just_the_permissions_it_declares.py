"""The permissions that each verb declares, held against the sandbox: they suffice, and none of them can be left out.

The repository is private: reading what is public takes no permission.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from action_patterns.errors import ActionPatternsError, NotFoundError, PermissionDeniedError
from action_patterns.github_api.client import Client
from action_patterns.ports.git import TreeEntry
from action_patterns.ports.github import CAPABILITIES
from action_patterns.ports.permissions import AccessLevel, permissions_of
from action_patterns.ports.pull_requests import NewPullRequest
from action_patterns.ports.ref_store import RefChange, StoredRef
from support.stage import TARGET, DyingTransport, Stage, stage

MARKER = "refs/action-patterns/once/a"
Facts = Mapping[str, str]
Call = Callable[[Client, Facts], Any]
VERBS: dict[str, Call] = {
    "RateLimits.read": lambda g, _: g.rate_limits.read(TARGET),
    "Repositories.list_owner": lambda g, _: g.repositories.list_owner("acme"),
    "Repositories.list_properties": lambda g, _: g.repositories.list_properties("acme"),
    "Repositories.read": lambda g, _: g.repositories.read([TARGET])[TARGET],
    "Repositories.list_team": lambda g, _: g.repositories.list_team("acme/core")[0],
    "Repositories.list_installation": lambda g, _: g.repositories.list_installation()[0],
    "Repositories.search": lambda g, _: g.repositories.search("acme", "org:acme")[0],
    "PullRequests.observe": lambda g, _: g.pulls.observe(TARGET, branch="bot", base=None, paths=["README.md"]),
    "GitDatabase.read_files": lambda g, f: g.git.read_files(TARGET, f["main"], ["README.md"]),
    "GitDatabase.read_tree": lambda g, f: g.git.read_tree(TARGET, f["main"]),
    "GitDatabase.list_tree": lambda g, f: g.git.list_tree(TARGET, f["tree"], recursive=True),
    "GitDatabase.read_commit": lambda g, f: g.git.read_commit(TARGET, f["main"]),
    "GitDatabase.compare": lambda g, _: g.git.compare(TARGET, "main", "main"),
    "GitDatabase.read_branch": lambda g, _: g.git.read_branch(TARGET, "main"),
    "GitDatabase.read_blob": lambda g, f: g.git.read_blob(TARGET, f["blob"]),
    "GitDatabase.create_blob": lambda g, _: g.git.create_blob(TARGET, b"x"),
    "GitDatabase.create_tree": lambda g, f: g.git.create_tree(
        TARGET, f["tree"], [TreeEntry(path="new", mode="100644", text="x")]
    ),
    "GitDatabase.create_commit": lambda g, f: g.git.create_commit(
        TARGET, message="m", tree=f["tree"], parents=[f["main"]]
    ),
    "GitDatabase.update_branch": lambda g, f: g.git.update_branch(TARGET, f["id"], "new", before=None, after=f["main"]),
    "RefStore.read": lambda g, _: g.refs.read(TARGET, MARKER),
    "RefStore.poll": lambda g, _: g.refs.poll(TARGET, MARKER, ""),
    "RefStore.list": lambda g, _: g.refs.list(TARGET, "refs/action-patterns/"),
    "RefStore.update": lambda g, f: g.refs.update(
        TARGET, StoredRef(repository_id=f["id"], name=MARKER, oid=None, message=""), "text"
    ),
    "RefStore.update_all": lambda g, f: g.refs.update_all(
        TARGET, [RefChange(StoredRef(repository_id=f["id"], name=MARKER, oid=None, message=""), "text")]
    ),
    "PullRequests.create": lambda g, _: g.pulls.create(
        TARGET, NewPullRequest(title="t", body="b", head="ready", base="main", draft=False)
    ),
    "PullRequests.update": lambda g, f: g.pulls.update(TARGET, 1, f["pull"], {"title": "new"}),
    "PullRequests.set_issue_fields": lambda g, _: g.pulls.set_issue_fields(
        TARGET, 1, labels=["sync"], assignees=["alice"]
    ),
    "PullRequests.add_labels": lambda g, _: g.pulls.add_labels(TARGET, 1, ["sync"]),
    "PullRequests.remove_label": lambda g, _: g.pulls.remove_label(TARGET, 1, "old"),
    "PullRequests.add_assignees": lambda g, _: g.pulls.add_assignees(TARGET, 1, ["bob"]),
    "PullRequests.remove_assignees": lambda g, _: g.pulls.remove_assignees(TARGET, 1, ["alice"]),
    "PullRequests.set_milestone": lambda g, _: g.pulls.set_milestone(TARGET, 1, 1),
    "PullRequests.convert_to_draft": lambda g, f: g.pulls.convert_to_draft(TARGET, f["pull"]),
    "PullRequests.set_auto_merge": lambda g, f: g.pulls.set_auto_merge(TARGET, f["pull"], "squash"),
    "PullRequests.create_comment": lambda g, _: g.pulls.create_comment(TARGET, 1, "new"),
    "PullRequests.update_comment": lambda g, f: g.pulls.update_comment(TARGET, int(f["comment"]), "new"),
    "PullRequests.delete_comment": lambda g, f: g.pulls.delete_comment(TARGET, int(f["comment"])),
    "Issues.viewer": lambda g, _: g.issues.viewer(TARGET),
    "Issues.comments": lambda g, _: g.issues.comments(TARGET, 1),
    "Issues.create_comment": lambda g, _: g.issues.create_comment(TARGET, 1, "new"),
    "Issues.update_comment": lambda g, f: g.issues.update_comment(TARGET, int(f["comment"]), "new"),
    "Issues.delete_comment": lambda g, f: g.issues.delete_comment(TARGET, int(f["comment"])),
    "Issues.newest": lambda g, f: g.issues.newest(TARGET, pages=1),
    "Issues.repository_id": lambda g, f: g.issues.repository_id(TARGET),
    "Issues.create": lambda g, _: g.issues.create(TARGET, title="t", body="b", labels=["sync"]),
    "Issues.update": lambda g, f: g.issues.update(TARGET, int(f["issue"]), {"state": "closed"}),
    "Settings.repository": lambda g, _: g.settings.repository(TARGET),
    "Settings.branch": lambda g, _: g.settings.branch(TARGET, "main"),
    "Settings.has_team": lambda g, _: g.settings.has_team("acme/core"),
    "Settings.secret_names": lambda g, _: g.settings.secret_names(TARGET),
    "Settings.actions_may_open_pulls": lambda g, _: g.settings.actions_may_open_pulls(TARGET),
    "Tokens.describe": lambda g, _: g.tokens.describe(TARGET),
    "Tokens.may_read": lambda g, _: g.tokens.may_read(TARGET, "metadata"),
    "Tokens.covers": lambda g, _: g.tokens.covers(TARGET),
    "WorkflowRuns.read": lambda g, f: g.runs.read(TARGET, int(f["run"])),
    "WorkflowRuns.jobs": lambda g, f: g.runs.jobs(TARGET, int(f["run"])),
    "WorkflowRuns.artifacts": lambda g, f: g.runs.artifacts(TARGET, int(f["run"])),
    "Lookups.read_pull": lambda g, _: g.lookups.read_pull(TARGET, 1),
    "Lookups.find_pull": lambda g, _: g.lookups.find_pull(TARGET, "acme:bot"),
    "Lookups.find_artifact": lambda g, _: g.lookups.find_artifact(TARGET, "sync-report-a1"),
    "WorkflowRuns.show": lambda g, f: g.runs.show(TARGET, int(f["run"])),
    "WorkflowRuns.list_runs": lambda g, f: g.runs.list_runs(TARGET, int(f["workflow"]), "completed"),
    "WorkflowRuns.cancel": lambda g, f: g.runs.cancel(TARGET, int(f["queued"])),
    "WorkflowRuns.previous_report": lambda g, f: g.runs.previous_report(TARGET, int(f["run"]), name="sync"),
    "GitRefs.read": lambda g, _: g.git_refs.read(TARGET, "refs/heads/main"),
    "GitRefs.create": lambda g, f: g.git_refs.create(TARGET, "refs/heads/new", f["main"]),
    "GitRefs.update": lambda g, f: g.git_refs.update(
        TARGET, "refs/heads/ready", before=f["ready"], after=f["main"], force=True
    ),
    "Labels.read": lambda g, _: g.labels.read(TARGET, "old"),
    "Labels.create": lambda g, _: g.labels.create(TARGET, "new", {"color": "ff0000"}),
    "Labels.update": lambda g, _: g.labels.update(TARGET, "old", {"color": "ff0000"}),
    "Milestones.find": lambda g, _: g.milestones.find(TARGET, "v1"),
    "Milestones.create": lambda g, _: g.milestones.create(TARGET, "v2", {}),
    "Milestones.update": lambda g, _: g.milestones.update(TARGET, 1, {"state": "closed"}),
    "Releases.find": lambda g, _: g.releases.find(TARGET, "v1", drafts=False)[0],
    "Releases.create": lambda g, _: g.releases.create(TARGET, "v2", {}),
    "Releases.delete": lambda g, f: g.releases.delete(TARGET, int(f["release"])),
    "Environments.read": lambda g, _: g.environments.read(TARGET, "prod"),
    "Environments.write": lambda g, _: g.environments.write(TARGET, "prod", {"wait_timer": 5}),
    "PullRequests.request_reviewers": lambda g, _: g.pulls.request_reviewers(
        TARGET, 1, reviewers=["bob"], team_reviewers=[]
    ),
}


def world(permissions: Mapping[str, str]) -> dict[str, Any]:
    full = {"login": "bot", "kind": "pat", "permission": "admin", "repositories": "all"}
    return {
        "organizations": {"acme": {"members": ["bot", "alice", "bob"], "teams": {"core": ["bot"]}}},
        "users": ["alice", "bob", "bot", {"login": "app[bot]", "bot": True}],
        "tokens": {
            "ghp_setup": full,
            "ghs_tried": {"login": "app[bot]", "kind": "installation", "permissions": dict(permissions)},
        },
        "repositories": [
            {
                "name": TARGET,
                "private": True,
                "teams": {"core": "push"},
                "files": {"README.md": "# api\n"},
                "milestones": ["v1"],
                "auto-merge": True,
                "protected": ["main"],
                "runs": [{"artifacts": ["sync-report-a1"]}, {"status": "queued"}, {}],
            }
        ],
    }


def client(scene: Stage, token: str) -> Client:
    return Client(DyingTransport(scene.context, token=token))


def prepared(scene: Stage) -> Facts:
    """Pull request 1 from `bot`, labelled `old`; a branch `ready` without one."""
    repository = scene.sandbox.repository(TARGET)
    for branch in ("bot", "ready"):
        repository.commit_files(branch, {f"{branch}.txt": "x\n"})
    setup = client(scene, "ghp_setup")
    pull = setup.pulls.create(TARGET, NewPullRequest(title="t", body="b", head="bot", base="main", draft=False))
    setup.pulls.set_issue_fields(TARGET, 1, labels=["old"], assignees=["alice"])
    setup.environments.write(TARGET, "prod", {})
    seen = setup.pulls.observe(TARGET, branch="bot", base=None, paths=["README.md"])
    assert seen.base_tip is not None
    runs = scene.sandbox.world.repository(TARGET).contents.runs
    return {
        "id": seen.repository_id,
        "pull": pull.id,
        "main": seen.base_tip.oid,
        "tree": seen.base_tip.tree,
        "blob": setup.git.create_blob(TARGET, b"stored"),
        "comment": str(setup.issues.create_comment(TARGET, 1, "c").id),
        "issue": str(setup.issues.create(TARGET, title="t", body="b", labels=[]).id),
        "ready": repository.tip("ready") or "",
        "release": setup.releases.create(TARGET, "v1", {}).id,
        "run": str(runs[-1].id),
        "queued": str(runs[1].id),
        "workflow": str(setup.runs.show(TARGET, runs[0].id).workflow_id),
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
        if verb.partition(".")[2].startswith(("read", "list", "observe", "previous")):
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


DECLARED: dict[str, Mapping[str, AccessLevel]] = {
    verb.__qualname__: permissions_of(verb)
    for port in CAPABILITIES.values()
    for name, verb in vars(port).items()
    if callable(verb) and not name.startswith("_")
}


def test_the_table_covers_every_verb_and_no_other() -> None:
    assert set(VERBS) == set(DECLARED)


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_declared_suffices(verb: str) -> None:
    assert attempt(verb, DECLARED[verb]) is None


@pytest.mark.parametrize(("verb", "permissions"), [(verb, less) for verb in VERBS for less in lowered(DECLARED[verb])])
def test_nothing_of_it_can_be_left_out(verb: str, permissions: dict[str, str]) -> None:
    assert isinstance(attempt(verb, permissions), (PermissionDeniedError, NotFoundError))
