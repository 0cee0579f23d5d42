"""The input `tiers`: YAML into tiers, or every problem at once with its line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from action_patterns.content.text import is_code
from action_patterns.contracts.wording import closest, reason, without_follow_ons
from action_patterns.distribution.yaml_document import YamlDocument, parse
from action_patterns.errors import InputError, Problem

MOST_NAME_CHARACTERS = 40
MOST_TIERS = 100
"""The output `errors` holds the end of what each tier printed, and GitHub keeps 1 MB of outputs."""


def _name(value: str) -> str:
    if not is_code(value) or len(value) > MOST_NAME_CHARACTERS:
        raise ValueError(f"must be in kebab case, such as cached-copy, of at most {MOST_NAME_CHARACTERS} characters")
    return value


def _script(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value


class Tier(BaseModel):
    """One way to the result."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)

    name: Annotated[str, AfterValidator(_name)] = ""
    run: Annotated[str, AfterValidator(_script)]
    validation: Annotated[str, AfterValidator(_script)] | None = Field(default=None, alias="validate")
    timeout_seconds: float | None = Field(default=None, alias="timeout-seconds", gt=0, allow_inf_nan=False)


KEYS = tuple(field.alias or name for name, field in Tier.model_fields.items())
_EXAMPLE = "Write `- name: cached` with `run`, `validate` and `timeout-seconds` below it, one item for each tier."


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
            self.problems += [_placed(problem) for problem in error.problems]
            return
        items = document.data
        if not isinstance(items, list):
            what = "is empty" if items is None else "is not a list"
            self.problems.append(Problem(f"`tiers` {what}.", _EXAMPLE))
            return
        self.names = _names(items)
        self.timeouts = tuple(_timeout(item) for item in items)
        self.problems += [_placed(problem) for problem in (*_twice(self.names, document), *_wrong_number(items))]
        try:
            tiers = TypeAdapter(tuple[Tier, ...]).validate_python(items)
        except ValidationError as error:
            self.problems += [_placed(problem) for problem in _refused(error, document)]
            return
        self.tiers = tuple(tier.model_copy(update={"name": name}) for tier, name in zip(tiers, self.names, strict=True))


def default_names(number: int) -> tuple[str, ...]:
    """Return the names of tiers that have none: `optimal`, `acceptable` (numbered if several), `guaranteed`."""
    between = number - 2
    inner = ["acceptable"] if between == 1 else [f"acceptable-{place}" for place in range(1, between + 1)]
    return ("optimal", *inner, "guaranteed")[: max(number, 0)]


def _names(items: Sequence[Any]) -> tuple[str, ...]:
    given = (item.get("name") if isinstance(item, dict) else None for item in items)
    defaults = default_names(len(items))
    return tuple(name if isinstance(name, str) and name else defaults[place] for place, name in enumerate(given))


def _timeout(item: Any) -> float | None:
    try:
        return float(item["timeout-seconds"])
    except (KeyError, TypeError, ValueError):
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


def _refused(error: ValidationError, document: YamlDocument) -> Iterator[Problem]:
    errors = error.errors(include_url=False)
    meant = {
        item["loc"]: key
        for item in errors
        if item["type"] == "extra_forbidden" and (key := closest(str(item["loc"][-1]), KEYS)) is not None
    }
    for item in without_follow_ons(errors, meant):
        place = tuple(item["loc"])
        key = f"`{place[1]}`" if len(place) > 1 else "the item"
        fix = f"Correct {key} of the tier." if len(place) > 1 else _EXAMPLE
        if item["type"] == "missing":
            fix = f"Add {key} to the tier."
        elif item["type"] == "extra_forbidden":
            known = ", ".join(KEYS)
            fix = f"Write `{meant[place]}`." if place in meant else f"Remove {key}. Known here: {known}."
        yield Problem(f"tier {int(place[0]) + 1}: {key} {reason(item)}.", fix, line=document.line(place))


def _placed(problem: Problem) -> Problem:
    """Return the problem with its line in words: an input is no file that GitHub could show."""
    if problem.line is None:
        return Problem(problem.what, problem.fix)
    what = problem.what.removeprefix("`tiers` ")
    return Problem(f"`tiers`, line {problem.line}: {what}", problem.fix)
