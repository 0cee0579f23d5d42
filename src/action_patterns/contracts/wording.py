"""Words that people read: a number of things, and what pydantic refuses, of whose types they know nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_NO_CHOICE = "'', "
OWN_TYPES = frozenset({"value_error", "no_effect"})
"""Errors whose authors are our own validators."""

_SHAPES = {
    "missing": "is missing",
    "extra_forbidden": "is not a known key",
    "string_type": "must be text",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "model_attributes_type": "must be a mapping of keys to values",
    "none_required": "must be empty",
    "json_invalid": "is not valid JSON",
    "json_type": "must be JSON",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


def counted(number: int, one: str, many: str = "") -> str:
    """Return `1 target`, `2,000 targets`, `3 repositories`. `many`: a plural that follows no rule."""
    if number == 1:
        return f"1 {one}"
    return f"{number:,} {many or (f'{one[:-1]}ies' if one.endswith('y') else f'{one}s')}"


def visible_repositories(number: int) -> str:
    """Return how many repositories a listing showed: others may exist that the token does not see."""
    return f"{counted(number, 'repository')} visible to this token"


def reason(error: Mapping[str, Any]) -> str:
    """Return why a value is refused, as the end of a sentence whose subject is the key. Never the value."""
    kind, context = str(error["type"]), error.get("ctx", {})
    if kind in OWN_TYPES:
        return str(error["msg"]).removeprefix("Value error, ").removesuffix(".")
    if kind in _SHAPES:
        return _SHAPES[kind]
    if kind in ("literal_error", "enum"):
        # An empty text among the choices stands for a key that is left out.
        return f"must be {str(context['expected']).removeprefix(_NO_CHOICE)}"
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return f"must be {words} {context[name]}"
    if kind in ("string_too_short", "too_short"):
        least = context["min_length"]
        return "must not be empty" if least == 1 else f"must have at least {least} parts"
    if kind in ("string_too_long", "too_long"):
        return f"must have at most {context['max_length']} {'characters' if kind == 'string_too_long' else 'items'}"
    for start, words in _KINDS:
        if kind.startswith(start):
            return words
    return "has a value that is not allowed here"


_KINDS = (
    ("int", "must be a whole number"),
    ("float", "must be a number"),
    ("finite", "must be a number"),
    ("bool", "must be true or false"),
    ("date", "must be a time with its zone, as in 2026-07-01T14:02:00Z"),
    ("timezone", "must be a time with its zone, as in 2026-07-01T14:02:00Z"),
    ("string", "must be text of another form"),
)


def closest(word: str, words: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the word that was probably meant; the case of letters counts for nothing. None: none is near."""
    import difflib  # a run whose inputs are right does not need it

    spelled: dict[str, str] = {}
    for each in words:
        spelled.setdefault(each.lower(), each)
    near = difflib.get_close_matches(word.lower(), spelled, n=1, cutoff=cutoff)
    return spelled[near[0]] if near else None


def list_hint(line: str) -> str:
    """Return a hint for a line that names nothing, and looks like a list of YAML, JSON or commas. Empty: no list."""
    quoted_or_item = line.startswith(("- ", "* ", '"', "'"))
    is_list = quoted_or_item or (line[:1] + line[-1:] == "[]") or ("," in line and "{" not in line)
    return " Write one a line, without dashes, brackets, quotes and commas." if is_list else ""


def without_follow_ons(errors: Iterable[Mapping[str, Any]], meant: Mapping[tuple[Any, ...], str]) -> list[Any]:
    """Return the errors without those that another one causes.

    `meant` has the key that an unknown key probably stands for, by the unknown key's location: that one is not missing.
    A list whose items are refused has no wrong length.
    """
    found = list(errors)
    places = [tuple(error["loc"]) for error in found]
    given = {(*place[:-1], key) for place, key in meant.items()}
    return [
        error
        for error, place in zip(found, places, strict=True)
        if not (error["type"] == "missing" and place in given)
        and not (error["type"] == "too_short" and any(other[: len(place)] == place != other for other in places))
    ]
