"""Every query is valid by GitHub's published schema, and holds no value of anybody's."""

from __future__ import annotations

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse, validate

from action_patterns.github_api.graphql import queries
from github_sandbox.schemas import graphql_text

QUERIES = {
    "observe nothing": queries.observe(0, 0, named_base=False),
    "observe one path on a named base": queries.observe(1, 1, named_base=True),
    "observe as many paths as fit": queries.observe(queries.PATHS_PER_QUERY, 2, named_base=True),
    "observe a milestone": queries.observe(1, 1, named_base=False, milestone=True),
    "observe a fork": queries.observe(1, 1, named_base=False, in_a_fork=True),
    "more comments": queries.COMMENTS,
    "more that are closed": queries.ENDED,
    "more paths": queries.files(queries.PATHS_PER_QUERY),
    "an owner": queries.owner(queries.Wanted()),
    "an owner, and more of each repository": queries.owner(
        queries.Wanted(directories=3, open_from=True, preflight=True, written=True)
    ),
    "repositories by name, and more of each": queries.repositories(
        2, queries.Wanted(directories=1, open_from=True, preflight=True)
    ),
    "one repository": queries.repositories(1, queries.Wanted()),
    "as many repositories as fit": queries.repositories(queries.REPOSITORIES_PER_QUERY, queries.Wanted()),
    "swap refs": queries.UPDATE_REFS,
    "make a draft": queries.CONVERT_TO_DRAFT,
    "merge it later": queries.ENABLE_AUTO_MERGE,
    "do not merge it": queries.DISABLE_AUTO_MERGE,
}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    # Trimmed: types have only the fields that are asked for, not all that their interfaces promise.
    return build_schema(graphql_text(), assume_valid=True)


@pytest.mark.parametrize("name", QUERIES)
def test_github_would_take_it(name: str, schema: GraphQLSchema) -> None:
    assert validate(schema, parse(QUERIES[name])) == []


@pytest.mark.parametrize("name", QUERIES)
def test_values_travel_as_variables_only(name: str) -> None:
    # The texts are the name of a type, asked for to see whether the server knows it, and git's name of a tip.
    assert '"' not in QUERIES[name].replace('"UpdateRefsInput"', "").replace('"HEAD"', "")


@pytest.mark.parametrize("count", [0, 1, 100])
def test_there_is_one_variable_for_each_path(count: int) -> None:
    (operation,) = [
        node
        for node in parse(queries.observe(count, 1, named_base=True)).definitions
        if isinstance(node, OperationDefinitionNode)
    ]
    declared = {variable.variable.name.value for variable in operation.variable_definitions or ()}
    assert declared == {"owner", "name", "branch", "head", "below", "base", "into", "a0"} | {
        f"p{i}" for i in range(count)
    }
