"""A request without an answer: a wait and another attempt, or the error."""

from __future__ import annotations

from random import random
from typing import TYPE_CHECKING

from action_patterns.contracts.wording import counted
from action_patterns.errors import AnswerLostError, UnavailableError, UnreachableError
from action_patterns.resilience.attempts import MAX_ATTEMPTS, after_no_answer
from action_patterns.resilience.backoff import backoff_seconds

if TYPE_CHECKING:
    from action_patterns.github_api.transport.metering import Meter
    from action_patterns.github_api.transport.no_connection import NoConnection
    from action_patterns.ports.clock import Clock
    from action_patterns.ports.log import Log
    from action_patterns.resilience.classification import OperationClass

FIRST_CONTACT_SECONDS = 1.0
"""Wait for the second try of a connection to a server that has not answered in this run."""


class Retries:
    """The further attempts of one run, within the time that it may take."""

    def __init__(self, clock: Clock, log: Log, meter: Meter, *, ends: float) -> None:
        """`ends`: when that time is over, on the monotonic clock."""
        self._clock = clock
        self._log = log
        self._meter = meter
        self._ends = ends
        self.has_answered = False
        """The server has answered in this run."""

    def wait_to_connect(self, failed: NoConnection, request: str, attempt: int, cause: Exception) -> None:
        """Return after a wait if another try may connect.

        A server that never answered in this run gets one more: a wrong address, a firewall or a server that is off does
        not pass in half a minute.

        Raises:
            UnreachableError: no further try is due.
        """
        seconds = backoff_seconds(attempt, random()) if self.has_answered else FIRST_CONTACT_SECONDS
        most = 1 if failed.lasts else MAX_ATTEMPTS if self.has_answered else 2
        if attempt >= most or seconds > self._ends - self._clock.monotonic():
            raise unreachable(failed, request) from cause
        self._log.info(f"{request}: {failed.cause}; attempt {attempt} of {most}.")
        self._meter.waited(seconds)
        self._clock.sleep(seconds)

    def wait_to_repeat(
        self,
        kind: OperationClass,
        request: str,
        attempt: int,
        what: str,
        request_id: str | None,
        cause: Exception | None,
    ) -> None:
        """Return after a wait if a request whose answer was lost may be sent again.

        Raises:
            AnswerLostError: it may have taken effect, and must be looked up first.
            UnavailableError: it failed too often, or no time is left.
        """
        left = self._ends - self._clock.monotonic()
        way = after_no_answer(kind, attempt, random=random(), seconds_left=left)
        if way.step == "look-up":
            raise AnswerLostError(
                f"{request} was sent, and its answer was lost ({what}). It may have taken effect.",
                remediation="Run again: the state is read before anything is sent a second time.",
                request_id=request_id,
            ) from cause
        if way.step == "give-up":
            raise UnavailableError(
                f"{request} failed {counted(attempt, 'time')}, last with: {what}.",
                remediation="Run again in a few minutes; see https://www.githubstatus.com.",
                request_id=request_id,
            ) from cause
        self._log.info(f"{request}: {what}; attempt {attempt} of {MAX_ATTEMPTS}.")
        self._meter.waited(way.wait_seconds)
        self._clock.sleep(way.wait_seconds)


def unreachable(failed: NoConnection, request: str) -> UnreachableError:
    """Return the error of a request that was not sent."""
    return UnreachableError(f"{request} was not sent: {failed.cause}.", remediation=failed.remedy)
