"""The targets and their ends, as callers write them: lists, objects, a matrix, a plan, records. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import JsonValue

from action_patterns.content.identifier import normalise
from action_patterns.contracts.repository import address
from action_patterns.contracts.result import FAILING, TargetResult
from action_patterns.state.json_value import read_json
from action_patterns.state.ledger.book import short_digest
from action_patterns.state.ledger.table import End, Ended

if TYPE_CHECKING:
    from action_patterns.contracts import Plan

NAME_KEYS = ("target", "repository", "directory", "name")
"""The columns of a matrix that name a target, the first that is there counts."""

ENDS: Mapping[str, End] = {
    "success": "done",
    "created": "done",
    "updated": "done",
    "unchanged": "done",
    "closed": "done",
    "done": "done",
    "failure": "failed",
    "failed": "failed",
    "blocked": "failed",
    "cancelled": "released",
    "skipped": "released",
    "deferred": "released",
    "missing": "released",
    "planned": "released",
}
"""GitHub's words for the end of a job, and the toolkit's outcomes."""


class Given(NamedTuple):
    """A target that the caller names."""

    target: str
    digest: str = ""
    """Empty: the step's."""
    columns: Mapping[str, JsonValue] = {}
    """The columns of its job. Empty: its name alone."""


class UnreadError(ValueError):
    """A text holds no targets. Its text is the end of a sentence about it."""


class Listed(NamedTuple):
    """The targets of a text, and the plan if it is one."""

    given: tuple[Given, ...] = ()
    plan: Plan | None = None


def read_targets(text: str) -> Listed:
    """Return the targets of lines, a list of names or matrix rows, an object of digests, a matrix, or a plan.

    Raises:
        UnreadError: it is none of these.
    """
    if text.lstrip()[:1] not in ("[", "{", '"'):
        return Listed(tuple(_lines(text)))
    value = _json(text)
    if isinstance(value, str):
        value = [value]
    if isinstance(value, dict) and isinstance(value.get("include"), list):
        value = value["include"]
    elif isinstance(value, dict) and isinstance(value.get("roster"), list):
        return _planned(text)
    elif isinstance(value, dict):
        return Listed(tuple(_digests(value)))
    if not isinstance(value, list):
        raise UnreadError("is no name, list or object")
    return Listed(tuple(_row(each, place) for place, each in enumerate(value, 1)))


def _lines(text: str) -> Iterator[Given]:
    names = _names(text)
    if not names or names == ["null"]:
        raise UnreadError("names no target: an expression there came to nothing")
    return (Given(name) for name in names)


