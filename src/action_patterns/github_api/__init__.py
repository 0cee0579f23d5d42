"""The only code that talks to GitHub. `connect` opens it; everything else is reached through `ports.GitHub`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from action_patterns.ports.clock import Clock
    from action_patterns.ports.context import Context
    from action_patterns.ports.credentials import Allowance, Credentials
    from action_patterns.ports.github import GitHub
    from action_patterns.ports.log import Log


def connect(credentials: Credentials, context: Context, clock: Clock, log: Log, allowance: Allowance) -> GitHub:
    """A gateway for one set of credentials. Nothing is sent yet; the time it may take starts to run.

    The client library is imported here and not before: it costs most of an action's start-up time.
    """
    from action_patterns.github_api.client import Client
    from action_patterns.github_api.transport.transport import Transport

    return Client(Transport(credentials, context, clock, log, allowance))
