"""GitHub's client for JavaScript works with the local GitHub as it works with GitHub."""

from __future__ import annotations

from github_sandbox import Sandbox
from support import octokit_client

SEED = {
    "users": ["alice", "bot"],
    "organizations": {"acme": {"members": ["alice", "bot"]}},
    "tokens": {"tok": {"login": "bot"}},
    "repositories": [
        {
            "name": "acme/api",
            "files": {"README.md": "hello\n", "a/b.txt": "x"},
            "branches": {name: {"files": {"new.txt": name}} for name in ("feature", "b1", "b2", "b3")},
        }
    ],
}


def test_it_finds_creates_and_updates_a_pull_request_page_by_page_and_over_graphql() -> None:
    sandbox = Sandbox.from_seed(SEED)
    with sandbox.serve() as server:
        said = octokit_client.run("story.mjs", api_url=server.api_url, token="tok")
    view = sandbox.repository("acme/api")
    (pull,) = view.pulls()
    assert said["found"] == 0
    assert said["created"] == {"number": pull.number, "base": "main", "login": "bot"}
    assert said["duplicate"]["status"] == 422
    assert "A pull request already exists for acme:feature." in said["duplicate"]["message"]
    assert said["updated"] == pull.title == "Renamed"
    assert said["labels"] == sorted(pull.labels) == ["a", "b"]
    assert said["pages"] == [["b1", "b2"], ["b3", "feature"], ["main"]]
    assert said["whole"] == 5
    assert said["diff"].startswith("diff --git a/new.txt b/new.txt")
    assert said["sha"] == view.tip()
    assert (said["raw"], said["folder"], said["head"]) == ("hello\n", 1, 200)
    assert said["missing"]["status"] == 404
    assert said["missing"]["message"].startswith("Not Found")
    node = {"title": "Renamed", "isDraft": False, "author": {"login": "bot"}}
    assert said["graphql"] == {"repository": {"pullRequest": node}}
    assert "Field 'name' doesn't accept argument 'size'" in said["invalid"]["message"]
    assert said["invalid"]["errors"][0]["extensions"]["code"] == "argumentNotAccepted"
    assert said["unknown"]["errors"][0]["type"] == "NOT_FOUND"
