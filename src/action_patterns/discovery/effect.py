"""Parts of a selection that have no effect on what was seen: a typo must not pass for a filter. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from action_patterns.contracts import SelectionWarning, Target
from action_patterns.discovery.patterns import NEAREST_NAMED, matches, nearest
from action_patterns.discovery.selection import Selection
from action_patterns.ports.repositories import Listing


def warnings(
    listings: Sequence[Listing], named: Mapping[str, Target | None], selection: Selection
) -> tuple[SelectionWarning, ...]:
    """Return a warning for each part that selects or excludes nothing, in the order of the selection's keys.

    A filter is compared with all that was seen, also with what another filter excludes: an exclusion of archived
    repositories is sound. If no repository was seen, no filter could have an effect, and none is warned of.
    """
    listed = [target for listing in listings for target in listing.targets]
    seen = [*listed, *(target for target in named.values() if target is not None)]
    found = [*_named(named)]
    tries = iter(range(NEAREST_NAMED))
    if seen:
        found += _owners(listings, selection)
        found += _narrowing(listed, selection, tries) if listed else _narrowing_nothing(selection)
        number = _repositories(len({target.repository for target in seen}))
        for pattern in dict.fromkeys(selection.exclude):
            if not any(matches(target.repository, pattern.removeprefix("!")) for target in seen):
                hint = _nearest(pattern, seen, tries)
                found.append(("exclude", pattern, f"excluded nothing: it matches none of {number}.{hint} {_CORRECT}"))
    return tuple(_warning(selection, *each) for each in sorted(found, key=lambda each: _KEYS.index(each[0])))


_Found = tuple[str, str, str]
"""Key, value, and the rest of the sentence."""

_KEYS = tuple(Selection.model_fields)
_CORRECT = "Correct it, or remove it."


def _warning(selection: Selection, key: str, value: str, message: str) -> SelectionWarning:
    place = selection.place(key, value)
    return SelectionWarning(
        key=key,
        value=value,
        message=f"`{value}` in `{key}` {message}" if value else f"`{key}` {message}",
        file=place.file if place else None,
        line=place.line if place else None,
    )


def _named(named: Mapping[str, Target | None]) -> Iterator[_Found]:
    for name, target in named.items():
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


def _owners(listings: Sequence[Listing], selection: Selection) -> Iterator[_Found]:
    for owner, listing in zip(selection.owners, listings, strict=True):
        if not listing.targets:
            yield "owners", owner, "selected nothing: this token sees no repository there."


def _narrowing(listed: Sequence[Target], selection: Selection, tries: Iterator[int]) -> Iterator[_Found]:
    none = f"selected nothing: none of {_repositories(len(listed))} listed"
    for pattern in dict.fromkeys(selection.include):
        if not any(matches(target.repository, pattern.removeprefix("!")) for target in listed):
            yield "include", pattern, f"{none} matches it.{_nearest(pattern, listed, tries)} {_CORRECT}"
    for topic in dict.fromkeys(selection.topics):
        if not any(topic.lower() in target.topics for target in listed):
            yield "topics", topic, f"{none} has this topic. {_CORRECT}"
    if selection.visibility != "all" and not any(t.private == (selection.visibility == "private") for t in listed):
        yield "visibility", selection.visibility, f"{none} is {selection.visibility}. {_CORRECT}"


def _narrowing_nothing(selection: Selection) -> Iterator[_Found]:
    """Yield the filters of what `owners` list, where they list nothing."""
    given = {
        "topics": bool(selection.topics),
        "include": bool(selection.include),
        "visibility": selection.visibility != "all",
        "forks": selection.forks,
    }
    if not selection.owners:
        for key in (key for key, value in given.items() if value):
            yield key, "", "has no effect: it is about repositories of `owners`, and none is given. Remove it."


def _nearest(pattern: str, targets: Sequence[Target], tries: Iterator[int]) -> str:
    """Return a sentence with the name that a pattern is nearest to; empty if none is near."""
    if next(tries, None) is None:
        return ""
    names = [target.repository for target in targets]
    near = nearest(pattern.removeprefix("!"), names)
    return f" The nearest name is {near}." if near else ""


def _repositories(number: int) -> str:
    return "1 repository" if number == 1 else f"{number:,} repositories"
