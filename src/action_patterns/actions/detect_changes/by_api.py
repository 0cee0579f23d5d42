"""The commits of the run's repository by GitHub's API, with the token of the step."""

from __future__ import annotations

from action_patterns.action.reach import Reach
from action_patterns.action.session import open_session
from action_patterns.actions.detect_changes.interface import USES_OF_HISTORY, DetectChangesInputs
from action_patterns.changes.github_history import GitHubHistory
from action_patterns.errors import ActionPatternsError
from action_patterns.ports.bundle import Ports
from action_patterns.ports.history import MissingError

_MOST_SECONDS = 120.0
"""Time for the API. It saves work, so no run waits for it through an outage."""


def history(inputs: DetectChangesInputs, ports: Ports) -> GitHubHistory:
    """Return the commits. Nothing is sent yet.

    Raises:
        MissingError: there is no token for the run's repository.
    """
    repository = ports.context.repository
    try:
        session = open_session(
            ports,
            inputs.credentials(),
            USES_OF_HISTORY,
            seconds=min(60 * inputs.max_minutes, _MOST_SECONDS),
            reach=Reach((repository,)),
            narrowed=(repository,),
        )
    except ActionPatternsError as error:
        raise MissingError(f"GitHub's API is not asked: {error.message}") from None
    return GitHubHistory(session.git, session.git_refs, repository, ports.context.sha)
