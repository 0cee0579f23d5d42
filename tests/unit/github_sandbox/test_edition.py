"""Servers that lack a part of the API: no GraphQL, GraphQL that no token may use, mutations of a newer schema."""

from __future__ import annotations

from typing import Any

import pytest
from github_sandbox_bench import Bench, served

from github_sandbox import Edition, Sandbox, SeedError

UPDATE = "mutation Move($i: UpdateRefsInput!) { updateRefs(input: $i) { clientMutationId } }"


def test_a_server_may_have_no_graphql(bench: Bench) -> None:
    bench.sandbox.edition = Edition(graphql="absent")
    answer = bench.ask("{ viewer { login } }")
    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")
    assert bench.get("/user").json()["login"] == "bot"


@pytest.mark.parametrize(("token", "kind"), [
    ("tok-bot", "personal access token"), ("tok-fine", "personal access token"), ("tok-actions", "integration"),
])  # fmt: skip
def test_a_server_may_refuse_graphql(bench: Bench, token: str, kind: str) -> None:
    bench.sandbox.edition = Edition(graphql="refused")
    answer = bench.ask("{ viewer { login } }", token=token)
    assert (answer.status_code, answer.json()["message"]) == (403, f"Resource not accessible by {kind}")


def test_a_server_may_not_know_a_mutation() -> None:
    with served(edition={"unknown-mutations": ["updateRefs"]}) as bench:
        before = bench.repository().refs()
        update = {"name": "refs/heads/main", "beforeOid": None, "afterOid": "0" * 40}
        answer = bench.ask(UPDATE, i={"repositoryId": "R_x", "refUpdates": [update]})
        variable, field, unused = answer.json()["errors"]
        assert answer.status_code == 200
        assert field == {
            "path": ["mutation Move", "updateRefs"],
            "extensions": {"code": "undefinedField", "typeName": "Mutation", "fieldName": "updateRefs"},
            "locations": [{"line": 1, "column": UPDATE.index("updateRefs") + 1}],
            "message": "Field 'updateRefs' doesn't exist on type 'Mutation'",
        }
        assert variable["message"] == "UpdateRefsInput isn't a defined input type (on $i)"
        assert unused["message"] == "Variable $i is declared by Move but not used"
        assert bench.sandbox.violations == []
        assert bench.repository().refs() == before
        assert bench.graphql("{ viewer { login } }")["data"] == {"viewer": {"login": "bot"}}
        introspection = '{ gone: __type(name: "UpdateRefsInput") { name } kept: __type(name: "Repository") { name } }'
        assert bench.graphql(introspection)["data"] == {"gone": None, "kept": {"name": "Repository"}}
        bench.sandbox.edition = Edition()
        assert bench.graphql(introspection)["data"]["gone"] == {"name": "UpdateRefsInput"}


@pytest.mark.parametrize("edition", [{"graphql": "maybe"}, {"unknown-mutations": "updateRefs"}, {"rest": "absent"}])
def test_a_seed_names_an_edition_that_exists(edition: Any) -> None:
    with pytest.raises(SeedError, match="edition"):
        Sandbox.from_seed({"edition": edition})
    assert Sandbox.from_seed({"edition": {"graphql": "absent"}}).edition == Edition(graphql="absent")
    with pytest.raises(ValueError, match="maybe"):
        Edition(graphql="maybe")
