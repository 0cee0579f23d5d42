"""Teams of an organization, read over REST."""

from __future__ import annotations

from action_patterns.contracts.wording import closest
from action_patterns.errors import ActionPatternsError, NotFoundError, PermissionDeniedError
from action_patterns.github_api.transport.calls import Calls
from action_patterns.ports.repositories import ListedRepository


def list_team(calls: Calls, team: str) -> tuple[ListedRepository, ...]:
    """See ports.Repositories.list_team. REST gives no count: the list is whole if its last page was read.

    Raises:
        NotFoundError: there is no such team, or this token may not see it. GitHub answers both alike.
    """
    organization, _, slug = team.lower().partition("/")  # a slug has no upper case
    try:
        nodes = calls.listing(f"/orgs/{organization}/teams/{slug}/repos", scope=organization)
    except NotFoundError as error:
        raise no_such_team(calls, team) from error
    except PermissionDeniedError as error:
        raise not_permitted(team, error) from error
    found = (ListedRepository(node["full_name"].text(), node["id"].number(), node["private"].flag()) for node in nodes)
    # A page shifts when a repository comes or goes while the list is read: then one may be in it twice.
    return tuple({listed.repository: listed for listed in found}.values())


def no_such_team(calls: Calls, team: str) -> NotFoundError:
    """Return the error of a team that is absent or hidden, with the nearest name if the token may list the teams."""
    organization, _, slug = team.partition("/")
    near = closest(slug.lower(), _slugs(calls, organization))
    return NotFoundError(
        f"There is no team {team!r} that this token may see.",
        remediation=(f"Write {f'{organization}/{near}'!r}, if it is meant. " if near else "")
        + "Otherwise check the spelling, as in the address of the team's page, and that the token may read teams: "
        + _NEEDS,
    )


def not_permitted(team: str, error: PermissionDeniedError) -> PermissionDeniedError:
    """Return the error of a token that may not read teams."""
    return PermissionDeniedError(
        f"The team {team} cannot be read: {error.message}", remediation=f"Use a token that may read teams: {_NEEDS}"
    )


_NEEDS = (
    "an App or a fine-grained token needs `members: read` of the organization, a classic token of a member the scope"
    " `read:org`. GITHUB_TOKEN reads no team."
)


def _slugs(calls: Calls, organization: str) -> tuple[str, ...]:
    try:
        return tuple(node["slug"].text() for node in calls.listing(f"/orgs/{organization}/teams", scope=organization))
    except ActionPatternsError:
        return ()
