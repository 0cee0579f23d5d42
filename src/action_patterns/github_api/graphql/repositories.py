"""Repositories of an owner, and repositories by name, read over GraphQL."""

from __future__ import annotations

from collections.abc import Sequence

from action_patterns.contracts import Target
from action_patterns.errors import NotFoundError, UnavailableError
from action_patterns.github_api.graphql import decode, queries
from action_patterns.github_api.transport.calls import PAGE_SIZE, Calls, portions, smaller
from action_patterns.ports.repositories import Listing


def list_owner(calls: Calls, owner: str) -> Listing:
    """See ports.GitHub.list_owner."""
    targets: dict[str, Target] = {}
    after: str | None = None
    size = PAGE_SIZE
    while True:
        try:
            variables = {"login": owner, "first": size, "after": after}
            found = calls.query(queries.OWNER, variables, scope=owner, absent_is_null=True)["repositoryOwner"]
        except UnavailableError:
            size = smaller(size)
            continue
        if found is None:
            raise no_such_owner(owner)
        page = found["repositories"]
        for node in page["nodes"]:
            if node is not None:
                targets[node["nameWithOwner"]] = decode.target(node)
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    if len(targets) < page["totalCount"]:
        raise UnavailableError(
            f"GitHub counts {page['totalCount']} repositories of {owner}, but listed {len(targets)}.",
            remediation="Run again. Do not go on with a short list: the missing repositories would be left out"
            " silently.",
        )
    return Listing(found["login"], page["totalCount"], tuple(targets.values()))


def no_such_owner(owner: str) -> NotFoundError:
    return NotFoundError(
        f"There is no organization or user {owner!r} that this token may see.",
        remediation="Check the spelling, and that the token's owner or App installation covers it.",
    )


def read_repositories(calls: Calls, repositories: Sequence[str]) -> dict[str, Target | None]:
    """See ports.GitHub.read_repositories; all of one owner, as an App has one token per owner."""
    found: dict[str, Target | None] = {}
    for chunk in portions(repositories, queries.REPOSITORIES_PER_QUERY):
        variables = {}
        for index, repository in enumerate(chunk):
            variables[f"o{index}"], _, variables[f"n{index}"] = repository.partition("/")
        data = calls.query(queries.repositories(len(chunk)), variables, scope=chunk[0], absent_is_null=True)
        for index, repository in enumerate(chunk):
            node = data.get(f"r{index}")
            found[repository] = decode.target(node) if node else None
    return found
