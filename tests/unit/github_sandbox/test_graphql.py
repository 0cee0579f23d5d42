"""GraphQL: the published schema, the conditional ref update, refusals."""

from __future__ import annotations

import base64
import threading
import time
from typing import Any

import pytest
import requests
from github_sandbox_bench import Bench

from github_sandbox import ref_updates

ZERO = "0" * 40
UPDATE = "mutation($i: UpdateRefsInput!) { updateRefs(input: $i) { clientMutationId } }"


def update(bench: Bench, *changes: dict[str, Any], token: str = "tok-bot", repository: str = "acme/api") -> Any:
    owner, name = repository.split("/")
    query = "query($o: String!, $n: String!) { repository(owner: $o, name: $n) { id } }"
    node = bench.graphql(query, o=owner, n=name)["data"]["repository"]["id"]
    return bench.graphql(UPDATE, token=token, i={"repositoryId": node, "refUpdates": list(changes)})


def change(name: str, before: str | None, after: str | None, **more: Any) -> dict[str, Any]:
    return {"name": f"refs/heads/{name}", "beforeOid": before, "afterOid": after, **more}


def test_refs_are_created_moved_and_deleted_under_their_guard(bench: Bench) -> None:
    repository = bench.repository()
    main, feature, conflict = (repository.tip(b) for b in ("main", "feature", "conflict"))
    assert "errors" not in update(bench, change("x", ZERO, main))
    assert update(bench, change("x", ZERO, main))["errors"]
    assert "errors" not in update(bench, change("x", main, feature))
    assert update(bench, change("x", main, conflict, force=True))["errors"]  # the ref has moved
    assert update(bench, change("x", feature, conflict))["errors"]  # not a fast-forward
    assert repository.tip("x") == feature
    assert "errors" not in update(bench, change("x", feature, conflict, force=True))
    assert "errors" not in update(bench, change("x", None, main, force=True))  # without a condition
    assert update(bench, change("x", feature, ZERO))["errors"]
    assert "errors" not in update(bench, change("x", main, ZERO))
    assert repository.tip("x") is None
    assert update(bench, change("x", main, main))["errors"]


def test_one_bad_ref_and_nothing_changes(bench: Bench) -> None:
    before, repository = bench.repository().refs(), bench.repository()
    answer = update(bench, change("fresh", ZERO, repository.tip()), change("main", ZERO, repository.tip()))
    assert answer["data"] == {"updateRefs": None}
    assert answer["errors"][0]["type"]
    assert repository.refs() == before


def test_a_branch_cannot_be_a_folder_of_another(bench: Bench) -> None:
    repository = bench.repository()
    tip = repository.tip()
    repository.set_branch("x/y", tip or "")
    before = repository.refs()
    together = [change("new", ZERO, tip), change("new/below", ZERO, tip)]
    moved = [change("x/y", tip, ZERO), change("x", ZERO, tip)]  # git checks before it deletes
    for changes in ([change("x", ZERO, tip)], [change("feature/below", ZERO, tip)], together, moved):
        (error,) = update(bench, *changes)["errors"]
        assert (error["type"], error["message"]) == ("UNPROCESSABLE", "Ref cannot be created")
    assert repository.refs() == before


