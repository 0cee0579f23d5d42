"""GraphQL reads of comments, milestones, the rules of a ref, a fork's pull requests and signatures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from github_sandbox_bench import SEED, Bench, served

SEEDED: dict[str, Any] = {
    **SEED,
    "repositories": [
        {
            "name": "acme/api", "files": {"README.md": "hello\n"}, "auto-merge": True,
            "branches": {"x/one": {"files": {"1": "1"}}, "x/two": {"files": {"2": "2"}}, "y": {"files": {"y": "y"}}},
            "milestones": ["v1", {"title": "V2 beta", "state": "closed"}, "v2"],
        },
        {"name": "acme/secret", "private": True, "files": {"README.md": "x"}},
        {"name": "stranger/api", "fork": "acme/api"},
        {"name": "stranger/again", "fork": "stranger/api"},
        {"name": "stranger/spy", "fork": "acme/secret"},
    ],
    "tokens": {
        "tok-bot": {"login": "bot"},
        "tok-alice": {"login": "alice"},
        "tok-app": {"login": "acme-app[bot]", "kind": "installation"},
        "tok-outside": {"login": "stranger", "scopes": ["public_repo"]},
    },
}  # fmt: skip


@pytest.fixture
def bench() -> Iterator[Bench]:
    with served(SEEDED) as made:
        yield made


def read(bench: Bench, fields: str, *, name: str = "acme/api", token: str = "tok-bot") -> Any:
    owner, _, short = name.partition("/")
    query = f"query($o: String!, $n: String!) {{ repository(owner: $o, name: $n) {{ {fields} }} }}"
    answer = bench.graphql(query, token=token, o=owner, n=short)
    assert "errors" not in answer, answer["errors"]
    return answer["data"]["repository"]


def test_a_comment_says_whether_the_viewer_wrote_it(bench: Bench) -> None:
    pull = bench.repository().open_pull("y")
    made = bench.post(f"/repos/acme/api/issues/{pull.number}/comments", {"body": "mine"}).json()
    bench.repository().comment(pull.number, "theirs", author="alice")
    fields = "comments(%s) { totalCount nodes { databaseId body url viewerDidAuthor } }"
    asked = f"pullRequest(number: {pull.number}) {{ %s }}" % fields
    all_of_them = read(bench, asked % "first: 10")["pullRequest"]["comments"]
    assert [(c["body"], c["viewerDidAuthor"]) for c in all_of_them["nodes"]] == [("mine", True), ("theirs", False)]
    assert (all_of_them["nodes"][0]["databaseId"], all_of_them["nodes"][0]["url"]) == (made["id"], made["html_url"])
    last = read(bench, asked % "last: 1", token="tok-alice")["pullRequest"]["comments"]
    assert (last["totalCount"], [(c["body"], c["viewerDidAuthor"]) for c in last["nodes"]]) == (2, [("theirs", True)])


def test_refs_under_a_prefix_are_named_without_it(bench: Bench) -> None:
    fields = "refs(refPrefix: %s, first: 5) { nodes { name prefix } }"
    below = read(bench, fields % '"refs/heads/x/"')["refs"]["nodes"]
    assert below == [{"name": "one", "prefix": "refs/heads/x/"}, {"name": "two", "prefix": "refs/heads/x/"}]
    names = [r["name"] for r in read(bench, fields % '"refs/heads/"')["refs"]["nodes"]]
    assert names == ["main", "x/one", "x/two", "y"]
    one = read(bench, 'ref(qualifiedName: "refs/heads/x/one") { name prefix }')["ref"]
    assert one == {"name": "x/one", "prefix": "refs/heads/"}


def test_a_signature_is_what_rest_calls_verified_in_every_repository_of_the_network(bench: Bench) -> None:
    tip = bench.repository().tip() or ""
    body = {"message": "m", "tree": bench.repository().commit("main").tree, "parents": [tip]}
    signed = bench.post("/repos/acme/api/git/commits", body, token="tok-app").json()["sha"]
    for name in ("acme/api", "stranger/api"):
        assert bench.get(f"/repos/{name}/git/commits/{signed}").json()["verification"]["verified"] is True
        fields = 'object(oid: "%s") { ... on Commit { signature { isValid state } } }'
        assert read(bench, fields % signed, name=name)["object"]["signature"] == {"isValid": True, "state": "VALID"}
        assert read(bench, fields % tip, name=name)["object"] == {"signature": None}


def test_milestones_are_found_by_title_and_state(bench: Bench) -> None:
    def found(arguments: str) -> list[tuple[int, str]]:
        nodes = read(bench, f"milestones({arguments}, first: 5) {{ nodes {{ number title }} }}")["milestones"]["nodes"]
        return [(m["number"], m["title"]) for m in nodes]

    assert found('query: "V2"') == [(2, "V2 beta"), (3, "v2")]
    assert found('query: "v2", states: [OPEN]') == [(3, "v2")]
    assert found("states: [OPEN, CLOSED]") == [(1, "v1"), (2, "V2 beta"), (3, "v2")]


def test_a_pull_request_shows_its_milestone_and_its_auto_merge(bench: Bench) -> None:
    repository = bench.repository()
    number = repository.open_pull("y").number
    repository.protect("main")
    bench.patch(f"/repos/acme/api/issues/{number}", {"milestone": 3})
    fields = f"""autoMergeAllowed pullRequest(number: {number}) {{
      id milestone {{ number title }} autoMergeRequest {{ mergeMethod enabledBy {{ login }} }} }}"""
    node = read(bench, fields)["pullRequest"]["id"]
    bench.graphql(
        "mutation($i: EnablePullRequestAutoMergeInput!) { enablePullRequestAutoMerge(input: $i) { clientMutationId } }",
        i={"pullRequestId": node, "mergeMethod": "SQUASH"},
    )
    assert read(bench, fields) == {
        "autoMergeAllowed": True,
        "pullRequest": {
            "id": node,
            "milestone": {"number": 3, "title": "v2"},
            "autoMergeRequest": {"mergeMethod": "SQUASH", "enabledBy": {"login": "bot"}},
        },
    }


def test_a_fork_s_branch_knows_its_pull_requests_upstream(bench: Bench) -> None:
    upstream = bench.repository()
    upstream.open_pull("y")
    for name in ("stranger/api", "stranger/again"):
        bench.sandbox.repository(name).commit_files("y", {"f": name})
    pulls = (
        'ref(qualifiedName: "refs/heads/y") { associatedPullRequests(first: 5, states: [OPEN]) { nodes { number } } }'
    )
    body = {"head": "stranger:y", "head_repo": "stranger/again", "base": "main", "title": "t"}
    number = bench.post("/repos/acme/api/pulls", body).json()["number"]
    for name, expected in (("acme/api", [1]), ("stranger/api", []), ("stranger/again", [number])):
        found = read(bench, pulls, name=name)["ref"]["associatedPullRequests"]["nodes"]
        assert [p["number"] for p in found] == expected, name


def test_a_parent_that_is_hidden_is_not_named(bench: Bench) -> None:
    fields = "isFork parent { nameWithOwner id }"
    assert read(bench, fields, name="stranger/api")["parent"]["nameWithOwner"] == "acme/api"
    assert read(bench, fields, name="stranger/spy")["parent"]["nameWithOwner"] == "acme/secret"
    assert read(bench, fields, name="stranger/spy", token="tok-outside") == {"isFork": True, "parent": None}
    assert read(bench, fields) == {"isFork": False, "parent": None}


RULE = """ref(qualifiedName: "refs/heads/%s") { refUpdateRule { pattern allowsForcePushes allowsDeletions viewerCanPush
  requiresSignatures requiresLinearHistory requiredApprovingReviewCount blocksCreations } }"""


def test_the_rules_of_a_ref_are_added_up_for_the_viewer(bench: Bench) -> None:
    repository = bench.repository()
    repository.protect("y", "non_fast_forward")
    repository.protect("x/*", "required_signatures", "deletion", classic=False)
    repository.protect("main", "pull_request", "required_linear_history", bypass=["alice"])
    assert read(bench, RULE % "y")["ref"]["refUpdateRule"] == {
        "pattern": "y", "allowsForcePushes": False, "allowsDeletions": True, "viewerCanPush": True,
        "requiresSignatures": False, "requiresLinearHistory": False, "requiredApprovingReviewCount": None,
        "blocksCreations": False,
    }  # fmt: skip
    signed = read(bench, RULE % "x/one")["ref"]["refUpdateRule"]
    assert (signed["requiresSignatures"], signed["allowsDeletions"], signed["allowsForcePushes"]) == (True, False, True)
    main = read(bench, RULE % "main")["ref"]["refUpdateRule"]
    assert (main["requiresLinearHistory"], main["requiredApprovingReviewCount"]) == (True, 1)
    assert main["viewerCanPush"] is False
    assert read(bench, RULE % "main", token="tok-alice")["ref"]["refUpdateRule"]["viewerCanPush"] is True
    assert read(bench, RULE % "x/two", name="stranger/api")["ref"] == {"refUpdateRule": None}


def test_a_branch_may_take_only_signed_commits_and_no_merges(bench: Bench) -> None:
    repository = bench.repository()
    repository.protect("signed*", "required_signatures")
    repository.protect("line*", "required_linear_history", classic=False)
    tips = [repository.tip("y") or "", repository.tip("x/one") or ""]
    body = {"message": "m", "tree": repository.commit("main").tree, "parents": tips[:1]}
    made = {kind: bench.post("/repos/acme/api/git/commits", body, token=kind).json()["sha"]
            for kind in ("tok-app", "tok-bot")}  # fmt: skip
    merge = bench.post("/repos/acme/api/git/commits", body | {"parents": tips}).json()["sha"]

    def create(name: str, oid: str) -> tuple[int, str]:
        answer = bench.post("/repos/acme/api/git/refs", {"ref": f"refs/heads/{name}", "sha": oid})
        return answer.status_code, answer.json().get("message", "")

    assert create("signed", made["tok-app"])[0] == 201
    assert create("signed-not", made["tok-bot"]) == (422, "Commits must have verified signatures.")
    assert create("line", made["tok-bot"])[0] == 201
    status, message = create("line-not", merge)
    assert (status, "This branch must not contain merge commits." in message) == (422, True)


def test_a_bots_login_has_its_suffix_in_rest_alone(bench: Bench) -> None:
    pull = "pullRequests(first: 1) { nodes { author { __typename login url } } }"
    bench.repository().commit_files("topic", {"x": b"x"})
    number = bench.repository().open_pull("topic", author="acme-app[bot]").number
    made = bench.get(f"/repos/acme/api/pulls/{number}").json()["user"]
    assert (made["login"], made["type"]) == ("acme-app[bot]", "Bot")
    assert made["html_url"] == f"{bench.server.url}/apps/acme-app"
    assert made["url"].endswith("/users/acme-app%5Bbot%5D")
    (node,) = read(bench, pull)["pullRequests"]["nodes"]
    assert node["author"] == {"__typename": "Bot", "login": "acme-app", "url": made["html_url"]}
    viewer = bench.graphql("{ viewer { __typename login } }", token="tok-app")["data"]["viewer"]
    assert viewer == {"__typename": "User", "login": "acme-app[bot]"}
