"""A refused GraphQL request says why in GitHub's words and form."""

from __future__ import annotations

from typing import Any

import pytest
from github_sandbox_bench import Bench

PULL = 'repository(owner: "acme", name: "api") { pullRequest(number: 1) { id } }'
DRAFT = "mutation($id: String!) { convertPullRequestToDraft(input: {pullRequestId: $id}) { clientMutationId } }"
NO_SELECTIONS = (
    "Field must have selections (field 'repository' returns Repository but has no selections."
    " Did you mean 'repository { ... }'?)"
)
REFS = "mutation M($i: UpdateRefsInput!) { updateRefs(input: $i) { clientMutationId } }"


@pytest.mark.parametrize(("query", "message", "path", "extensions"), [
    ("query Q { viewer { shoe: nope } }", "Field 'nope' doesn't exist on type 'User'", ["query Q", "viewer", "shoe"],
     {"code": "undefinedField", "typeName": "User", "fieldName": "nope"}),
    ('{ repository(owner: "acme", name: "api") }',
     NO_SELECTIONS, ["query", "repository"],
     {"code": "selectionMismatch", "nodeName": "field 'repository'", "typeName": "Repository"}),
    ("{ viewer { login { x } } }",
     "Selections can't be made on scalars (field 'login' returns String but has selections [\"x\"])",
     ["query", "viewer", "login"],
     {"code": "selectionMismatch", "nodeName": "field 'login'", "typeName": "String"}),
    ('{ repository(owner: "acme") { id } }', "Field 'repository' is missing required arguments: name",
     ["query", "repository"],
     {"code": "missingRequiredArguments", "className": "Field", "name": "repository", "arguments": "name"}),
    ("{ viewer(shoe: 1) { login } }", "Field 'viewer' doesn't accept argument 'shoe'", ["query", "viewer", "shoe"],
     {"code": "argumentNotAccepted", "name": "viewer", "typeName": "Field", "argumentName": "shoe"}),
    ('mutation { updateRefs(input: {repositoryId: "x", refUpdates: [], shoe: 1}) { clientMutationId } }',
     "InputObject 'UpdateRefsInput' doesn't accept argument 'shoe'", ["mutation", "updateRefs", "input", "shoe"],
     {"code": "argumentNotAccepted", "name": "UpdateRefsInput", "typeName": "InputObject", "argumentName": "shoe"}),
    ('mutation { updateRefs(input: {repositoryId: "x"}) { clientMutationId } }',
     "Argument 'refUpdates' on InputObject 'UpdateRefsInput' is required. Expected type [RefUpdate!]!",
     ["mutation", "updateRefs", "input", "refUpdates"],
     {"code": "missingRequiredInputObjectAttribute", "argumentName": "refUpdates", "argumentType": "[RefUpdate!]!",
      "inputObjectType": "UpdateRefsInput"}),
    ('{ repository(owner: "acme", name: "api") { pullRequest(number: "x") { id } } }',
     "Argument 'number' on Field 'pullRequest' has an invalid value (\"x\"). Expected type 'Int!'.",
     ["query", "repository", "pullRequest", "number"],
     {"code": "argumentLiteralsIncompatible", "typeName": "Field", "argumentName": "number"}),
    ('{ repository(owner: "acme", name: "api") { pullRequests(first: 1, states: [AJAR]) { totalCount } } }',
     "Argument 'states' on Field 'pullRequests' has an invalid value ([AJAR]). Expected type '[PullRequestState!]'.",
     ["query", "repository", "pullRequests", "states"],
     {"code": "argumentLiteralsIncompatible", "typeName": "Field", "argumentName": "states"}),
    ("query($n: String!) { viewer { login } }", "Variable $n is declared by anonymous query but not used", ["query"],
     {"code": "variableNotUsed", "variableName": "n"}),
    ("{ user(login: $who) { ...Who } } fragment Who on User { login }",
     "Variable $who is used by anonymous query but not declared", ["query", "user", "login"],
     {"code": "variableNotDefined", "variableName": "who"}),
    (DRAFT, "Type mismatch on variable $id and argument pullRequestId (String! / ID!)",
     ["mutation", "convertPullRequestToDraft", "input", "pullRequestId"],
     {"code": "variableMismatch", "variableName": "id", "typeName": "String!", "argumentName": "pullRequestId",
      "errorMessage": "Type mismatch"}),
    ("query($l: String) { user(login: $l) { login } }",
     "Nullability mismatch on variable $l and argument login (String / String!)", ["query", "user", "login"],
     {"code": "variableMismatch", "variableName": "l", "typeName": "String", "argumentName": "login",
      "errorMessage": "Nullability mismatch"}),
    ("query($l: [String!]!) { user(login: $l) { login } }",
     "List dimension mismatch on variable $l and argument login ([String!]! / String!)", ["query", "user", "login"],
     {"code": "variableMismatch", "variableName": "l", "typeName": "[String!]!", "argumentName": "login",
      "errorMessage": "List dimension mismatch"}),
    ("{ viewer { ... on Shoe { size } } }", "No such type Shoe, so it can't be a fragment condition",
     ["query", "viewer", "... on Shoe"], {"code": "undefinedType", "typeName": "Shoe"}),
    ("{ viewer { ...Gone } }", "Fragment Gone was used, but not defined", ["query", "viewer", "... Gone"],
     {"code": "useAndDefineFragment", "fragmentName": "Gone"}),
    ("{ viewer { login } } fragment Idle on User { login }", "Fragment Idle was defined, but not used",
     ["fragment Idle"], {"code": "useAndDefineFragment", "fragmentName": "Idle"}),
    ("query($u: User) { viewer { login @include(if: true) } user(login: $u) { login } }",
     "User isn't a valid input type (on $u)", ["query"],
     {"code": "variableRequiresValidType", "typeName": "User", "variableName": "u"}),
    ("{ viewer { login @include } }", "Directive 'include' is missing required arguments: if",
     ["query", "viewer", "login"],
     {"code": "missingRequiredArguments", "className": "Directive", "name": "include", "arguments": "if"}),
])  # fmt: skip
def test_an_invalid_document(
    bench: Bench, query: str, message: str, path: list[str], extensions: dict[str, Any]
) -> None:
    body = bench.graphql(query)
    assert "data" not in body
    error = body["errors"][0]
    assert list(error) == ["path", "extensions", "locations", "message"]
    assert (error["message"], error["path"], error["extensions"]) == (message, path, extensions)
    bench.sandbox.violations.clear()


