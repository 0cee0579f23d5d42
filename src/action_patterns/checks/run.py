"""The run of a list of checks: the cheapest first, and none that depends on a failed one. Pure but for its checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal

from action_patterns.checks.check import CATEGORIES, Answer, Check, Finding, Result
from action_patterns.errors import (
    ActionPatternsError,
    AuthenticationError,
    DefectError,
    InputError,
    NotFoundError,
    PermissionDeniedError,
    Problem,
    RateLimitedError,
    UnavailableError,
)

Stop = Literal["never", "category", "first"]
"""`category`: after the first category with a failure. `first`: after the first failure."""

HELD = "held"
"""Code of every yes."""
NEED_FAILED, NEED_ERROR = "need-failed", "need-error"
STOPPED = "stopped"
OUTAGE, REFUSED = "outage", "token-refused-before"
"""Codes of checks that were not asked."""


def in_order(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Return the checks from the cheapest to the dearest, each after those that it needs.

    Raises:
        InputError: two checks have one name, a needed one is not in the list, or they need each other in a circle.
    """
    problems = [*_doubles(checks)]
    by_name = {each.name: each for each in checks}
    for each in checks:
        problems += (
            Problem(
                f"The check {each.name!r} needs {need!r}, and no check has that name.",
                f"Name one of: {', '.join(by_name)}.",
            )
            for need in each.needs
            if need not in by_name
        )
    if problems:
        raise InputError(*problems)
    places: dict[str, tuple[int, int]] = {}

    def place(check: Check, above: tuple[str, ...] = ()) -> tuple[int, int]:
        if check.name in above:
            circle = " → ".join((*above[above.index(check.name) :], check.name))
            raise InputError(Problem(f"Checks need each other in a circle: {circle}.", "Remove one `needs`."))
        if check.name not in places:
            own = (CATEGORIES.index(check.category), check.cost)
            needed = (place(by_name[need], (*above, check.name)) for need in check.needs)
            # A cost above that of what it needs: both are never asked in one call.
            places[check.name] = max([own, *((category, cost + 1) for category, cost in needed)])
        return places[check.name]

    return tuple(sorted(checks, key=place))


def _doubles(checks: Sequence[Check]) -> Iterator[Problem]:
    for name, count in Counter(each.name for each in checks).items():
        if count > 1:
            yield Problem(f"{count} checks have the name {name!r}.", "Remove one, or give each its own `name`.")


def run(checks: Sequence[Check], *, stop: Stop = "never", error_fails: bool = True) -> tuple[Result, ...]:
    """Ask the checks in their order, which is `in_order`'s or the caller's. Return one result for each, in that order.

    Args:
        checks: the checks.
        stop: when no further check is asked. Optional checks stop nothing.
        error_fails: whether an error stops as a failure does.
    """
    results: dict[str, Result] = {}
    silent: dict[str, Answer] = {}
    stopped: Result | None = None
    for batch in _batches(checks, one_by_one=stop == "first"):
        asked: list[Check] = []
        for check in batch:
            skipped = _stopped(check, stopped, stop) or _not_run(check, results, silent)
            if skipped is None:
                asked.append(check)
            else:
                results[check.name] = skipped
        if asked:
            found, silenced = _asked(asked)
            if silenced is not None and asked[0].source:
                silent[asked[0].source] = silenced
            results |= {check.name: _result(check, each) for check, each in zip(asked, found, strict=True)}
        failed = (results[check.name] for check in batch)
        stopped = stopped or next((each for each in failed if _stops(each, error_fails=error_fails)), None)
    return tuple(results[check.name] for check in checks)


def _batches(checks: Iterable[Check], *, one_by_one: bool) -> Iterator[list[Check]]:
    """Yield the checks that stand together and are asked in one call."""
    if one_by_one:
        yield from ([check] for check in checks)
        return
    for _, together in groupby(checks, key=lambda each: (each.category, each.ask)):
        batch: list[Check] = []
        for check in together:
            if any(other.name in check.needs for other in batch):
                yield batch
                batch = []
            batch.append(check)
        yield batch


def _asked(checks: Sequence[Check]) -> tuple[Sequence[Finding], Answer | None]:
    """Return the findings, and `error` or `no` where the source answers nothing more: an outage, a refused token."""
    try:
        return checks[0].ask([check.subject for check in checks]), None
    except (UnavailableError, RateLimitedError) as error:
        return [Finding("unavailable", "error", error.message, error.remediation)] * len(checks), "error"
    except AuthenticationError as error:
        return [Finding("token-refused", "no", error.message, error.remediation)] * len(checks), "no"
    except (PermissionDeniedError, NotFoundError) as error:
        # A token that may not read the answer may still be good for the work.
        return [Finding("not-readable", "unknown", error.message, error.remediation)] * len(checks), None
    except (InputError, DefectError):
        raise
    except ActionPatternsError as error:
        return [Finding("not-answered", "error", error.message, error.remediation)] * len(checks), None


def _not_run(check: Check, results: dict[str, Result], silent: dict[str, Answer]) -> Result | None:
    needed = [results[name] for name in check.needs if name in results]
    for each in needed:
        if each.fails:
            return _skipped(check, NEED_FAILED, f"It needs {each.name!r}, which does not hold.", "no")
    for each in needed:
        if each.is_open:
            return _skipped(check, NEED_ERROR, f"It needs {each.name!r}, which could not be asked.", "error")
    because_of = silent.get(check.source)
    if because_of == "error":
        return _skipped(check, OUTAGE, f"{check.source} did not answer an earlier check.", because_of)
    if because_of == "no":
        return _skipped(check, REFUSED, f"{check.source} refused the token of an earlier check.", because_of)
    return None


def _stopped(check: Check, by: Result | None, stop: Stop) -> Result | None:
    if by is None or stop == "never" or (stop == "category" and check.category == by.category):
        return None
    return _skipped(check, STOPPED, f"The list stopped at {by.name!r}.", "error" if by.is_open else "no")


def _stops(result: Result, *, error_fails: bool) -> bool:
    return result.severity == "required" and (result.fails or (error_fails and result.is_open))


def _skipped(check: Check, code: str, message: str, because_of: Answer) -> Result:
    fix = "Remove the obstacle that it names; the next run asks again."
    found = Finding(code, "not-run", message, fix)
    return _result(check, found, because_of)


def _result(check: Check, found: Finding, because_of: Answer | None = None) -> Result:
    holds = found.answer == "yes"
    ours = found.answer == "no"
    return Result(
        name=check.name,
        category=check.category,
        severity=check.severity,
        code=HELD if holds else found.code,
        answer=found.answer,
        message="" if holds else " ".join(filter(None, (check.message if ours else "", found.detail))),
        fix="" if holds else (check.fix if ours and check.fix else found.fix),
        page="" if holds else check.page,
        because_of=because_of,
    )
