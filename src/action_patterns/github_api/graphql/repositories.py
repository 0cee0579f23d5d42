"""Repositories of an owner, and repositories by name, read over GraphQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from action_patterns.content import presence
from action_patterns.errors import (
    NotFoundError,
    PermissionDeniedError,
    UnavailableError,
    UnexpectedAnswerError,
    UnreachableError,
)
from action_patterns.github_api.graphql import decode, queries
from action_patterns.github_api.rest import teams
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import PAGE_SIZE, Calls, following, portions, smaller
from action_patterns.ports.repositories import FactsNeeded, ListedRepository, Listing

if TYPE_CHECKING:
    from action_patterns.contracts import Target


def list_owner(calls: Calls, owner: str, facts: FactsNeeded) -> Listing:
    """See ports.GitHub.list_owner."""
    size, token = PAGE_SIZE, calls.transport.token_facts()
    more = _variables(facts)
    document = queries.owner(_wanted(facts))

    def ask(after: str | None) -> Answer:
        nonlocal size
        while True:
            variables = {"login": owner, "first": size, "after": after} | more
            try:
                found = calls.query(document, variables, scope=owner, absent_is_null=True)["repositoryOwner"]
            except (UnexpectedAnswerError, UnreachableError):
                raise
            except UnavailableError:
                size = smaller(size)
                continue
            if not found:
                raise no_such_owner(owner)
            return found

    targets: dict[str, Target] = {}
    first = ask(None)
    total = 0
    for page in following(first["repositories"], lambda after: ask(after)["repositories"]):
        total = page["totalCount"].number()
        # A repository that this token may not see is null. The count tells whether one lacks.
        for node in filter(None, page.nodes()):
            target = decode.target(node, token, facts)
            targets[target.repository] = target
    check_total(total, len(targets), f"repositories of {owner}")
    return Listing(first["login"].text(), total, tuple(targets.values()))


def _directory_count(facts: FactsNeeded) -> int:
    return len(presence.directories(facts.has_file, types=facts.types))


def _wanted(facts: FactsNeeded) -> queries.Wanted:
    return queries.Wanted(
        directories=_directory_count(facts),
        open_from=facts.open_from is not None,
        preflight=facts.preflight,
        written=facts.preflight and facts.written is not None,
    )


def _variables(facts: FactsNeeded) -> dict[str, str | int | None]:
    """Return the variables of the fragment Target: git's name of each directory, and the branches."""
    paths = presence.directories(facts.has_file, types=facts.types)
    found: dict[str, str | int | None] = {f"d{index}": f"HEAD:{path}" for index, path in enumerate(paths)}
    if facts.open_from is not None:
        found["head"] = facts.open_from
    if facts.preflight and facts.written is not None:
        found["written"] = f"refs/heads/{facts.written}"
    return found


def check_total(total: int, listed: int, what: str) -> None:
    """Compare what was listed with GitHub's count.

    Raises:
        UnavailableError: the list is short.
    """
    if listed < total:
        raise UnavailableError(
            f"GitHub counts {total} {what}, but listed {listed}.",
            remediation="Run again. Do not go on with a short list: the missing repositories would be left out"
            " silently.",
        )


def list_team(calls: Calls, team: str) -> tuple[ListedRepository, ...]:
    """See ports.Repositories.list_team."""
    login, _, slug = team.lower().partition("/")  # a slug has no upper case

    def ask(after: str | None) -> Answer:
        variables = {"login": login, "slug": slug, "first": PAGE_SIZE, "after": after}
        try:
            found = calls.query(queries.TEAM, variables, scope=login, absent_is_null=True)["organization"]
        except PermissionDeniedError as error:
            raise teams.not_permitted(team, error) from error
        if not found or not found["team"]:
            raise teams.no_such_team(calls, team)
        return found["team"]["repositories"]

    found: dict[str, ListedRepository] = {}
    total = 0
    for page in following(ask(None), ask):
        total = page["totalCount"].number()
        for node in filter(None, page.nodes()):
            name = node["nameWithOwner"].text()
            found[name] = ListedRepository(name, node["databaseId"].hint(int), node["isPrivate"].flag())
    check_total(total, len(found), f"repositories of the team {team}")
    return tuple(found.values())


def no_such_owner(owner: str) -> NotFoundError:
    return NotFoundError(
        f"There is no organization or user {owner!r} that this token may see.",
        remediation="Check the spelling, and that the token's owner or App installation covers it.",
    )


def read_repositories(calls: Calls, repositories: Sequence[str], facts: FactsNeeded) -> dict[str, Target | None]:
    """See ports.GitHub.read_repositories; all of one owner, as an App has one token per owner."""
    found: dict[str, Target | None] = {}
    token, more = calls.transport.token_facts(), _variables(facts)
    size = queries.REPOSITORIES_PER_QUERY // (1 + _directory_count(facts)) or 1
    for chunk in portions(repositories, size):
        variables = dict(more)
        for index, repository in enumerate(chunk):
            variables[f"o{index}"], _, variables[f"n{index}"] = repository.partition("/")
        document = queries.repositories(len(chunk), _wanted(facts))
        data = calls.query(document, variables, scope=chunk[0], absent_is_null=True)
        for index, repository in enumerate(chunk):
            node = data[f"r{index}"]
            found[repository] = decode.target(node, token, facts) if node else None
    return found
