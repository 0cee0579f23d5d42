"""One request at a time to GitHub: paced, retried by operation class, metered; one client per thread."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import requests

from action_patterns.content.bounded_json import loads
from action_patterns.errors import ActionPatternsError, UnavailableError
from action_patterns.github_api.transport import error_mapping, no_connection
from action_patterns.github_api.transport.answer import Answer, Source
from action_patterns.github_api.transport.clients import NOT_MODIFIED, Clients, IfNoneMatch
from action_patterns.github_api.transport.exchange import OversizeError
from action_patterns.github_api.transport.metering import Meter
from action_patterns.github_api.transport.retries import Retries, unreachable
from action_patterns.github_api.transport.token_kind import TokenFacts, TokenKind, is_a_persons
from action_patterns.github_api.transport.tokens import APP, Authorization, GivenToken, TokenSource
from action_patterns.github_api.transport.turns import AccountTurns, Turns
from action_patterns.limits.published import WRITE_SPACING_SECONDS, Lane
from action_patterns.limits.refusal import read_refusal
from action_patterns.ports.credentials import Allowance
from action_patterns.ports.log import Annotation
from action_patterns.resilience.attempts import MAX_ATTEMPTS
from action_patterns.resilience.classification import OperationClass

if TYPE_CHECKING:
    from action_patterns.contracts import Usage
    from action_patterns.ports.clock import Clock
    from action_patterns.ports.context import Context
    from action_patterns.ports.credentials import Credentials
    from action_patterns.ports.log import Log


class Response(NamedTuple):
    """An answer: status, headers with lower-case names, and the decoded JSON."""

    status: int
    headers: Mapping[str, str]
    data: Any


class UnreadableAnswerError(ValueError):
    """An answer that is none of GitHub's: cut off, or made by something between GitHub and us."""


UNSERVED = frozenset({403, 404, 410})


class GraphQLUnservedError(Exception):
    """`POST /graphql` itself is absent from this server, or refused to this token; `error` is what GitHub said.

    An error about an object comes in a 200, and a limit is no refusal: neither is meant.
    """

    def __init__(self, error: ActionPatternsError) -> None:
        super().__init__(error.message)
        self.error = error


