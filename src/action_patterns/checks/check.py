"""Questions about what holds, their answers, and the judgement of a list of them. Pure.

A list names every obstacle at once, in the order in which a person would remove them. A question reads and changes
nothing: no write is a probe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, NamedTuple, get_args

Answer = Literal["yes", "no", "unknown", "error", "not-run"]
"""`unknown`: nothing that reads can say. `error`: the question could not be asked, for example in an outage."""
ANSWERS: tuple[Answer, ...] = get_args(Answer)
Severity = Literal["required", "optional"]
Category = Literal["config", "local", "tools", "network", "access", "state", "capacity", "command"]
CATEGORIES: tuple[Category, ...] = get_args(Category)
"""From the cheapest to the dearest: what is in memory, files, processes, hosts, GitHub, commands of the caller."""


class Finding(NamedTuple):
    """The answer to one question."""

    code: str
    """The stable code of what was found; of a `no` it is the reason of the block."""
    answer: Answer
    detail: str = ""
    """The facts behind an answer other than yes: what was found, and why that is an obstacle."""
    fix: str = ""
    """How to remove the obstacle, and what not to do. Empty: the code's remedy says it."""


def finding(code: str, holds: bool | None, detail: str = "", fix: str = "") -> Finding:  # noqa: FBT001 - a fact, not a switch
    """Return the finding with its answer. `holds` None: not known."""
    answer: Answer = "unknown" if holds is None else "yes" if holds else "no"
    return Finding(code, answer, "" if holds else detail, "" if holds else fix)


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that block, in their order. An unknown answer does not: the server has the last word."""
    return tuple(each for each in findings if each.answer == "no")


Ask = Callable[[Sequence[Any]], Sequence[Finding]]
"""Answers one kind of question for several subjects at once, in their order."""


class Check(NamedTuple):
    """One question of a list, not asked yet."""

    name: str
    """Its name in the list, which is unique and which people read: `tool git`."""
    category: Category
    subject: Any
    """The typed specification, which `ask` understands."""
    ask: Ask
    """Checks that share it and stand together are asked in one call."""
    cost: int = 0
    """Order in its category: the cheaper first."""
    source: str = ""
    """The service behind the answer. After an outage of it the list asks it nothing more. Empty: this runner."""
    needs: tuple[str, ...] = ()
    """Names of checks that must not fail before this one is asked."""
    severity: Severity = "required"
    message: str = ""
    """The caller's words for a `no`, before ours."""
    fix: str = ""
    """The caller's fix, in place of ours."""
    page: str = ""
    """The page that says why: a document's title, or an address of the caller."""


class Result(NamedTuple):
    """A check with its answer."""

    name: str
    category: Category
    severity: Severity
    code: str
    answer: Answer
    message: str = ""
    """The facts, and why they are an obstacle. Empty for `yes`."""
    fix: str = ""
    page: str = ""
    because_of: Answer | None = None
    """The answer because of which a check is `not-run`: `no`, or `error`."""

    @property
    def fails(self) -> bool:
        """Return whether it is a `no`, or was not asked because of one."""
        return self.answer == "no" or (self.answer == "not-run" and self.because_of != "error")

    @property
    def is_open(self) -> bool:
        """Return whether neither yes nor no is known because of an error."""
        return self.answer == "error" or (self.answer == "not-run" and self.because_of == "error")


def is_ready(results: Iterable[Result], *, error_fails: bool) -> bool:
    """Return whether all required checks hold, as far as it can be known. `error_fails`: the policy for errors."""
    required = [each for each in results if each.severity == "required"]
    return not any(each.fails or (error_fails and each.is_open) for each in required)
