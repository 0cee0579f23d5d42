"""A listing asks for the facts that every campaign needs, and for more only on request."""

from __future__ import annotations

import re

from action_patterns.github_api.graphql import queries

OWNER = """
query Owner($login: String!, $first: Int!, $after: String) {
  repositoryOwner(login: $login) {
    login
    repositories(first: $first, after: $after, ownerAffiliations: [OWNER], orderBy: {field: NAME, direction: ASC}) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { ...Target }
    }
  }
}
fragment Target on Repository {
  nameWithOwner databaseId isArchived isEmpty isFork isPrivate visibility pushedAt viewerPermission
  primaryLanguage { name }
  repositoryTopics(first: 100) { nodes { topic { name } } }
  defaultBranchRef { name target { oid } }
}
"""
NAMED = """
query Repositories($o0: String!, $n0: String!) { r0: repository(owner: $o0, name: $n0) { ...Target } }
"""


def words(text: str) -> list[str]:
    return re.findall(r"\S+", text)


def test_without_a_request_for_more_nothing_more_is_read() -> None:
    assert words(queries.owner(queries.Wanted())) == words(OWNER)
    assert words(queries.repositories(1, queries.Wanted())) == words(NAMED + OWNER[OWNER.index("fragment") :])


def test_each_directory_is_one_field_and_one_variable() -> None:
    text = queries.owner(queries.Wanted(directories=2, open_from=True))
    assert re.findall(r"\$(\w+): String!", text) == ["login", "d0", "d1", "head"]
    assert re.findall(r"(\w+): object\(expression: \$(\w+)\)", text) == [("d0", "d0"), ("d1", "d1")]
    assert text.count("pullRequests(headRefName: $head") == 1