class Transport:
    """Requests of one set of credentials, for any number of threads, which share pacing and the time that is left."""

    def __init__(
        self, credentials: Credentials, context: Context, clock: Clock, log: Log, allowance: Allowance | None = None
    ) -> None:
        self._allowance = allowance or Allowance()
        self._is_job_token = credentials.is_job_token
        self._scopes: frozenset[str] | None = None
        self._context = context
        self._clock = clock
        self._log = log
        self._clients = Clients(context)
        self._meter = Meter()
        self._ends = clock.monotonic() + self._allowance.seconds
        self._turns = Turns(clock, self._allowance, context.write_spacing_seconds, ends=self._ends)
        self._app = credentials.app
        self._retries = Retries(clock, log, self._meter, ends=self._ends)
        self._tokens = self._token_source(credentials, log)
        if context.write_spacing_seconds != WRITE_SPACING_SECONDS:
            log.info(
                f"Writes are {context.write_spacing_seconds} s apart instead of the {WRITE_SPACING_SECONDS:g} s"
                " GitHub asks for."
            )

    @property
    def token_kind(self) -> TokenKind:
        """Kind of the token, from its prefix."""
        return self._tokens.kind

    @property
    def is_job_token(self) -> bool:
        """It is the job's own GITHUB_TOKEN."""
        return self._is_job_token

    @property
    def permissions(self) -> error_mapping.Permissions:
        """Permissions of the action that runs."""
        return self._allowance.permissions

    @property
    def mints_tokens(self) -> bool:
        """The credentials are an App's key: it has a token for each account at which it is installed."""
        return self._app is not None

    def token_facts(self) -> TokenFacts:
        """Facts from the token's prefix, and from GitHub's answers so far."""
        kind = self.token_kind
        workflows = False if self._is_job_token else None if self._scopes is None else "workflow" in self._scopes
        signs = True if kind == "installation access token" else False if is_a_persons(kind) else None
        return TokenFacts(is_a_persons(kind), workflows, signs)

    def account(self, scope: str) -> str:
        """Which of the accounts it works as is meant by an owner or repository; an App has one for each owner."""
        return self._tokens.account(scope)

    @property
    def graphql_url(self) -> str:
        """Address of GraphQL."""
        return self._context.graphql_url

    def send(
        self, kind: OperationClass, lane: Lane, method: str, url: str, body: object = None, *, scope: str
    ) -> Response:
        """Send a request and return a successful answer. `scope` is the owner or repository it is about.

        Raises:
            AnswerLostError: an `unsafe` request went out and no answer that can be relied on came back.
            RateLimitedError: a limit, or our own pace, would have it wait beyond the time this run may take.
            GraphQLUnservedError: it was a GraphQL request, and there is no GraphQL.
            ActionPatternsError: the mapped refusal.
        """
        request = f"{method} {url}"
        attempt, renewed = 0, False
        while True:
            attempt += 1
            auth = self._tokens.auth(scope)
            turns = self._turns.of(self._tokens.account(scope))
            turns.wait(lane, request)
            self._meter.sent(lane)
            try:
                response = self._exchange(turns, method, url, body, auth)
            except (requests.RequestException, UnreadableAnswerError) as error:
                failed = no_connection.read(error, self._address(url))
                if failed is not None:
                    self._retries.wait_to_connect(failed, request, attempt, error)
                    continue
                if isinstance(error, OversizeError) and kind != "unsafe":
                    raise UnavailableError(  # It would be as large again.
                        f"{request}: {error}.",
                        remediation="GitHub gives no such answer: check the address of its API and the proxy in front"
                        " of it. Do not just run again.",
                    ) from error
                self._retries.wait_to_repeat(kind, request, attempt, f"no answer ({type(error).__name__})", None, error)
                continue
            if scope != APP:  # what an App asks in its own name has a budget that no target's work takes from
                self._meter.answered(lane, response.headers)
            self._note_scopes(response)
            turns.heed(response.headers)
            status, text = error_mapping.classify(response.status, response.data, reading=kind == "safe")
            if (status == 200 and not text) or (status == NOT_MODIFIED and isinstance(body, IfNoneMatch)):
                return response
            request_id = response.headers.get("x-github-request-id")
            refusal = read_refusal(status, response.headers, text, self._clock.now(), attempt)
            if refusal is not None:
                # Refused by a limit means not processed: any class may be sent again, once the wait is over.
                seconds = turns.park(refusal)
                if seconds is None:
                    raise error_mapping.from_limit(refusal, request, request_id)
                if attempt >= MAX_ATTEMPTS:
                    raise error_mapping.from_limit(refusal, request, request_id, refused_times=attempt)
                self._log.info(f"{request}: {text}; waiting {seconds:.0f} s.")
                self._meter.waited(seconds)
                continue
            if status < 300:
                return response
            if status >= 500:
                self._retries.wait_to_repeat(kind, request, attempt, f"{status} {text}", request_id, None)
                continue
            if status == 401 and not renewed and self._tokens.renew(scope, auth):
                renewed = True
                continue
            refused = error_mapping.from_response(
                status,
                response.headers,
                response.data,
                request,
                token_kind=self.token_kind,
                permissions=self.permissions,
                as_app=scope == APP,
            )
            if url == self.graphql_url and status in UNSERVED:
                raise GraphQLUnservedError(refused)
            raise refused

    def exchange(self, method: str, url: str, body: object, auth: Authorization) -> Response:
        """One request, one answer, nothing else: no retry, no pacing. The place where a process can die.

        Raises:
            requests.RequestException: no answer came.
            UnreadableAnswerError: a success came whose body cannot be read, or an answer whose headers cannot.
        """
        try:
            status, headers, text = self._clients.send(
                method, url, body, auth, seconds=self._ends - self._clock.monotonic()
            )
        except requests.RequestException:
            raise
        except (ValueError, OverflowError) as error:  # PyGithub takes the limits' headers for numbers, unchecked.
            raise UnreadableAnswerError(str(error)) from error
        return Response(status, headers, decode(status, text))

    def warn(self, error: ActionPatternsError) -> None:
        """Tell of an error that the run goes on after."""
        self._log.annotate(Annotation(level="warning", message=f"{error.message}\n{error.remediation}"))

    def inform(self, text: str) -> None:
        """Write a line to the log."""
        self._log.info(text)

    def now(self) -> datetime:
        """Return the time."""
        return self._clock.now()

    def pause(self, seconds: float) -> None:
        """Wait before an answer that was not complete is requested again."""
        self._meter.waited(seconds)
        self._clock.sleep(seconds)

    def close(self) -> None:
        """Revoke what was minted."""
        self._tokens.close()

    def usage(self) -> Usage:
        """Return the calling thread's usage since `reset_usage`; waiting counts if GitHub asked for it."""
        return self._meter.usage()

    def reset_usage(self) -> None:
        """Set the calling thread's usage to zero."""
        self._meter.begin()

    def _exchange(self, turns: AccountTurns, method: str, url: str, body: object, auth: Authorization) -> Response:
        try:
            response = self.exchange(method, url, body, auth)
        finally:
            turns.answered()
        if response.status == 407:
            place = no_connection.origin(self._address(url))
            raise unreachable(no_connection.of_proxy_status(407, place), f"{method} {url}")
        self._retries.has_answered = True
        return response

    def _note_scopes(self, response: Response) -> None:
        """Take a classic token's scopes from an answer (GitHub docs, "Scopes for OAuth apps")."""
        if (scopes := response.headers.get("x-oauth-scopes")) is not None:
            self._scopes = frozenset(scope.strip() for scope in scopes.split(","))

    def _token_source(self, credentials: Credentials, log: Log) -> TokenSource:
        if credentials.app is None:
            return GivenToken(credentials.token)
        from action_patterns.github_api.transport.app_tokens import AppTokens

        return AppTokens(credentials.app, self._allowance, self._clock, log.hide, self._send_as_app)

    def _address(self, url: str) -> str:
        return url if url == self.graphql_url else self._context.api_url

    def _send_as_app(
        self, method: str, path: str, body: object = None, *, token: Authorization | None = None
    ) -> Answer:
        """Minting twice leaves one token unused, revoking twice changes nothing: both may be repeated."""
        if token is not None:
            response = self.exchange(method, path, body, token)
        else:
            kind: OperationClass = "safe" if method == "GET" else "idempotent"
            response = self.send(kind, "read", method, path, body, scope=APP)
        return Answer(response.data, Source(f"{method} {path}", response.headers.get("x-github-request-id")))


def decode(status: int, text: str) -> Any:
    """The JSON of an answer.

    Raises:
        UnreadableAnswerError: a success whose body is none.
    """
    if status == 204:
        return None
    try:
        return loads(text)
    except ValueError as error:
        if status < 300:
            raise UnreadableAnswerError(text[:200]) from error
        return {"message": text[:200] or "no message"}  # a proxy's HTML page
