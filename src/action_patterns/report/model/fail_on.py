"""From a verdict to an exit code. `contracts.result.FAILING` defines the failure of a target; the caller chooses how
many failures make the run red.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from action_patterns.contracts import Counts, RunReport, TargetResult
from action_patterns.contracts.result import FAILING, HELD_BACK
from action_patterns.errors import EXIT_FAILED, Category, InputError, Problem
from action_patterns.pull_request.reasons import REASONS
from action_patterns.report.model import missing_records

CLASSES: frozenset[str] = (
    FAILING
    | frozenset(get_args(Category))
    | {reason.code for reason in REASONS if reason.outcome in FAILING}
    | {cause.code for cause in missing_records.CAUSES}
    | HELD_BACK
)
"""Names that `class:` accepts: an outcome, an error's category, or a reason. The reasons that people give to `record`
are not known here: a misspelt one would look like one that did not occur. Their outcome names those failures.
"""

_THRESHOLD = re.compile(r"threshold:(?P<count>\d{1,9}|(?P<percent>100|\d{1,2}(?:\.\d{1,3})?|\.\d{1,3}) ?%)", re.ASCII)


@dataclass(frozen=True, slots=True)
class FailOn:
    """When a run with failing targets is red.

    A run without a roster (`inconclusive`) is red under every policy, `never` too: `never` is about targets that
    failed, and without a roster it is unknown whether any did. A job that did not succeed and left no record that says
    why is red under every policy but `never`: how many targets failed in it is unknown. A limit reached (`deferred`) is
    never red. A target that a breaker or a stop flag held back is red under `any`, and
    under `class` by its reason.
    """

    policy: Literal["any", "all", "never", "threshold", "class"]
    tolerated: int | Fraction = 0
    """For `threshold`: how many targets may fail (int), or which share of the roster (Fraction), limit included."""
    classes: frozenset[str] = frozenset()
    """For `class`: the kinds of failure of which one is too many."""

    def exit_code(self, report: RunReport) -> int:
        """0 or 1."""
        return EXIT_FAILED if report.verdict == "inconclusive" or self._is_red(report) else 0

    def _is_red(self, report: RunReport) -> bool:
        failed, total = failing(report.counts), report.counts.total
        if report.silent_jobs and self.policy != "never":
            return True
        match self.policy:
            case "never":
                return False
            case "all":
                return 0 < failed == total
            case "any":
                return failed > 0 or bool(report.held_back)
            case "threshold":
                most = self.tolerated * total if isinstance(self.tolerated, Fraction) else self.tolerated
                return failed > most
            case "class":
                return any(self.classes & _classes(result) for result in _failed(report.results))


def failing(counts: Counts) -> int:
    """How many targets count as failed."""
    return sum(number for outcome, number in counts.model_dump().items() if outcome in FAILING)


def _failed(results: Iterable[TargetResult]) -> Iterable[TargetResult]:
    return (result for result in results if result.outcome in FAILING or result.is_held_back)


def _classes(result: TargetResult) -> set[str]:
    return {result.outcome, result.reason, *([result.error.category] if result.error else [])}


def parse(text: str) -> FailOn:
    """The policy a caller wrote.

    Raises:
        InputError: it is none of `any`, `all`, `never`, `threshold:<n>`, `threshold:<n>%`, `class:<names>`.
    """
    text = text.strip()
    if text.startswith("class:"):
        return _by_class(text.removeprefix("class:"))
    match text:
        case "any" | "all" | "never":
            return FailOn(text)
    found = _THRESHOLD.fullmatch(text)
    if found is None:
        raise InputError(
            Problem(
                f"`fail-on` is {text!r}, which is no policy.",
                "Use any, all, never, threshold:<n> (red when more than n targets fail, for example threshold:5),"
                " threshold:<n>% (red when more than n percent fail, 0 to 100, for example threshold:10%) or"
                " class:<names> (red when a target fails in such a way, for example class:permission,human-commit).",
            )
        )
    percent = found["percent"]
    return FailOn("threshold", Fraction(percent) / 100 if percent else int(found["count"]))


def _by_class(text: str) -> FailOn:
    named = frozenset(name.strip() for name in text.split(",") if name.strip())
    unknown = sorted(named - CLASSES)
    if unknown or not named:
        what = f"names {', '.join(map(repr, unknown))}, but no failure has that name" if named else "names no class"
        raise InputError(
            Problem(
                f"`fail-on` {what}.",
                f"Name one or more of: {', '.join(sorted(CLASSES))}. This action does not know"
                " the reasons that your own steps give to record: name the outcome (failed, blocked) instead.",
            )
        )
    return FailOn("class", classes=named)
