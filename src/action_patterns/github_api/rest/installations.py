"""The repositories of an App's installations. GraphQL lists none."""

from __future__ import annotations

from collections.abc import Iterator

from action_patterns.errors import PermissionDeniedError
from action_patterns.github_api.graphql.repositories import check_total
from action_patterns.github_api.transport import access_policies
from action_patterns.github_api.transport.calls import Calls
from action_patterns.github_api.transport.token_kind import is_a_persons
from action_patterns.github_api.transport.tokens import APP
from action_patterns.ports.repositories import ListedRepository

_INSTEAD = (
    "Pass `app-client-id` and `app-private-key` of the GitHub App, or as `token` one of its installation tokens."
    " Otherwise name the sources: `owners`, `teams`, `search` or `repositories`."
)


def list_installation(calls: Calls) -> tuple[ListedRepository, ...]:
    """See ports.Repositories.list_installation.

    Raises:
        PermissionDeniedError: the token is no App's.
    """
    transport = calls.transport
    if is_a_persons(transport.token_kind):
        raise PermissionDeniedError(
            f"`installation` needs a GitHub App, and the token is a {transport.token_kind}.", remediation=_INSTEAD
        )
    found: dict[str, ListedRepository] = {}
    for account in _accounts(calls) if transport.mints_tokens else ("",):
        found |= {listed.repository: listed for listed in _repositories(calls, account)}
    return tuple(found.values())


def _accounts(calls: Calls) -> Iterator[str]:
    """Yield the accounts at which the App is installed. A suspended installation reads nothing: it is warned of."""
    for installation in calls.listing("/app/installations", scope=APP):
        account = installation["account"]["login"].text()
        if installation["suspended_at"]:
            calls.transport.warn(
                PermissionDeniedError(
                    f"The App's installation at {account} has been suspended: its repositories are left out.",
                    remediation=access_policies.SUSPENDED,
                )
            )
        else:
            yield account


def _repositories(calls: Calls, account: str) -> list[ListedRepository]:
    found: dict[str, ListedRepository] = {}
    total = 0
    try:
        for page in calls.pages("/installation/repositories", scope=account):
            total = page.answer["total_count"].number()
            for node in page.answer["repositories"].items():
                listed = ListedRepository(node["full_name"].text(), node["id"].number(), node["private"].flag())
                found[listed.repository] = listed
    except PermissionDeniedError as error:
        raise PermissionDeniedError(
            f"The repositories of the App's installation cannot be listed: {error.message}", remediation=_INSTEAD
        ) from error
    check_total(total, len(found), f"repositories of the App's installation{f' at {account}' if account else ''}")
    return list(found.values())