def test_a_race_has_exactly_one_winner(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    # Delay between the check of the condition and the move of the ref: without the lock every thread would succeed.
    original = ref_updates.is_ancestor

    def slowly(*arguments: Any) -> bool:
        time.sleep(0.01)
        return original(*arguments)

    monkeypatch.setattr(ref_updates, "is_ancestor", slowly)
    repository = bench.repository()
    base = repository.tip()
    tips = [repository.commit_files(f"racer-{n}", {"f": str(n).encode()}) for n in range(8)]
    gate, answers = threading.Barrier(8), dict[int, Any]()

    def race(n: int) -> None:
        gate.wait()
        answers[n] = update(bench, change("main", base, tips[n]))

    threads = [threading.Thread(target=race, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [n for n, answer in answers.items() if "errors" not in answer]
    assert len(answers) == 8
    assert [repository.tip()] == [tips[n] for n in winners]


@pytest.mark.parametrize(("token", "repository", "message"), [
    ("tok-read", "acme/api", "Resource not accessible by personal access token"),
    ("tok-actions", "acme/api", "Resource not accessible by integration"),
    ("tok-bot", "acme/old", "Repository was archived so is read-only."),
])  # fmt: skip
def test_who_may_not_write_is_told(bench: Bench, token: str, repository: str, message: str) -> None:
    tip = bench.repository(repository).tip()
    answer = update(bench, change("x", ZERO, tip), token=token, repository=repository)
    assert (answer["errors"][0]["type"], answer["errors"][0]["message"]) == ("FORBIDDEN", message)
    assert bench.repository(repository).tip("x") is None


def test_updating_a_ref_closes_a_pull_request_without_a_difference(bench: Bench) -> None:
    repository = bench.repository()
    number = repository.open_pull("feature").number
    update(bench, change("feature", repository.tip("feature"), repository.tip(), force=True))
    assert repository.pull(number).state == "closed"


QUERY = """
query Read($owner: String!) {
  rateLimit { cost limit remaining used resetAt nodeCount }
  viewer { login }
  repository(owner: $owner, name: "api") {
    id databaseId name nameWithOwner owner { login } url isArchived isDisabled isEmpty isFork isLocked isPrivate
    isTemplate isMirror visibility viewerPermission diskUsage pushedAt primaryLanguage { name }
    repositoryTopics(first: 5) { nodes { topic { name } } }
    defaultBranchRef { id name prefix target { oid ... on Commit {
      message tree { oid entries { name mode type oid path } } signature { isValid } author { name email date }
      parents(first: 1) { totalCount } history(first: 5) { totalCount }
      run: file(path: "bin/run") { oid mode type path size object { ... on Blob { oid text byteSize isBinary } } }
      none: file(path: "nope") { oid }
      logo: file(path: "logo.bin") { object { ... on Blob { text isBinary byteSize } } }
    } } }
    absent: ref(qualifiedName: "refs/heads/nope") { id }
    ref(qualifiedName: "refs/heads/feature") { compare(headRef: "conflict") {
      aheadBy behindBy status commits(first: 5) { totalCount } } }
    object(expression: "main:a/b/c.txt") { oid ... on Blob { text } }
    refs(refPrefix: "refs/heads/", first: 2) { totalCount pageInfo { hasNextPage endCursor } nodes { name } }
    pullRequests(headRefName: "feature", states: [OPEN, CLOSED, MERGED], first: 5,
      orderBy: {field: CREATED_AT, direction: DESC}) {
      nodes {
        id number url state title body isDraft merged mergeable baseRefName headRefName headRefOid isCrossRepository
        headRepository { id nameWithOwner } headRepositoryOwner { login } author { login __typename } viewerDidAuthor
        labels(first: 5) { nodes { name } } assignees(first: 5) { nodes { login } }
        reviewRequests(first: 5) { nodes { requestedReviewer {
          __typename ... on User { login } ... on Team { slug combinedSlug } } } }
        latestReviews(first: 5) { nodes { author { login } state } } milestone { title } autoMergeRequest { enabledAt }
        createdAt closedAt
      }
    }
  }
}"""


def test_one_query_reads_everything_an_upsert_needs(bench: Bench) -> None:
    number = bench.repository().open_pull("feature", author="alice", title="t").number
    bench.post(f"/repos/acme/api/pulls/{number}/requested_reviewers", {"team_reviewers": ["core"]})
    answer = bench.graphql(QUERY, owner="acme")
    assert "errors" not in answer, answer["errors"]
    found = answer["data"]["repository"]
    commit = found["defaultBranchRef"]["target"]
    assert commit["oid"] == bench.repository().tip()
    assert commit["none"] is None
    assert found["absent"] is None
    assert (commit["run"]["mode"], commit["run"]["object"]["text"]) == (0o100755, "#!/bin/sh\n")
    assert commit["logo"]["object"] == {"text": None, "isBinary": True, "byteSize": 3}
    assert found["object"]["text"] == "deep\n"
    assert found["ref"]["compare"] == {"aheadBy": 1, "behindBy": 1, "status": "DIVERGED", "commits": {"totalCount": 1}}
    assert found["refs"]["totalCount"] == 3
    assert found["refs"]["pageInfo"]["hasNextPage"]
    (pull,) = found["pullRequests"]["nodes"]
    assert pull["author"] == {"login": "alice", "__typename": "User"}
    assert pull["viewerDidAuthor"] is False
    assert pull["reviewRequests"]["nodes"][0]["requestedReviewer"]["combinedSlug"] == "acme/core"
    assert pull["mergeable"] == "MERGEABLE"
    assert pull["headRefOid"] == bench.repository().tip("feature")


def test_unknown_things_are_null_with_a_type(bench: Bench) -> None:
    answer = bench.graphql(
        '{ a: repository(owner: "acme", name: "nope") { id } b: repository(owner: "acme", name: "api") { name } }'
    )
    assert answer["data"] == {"a": None, "b": {"name": "api"}}
    assert [(e["type"], e["path"]) for e in answer["errors"]] == [("NOT_FOUND", ["a"])]
    hidden = bench.graphql('{ repository(owner: "acme", name: "secret") { id } }', token="tok-fine")
    assert hidden["errors"][0]["type"] == "NOT_FOUND"
    empty = bench.graphql('{ repository(owner: "acme", name: "empty") { isEmpty defaultBranchRef { name } } }')
    assert empty["data"]["repository"] == {"isEmpty": True, "defaultBranchRef": None}


def test_a_document_without_meaning_is_refused(bench: Bench) -> None:
    assert bench.graphql("{ viewer ")["errors"][0]["message"].startswith("Syntax Error")
    unbounded = bench.graphql('{ organization(login: "acme") { repositories { totalCount } } }')
    assert unbounded["errors"][0]["type"] == "MISSING_PAGINATION_BOUNDARIES"


def test_tokens_and_introspection(bench: Bench) -> None:
    for headers in ({}, {"Authorization": "token wrong"}):
        answer = requests.post(
            bench.server.graphql_url, json={"query": "{ viewer { login } }"}, headers=headers, timeout=10
        )
        assert answer.status_code == 401
    assert bench.graphql("{ __schema { queryType { name } } }")["data"]["__schema"]["queryType"] == {"name": "Query"}


def test_an_owner_s_repositories_page_by_page_and_by_id(bench: Bench) -> None:
    query = """query($after: String) { repositoryOwner(login: "acme") { login __typename
      repositories(first: 4, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { id name } } } }"""
    first = bench.graphql(query)["data"]["repositoryOwner"]
    rest = bench.graphql(query, after=first["repositories"]["pageInfo"]["endCursor"])["data"]["repositoryOwner"][
        "repositories"
    ]
    nodes = first["repositories"]["nodes"] + rest["nodes"]
    assert first["__typename"] == "Organization"
    assert first["repositories"]["totalCount"] == 6
    assert len({n["name"] for n in nodes}) == 6
    assert rest["pageInfo"]["hasNextPage"] is False
    by_id = bench.graphql(
        "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Repository { name } } }", ids=[n["id"] for n in nodes]
    )
    assert [n["name"] for n in by_id["data"]["nodes"]] == [n["name"] for n in nodes]


def test_rest_and_graphql_name_the_same_nodes(bench: Bench) -> None:
    pull = bench.repository().open_pull("feature")
    ids = [
        bench.get("/repos/acme/api").json()["node_id"],
        bench.get(f"/repos/acme/api/pulls/{pull.number}").json()["node_id"],
    ]
    answer = bench.graphql("query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids)
    assert answer["data"]["nodes"] == [
        {"__typename": "Repository", "id": ids[0]},
        {"__typename": "PullRequest", "id": ids[1]},
    ]


def test_create_commit_on_branch_appends_signs_and_loses_modes(bench: Bench) -> None:
    repository = bench.repository()
    tip = repository.tip("feature")
    mutation = """mutation($i: CreateCommitOnBranchInput!) {
      createCommitOnBranch(input: $i) { commit { oid signature { isValid } } } }"""
    given = {
        "branch": {"repositoryNameWithOwner": "acme/api", "branchName": "feature"}, "message": {"headline": "h"},
        "expectedHeadOid": tip,
        "fileChanges": {
            "additions": [{"path": "bin/run", "contents": base64.b64encode(b"x").decode()}],
            "deletions": [{"path": "link"}],
        },
    }  # fmt: skip
    made = bench.graphql(mutation, i=given)["data"]["createCommitOnBranch"]["commit"]
    assert made["signature"]["isValid"]
    assert repository.tip("feature") == made["oid"]
    files = repository.files("feature")
    assert files["bin/run"] == ("100644", b"x")
    assert "link" not in files
    assert bench.graphql(mutation, i=given)["errors"][0]["type"] == "STALE_DATA"


def test_every_field_of_the_trimmed_schema_is_answered() -> None:
    from graphql import GraphQLObjectType

    from github_sandbox.graphql_api.execute import schema
    from github_sandbox.graphql_api.resolvers import RESOLVERS

    silent = [
        f"{kind.name}.{field}"
        for kind in schema().type_map.values()
        if isinstance(kind, GraphQLObjectType)
        and not kind.name.startswith("__")
        and not kind.name.endswith(("Connection", "Edge"))
        for field in kind.fields
        if field not in RESOLVERS.get(kind.name, {})
    ]
    assert silent == []
