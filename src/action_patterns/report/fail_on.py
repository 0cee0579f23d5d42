"""From a verdict to an exit code. What is a failure of a target is settled (`contracts.result.FAILING`); how many of
them make the run red is the caller's choice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from action_patterns.contracts import Counts, Verdict
from action_patterns.contracts.result import FAILING
from action_patterns.errors import EXIT_FAILED, InputError, Problem

_THRESHOLD = re.compile(r"threshold:(?P<count>\d{1,9}|(?P<percent>\d{1,2}(?:\.\d{1,3})?)%)", re.ASCII)


@dataclass(frozen=True, slots=True)
class FailOn:
    """When a run with failing targets is red.

    A run without a roster (`inconclusive`) is red under every policy, `never` too: `never` is about targets that
    failed, and without a roster nobody knows whether any did. A limit reached (`deferred`) is never red.
    """

    policy: Literal["any", "all", "never", "threshold"]
    tolerated: int | Fraction = 0
    """For `threshold`: how many targets may fail (int), or which share of the roster (Fraction), limit included."""

    def exit_code(self, verdict: Verdict, counts: Counts) -> int:
        """0 or 1."""
        return EXIT_FAILED if verdict == "inconclusive" or self._too_many(failing(counts), counts.total) else 0

    def _too_many(self, failed: int, total: int) -> bool:
        match self.policy:
            case "never":
                return False
            case "all":
                return 0 < failed == total
            case "any":
                return failed > 0
            case "threshold":
                most = self.tolerated * total if isinstance(self.tolerated, Fraction) else self.tolerated
                return failed > most


def failing(counts: Counts) -> int:
    """How many targets count as failed."""
    return sum(number for outcome, number in counts.model_dump().items() if outcome in FAILING)


def parse(text: str) -> FailOn:
    """The policy a caller wrote.

    Raises:
        InputError: it is none of `any`, `all`, `never`, `threshold:<n>`, `threshold:<n>%`.
    """
    text = text.strip()
    match text:
        case "any" | "all" | "never":
            return FailOn(text)
    found = _THRESHOLD.fullmatch(text)
    if found is None:
        raise InputError(
            Problem(
                f"`fail-on` is {text!r}, which is no policy.",
                "Use any, all, never, threshold:<n> (red when more than n targets fail, for example threshold:5) or"
                " threshold:<n>% (red when more than n percent fail, 0 to 99, for example threshold:10%).",
            )
        )
    percent = found["percent"]
    return FailOn("threshold", Fraction(percent) / 100 if percent else int(found["count"]))
