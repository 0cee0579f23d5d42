"""A list of checks as a caller writes it: YAML, one mapping for each check. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from action_patterns.checks.catalogue import KINDS, Kind
from action_patterns.checks.check import Ask, Check
from action_patterns.checks.run import in_order
from action_patterns.checks.specification import SharedKeys
from action_patterns.contracts.wording import closest, reason, without_follow_ons
from action_patterns.discovery.section import Section
from action_patterns.errors import InputError, Problem
from action_patterns.input_types import input_name

if TYPE_CHECKING:
    from action_patterns.checks.specification import Specification, World
    from action_patterns.distribution.yaml_document import YamlDocument

AnySection = TypeVar("AnySection", bound=Section)
_SHARED = tuple(SharedKeys.model_fields)

MAX_CHECKS = 1_000
"""Entries of one list."""


def read(
    text: str,
    *,
    name: str,
    world: World,
    kinds: Mapping[str, Kind] = KINDS,
    event: str = "",
    noun: str = "check",
) -> tuple[Check, ...]:
    """Return the checks of a list, in the order in which it has them. Nothing is asked.

    Args:
        text: the list.
        name: the input or file that it comes from, for messages.
        world: the things that its checks may read.
        kinds: the kinds that it may have.
        event: the run's event, for `required`.
        noun: the word for one entry.

    Raises:
        InputError: every problem at once, each with its line.
    """
    from action_patterns.distribution.yaml_document import parse  # a run without a list does not need it

    document = parse(text, name=name)
    if not isinstance(document.data, list):
        raise InputError(
            Problem(
                f"{name} must be a list of {noun}s, one mapping for each.",
                f"Begin each {noun} with `- `, for example `- {next(iter(kinds))}: …`.",
                file=name,
                line=1,
            )
        )
    if not document.data:
        what = f"{name} has no {noun}, so nothing would be looked at."
        raise InputError(Problem(what, f"Write a {noun}, or remove the step.", file=name, line=1))
    if len(document.data) > MAX_CHECKS:
        what = f"{name} has {len(document.data):,} {noun}s; at most {MAX_CHECKS:,} are taken."
        raise InputError(Problem(what, "Split the list into several steps.", file=name, line=1))
    asks: dict[str, Ask] = {}
    checks: list[tuple[Check, bool]] = []
    problems: list[Problem] = []
    for place, entry in enumerate(document.data):
        try:
            checks += _checks(entry, place, document, name, world, kinds, event, noun, asks)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*problems)
    numbered = _numbered(checks)
    in_order(numbered)
    return numbered


def _numbered(checks: Sequence[tuple[Check, bool]]) -> tuple[Check, ...]:
    """Return the checks with a number behind each default name that another one has too: `file package.json (2)`.

    Two entries that are alike keep their name, which is then refused: one of them is a mistake.

    Args:
        checks: the checks, each with whether the caller named it.
    """
    found: list[Check] = []
    seen: dict[str, list[Any]] = {}
    for check, is_named in checks:
        alike = seen.setdefault(check.name, [])
        alike.append(check.subject)
        number = len(alike) if not is_named and check.subject not in alike[:-1] else 1
        found.append(check if number == 1 else check._replace(name=f"{check.name} ({number})"))
    return tuple(found)


def _checks(
    entry: Any,
    place: int,
    document: YamlDocument,
    name: str,
    world: World,
    kinds: Mapping[str, Kind],
    event: str,
    noun: str,
    asks: dict[str, Ask],
) -> Iterator[tuple[Check, bool]]:
    kind = _kind(entry, place, document, name, kinds, noun)
    model = kind.load()
    found = entry[kind.key]
    several = found if isinstance(found, list) and not kind.whole else [found]
    if not several:
        what = f"{name}: {noun} {place + 1} names no subject: `{kind.key}` is an empty list."
        raise InputError(Problem(what, "Name one, or remove the entry.", file=name, line=document.line((place,))))
    if len(several) > 1 and entry.get("name") is not None:
        line = document.line((place, "name"))
        what = f"{name}: one {noun} for {len(several)} subjects has one `name`."
        raise InputError(Problem(what, "Leave `name` out, or write one check for each.", file=name, line=line))
    own = {key: value for key, value in entry.items() if key not in _SHARED}
    shared, problems = _validated(SharedKeys, {key: entry[key] for key in _SHARED if key in entry})
    # One entry may name several subjects: it stands for one check each.
    for subject in several:
        specification, further = _validated(model, {**own, kind.key: subject})
        if shared is None or specification is None:
            raise InputError(*_problems((*problems, *further), model, place, document, name, noun))
        line = document.line((place,))
        if wrong := [_placed(each, name, line) for each in specification.problems(world)]:
            raise InputError(*wrong)
        if kind.key not in asks or "ask" not in vars(model):
            # Only the kinds that can ask for several at once share a call: an outage costs the others one answer.
            asks[kind.key] = partial(model.ask, world=world)
        check = Check(
            name=shared.name or specification.title(),
            category=kind.category,
            subject=specification,
            ask=asks[kind.key],
            cost=kind.cost,
            source=kind.source,
            needs=shared.needs,
            severity="required" if specification.makes_red and shared.is_required(event) else "optional",
            message=shared.message,
            fix=shared.fix,
            page=shared.page or kind.page,
        )
        yield check, bool(shared.name)


def _validated(model: type[AnySection], values: Mapping[str, Any]) -> tuple[AnySection | None, tuple[Any, ...]]:
    """Return the values as a model; or None, and pydantic's errors."""
    try:
        return model.model_validate(values), ()
    except ValidationError as error:
        return None, tuple(without_follow_ons(error.errors(include_url=False, include_input=False), {}))


