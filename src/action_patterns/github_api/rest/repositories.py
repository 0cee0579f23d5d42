"""Repositories of an owner, and repositories by name, read over REST, where GraphQL is not served."""

from __future__ import annotations

from collections.abc import Sequence

from action_patterns.contracts import Target
from action_patterns.errors import NotFoundError, RefusedError
from action_patterns.github_api.graphql.repositories import no_such_owner
from action_patterns.github_api.rest import decode
from action_patterns.github_api.rest.observe import is_empty
from action_patterns.github_api.transport.answer import Answer
from action_patterns.github_api.transport.calls import Calls
from action_patterns.ports.repositories import Listing


def list_owner(calls: Calls, owner: str) -> Listing:
    """See ports.GitHub.list_owner. REST counts no repositories for this token: what proves the list whole is that every
    page of it was read.

    Raises:
        RefusedError: it is a person's account, whose private repositories REST does not list.
    """
    try:
        account = calls.get(f"/users/{owner}", scope=owner)
    except NotFoundError as error:
        raise no_such_owner(owner) from error
    if account["type"].text() != "Organization":
        raise RefusedError(
            f"{owner} is a person's account, and without GraphQL only its public repositories can be listed.",
            remediation="Name its repositories one by one.",
        )
    nodes = calls.listing(f"/orgs/{owner}/repos", scope=owner, type="all", sort="full_name")
    # A page shifts when a repository comes or goes while the list is read: then one may be in it twice.
    targets = {target.repository: target for target in (_target(calls, node) for node in nodes)}
    return Listing(account["login"].text(), len(targets), tuple(targets.values()))


def read_repositories(calls: Calls, repositories: Sequence[str]) -> dict[str, Target | None]:
    """See ports.GitHub.read_repositories."""
    found: dict[str, Target | None] = {}
    for name in repositories:
        try:
            found[name] = _target(calls, calls.read(name, ""))
        except NotFoundError:
            found[name] = None
    return found


def _target(calls: Calls, node: Answer) -> Target:
    # Counted in kB, so a repository with little in it may be 0 as well.
    unsized = node["size"].number() == 0
    empty = unsized and is_empty(calls, node["full_name"].text(), node["default_branch"].text())
    return decode.target(node, empty=empty)
