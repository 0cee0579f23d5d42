"""Requests over a transport, REST and GraphQL, whose answers are checked before anybody believes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urlencode

from action_patterns.errors import LostRaceError, NotFoundError, PermissionDeniedError, UnavailableError
from action_patterns.github_api.transport import error_mapping
from action_patterns.github_api.transport.access_policies import SINGLE_SIGN_ON, SSO_HEADER
from action_patterns.github_api.transport.answer import Answer, Source
from action_patterns.github_api.transport.clients import NOT_MODIFIED, IfNoneMatch
from action_patterns.github_api.transport.transport import GraphQLUnservedError, Response, Transport
from action_patterns.limits.published import Lane
from action_patterns.resilience.classification import OperationClass

PAGE_SIZE = 100

ACTIONS_LOGIN = "github-actions[bot]"
"""GITHUB_TOKEN acts as the same account everywhere, and cannot ask for it: `GET /user` is refused to every App."""


class Page(NamedTuple):
    """A page of a REST list."""

    answer: Answer
    is_last: bool


class Calls:
    """REST and GraphQL requests."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self._viewers: dict[str, str | None] = {}

    def rest(
        self, kind: OperationClass, lane: Lane, method: str, repository: str, path: str, body: object = None
    ) -> Answer:
        """A request below `/repos/{repository}`."""
        url = f"/repos/{repository}{path}"
        response = self.transport.send(kind, lane, method, url, body, scope=repository)
        return _answer(response, f"{method} {url}", kind)

    def get(self, path: str, *, scope: str) -> Answer:
        """Return the answer at a path."""
        return _answer(self.transport.send("safe", "read", "GET", path, scope=scope), f"GET {path}")

    def read(self, repository: str, path: str) -> Answer:
        """Return the answer at a path below `/repos/{repository}`."""
        return self.rest("safe", "read", "GET", repository, path)

    def poll(self, repository: str, path: str, etag: str) -> tuple[Answer, str] | None:
        """Return the answer at a path below `/repos/{repository}`, and its ETag. None: the answer is as at `etag`.

        GitHub does not count an unchanged one against the rate limit (docs, "Best practices for using the REST API").
        """
        url = f"/repos/{repository}{path}"
        condition = IfNoneMatch(etag) if etag else None
        response = self.transport.send("safe", "read", "GET", url, condition, scope=repository)
        if response.status == NOT_MODIFIED:
            return None
        return _answer(response, f"GET {url}"), response.headers.get("etag", "")

    def pages(self, path: str, *, scope: str, **query: str) -> Iterator[Page]:
        """Yield a REST list page by page, by the Link header (GitHub docs, "Using pagination in the REST API"): a page
        that is not full need not be the last.

        Raises:
            PermissionDeniedError: the token is not authorized for an organization that has a part of the list.
        """
        lane: Lane = "search" if path.startswith("/search/") else "read"
        asked: str | None = urlencode({"per_page": str(PAGE_SIZE)} | query)
        seen: set[str] = set()
        while asked is not None:
            response = self.transport.send("safe", lane, "GET", f"{path}?{asked}", scope=scope)
            page = _answer(response, f"GET {path}?{asked}")
            if response.headers.get(SSO_HEADER, "").startswith("partial-results"):
                raise PermissionDeniedError(
                    f"GitHub left out of its answer to GET {path} what organizations with single sign-on hold.",
                    remediation=SINGLE_SIGN_ON,
                )
            seen.add(asked)
            asked = next_page(response.headers.get("link", ""))
            if asked in seen:
                raise page.error("names as its next page one that was read before")
            yield Page(page, is_last=asked is None)

    def listing(self, path: str, *, scope: str, **query: str) -> list[Answer]:
        """A REST list from its first to its last page.

        Raises:
            UnexpectedAnswerError: an answer is no list. `{}` would be taken for a list without anything in it.
        """
        return [item for page in self.pages(path, scope=scope, **query) for item in page.answer.items()]

    def viewer(self, scope: str) -> str | None:
        """Login that the token acts as; None where REST does not tell: an App's, or hidden."""
        account = self.transport.account(scope)
        if account not in self._viewers:
            self._viewers[account] = self._ask_viewer(scope)
        return self._viewers[account]

    def _ask_viewer(self, scope: str) -> str | None:
        if self.transport.token_kind == "installation access token":  # noqa: S105 - a kind, no token
            return ACTIONS_LOGIN if self.transport.is_job_token else None
        try:
            return self.get("/user", scope=scope)["login"].text()
        except (PermissionDeniedError, NotFoundError):
            return None

    def query(self, document: str, variables: Mapping[str, Any], *, scope: str, absent_is_null: bool = False) -> Answer:
        """The data of a GraphQL query. `absent_is_null` = what does not exist, or is hidden, is null in it.

        Raises GraphQLUnservedError, which the gateway answers by reading over REST.
        """
        return self._graphql("safe", "graphql", document, variables, scope=scope, absent_is_null=absent_is_null)

    def mutate(
        self,
        kind: OperationClass,
        document: str,
        fields: Mapping[str, Any],
        *,
        scope: str,
        aside: Mapping[str, Any] | None = None,
    ) -> Answer:
        """The data of a GraphQL mutation with one `input`.

        `aside`: inputs of further fields, by an alias that is also the variable's name. One that fails is null, and
        costs the mutation nothing.
        """
        variables = {"input": fields, **(aside or {})}
        try:
            return self._graphql(kind, "mutation", document, variables, scope=scope, optional=frozenset(aside or ()))
        except GraphQLUnservedError as refused:
            raise refused.error from None  # There is no other way.

    def _graphql(
        self,
        kind: OperationClass,
        lane: Lane,
        document: str,
        variables: Mapping[str, Any],
        *,
        scope: str,
        absent_is_null: bool = False,
        optional: frozenset[str] = frozenset(),
    ) -> Answer:
        body = {"query": document, "variables": variables}
        response: Response = self.transport.send(kind, lane, "POST", self.transport.graphql_url, body, scope=scope)
        answer = _answer(response, "POST /graphql", kind)
        errors = [
            error
            for error in error_mapping.graphql_errors(response.data)
            if not (absent_is_null and _is_hole(error)) and next(iter(error.path or ()), None) not in optional
        ]
        if errors:
            # Partial data is no answer: what is missing from it would be taken for absent.
            raise error_mapping.from_graphql(
                errors,
                "POST /graphql",
                response.headers,
                token_kind=self.transport.token_kind,
                permissions=self.transport.permissions,
            )
        if not answer["data"]:
            raise answer.error("has neither data nor errors")
        return answer["data"]