def _placed(problem: Problem, name: str, line: int) -> Problem:
    """Return a problem of an entry with its place in the list, unless it names another file."""
    return problem if problem.file else Problem(problem.what, problem.fix, file=name, line=line)


def _kind(entry: Any, place: int, document: YamlDocument, name: str, kinds: Mapping[str, Kind], noun: str) -> Kind:
    line = document.line((place,))
    if not isinstance(entry, dict):
        what = f"{name}: {noun} {place + 1} is no mapping."
        fix = f"Write a kind and its subject, for example `{next(iter(kinds))}: …`."
        raise InputError(Problem(what, fix, file=name, line=line))
    named = [key for key in entry if key in kinds]
    if len(named) > 1:
        # `repository` is a kind, and says more in a check of another one.
        named = [key for key in named if all(each in _keys(kinds[key].load()) for each in named)] or named
    if len(named) == 1:
        return kinds[named[0]]
    if named:
        what = f"{name}: {noun} {place + 1} is of {len(named)} kinds: {', '.join(named)}."
        raise InputError(Problem(what, "Write one check for each.", file=name, line=line))
    known = ", ".join(kinds)
    near = next((hit for key in entry if (hit := closest(key, kinds))), None)
    fix = f"Did you mean `{near}`? The kinds are {known}." if near else f"Name one of the kinds: {known}."
    raise InputError(Problem(f"{name}: {noun} {place + 1} names no kind of {noun}.", fix, file=name, line=line))


def _problems(
    errors: Iterable[Any], model: type[Specification], place: int, document: YamlDocument, name: str, noun: str
) -> Iterator[Problem]:
    keys = _keys(model)
    for each in errors:
        # The key alone: parts behind it name pydantic's own branches.
        key = next((str(part) for part in each["loc"][:1]), "")
        why = reason(each)
        where = f"{name}: {noun} {place + 1}: {f'`{key}` ' * bool(key)}{why}."
        near = closest(key, keys) if each["type"] == "extra_forbidden" else None
        fix = f"Did you mean `{near}`?" if near else f"Correct `{key}`." if key in keys else "Correct the entry."
        if near is None and each["type"] == "extra_forbidden":
            fix = f"The keys of this {noun} are {', '.join(keys)}."
        yield Problem(where, fix, file=name, line=document.line((place, key) if key else (place,)))


def _keys(model: type[Specification]) -> list[str]:
    own: Iterable[str] = (*SharedKeys.model_fields, *model.model_fields)
    return sorted(map(input_name, own), key=lambda key: key != input_name(model.subject))
