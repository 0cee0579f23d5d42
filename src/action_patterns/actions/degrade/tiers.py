"""The input `tiers`: YAML into tiers, or every problem at once with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from action_patterns.content.text import is_code
from action_patterns.contracts.wording import closest
from action_patterns.distribution.yaml_document import YamlDocument, parse
from action_patterns.errors import InputError, Problem

MOST_NAME_CHARACTERS = 40
MOST_TIERS = 100
"""The output `errors` holds the end of what each tier printed, and GitHub keeps 1 MB of outputs."""
KEYS = ("name", "run", "validate", "timeout-seconds")
_EXAMPLE = "Write `- name: cached` with `run`, `validate` and `timeout-seconds` below it, one item for each tier."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One way to the result."""

    name: str
    run: str
    validation: str | None
    timeout_seconds: float | None


class Read:
    """The tiers, as far as they can be read, and everything that is wrong with them."""

    def __init__(self, text: str) -> None:
        self.problems: list[Problem] = []
        self.tiers: tuple[Tier, ...] = ()
        """Empty: something is wrong."""
        self.names: tuple[str, ...] = ()
        """Also where something else is wrong."""
        self.timeouts: tuple[float | None, ...] = ()
        try:
            document = parse(text, name="`tiers`")
        except InputError as error:
            self.problems += map(_placed, error.problems)
            return
        items = document.data
        if not isinstance(items, list):
            what = "is empty" if items is None else "is not a list"
            self.problems.append(Problem(f"`tiers` {what}.", _EXAMPLE))
            return
        self.names = _names(items)
        self.timeouts = tuple(
            _number(item.get("timeout-seconds")) if isinstance(item, dict) else None for item in items
        )
        found = [*_wrong_number(items), *_twice(self.names, document)]
        for place, item in enumerate(items):
            found += _wrong(item, place, document)
        self.problems += map(_placed, sorted(found, key=lambda problem: problem.line or 0))
        if not self.problems:
            self.tiers = tuple(
                Tier(name=name, run=item["run"], validation=item.get("validate"), timeout_seconds=timeout)
                for name, item, timeout in zip(self.names, items, self.timeouts, strict=True)
            )


def default_names(number: int) -> tuple[str, ...]:
    """Return the names of tiers that have none: `optimal`, `acceptable` (numbered if several), `guaranteed`."""
    between = number - 2
    inner = ["acceptable"] if between == 1 else [f"acceptable-{place}" for place in range(1, between + 1)]
    return ("optimal", *inner, "guaranteed")[: max(number, 0)]


def _names(items: Sequence[Any]) -> tuple[str, ...]:
    given = (item.get("name") if isinstance(item, dict) else None for item in items)
    defaults = default_names(len(items))
    return tuple(name if isinstance(name, str) and name else defaults[place] for place, name in enumerate(given))


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _twice(names: Sequence[str], document: YamlDocument) -> Iterator[Problem]:
    for place, name in enumerate(names):
        if name in names[:place]:
            first = document.line((names.index(name),))
            yield Problem(
                f"the tier {name!r} is there twice; the other one is in line {first}.",
                "Give each tier another `name`.",
                line=document.line((place,)),
            )


def _wrong_number(items: Sequence[Any]) -> Iterator[Problem]:
    if not items:
        yield Problem("`tiers` is empty.", _EXAMPLE)
    elif len(items) == 1:
        yield Problem(
            "`tiers` has one tier, which leaves nothing to fall back to.",
            "Add a second tier, or use the action `retry` for one command.",
        )
    elif len(items) > MOST_TIERS:
        yield Problem(f"`tiers` has {len(items)} tiers; at most {MOST_TIERS} are tried.", "Remove the others.")


def _wrong(item: Any, place: int, document: YamlDocument) -> Iterator[Problem]:
    tier = f"tier {place + 1}"
    if not isinstance(item, dict):
        yield Problem(f"{tier}: the item must be a mapping of keys to values.", _EXAMPLE, line=document.line((place,)))
        return
    meant = {key: closest(key, KEYS) for key in item if key not in KEYS}
    for key, near in meant.items():
        fix = f"Write `{near}`." if near else f"Remove `{key}`. Known here: {', '.join(KEYS)}."
        yield Problem(f"{tier}: `{key}` is not a known key.", fix, line=document.line((place, key)))
    if "run" not in item and "run" not in meant.values():
        yield Problem(f"{tier}: `run` is missing.", "Add `run` to the tier.", line=document.line((place,)))
    for key, why in _wrong_values(item):
        yield Problem(f"{tier}: `{key}` {why}.", f"Correct `{key}` of the tier.", line=document.line((place, key)))


def _wrong_values(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each key with a wrong value, and why it is wrong."""
    for key in ("name", "run", "validate"):
        value = item.get(key, "text")
        if not isinstance(value, str):
            yield key, "must be text"
        elif not value.strip():
            yield key, "must not be empty"
        elif key == "name" and not (is_code(value) and len(value) <= MOST_NAME_CHARACTERS):
            yield key, f"must be in kebab case, such as cached-copy, of at most {MOST_NAME_CHARACTERS} characters"
    if "timeout-seconds" in item:
        number = _number(item["timeout-seconds"])
        if number is None or not isfinite(number):
            from action_patterns.contracts.durations import number_meant  # for tiers that are wrong

            meant = number_meant("timeout-seconds", str(item["timeout-seconds"]))
            yield "timeout-seconds", "must be a number" + (f": write `{meant}`" if meant else "")
        elif number <= 0:
            yield "timeout-seconds", "must be more than 0"


def _placed(problem: Problem) -> Problem:
    """Return the problem with its line in words: an input is no file that GitHub could show."""
    if problem.line is None:
        return Problem(problem.what, problem.fix)
    what = problem.what.removeprefix("`tiers` ")
    return Problem(f"`tiers`, line {problem.line}: {what}", problem.fix)