def _answer(response: Response, request: str, kind: OperationClass = "safe") -> Answer:
    return Answer(response.data, Source(request, response.headers.get("x-github-request-id"), kind, response.headers))


def _is_hole(error: error_mapping.GraphQLProblem) -> bool:
    """Return whether an error stands for an absent thing.

    It does not exist, it is a reviewer that this token may not see, or it is a comparison that GitHub cannot make.
    """
    path = error.path or ()
    if path and path[-1] == "compared":
        return True
    hidden = error.type == "FORBIDDEN" and ("requestedReviewer" in path or "onBehalfOf" in path)
    return error.type == "NOT_FOUND" or hidden


def next_page(link: str) -> str | None:
    """The query of the page that a Link header names as the next; None = there is none."""
    found = re.search(r'<([^<>?]*)\?([^<>#]*)>;\s*rel="next"', link)
    return found[2] if found else None


def following(page: Answer, ask: Callable[[str], Answer]) -> Iterator[Answer]:
    """Yield a page of a GraphQL connection and those after it; `ask` = return the page that begins at a cursor.

    Raises:
        UnexpectedAnswerError: a next page begins where one began before.
    """
    seen: set[str] = set()
    while True:
        yield page
        info = page["pageInfo"]
        if not info["hasNextPage"].flag():
            return
        cursor = info["endCursor"].text()
        if cursor in seen:
            raise info.error("names as its next page one that was read before")
        seen.add(cursor)
        page = ask(cursor)


def expect(true: bool, asked: str, answered: object) -> None:  # noqa: FBT001 - an assertion
    """An answer must be about what was asked: a redirect that loses the query answers about something else.

    Raises:
        LostRaceError: it is not; nothing was changed by us on its account.
    """
    if not true:
        raise LostRaceError(
            f"GitHub was asked about {asked} and answered about {answered!r}.",
            remediation="Run again. If it stays, the repository was renamed: use its new name.",
        )


def smaller(size: int) -> int:
    """Half of it, for a query that took too long.

    Raises:
        UnavailableError: a query that is still too much at a tenth of GitHub's page has another trouble.
    """
    if size <= PAGE_SIZE // 10:
        raise UnavailableError(
            "GitHub could not answer even a small query in time.",
            remediation="Run again in a few minutes; see https://www.githubstatus.com.",
        )
    return size // 2


def portions(items: Iterable[str], size: int) -> Iterator[list[str]]:
    """The items in lists of at most `size`."""
    iterator = iter(items)
    while portion := list(islice(iterator, size)):
        yield portion
