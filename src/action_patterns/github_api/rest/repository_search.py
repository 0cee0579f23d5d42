"""Search for repositories: complete beyond GitHub's 1,000 results, or an error.

GitHub docs, "REST API endpoints for search": up to 1,000 results for each search; after a timeout the answer has the
matches that were found before, and `incomplete_results`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from action_patterns.errors import NotFoundError, RefusedError, UnavailableError
from action_patterns.github_api.graphql.repositories import check_total
from action_patterns.github_api.transport.calls import Calls
from action_patterns.ports.repositories import ListedRepository

MOST_RESULTS = 1_000
ATTEMPTS = 3
"""Readings of one part until it is whole."""
_FIRST = datetime(2007, 1, 1, tzinfo=UTC)
"""Before the first repository on GitHub."""
_SECOND = timedelta(seconds=1)
_CREATED = re.compile(r"(?:\A|\s)-?created:", re.IGNORECASE)


class Part(NamedTuple):
    """A search for what was created in a time, both ends included. Without a time it is the whole search."""

    query: str
    since: datetime | None = None
    until: datetime | None = None

    @property
    def text(self) -> str:
        """The query that is sent."""
        if self.since is None or self.until is None:
            return self.query
        return f"{self.query} created:{self.since:%Y-%m-%dT%H:%M:%SZ}..{self.until:%Y-%m-%dT%H:%M:%SZ}"

    def halves(self, now: datetime) -> tuple[Part, ...]:
        """Return two searches that find the same together. Empty: it cannot be divided."""
        since = self.since or _FIRST
        until = self.until or now.replace(microsecond=0) + timedelta(days=1)
        if _CREATED.search(self.query) or until - since < _SECOND:
            return ()
        middle = since + timedelta(seconds=(until - since) // _SECOND // 2)
        return Part(self.query, since, middle), Part(self.query, middle + _SECOND, until)


class _Found(NamedTuple):
    total: int
    results: dict[str, ListedRepository]


def search(calls: Calls, owner: str, query: str) -> tuple[ListedRepository, ...]:
    """See ports.Repositories.search.

    Raises:
        NotFoundError: the owner does not exist, or this token may not see it.
        RefusedError: it finds more than GitHub returns, and cannot be divided.
        UnavailableError: GitHub did not return everything it counts.
    """
    found: dict[str, ListedRepository] = {}
    whole, pending = None, [Part(query)]
    while pending:
        part = pending.pop()
        read = _read(calls, owner, part)
        whole = read.total if whole is None else whole
        if read.total <= MOST_RESULTS:
            found |= read.results
            continue
        halves = part.halves(calls.transport.now())
        if not halves:
            raise _too_many(query, read.total)
        pending += halves
    check_total(whole or 0, len(found), f"repositories for the search `{query}`")
    return tuple(found.values())


def _read(calls: Calls, owner: str, part: Part) -> _Found:
    """Return the results of a part, or its count alone if GitHub would not return all of them."""
    found = _Found(0, {})
    for attempt in range(1, ATTEMPTS + 1):
        if attempt > 1:
            calls.transport.pause(attempt - 1)
        # The order of results is not stable over pages: what one reading missed, another has.
        found, whole = _read_once(calls, owner, part, found.results)
        if whole and (found.total > MOST_RESULTS or len(found.results) >= found.total):
            return found
    if not whole:
        raise UnavailableError(
            f"GitHub ended the search `{part.query}` before it was complete, {ATTEMPTS} times (`incomplete_results`).",
            remediation="Narrow the search, or use `owners` with filters, which reads a whole list. Do not go on with"
            " what was found: the missing repositories would be left out silently.",
        )
    check_total(found.total, len(found.results), f"repositories for the search `{part.text}`")
    return found


def _read_once(calls: Calls, owner: str, part: Part, known: dict[str, ListedRepository]) -> tuple[_Found, bool]:
    """Return the results of one reading and those that are known, and whether GitHub searched to the end."""
    results, total = dict(known), 0
    try:
        for page in calls.pages("/search/repositories", scope=owner, q=part.text):
            if page.answer["incomplete_results"].flag():
                return _Found(total, results), False
            total = page.answer["total_count"].number()
            if total > MOST_RESULTS:
                break
            for node in page.answer["items"].items():
                name = node["full_name"].text()
                if name.partition("/")[0].lower() != owner.lower():
                    raise node["full_name"].error(f"is no repository of {owner}, which the search is about")
                results[name] = ListedRepository(name, node["id"].number(), node["private"].flag())
    except RefusedError as error:
        if "cannot be searched" in error.message:
            raise NotFoundError(
                f"GitHub cannot search the repositories of {owner}: there is no such organization or user, or this"
                " token may not see it.",
                remediation="Check the spelling, and that the token's owner or App installation covers it.",
                request_id=error.request_id,
            ) from error
        raise
    return _Found(total, results), True


def _too_many(query: str, total: int) -> RefusedError:
    why = "its `created:` keeps it from being divided" if _CREATED.search(query) else "they were created at one time"
    return RefusedError(
        f"The search `{query}` finds {total:,} repositories. GitHub returns {MOST_RESULTS:,}, and {why}.",
        remediation="Write several searches that find less each, or use `owners` with filters. Do not go on with the"
        " first part: the other repositories would be left out silently.",
    )
