"""The calls of a job, from the lines of `needed` and `reserve`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from action_patterns.errors import InputError, Problem
from action_patterns.limits.published import Lane

RESOURCES = {"core": "core", "graphql": "graphql", "search": "search", "code-search": "code_search"}
"""Name in an input -> GitHub's name of the budget."""
PACES = ("writes", "content")
"""Numbers that only `plan` uses: GitHub reports no budget of them."""
MAX_CALLS = 100_000
_LINE = re.compile(r"(?:(?P<name>[a-z-]+)\s*=\s*)?(?P<number>\d{1,9})", re.ASCII)


class Calls(NamedTuple):
    """The calls of one job."""

    budgets: dict[str, int]
    """Calls by GitHub's name of the resource, in the order of the input."""
    writes: int = 0
    content: int = 0

    def lanes(self) -> tuple[Lane, ...]:
        """Return the requests in their order: it reads, then writes, then makes what notifies people."""
        core, graphql = self.budgets.get("core", 0), self.budgets.get("graphql", 0)
        over_rest = min(core, self.writes)
        written = max(0, over_rest - self.content)
        mutations = max(0, self.writes - self.content - written)
        counts: tuple[tuple[Lane, int], ...] = (
            ("search", self.budgets.get("search", 0)),
            ("graphql", graphql - mutations),
            ("read", core - over_rest),
            ("write", written),
            ("mutation", mutations),
            ("content", self.content),
        )
        return tuple(lane for lane, count in counts for _ in range(count))


NO_CALLS = Calls({})


def parse(name: str, lines: Sequence[str], *, paces: bool) -> Calls:
    """Return the calls that lines name.

    Raises:
        InputError: for every line that is not understood.
    """
    found: dict[str, int] = {}
    problems: list[Problem] = []
    for line in lines:
        matched = _LINE.fullmatch(line)
        key = (matched["name"] or "core") if matched else ""
        if matched is None or key not in (*RESOURCES, *PACES):
            problems.append(
                Problem(
                    f"`{name}`: {line[:80]!r} is no `<resource>=<number>`.",
                    f"Write `core=200`, one resource a line. The resources are {', '.join((*RESOURCES, *PACES))}.",
                )
            )
        elif key in found:
            problems.append(Problem(f"`{name}` names {key} twice.", "Add the numbers up."))
        else:
            found[key] = int(matched["number"])
    problems += _of_numbers(name, found, paces=paces)
    if problems:
        raise InputError(*problems)
    budgets = {RESOURCES[key]: number for key, number in found.items() if key in RESOURCES}
    return Calls(budgets, found.get("writes", found.get("content", 0)), found.get("content", 0))


def _of_numbers(name: str, found: dict[str, int], *, paces: bool) -> Iterator[Problem]:
    for key in (key for key in PACES if key in found and not paces):
        yield Problem(
            f"`{name}` names {key}, of which GitHub reports no budget.",
            "Name it in `needed` with `mode: plan`, which counts it against the published limits. For a check, name the"
            " requests as `core` or `graphql`.",
        )
    for key in (key for key, number in found.items() if number > MAX_CALLS):
        yield Problem(f"`{name}`: {key}={found[key]} is more than {MAX_CALLS}.", "Name the calls of one job.")
    calls = found.get("core", 0) + found.get("graphql", 0)
    writes = found.get("writes", found.get("content", 0))
    if paces and writes > calls:
        yield Problem(
            f"`{name}`: {writes} writes are more than {calls} calls of core and graphql together.",
            "Writes are part of the calls: count them in `core` or `graphql` too.",
        )
    if paces and found.get("content", 0) > writes:
        yield Problem(
            f"`{name}`: content={found['content']} is more than writes={writes}.",
            "What makes a pull request, an issue or a comment is a write: count it in `writes` too.",
        )