def test_the_place_of_an_error_is_that_of_its_node(bench: Bench) -> None:
    query = f"query Q {{\n  viewer {{ login }}\n  {PULL.replace('number: 1', 'shoe: 1, number: 1')}\n}}"
    (error,) = bench.graphql(query)["errors"]
    line = query.splitlines()[2]
    assert error["locations"] == [{"line": 3, "column": line.index("shoe") + 1}]


def test_a_field_that_is_not_served_is_named_among_the_violations(bench: Bench) -> None:
    bench.graphql("query($n: Int) { viewer { shoe(size: $n) hat } }")
    assert bench.sandbox.violations == [f"not served: the field User.{name} of GraphQL" for name in ("shoe", "hat")]
    bench.sandbox.violations.clear()


def test_a_variable_below_an_unknown_field_counts_as_unused(bench: Bench) -> None:
    errors = bench.graphql("query Q($n: Int) { viewer { shoe(size: $n) } }")["errors"]
    assert [e["extensions"]["code"] for e in errors] == ["undefinedField", "variableNotUsed"]
    bench.sandbox.violations.clear()


@pytest.mark.parametrize(("value", "places", "explained"), [
    (None, "", [[[], "Expected value to not be null"]]),
    ({"repositoryId": "x"}, " for refUpdates (Expected value to not be null)",
     [[["refUpdates"], "Expected value to not be null"]]),
    ({"repositoryId": "x", "refUpdates": [{"name": "a", "afterOid": "b", "force": 1}], "shoe": 2},
     " for shoe (Field is not defined on UpdateRefsInput), refUpdates.0.force (Could not coerce value 1 to Boolean)",
     [[["shoe"], "Field is not defined on UpdateRefsInput"],
      [["refUpdates", 0, "force"], "Could not coerce value 1 to Boolean"]]),
])  # fmt: skip
def test_a_variable_of_the_wrong_value(bench: Bench, value: Any, places: str, explained: list[Any]) -> None:
    (error,) = bench.graphql(REFS, i=value)["errors"]
    assert error["message"] == f"Variable $i of type UpdateRefsInput! was provided invalid value{places}"
    assert error["locations"] == [{"line": 1, "column": REFS.index("$i") + 1}]
    assert error["extensions"]["value"] == value
    assert [[p["path"], p["explanation"]] for p in error["extensions"]["problems"]] == explained


def test_an_enum_names_its_values(bench: Bench) -> None:
    pulls = "pullRequests(first: 1, states: $s) { totalCount }"
    query = f'query($s: [PullRequestState!]) {{ repository(owner: "acme", name: "api") {{ {pulls} }} }}'
    (error,) = bench.graphql(query, s=["AJAR"])["errors"]
    assert error["message"].endswith('for 0 (Expected "AJAR" to be one of: CLOSED, MERGED, OPEN)')
