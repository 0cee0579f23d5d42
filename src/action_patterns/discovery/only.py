"""`only` and `limit`: a part of the roster for one run, and each target left out with its reason. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from action_patterns.contracts import Exclusion, Plan, SelectionWarning
from action_patterns.contracts.plan import NOT_IN_ONLY
from action_patterns.discovery.patterns import (
    NEAREST_NAMED,
    begins_with_inclusion,
    checked,
    is_name,
    matches,
    nearest,
    refuse_pattern,
)
from action_patterns.discovery.select import Selected
from action_patterns.errors import InputError, Problem
from action_patterns.input_types import split_patterns

OnlyList = Annotated[
    tuple[Annotated[str, checked(refuse_pattern)], ...],
    BeforeValidator(split_patterns),
    AfterValidator(lambda patterns: begins_with_inclusion(patterns, "Write `*` before it to begin with all targets")),
]
"""Names and patterns of targets in order: the last that matches decides, and `!` excludes."""
Limit = Annotated[int, Field(ge=1)]


def only_field() -> Any:
    """Return the field `only`, worded once for every action that has it."""
    return Field(
        default=(),
        description="Only these targets: names or patterns, separated by commas or new lines. `!` excludes; the last"
        " that matches decides. Every other target is left out with the reason `not-in-only`. A name that is no target"
        " is an error.",
    )


def limit_field() -> Any:
    """Return the field `limit`, worded once for every action that has it."""
    return Field(
        default=None,
        description="Only the first targets, at most this number, in the order of their names and after `only`. The"
        " others are left out with the reason `not-in-only`.",
    )


class Narrowing(BaseModel):
    """The part of the roster that one run works on."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    only: OnlyList = ()
    limit: Limit | None = None


EVERYTHING = Narrowing()


class Narrowed(NamedTuple):
    """A part of the roster."""

    selected: Selected
    warnings: tuple[SelectionWarning, ...]
    """One for each pattern without effect."""


def narrow(selected: Selected, narrowing: Narrowing) -> Narrowed:
    """Keep the targets that `only` and `limit` leave, and give each other one its reason."""
    names = (*(target.address for target in selected.targets), *selected.not_found)
    reasons = why_left_out(names, narrowing)
    private = {target.address: target for target in selected.targets}
    left_out = [
        Exclusion(
            repository=name,
            id=private[name].id if name in private else None,
            private=name in private and private[name].private,
            reason=NOT_IN_ONLY,
            detail=detail,
        )
        for name, detail in reasons.items()
    ]
    return Narrowed(
        Selected(
            tuple(target for target in selected.targets if target.address not in reasons),
            tuple(sorted((*selected.excluded, *left_out), key=lambda exclusion: exclusion.repository.lower())),
            tuple(name for name in selected.not_found if name not in reasons),
        ),
        tuple(_warnings(names, narrowing.only)),
    )


def why_left_out(names: Iterable[str], narrowing: Narrowing) -> dict[str, str]:
    """Return the sentence for each target that is left out. `names` are in the order of the roster."""
    left_out, kept, only = {}, 0, Ordered(narrowing.only)
    for name in names:
        if narrowing.only and not only.selects(name):
            left_out[name] = "It is not in `only`."
        elif narrowing.limit is not None and kept >= narrowing.limit:
            left_out[name] = f"It is beyond the first {narrowing.limit:,} of `limit`."
        else:
            kept += 1
    return left_out


class Ordered:
    """Names and patterns in order. A name costs one look, so that a list of thousands is compared at once."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._includes = [not pattern.startswith("!") for pattern in patterns]
        texts = [pattern.removeprefix("!") for pattern in patterns]
        self._names = {text.lower(): place for place, text in enumerate(texts) if is_name(text)}
        self._others = [(place, text) for place, text in reversed([*enumerate(texts)]) if not is_name(text)]

    def selects(self, repository: str) -> bool:
        """Return whether the last name or pattern that matches includes."""
        full = repository.lower()
        last = max(self._names.get(full, -1), self._names.get(full.partition("/")[2], -1))
        later = (place for place, pattern in self._others if place > last and matches(repository, pattern))
        last = next(later, last)
        return last >= 0 and self._includes[last]


def check_names(plan: Plan, only: Sequence[str], targets: Sequence[str] | None = None) -> None:
    """Stop before the first write if a name is no target: a typo must not become a green run of nothing.

    Args:
        plan: the plan, with all repositories that were seen.
        only: names and patterns.
        targets: the names that `only` may have. None: every target of the roster that the plan is a part of.

    Raises:
        InputError: every name in `only` that is no target.
    """
    targets = roster_of(plan) if targets is None else targets
    known = _spellings(targets)
    other = {name: each for each in plan.excluded for name in _spellings([each.repository])}
    problems: list[Problem] = []
    for name in dict.fromkeys(each for each in only if not each.startswith("!") and is_name(each)):
        if name.lower() in known:
            continue
        if (excluded := other.get(name.lower())) is not None:
            fix = f"Remove it from `only`, or change why discover leaves it out: {excluded.detail}"
        elif len(problems) < NEAREST_NAMED and (near := nearest(name, targets)):
            fix = f"Write {near!r}."
        else:
            fix = "Write the name of a target. The plan of discover lists them."
        problems.append(Problem(f"{name!r} in `only` is no target of this campaign.", fix))
    if problems:
        raise InputError(*problems)


def _spellings(repositories: Iterable[str]) -> set[str]:
    """Return how a list may name the repositories: with the owner or without, in small letters."""
    return {text for name in repositories for text in (name.lower(), name.partition("/")[2].lower())}


def roster_of(plan: Plan) -> list[str]:
    """Return the names of all targets, with those that `only` and `limit` left out of the plan."""
    left_out = (each.repository for each in plan.excluded if each.reason == NOT_IN_ONLY)
    return [*(entry.target.address for entry in plan.roster), *left_out]


def _warnings(names: Sequence[str], only: Sequence[str]) -> Iterator[SelectionWarning]:
    known, searched = _spellings(names), 0
    for pattern in dict.fromkeys(only):
        text = pattern.removeprefix("!")
        excludes = text != pattern
        if is_name(text):
            # A name that selects nothing is an error: `check_names`.
            if not excludes or text.lower() in known:
                continue
        elif any(matches(name, text) for name in names):
            continue
        searched += 1
        done = "excluded" if excludes else "selected"
        number = "the 1 target" if len(names) == 1 else f"any of {len(names):,} targets"
        near = nearest(text, names) if searched <= NEAREST_NAMED else None
        hint = f" The nearest name is {near}." if near else ""
        message = f"`{pattern}` in `only` {done} nothing: it does not match {number}.{hint} Correct it, or remove it."
        yield SelectionWarning(key="only", value=pattern, message=message)
