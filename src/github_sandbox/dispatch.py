"""One request from arrival to answer: faults, who is asking, limits, the effect under the lock, the record."""

from __future__ import annotations

import hashlib
import itertools
import json
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from github_sandbox import tokens
from github_sandbox.errors import DOCS, ApiError, not_found
from github_sandbox.faults import Fault, Occasion
from github_sandbox.request_log import READ, WRITE, RequestRecord
from github_sandbox.rest import Call, Reply, router
from github_sandbox.tokens import Token

if TYPE_CHECKING:
    from github_sandbox.sandbox import Sandbox

API, GRAPHQL, INSIDE = "/api/v3", "/api/graphql", "/_sandbox"


@dataclass(frozen=True)
class Incoming:
    """A raw request; header names in lower case, ``path`` still percent-encoded."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Answer:
    """What goes back. ``cut``: close the connection instead."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: bool = False


@dataclass
class _Subject:
    """What is known about a request before it has any effect."""

    area: str
    path: str
    kind: str
    token: Token | None
    secret: str | None
    route: str | None = None
    operation: str | None = None
    graphql: Any = None


class Dispatcher:
    """Serves one sandbox. Thread safe: every effect happens under the world's lock."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._numbers = itertools.count(1)

    def handle(self, incoming: Incoming) -> Answer:
        if incoming.path.startswith(INSIDE):
            from github_sandbox import inspection_http

            return inspection_http.handle(self._sandbox, incoming)
        subject = self._subject(incoming)
        fault = self._sandbox.faults.due(_occasion(incoming, subject))
        if fault and fault.when == "before":
            time.sleep(fault.delay)
        if fault and fault.when == "before" and (fault.status or fault.reset):
            answer = _faulted(fault)
        else:
            answer = self._effect(incoming, subject)
            if fault and fault.when == "after":
                time.sleep(fault.delay)
                answer = _faulted(fault) if fault.status or fault.reset else answer
        answer.headers.setdefault("X-GitHub-Request-Id", f"5A4D:{next(self._numbers):06X}")
        self._record(incoming, subject, answer)
        return answer

    def _subject(self, incoming: Incoming) -> _Subject:
        secret = tokens.parse(incoming.headers.get("authorization"))
        token = self._sandbox.tokens.get(secret) if secret else None
        path, kind = (incoming.path, READ if incoming.method in ("GET", "HEAD") else WRITE)
        if path.rstrip("/") == GRAPHQL:
            from github_sandbox.graphql_api import request as graphql_request

            parsed = graphql_request.parse(incoming.body)
            kind = WRITE if parsed.mutation else READ
            return _Subject("graphql", path, kind, token, secret, GRAPHQL, None, parsed)
        if path == API or path.startswith(API + "/"):
            path = path.removeprefix(API) or "/"
            found = router.find(incoming.method, path)
            if found is None:
                return _Subject("rest", path, kind, token, secret)
            return _Subject("rest", path, kind, token, secret, found[0].path, found[0].operation)
        if path.endswith("/git-upload-pack"):
            kind = READ
        return _Subject("git", path, kind, token, secret, "git", None)

    def _effect(self, incoming: Incoming, subject: _Subject) -> Answer:
        try:
            if subject.area == "git":
                from github_sandbox import git_http

                return git_http.handle(self._sandbox, incoming, subject.token, subject.secret)
            with self._sandbox.world.lock:
                if subject.area == "graphql":
                    return self._graphql(incoming, subject)
                return self._rest(incoming, subject)
        except Exception:  # noqa: BLE001 - a defect of the sandbox must be visible to its user
            return _json(Answer(500), {"message": "sandbox defect", "traceback": traceback.format_exc()})

    # -- REST --------------------------------------------------------------------------------------------------------

    def _rest(self, incoming: Incoming, subject: _Subject) -> Answer:
        sandbox, token = self._sandbox, subject.token
        headers = {"X-GitHub-Media-Type": "github.v3; format=json", "X-GitHub-Api-Version-Selected": "2022-11-28"}
        if token and token.kind == "pat":
            headers["X-OAuth-Scopes"] = "repo, workflow"
        elif token:
            headers["X-Accepted-GitHub-Permissions"] = "contents=write; pull_requests=write"
        try:
            if subject.secret is not None and token is None:
                raise ApiError(401, "Bad credentials")
            if subject.path != "/rate_limit":
                self._spend(token, "core")
            reply = self._route(incoming, subject)
        except ApiError as error:
            reply = Reply(error.status, error.body(), error.headers)
        headers |= sandbox.limits.headers(token.value if token else None, "core") | reply.headers
        body = reply.encoded()
        answer = Answer(reply.status, headers, body)
        if body:
            headers["Content-Type"] = "application/json; charset=utf-8"
        if reply.status == 200 and subject.kind == READ:
            headers["ETag"] = f'W/"{hashlib.sha256(body).hexdigest()}"'
            if incoming.headers.get("if-none-match") == headers["ETag"]:
                answer = Answer(304, headers)
        if sandbox.contract:
            from github_sandbox.contract import contract

            sandbox.violations += contract().check(
                incoming.method, subject.path, incoming.query, incoming.body, answer.status, answer.body
            )
        return answer

    def _route(self, incoming: Incoming, subject: _Subject) -> Reply:
        found = router.find(incoming.method, subject.path)
        if found is None:
            raise not_found()
        route, params = found
        return route.handler(
            Call(self._sandbox, incoming.method, subject.path, incoming.query, incoming.body, subject.token, params)
        )

    def _spend(self, token: Token | None, resource: str) -> None:
        if not self._sandbox.limits.spend(token.value if token else None, resource):
            raise ApiError(
                403,
                f"API rate limit exceeded for user ID {token.account.id}."
                if token
                else "API rate limit exceeded for 127.0.0.1.",
                graphql_type="RATE_LIMITED",
            )

    # -- GraphQL -----------------------------------------------------------------------------------------------------

    def _graphql(self, incoming: Incoming, subject: _Subject) -> Answer:
        from github_sandbox.graphql_api import execute

        token = subject.token
        if incoming.method != "POST":
            return _json(Answer(404), not_found().body())
        if token is None:
            message = "Bad credentials" if subject.secret else "This endpoint requires you to be authenticated."
            return _json(Answer(401), {"message": message, "documentation_url": f"{DOCS}/graphql", "status": "401"})
        content: Mapping[str, Any]
        if self._sandbox.limits.spend(token.value, "graphql"):
            content = execute.run(self._sandbox, token, subject.graphql)
        else:
            message = f"API rate limit exceeded for user ID {token.account.id}."
            content = {"errors": [{"type": "RATE_LIMITED", "message": message}]}
        return _json(Answer(200, self._sandbox.limits.headers(token.value, "graphql")), content)

    def _record(self, incoming: Incoming, subject: _Subject, answer: Answer) -> None:
        self._sandbox.requests.append(
            RequestRecord(
                method=incoming.method,
                path=subject.path,
                query=incoming.query,
                route=subject.route,
                operation=subject.operation,
                kind=subject.kind,
                status=0 if answer.cut else answer.status,
                token_login=subject.token.account.login if subject.token else None,
                graphql_operation=subject.graphql.name if subject.graphql else None,
            )
        )


def _json(answer: Answer, content: Mapping[str, Any]) -> Answer:
    answer.headers["Content-Type"] = "application/json; charset=utf-8"
    answer.body = json.dumps(content, ensure_ascii=False).encode()
    return answer


def _occasion(incoming: Incoming, subject: _Subject) -> Occasion:
    login = subject.token.account.login if subject.token else None
    names = subject.graphql.names if subject.graphql else frozenset()
    return Occasion(incoming.method, subject.path, subject.kind, login, names)


def _faulted(fault: Fault) -> Answer:
    if fault.reset:
        return Answer(0, cut=True)
    text = isinstance(fault.body, str)
    body = fault.body if isinstance(fault.body, str) else json.dumps(fault.body or {"message": "Server Error"})
    kind = "text/html" if text else "application/json; charset=utf-8"
    return Answer(fault.status or 502, {"Content-Type": kind} | dict(fault.headers), body.encode())
