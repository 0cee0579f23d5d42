"""The only code that talks to GitHub. `connect` opens it; everything else is reached through `ports.GitHub`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from action_patterns.ports import Allowance, Clock, Context, Credentials, GitHub, Log


def connect(credentials: Credentials, context: Context, clock: Clock, log: Log, allowance: Allowance) -> GitHub:
    """A gateway for one set of credentials. Nothing is sent yet; the time it may take starts to run.

    The client library is imported here and not before: it costs most of an action's start-up time.
    """
    from action_patterns.github_api.gateway import Gateway
    from action_patterns.github_api.transport import Transport

    return Gateway(Transport(credentials, context, clock, log, allowance))
