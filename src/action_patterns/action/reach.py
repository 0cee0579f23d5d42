"""Which repositories a token can reach."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from action_patterns.errors import InputError, Problem
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Credentials


class Reach(NamedTuple):
    """The repositories that an action is asked to work on."""

    repositories: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    public_only: bool = False
    """Only public repositories of `owners`."""
    hidden: tuple[str, ...] = ()
    """Sources that GITHUB_TOKEN may never read, each as the subject of a sentence."""


def union(reaches: Iterable[Reach]) -> Reach:
    """Return all repositories of several, each once."""
    several = tuple(reaches)
    return Reach(
        tuple(dict.fromkeys(name for each in several for name in each.repositories)),
        tuple(dict.fromkeys(owner for each in several for owner in each.owners)),
        public_only=all(each.public_only for each in several),
        hidden=tuple(dict.fromkeys(source for each in several for source in each.hidden)),
    )


def check_reach(credentials: Credentials, reach: Reach, context: Context, *, writing: bool) -> None:
    """Check that the token reaches the repositories, before the first request.

    GITHUB_TOKEN reaches only the repository its workflow runs in. It may also list public repositories, so a run that
    only reads those passes.

    Raises:
        InputError: the job's own token is used for another repository.
    """
    if not credentials.is_job_token:
        return
    elsewhere = [name for name in reach.repositories if name.lower() != context.repository.lower()]
    if not elsewhere and not reach.hidden and (not reach.owners or (reach.public_only and not writing)):
        return
    of_owners = f"the repositories of {', '.join(reach.owners)}" if reach.owners else ""
    what = of_owners or next(iter(elsewhere), "those of the App's installation")
    raise InputError(
        Problem(
            f"The token is the job's GITHUB_TOKEN, which reaches only {context.repository}, not {what}.",
            "Pass `app-client-id` and `app-private-key` of a GitHub App that is installed on the targets, or as `token`"
            " a personal access token kept as a secret. The job's `permissions` never reach other repositories.",
        )
    )