def _names(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def misread(text: str) -> str | None:
    """Return why lines probably are no names as they stand. None: they may be, or the text is JSON, which is exact."""
    names = _names(text)
    if text.lstrip()[:1] in ("[", "{", '"'):
        return None
    if any(name.startswith(("- ", "* ")) for name in names):
        return "has lines that begin with a dash, which would be part of each name"
    if len(names) == 1 and re.search(r",\s*\S", names[0]):
        return f"has one line, {names[0][:80]!r}, in which commas separate nothing: it would be one target"
    return None


def _json(text: str) -> JsonValue:
    try:
        return read_json(text)
    except ValueError as error:
        raise UnreadError(f"is no JSON: {error}") from None


def _digests(value: Mapping[str, JsonValue]) -> Iterator[Given]:
    for name, digest in value.items():
        if not isinstance(digest, str) or not digest.strip():
            raise UnreadError(f"has no digest for {name!r}: the value of each name is a text that is not empty")
        yield Given(name, digest)


def _row(value: JsonValue, place: int) -> Given:
    if isinstance(value, str):
        return Given(value)
    if not isinstance(value, dict):
        raise UnreadError(f"has no name in place {place}: an item is a text, or a row of a matrix")
    name = _name(value)
    if name is None:
        if "first" in value and "last" in value:
            raise UnreadError(
                "is a matrix of jobs with several targets each, which names none. Pass the plan's path, or the"
                " output `targets` of discover"
            )
        keys = ", ".join(f"`{key}`" for key in NAME_KEYS)
        raise UnreadError(f"has no name in place {place}: none of {keys} is a text")
    digest = value.get("digest", "")
    if not isinstance(digest, str):
        raise UnreadError(f"has a digest that is no text in place {place}")
    return Given(name, digest, value)


def _name(row: Mapping[str, JsonValue]) -> str | None:
    repository, directory = row.get("repository"), row.get("directory")
    if isinstance(repository, str) and isinstance(directory, str) and not isinstance(row.get("target"), str):
        return address(repository, directory)
    return next((name for key in NAME_KEYS if isinstance(name := row.get(key), str)), None)


def _planned(text: str) -> Listed:
    from action_patterns.contracts import Plan  # only a step with a plan needs its models
    from action_patterns.discovery.matrix import matrix_of

    plan = Plan.decode(text, name="the plan")
    rows = {row.get("index"): row for row in matrix_of(plan, packed=False)["include"]}
    shown = ((entry.target.address, rows.get(entry.index, {})) for entry in plan.found)
    return Listed(tuple(Given(name, columns=row if "first" not in row else {}) for name, row in shown), plan)


def read_results(text: str) -> dict[str, Ended]:
    """Return the ends of a JSON object of names and outcomes.

    Raises:
        UnreadError: it is none.
    """
    value = _json(text)
    if not isinstance(value, dict):
        raise UnreadError("is no object of names and outcomes")
    return {name: _end(name, given) for name, given in value.items()}


def _end(name: str, given: JsonValue) -> Ended:
    given = {"outcome": given} if isinstance(given, str) else given
    if not isinstance(given, dict) or not set(given) <= {"outcome", "reason"}:
        raise UnreadError(f"has for {name!r} neither an outcome nor an object of `outcome` and `reason`")
    outcome, reason = given.get("outcome"), given.get("reason", "")
    if not isinstance(outcome, str) or outcome not in ENDS:
        raise UnreadError(f"has for {name!r} the outcome {outcome!r}: possible are {', '.join(ENDS)}")
    if not isinstance(reason, str):
        raise UnreadError(f"has for {name!r} a reason that is no text")
    return Ended(ENDS[outcome], reason)


def ends_of_records(records: Iterable[TargetResult]) -> dict[str, Ended]:
    """Return the end of each target that records are about: of the newest attempt of each recorder the worst."""
    newest: dict[tuple[str, str, str], TargetResult] = {}
    for record in records:
        by = (record.target, record.job, record.name)
        if by not in newest or newest[by].attempt < record.attempt:
            newest[by] = record
    ends: dict[str, Ended] = {}
    for record in newest.values():
        now = _end_of_record(record)
        if record.target not in ends or _WORST.index(now.end) < _WORST.index(ends[record.target].end):
            ends[record.target] = now
    return ends


_WORST: tuple[End, ...] = ("failed", "released", "done")


def _end_of_record(record: TargetResult) -> Ended:
    # `missing` says nothing about the end of the work.
    failed = record.outcome in FAILING and record.outcome != "missing"
    said = record.error.message if record.error else record.message
    return (
        Ended(ENDS[record.outcome], f"{record.reason}: {said}" if said else record.reason)
        if failed
        else Ended(ENDS[record.outcome])
    )


def matrix_of_targets(
    todo: Iterable[Given], *, per_job: int, shard: Mapping[str, int]
) -> dict[str, list[dict[str, Any]]]:
    """Return the matrix of the targets. A job of several has those of one document, so that it finishes them in one."""
    rows = list(todo)
    if not per_job:
        return {"include": [dict(given.columns) or {"target": given.target} for given in rows]}
    from action_patterns.contracts.document import compact_json

    rows.sort(key=lambda given: shard[given.target])
    jobs: list[list[Given]] = []
    for given in rows:
        if not jobs or len(jobs[-1]) >= per_job or shard[jobs[-1][0].target] != shard[given.target]:
            jobs.append([])
        jobs[-1].append(given)
    return {
        "include": [
            {"index": index, "targets": compact_json([given.target for given in job])} for index, job in enumerate(jobs)
        ]
    }


def ledger_digest(repository: str, operation: str) -> str:
    """Return eight hexadecimal digits that stand for the ledger of an operation."""
    return short_digest(f"{repository.lower()}\n{normalise(operation)}")[:8]
