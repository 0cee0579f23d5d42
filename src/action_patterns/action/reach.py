"""Which repositories a token can reach."""

from __future__ import annotations

from action_patterns.discovery.selection import Selection
from action_patterns.errors import InputError, Problem
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Credentials


def check_reach(credentials: Credentials, selection: Selection, context: Context, *, writing: bool) -> None:
    """GITHUB_TOKEN reaches only the repository its workflow runs in; stop before the first request.

    It may list what is public elsewhere, so that alone is let through where nothing is to be written.

    Raises:
        InputError: the job's own token is used for another repository.
    """
    if not credentials.is_job_token:
        return
    elsewhere = [name for name in selection.repositories if name.lower() != context.repository.lower()]
    if not elsewhere and (not selection.owners or (selection.visibility == "public" and not writing)):
        return
    what = f"the repositories of {', '.join(selection.owners)}" if selection.owners else elsewhere[0]
    raise InputError(
        Problem(
            f"The token is the job's GITHUB_TOKEN, which reaches only {context.repository}, not {what}.",
            "Pass `app-client-id` and `app-private-key` of a GitHub App that is installed on the targets, or as `token`"
            " a personal access token kept as a secret. The job's `permissions` never reach other repositories.",
        )
    )
