"""Search for repositories. The index lags, returns at most 1,000 results, and may give up early."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from math import inf

from github_sandbox.clock import seconds
from github_sandbox.errors import ApiError, validation_failed
from github_sandbox.limits import SEARCH_RESULTS
from github_sandbox.model import Repository
from github_sandbox.rest import shapes
from github_sandbox.rest.routing import MAX_PER_PAGE, PER_PAGE, Call, Reply, positive, router
from github_sandbox.tokens import may_read

UNSEARCHABLE = (
    "The listed users and repositories cannot be searched either because the resources do not exist or you do not have"
    " permission to view them."
)
Matches = Callable[[Repository, str], bool]

QUALIFIERS: Mapping[str, Matches] = {
    "org": lambda r, v: r.owner.login.lower() == v,
    "user": lambda r, v: r.owner.login.lower() == v,
    "repo": lambda r, v: r.full_name.lower() == v,
    "topic": lambda r, v: v in [t.lower() for t in r.topics],
    "language": lambda r, v: (r.language or "").lower() == v,
    "archived": lambda r, v: r.archived is (v == "true"),
    "template": lambda r, v: r.template is (v == "true"),
    "fork": lambda r, v: v == "true" or r.fork is (v == "only"),
    "is": lambda r, v: r.private is (v == "private") if v in ("public", "private") else r.archived is (v == "archived"),
    "visibility": lambda r, v: r.visibility == v,
    "in": lambda r, v: True,  # noqa: ARG005 - the only searchable text is the name
    "created": lambda r, v: _within(r.created_at, v),
    "pushed": lambda r, v: _within(r.pushed_at, v),
}


@router.on("GET", "/search/repositories", "search/repos", "metadata=read")
def repositories(call: Call) -> Reply:
    services, query = call.services, call.query.get("q", "").strip()
    if not query:
        raise validation_failed("Search", "q", "missing")
    size, page = min(positive(call.query.get("per_page"), PER_PAGE), MAX_PER_PAGE), positive(call.query.get("page"), 1)
    if (page - 1) * size >= SEARCH_RESULTS:
        raise ApiError(422, "Only the first 1000 search results are available")
    wanted = _parsed(query)
    _check_owners(call, query)
    known = call.world.clock() - services.lag.search
    indexed = [r.indexed(known) for r in call.world.by_id.values() if may_read(call.token, r)]
    indexed += [r.indexed(known) for time, r in call.world.deleted if time > known and may_read(call.token, r)]
    visible = [r for r in indexed if r is not None]
    most = services.limits.search_repositories
    scanned = visible if most is None else visible[:most]
    found = [r for r in scanned if all(matches(r) for matches in wanted)]
    keys: dict[str, Callable[[Repository], float]] = {"updated": lambda r: r.pushed_at}
    if call.query.get("sort") in keys:
        found.sort(key=keys[call.query["sort"]], reverse=call.query.get("order", "desc") == "desc")
    reply = call.page(found[:SEARCH_RESULTS], lambda r: shapes.repository(call.world, r, call.token) | {"score": 1.0})
    reply.content = {
        "total_count": len(found),
        "incomplete_results": len(scanned) < len(visible),
        "items": reply.content,
    }
    return reply


def _check_owners(call: Call, query: str) -> None:
    """Raise ApiError 422 if none of the owners exists that the query names."""
    owners = [word.partition(":")[2] for word in query.split() if word.lower().startswith(("org:", "user:"))]
    if owners and all(call.world.account(owner) is None for owner in owners):
        raise validation_failed("Search", "q", "invalid", UNSEARCHABLE)


def _within(at: float, value: str) -> bool:
    """Return whether a time is in a range of GitHub's syntax: ``a..b`` with both ends, ``>=a``, ``<a``, or a day."""
    low, dots, high = value.partition("..")
    begin, end = (_moment(low, -inf), _moment(high, inf, end=True)) if dots else _bounds(value)
    return begin <= at < end


def _bounds(value: str) -> tuple[float, float]:
    """Return begin and end of a time with one of GitHub's signs, or without one. No time contains nothing."""
    bare = value.lstrip("<>=")
    begin, end = _moment(bare, inf), _moment(bare, -inf, end=True)
    ranges = {">=": (begin, inf), "<=": (-inf, end), ">": (end, inf), "<": (-inf, begin)}
    return ranges.get(value[: len(value) - len(bare)], (begin, end)) if begin < inf else (inf, -inf)


def _moment(text: str, unknown: float, *, end: bool = False) -> float:
    """Return the begin or the end of a second or a day. ``unknown``: for ``*`` and for what is neither."""
    for written, span in ((text.upper(), 1.0), (f"{text}T00:00:00Z", 86_400.0)):
        if (found := seconds(written)) is not None:
            return found + span if end else found
    return unknown


def _parsed(query: str) -> list[Callable[[Repository], bool]]:
    """Return the tests of all qualifiers and words; as on GitHub, forks match only on request."""
    try:
        words = shlex.split(query)
    except ValueError:
        words = query.split()
    tests = [_test(word.lower()) for word in words]
    if not any(word.lower().startswith(("fork:", "repo:")) for word in words):
        tests.append(lambda r: not r.fork)
    return tests


def _test(word: str) -> Callable[[Repository], bool]:
    negated = word.startswith("-")
    name, colon, value = word.lstrip("-").partition(":")
    if colon and name.startswith("props."):
        key = name.removeprefix("props.")
        return lambda r: (str(r.properties.get(key, "")).lower() == value) is not negated
    if colon and name in QUALIFIERS:
        return lambda r: QUALIFIERS[name](r, value) is not negated
    return lambda r: (word.lstrip("-") in r.name.lower()) is not negated
