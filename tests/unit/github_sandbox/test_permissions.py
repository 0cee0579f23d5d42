"""Permissions of a token: fine-grained permissions, classic scopes, workflow files, the setting for Actions."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path
from typing import Any

import pytest
from github_sandbox_bench import SEED, Bench, served

from github_sandbox.permissions import needs
from github_sandbox.rest import router
from github_sandbox.rest.routing import BY_JWT

R, SECRET = "/repos/acme/api", "/repos/acme/secret"
WORKFLOW = ".github/workflows/ci.yml"
TOKENS: dict[str, Any] = {
    "contents": {"login": "bot", "kind": "fine-grained", "permissions": {"contents": "write"}},
    "pulls": {"login": "bot", "kind": "installation", "permissions": {"pull_requests": "write"}},
    "full": {"login": "bot", "kind": "fine-grained", "permissions": {"contents": "write", "workflows": "write"}},
    "classic": {"login": "bot", "scopes": ["repo"]},
    "public": {"login": "bot", "scopes": ["public_repo"]},
    "job": {"login": "github-actions[bot]", "kind": "actions", "repositories": ["acme/api"]},
    "app": {"login": "fleet[bot]", "kind": "installation", "permissions": {"contents": "write"}},
    "tok-bot": {"login": "bot"},
    "soon": {"login": "bot", "expires-in-seconds": 60},
}


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["message"]


def test_every_route_says_what_it_needs_in_the_notation_of_the_header() -> None:
    free = {"rate-limit/get", "users/get-authenticated", "users/get-by-username", "orgs/get", "repos/list-for-org",
            "repos/list-for-user", "orgs/list-public-members", "apps/revoke-installation-access-token"}  # fmt: skip
    for route in router.routes:
        assert route.needs == BY_JWT or bool(needs(route.needs).sets) is (route.operation not in free), route
        if route.path.startswith("/repos/") and route.method != "GET":
            assert "=write" in route.needs, route
    assert not needs("contents=write,workflows=write; administration=write").met_by({"contents": "write"})
    assert needs("issues=read; pull_requests=read").met_by({"pull_requests": "write"})
    with pytest.raises(ValueError, match="content=read"):
        needs("content=read")


def test_a_permission_that_is_missing_refuses_by_kind_and_says_what_would_do() -> None:
    pull = {"head": "feature", "base": "main", "title": "t"}
    with served(tokens=TOKENS) as bench:
        answer = bench.post(f"{R}/pulls", pull, token="contents")
        assert refused(answer) == (403, "Resource not accessible by personal access token")
        assert answer.headers["X-Accepted-GitHub-Permissions"] == "pull_requests=write"
        assert bench.post(f"{R}/pulls", pull, token="pulls").status_code == 201
        answer = bench.post(f"{R}/git/blobs", {"content": "x"}, token="pulls")
        assert refused(answer) == (403, "Resource not accessible by integration")
        assert bench.post(f"{R}/issues/1/labels", ["x"], token="pulls").status_code == 200


def test_reading_what_is_private_takes_the_permission_and_what_is_public_none() -> None:
    query = 'query($n: String!) { repository(owner: "acme", name: $n) { id pullRequests(first: 1) { totalCount } } }'
    with served(tokens=TOKENS) as bench:
        assert bench.get(f"{R}/branches", token="pulls").status_code == 200
        assert refused(bench.get(f"{SECRET}/branches", token="pulls"))[0] == 403
        assert bench.get(f"{SECRET}/pulls", token="pulls").status_code == 200
        assert bench.get(SECRET, token="contents").status_code == 200  # metadata is always readable
        answer = bench.graphql(query, n="secret", token="contents")
        assert answer["errors"][0]["type"] == "FORBIDDEN"
        assert "errors" not in bench.graphql(query, n="api", token="contents")


def test_classic_scopes() -> None:
    with served(tokens=TOKENS) as bench:
        answer = bench.get(R, token="public")
        assert (answer.headers["X-OAuth-Scopes"], answer.headers["X-Accepted-OAuth-Scopes"]) == ("public_repo", "repo")
        assert "X-Accepted-GitHub-Permissions" not in answer.headers
        assert bench.get(SECRET, token="public").status_code == 404
        assert bench.post(f"{R}/git/blobs", {"content": "x"}, token="public").status_code == 201
        assert bench.post(f"{SECRET}/git/blobs", {"content": "x"}, token="classic").status_code == 201


def test_only_classic_tokens_are_told_their_scopes_over_either_api() -> None:
    tokens = TOKENS | {"two": {"login": "bot", "scopes": ["workflow", "repo"]}}
    with served(tokens=tokens) as bench:
        for token, expected in (("two", "repo, workflow"), ("contents", None)):
            for answer in (bench.get(R, token=token), bench.ask("{ viewer { login } }", token=token)):
                assert answer.headers.get("x-oauth-scopes") == expected


def test_a_token_expires() -> None:
    with served(tokens=TOKENS) as bench:
        assert bench.get(R, token="soon").status_code == 200
        bench.clock.advance(61)
        assert refused(bench.get(R, token="soon")) == (401, "Bad credentials")


@pytest.mark.parametrize(("token", "status"), [
    ("classic", 404), ("contents", 403), ("app", 403), ("job", 403), ("full", 201), ("tok-bot", 201),
])  # fmt: skip
def test_a_workflow_file_takes_a_permission_of_its_own(token: str, status: int) -> None:
    entry = {"path": WORKFLOW, "mode": "100644", "type": "blob", "content": "on: push\n"}
    content = {"message": "m", "content": base64.b64encode(b"on: push\n").decode(), "branch": "feature"}
    with served(tokens=TOKENS) as bench:
        assert bench.post(f"{R}/git/trees", {"tree": [entry]}, token=token).status_code == status
        assert bench.post(f"{R}/git/trees", {"tree": [entry | {"path": "x"}]}, token=token).status_code == 201
        path = f"{R}/contents/{WORKFLOW}"
        assert bench.send("PUT", path, json=content, token=token).status_code == status
        assert (WORKFLOW in bench.repository().files("feature")) is (status == 201)


def test_a_ref_that_brings_a_changed_workflow_is_refused_and_one_that_keeps_it_is_not() -> None:
    words = f"create or update workflow `{WORKFLOW}` without `workflows` permission"
    with served(tokens=TOKENS) as bench:
        repository = bench.repository()
        repository.commit_files("main", {WORKFLOW: "on: push\n"})
        kept = repository.commit_files("kept", {"x": "y"})
        repository.delete_branch("kept")
        changed = repository.commit_files("changed", {WORKFLOW: "on: []\n"})
        repository.delete_branch("changed")
        new = {"ref": "refs/heads/new", "sha": kept}
        assert bench.post(f"{R}/git/refs", new, token="app").status_code == 201
        answer = bench.patch(f"{R}/git/refs/heads/new", {"sha": changed, "force": True}, token="app")
        assert refused(answer) == (403, f"refusing to allow a GitHub App to {words}")
        update = "mutation($i: UpdateRefsInput!) { updateRefs(input: $i) { clientMutationId } }"
        node = bench.get(R).json()["node_id"]
        move = {"name": "refs/heads/new", "beforeOid": kept, "afterOid": changed, "force": True}
        error = bench.graphql(update, i={"repositoryId": node, "refUpdates": [move]}, token="contents")["errors"][0]
        assert (error["type"], words in error["message"]) == ("FORBIDDEN", True)
        assert repository.tip("new") == kept


def test_a_push_is_refused_in_the_same_words(tmp_path: Path) -> None:
    with served(tokens=TOKENS) as bench:
        url = bench.server.url.replace("http://", "http://x:classic@") + "/acme/api"
        identity = ["-c", "user.name=x", "-c", "user.email=x@y"]
        subprocess.run(["git", "clone", "-q", url, tmp_path / "c"], check=True)
        target = tmp_path / "c" / WORKFLOW
        target.parent.mkdir(parents=True)
        target.write_text("on: push\n")
        subprocess.run(["git", "add", "."], cwd=tmp_path / "c", check=True)
        subprocess.run(["git", *identity, "commit", "-qm", "m"], cwd=tmp_path / "c", check=True)
        pushed = subprocess.run(["git", "push", "origin", "HEAD:x"], cwd=tmp_path / "c", capture_output=True, text=True,
                                check=False)  # fmt: skip
        assert pushed.returncode != 0
        assert f"refusing to allow a Personal Access Token to create or update workflow `{WORKFLOW}`" in pushed.stderr
        assert "without `workflow` scope" in pushed.stderr


@pytest.mark.parametrize(("repository", "organization", "status"), [
    (True, True, 201), (False, True, 403), (True, False, 403),
])  # fmt: skip
def test_actions_may_open_pull_requests_where_repository_and_organization_let_it(
    repository: bool, organization: bool, status: int
) -> None:
    seed = {
        "organizations": {"acme": {"allow-actions-pull-requests": organization}},
        "tokens": {"job": TOKENS["job"], "tok-bot": {"login": "acme", "permission": "admin"}},
        "repositories": [SEED["repositories"][0] | {"allow-actions-pull-requests": repository}],
    }
    with served(seed) as bench:
        answer = bench.post(f"{R}/pulls", {"head": "feature", "base": "main", "title": "t"}, token="job")
        assert answer.status_code == status
        if status == 403:
            assert answer.json()["message"] == "GitHub Actions is not permitted to create or approve pull requests."
            bench.repository().open_pull("feature")
            review = bench.post(f"{R}/pulls/1/reviews", {"event": "APPROVE"}, token="job")
            assert review.status_code == 422
            assert review.json()["errors"] == ["GitHub Actions is not permitted to approve pull requests."]
        shown = bench.get(f"{R}/actions/permissions/workflow").json()
        assert shown["can_approve_pull_request_reviews"] is (status == 201)


def test_an_app_s_token_is_no_admin_by_default(bench: Bench) -> None:
    assert bench.get(R, token="tok-app").json()["permissions"]["admin"] is False
