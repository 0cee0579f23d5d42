"""One request at a time to GitHub: paced, retried by operation class, metered; one client per thread."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from random import random
from typing import Any, Literal

import requests
from github import Auth, Github

from action_patterns.contracts import Usage
from action_patterns.errors import AnswerLostError, UnavailableError
from action_patterns.github_api import error_mapping
from action_patterns.github_api.pacing import MAX_ATTEMPTS, MAX_WAIT_SECONDS, backoff_seconds, read_refusal
from action_patterns.github_api.token_kind import TokenKind, token_kind
from action_patterns.ports import Clock, Context, Credentials, Log

OperationClass = Literal["read", "repeatable", "once"]
"""How a request may be repeated when its answer is lost.

`read` changes nothing; `repeatable` changes state, and sending it twice gives the same state as sending it once (PATCH,
DELETE, content-addressed objects, sets); `once` must be looked up before it is sent again (a pull request, a ref swap).
"""

TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: status, headers with lower-case names, and the decoded JSON."""

    status: int
    headers: Mapping[str, str]
    data: Any


class Transport:
    """Requests of one token. Serves any number of threads; PyGithub's client is not thread-safe: each has its own."""

    def __init__(self, credentials: Credentials, context: Context, clock: Clock, log: Log) -> None:
        self._credentials = credentials
        self._context = context
        self._clock = clock
        self._log = log
        self._local = threading.local()
        self._gate = threading.Lock()
        self._next_write = 0.0
        if context.write_spacing_seconds != 1.0:
            log.info(f"Writes are {context.write_spacing_seconds} s apart instead of the 1 s GitHub asks for.")

    @property
    def token_kind(self) -> TokenKind:
        return token_kind(self._credentials.token)

    @property
    def graphql_url(self) -> str:
        return self._context.graphql_url

    def send(
        self, kind: OperationClass, method: str, url: str, body: object = None, *, write: bool | None = None
    ) -> Response:
        """Send a request and return a successful answer.

        Raises:
            AnswerLostError: a `once` request went out and no answer that can be relied on came back.
            ActionPatternsError: the mapped refusal.
        """
        is_write = write if write is not None else kind != "read"
        request = f"{method} {url}"
        attempt = 0
        while True:
            attempt += 1
            if is_write:
                self._wait_for_write_slot()
            self._count(write=is_write)
            try:
                response = self.exchange(method, url, body)
            except requests.RequestException as error:
                self._retry_or_raise(kind, request, attempt, f"no answer ({type(error).__name__})", None, error)
                continue
            status, text = error_mapping.classify(response.status, response.data)
            if status == 200 and not text:
                return response
            request_id = response.headers.get("x-github-request-id")
            refusal = read_refusal(status, response.headers, text, self._clock.now(), attempt)
            if refusal is not None:
                # Refused by a limit means not processed: any class may be sent again, once the wait is over.
                if refusal.seconds > MAX_WAIT_SECONDS or attempt >= MAX_ATTEMPTS:
                    raise error_mapping.from_limit(refusal, request, request_id)
                self._log.info(f"{request}: {text}; waiting {refusal.seconds:.0f} s.")
                self._sleep(refusal.seconds * (1.0 if refusal.primary else 1.0 + 0.2 * random()))
                continue
            if status < 300:
                return response
            if status >= 500:
                self._retry_or_raise(kind, request, attempt, f"{status} {text}", request_id, None)
                continue
            raise error_mapping.from_response(status, response.headers, response.data, request)

    def exchange(self, method: str, url: str, body: object) -> Response:
        """One request, one answer, nothing else: no retry, no pacing. The place where a process can die."""
        status, headers, text = self._client().requester.requestJson(method, url, input=body)
        return Response(status, headers, _decode(text))

    def usage(self) -> Usage:
        """What the calling thread has used since `reset_usage`."""
        return Usage(
            requests=getattr(self._local, "requests", 0),
            writes=getattr(self._local, "writes", 0),
            seconds_waited=round(getattr(self._local, "waited", 0.0), 3),
        )

    def reset_usage(self) -> None:
        self._local.requests = self._local.writes = 0
        self._local.waited = 0.0

    def _retry_or_raise(
        self,
        kind: OperationClass,
        request: str,
        attempt: int,
        what: str,
        request_id: str | None,
        cause: Exception | None,
    ) -> None:
        if kind == "once":
            raise AnswerLostError(
                f"{request} was sent, and its answer was lost ({what}). It may have taken effect.",
                remediation="Run again: the state is read before anything is sent a second time.",
                request_id=request_id,
            ) from cause
        if attempt >= MAX_ATTEMPTS:
            raise UnavailableError(
                f"{request} failed {attempt} times, last with: {what}.",
                remediation="Run again in a few minutes; see https://www.githubstatus.com.",
                request_id=request_id,
            ) from cause
        self._log.info(f"{request}: {what}; attempt {attempt} of {MAX_ATTEMPTS}.")
        self._sleep(backoff_seconds(attempt, random()))

    def _client(self) -> Github:
        client: Github | None = getattr(self._local, "client", None)
        if client is None:
            client = self._local.client = Github(
                auth=Auth.Token(self._credentials.token),
                base_url=self._context.api_url,
                user_agent="action-patterns",
                api_version="2022-11-28",
                per_page=100,
                timeout=TIMEOUT_SECONDS,
                lazy=True,
                # Pacing and retry are ours: PyGithub's re-send a POST on 5xx and never re-send a PATCH.
                retry=None,
                seconds_between_requests=0,
                seconds_between_writes=0,
            )
        return client

    def _wait_for_write_slot(self) -> None:
        with self._gate:
            now = self._clock.monotonic()
            slot = max(now, self._next_write)
            self._next_write = slot + self._context.write_spacing_seconds
        if slot > now:
            self._clock.sleep(slot - now)

    def _sleep(self, seconds: float) -> None:
        self._local.waited = getattr(self._local, "waited", 0.0) + seconds
        self._clock.sleep(seconds)

    def _count(self, *, write: bool) -> None:
        self._local.requests = getattr(self._local, "requests", 0) + 1
        self._local.writes = getattr(self._local, "writes", 0) + int(write)


def _decode(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        # A proxy's HTML page, or an answer that was cut off.
        return {"message": text[:200]}
