"""Parts of a selection that have no effect on what was seen: a typo must not pass for a filter. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from action_patterns.contracts import SelectionWarning, Target
from action_patterns.contracts.wording import counted
from action_patterns.discovery import since
from action_patterns.discovery.discovered import Discovered
from action_patterns.discovery.patterns import NEAREST_NAMED, matches, nearest, without_effect
from action_patterns.discovery.select import Considered
from action_patterns.discovery.selection import Selection
from action_patterns.input_types import input_name


def warnings(seen: Discovered, selection: Selection, *, now: datetime) -> tuple[SelectionWarning, ...]:
    """Return a warning for each part that selects or excludes nothing, in the order of the selection's keys.

    A filter is compared with all that was seen, also with what another filter excludes: an exclusion of archived
    repositories is sound. If no repository was seen, no filter could have an effect, and none is warned of.
    """
    return tuple(_warnings(Considered(seen, selection, now), iter(range(NEAREST_NAMED)), ""))


def _warnings(considered: Considered, tries: Iterator[int], within: str) -> Iterator[SelectionWarning]:
    """Yield the warnings of a selection, then those of the selections inside. `within`: the place of this one.

    `tries`: one item for each search of a near name that is left to all of them.
    """
    selection, candidates = considered.selection, considered.candidates
    found = [*_named(considered)]
    if candidates:
        filtered = considered.filtered
        found += _sources(considered)
        if filtered:
            found += _narrowing(tuple(filtered.values()), selection, tries, considered.now)
        else:
            found += _narrowing_nothing(selection)
        number = counted(len(candidates), "repository")
        for pattern in without_effect(selection.exclude, candidates):
            why = _TAKES_OUT_NOTHING if pattern.startswith("!") else f"excluded nothing: it matches none of {number}."
            hint = _nearest(pattern, tuple(candidates.values()), tries)
            found.append(("exclude", pattern, f"{why}{hint} {_CORRECT}"))
        found += _parts(considered)
    for each in sorted(found, key=lambda each: _KEYS.index(each[0])):
        yield _warning(selection, within, *each)
    for key, parts in considered.parts.items():
        for position, part in enumerate(parts, 1):
            yield from _warnings(part, tries, f"{within}In selection {position} of `{key}`, ")


_Found = tuple[str, str, str]
"""Key, value, and the rest of the sentence."""

_KEYS = tuple(Selection.model_fields)
_NO_FILTERS = frozenset(
    {
        *("owners", "repositories", "teams", "installation", "search", "repositories_file", "exclude"),
        *("any_of", "all_of", "none_of"),
    }
)
_CORRECT = "Correct it, or remove it."
_TAKES_OUT_NOTHING = "takes out nothing that the patterns before it name."


def _warning(selection: Selection, within: str, field: str, value: str, message: str) -> SelectionWarning:
    key = input_name(field)
    place = selection.place(key, value) or selection.place(key, "")
    return SelectionWarning(
        key=key,
        value=value,
        message=within + (f"`{value}` in `{key}` {message}" if value else f"`{key}` {message}"),
        file=place.file if place else None,
        line=place.line if place else None,
    )


def _named(considered: Considered) -> Iterator[_Found]:
    for name in considered.selection.repositories:
        target = considered.seen.named(name)
        if target is None:
            continue
        if name.lower() != target.repository.lower():
            new = target.repository
            yield (
                "repositories",
                name,
                f"is {new} now. Write the new name: the former one may become another repository's.",
            )
        if target.archived or target.empty:
            state = "archived" if target.archived else "empty"
            yield "repositories", name, f"selected nothing: the repository is {state}. Change that, or remove the name."


def _sources(considered: Considered) -> Iterator[_Found]:
    for source in considered.selection.sources:
        if any(considered.seen.listed(source)):
            continue
        if source.key == "search":
            yield source.key, source.value, f"selected nothing: it finds no repository that is still there. {_CORRECT}"
        else:
            yield source.key, source.value, "selected nothing: this token sees no repository there."


def _narrowing(listed: Sequence[Target], selection: Selection, tries: Iterator[int], now: datetime) -> Iterator[_Found]:
    none = f"selected nothing: none of {counted(len(listed), 'repository')} listed"
    for pattern in without_effect(selection.include, (target.repository for target in listed)):
        why = _TAKES_OUT_NOTHING if pattern.startswith("!") else f"{none} matches it."
        yield "include", pattern, f"{why}{_nearest(pattern, listed, tries)} {_CORRECT}"
    for key, value, alone in _values(selection):
        if not any(alone.first_left_out(target, now) is None for target in listed):
            yield key, value, f"{none} {_WORDS.get(key, f'is {value}')}. {_CORRECT}"
    if selection.permission is not None and all(target.permission is None for target in listed):
        yield (
            "permission",
            selection.permission,
            "left out nothing: GitHub does not say which role this token has, as for an App's. Remove it.",
        )
    if selection.pushed_since is not None and since.before(selection.pushed_since, now) > now:
        yield "pushed_since", selection.pushed_since, "selected nothing: it is in the future. Correct it, or remove it."


def _values(selection: Selection) -> Iterator[tuple[str, str, Selection]]:
    """Yield each value of a filter that a typo can make wrong: its key, its text, and the filter with it alone.

    Which repositories have a recent push, or an open pull request, changes from run to run.
    """
    for key in ("types", "languages", "topics", "any_topics", "has_file", "visibility"):
        for value in dict.fromkeys(getattr(selection, key)):
            yield key, value, _alone(key, (value,))
    for name, values in selection.properties.items():
        for value in dict.fromkeys(values):
            yield "properties", f"{name}={value}", _alone("properties", {name: (value,)})
    if selection.permission is not None:
        yield "permission", selection.permission, _alone("permission", selection.permission)


def _alone(key: str, value: object) -> Selection:
    """Return a selection of this filter, whose value is checked, and nothing else."""
    fields: dict[str, Any] = {key: value}
    return Selection.model_construct(None, **fields)


_WORDS = {
    "types": "is of this type",
    "languages": "has this primary language",
    "topics": "has this topic",
    "any_topics": "has this topic",
    "has_file": "has such a file",
    "properties": "has this custom property",
    "permission": "gives the token's account this role",
}
"""Key -> verb and object of the sentence about repositories."""


def _narrowing_nothing(selection: Selection) -> Iterator[_Found]:
    """Yield the filters of what sources list, where all repositories are named."""
    if not selection.sources and not selection.any_of and selection.has_source:
        for key in (key for key in _KEYS if key not in _NO_FILTERS and getattr(selection, key)):
            yield key, "", "has no effect: it is about repositories that are listed, and all are named. Remove it."


def _parts(considered: Considered) -> Iterator[_Found]:
    """Yield the selections inside that select nothing of it, or exclude nothing from it."""
    for key, parts in considered.parts.items():
        effect = "excluded" if key == "none-of" else "selected"
        for position, part in enumerate(parts, 1):
            if not part.members.keys() & considered.candidates.keys():
                number = counted(len(considered.candidates), "repository")
                yield key.replace("-", "_"), "", f"{position} {effect} nothing: it selects none of {number}. {_CORRECT}"


def _nearest(pattern: str, targets: Sequence[Target], tries: Iterator[int]) -> str:
    """Return a sentence with the name that a pattern is nearest to; empty if none is near."""
    text = pattern.removeprefix("!")
    names = [target.repository for target in targets]
    if any(matches(name, text) for name in names) or next(tries, None) is None:
        return ""
    near = nearest(text, names)
    return f" The nearest name is {near}." if near else ""
