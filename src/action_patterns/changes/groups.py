"""Groups of paths, those that depend on them, and the groups that a change concerns. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from action_patterns.changes.captures import Named
from action_patterns.changes.captures import read as read_named
from action_patterns.content.patterns import Pattern, PatternError, PatternList
from action_patterns.errors import InputError, Problem
from action_patterns.ports.history import ChangedPath

Cause = Literal["own", "shared", "depends-on", "everything"]
"""The cause that a group is concerned: one of its paths, a shared one, another group, or no base."""
_WILD = frozenset("*?[{\\")


class Selection:
    """The patterns of one group: the last that matches a path decides."""

    def __init__(self, named: Sequence[Named], patterns: PatternList) -> None:
        self.named = tuple(named)
        self.patterns = patterns
        self.has_names = any(each.captures for each in named)

    @classmethod
    def of(cls, lines: Iterable[str], place: str) -> Selection:
        """Read patterns. `place` is for messages.

        Raises:
            InputError: patterns of another dialect, or that can match nothing; all at once.
        """
        named, problems, texts = [], list[Problem](), tuple(lines)
        for text in texts:
            try:
                named.append(read_named(text))
            except PatternError as error:
                named.append(Named(text, ()))
                problems.append(Problem(f"{place}: {text!r} matches nothing: {error.refusal.why}.", error.refusal.fix))
        try:
            patterns = PatternList.of(each.text for each in named)
        except InputError as error:
            problems += [Problem(f"{place}: {_inside(each.what)}", each.fix) for each in error.problems]
        if problems:
            raise InputError(*problems)
        return cls(named, patterns)

    def over(self, paths: Sequence[str]) -> Selection:
        """Return the selection for the paths of two trees, of which `[id]` may be a directory."""
        if not any("[" in each.text for each in self.named):
            return self
        return Selection(self.named, self.patterns.over(paths))

    def decides(self, changed: ChangedPath) -> tuple[str, Named] | None:
        """Return the pattern that selects a path, and the path as it was matched. None: the group leaves it out."""
        # A submodule that moved may differ in any file below its path.
        for path in (changed.path, f"{changed.path}/_") if changed.submodule else (changed.path,):
            pattern = self.patterns.deciding(path)
            if pattern is not None and not pattern.excludes:
                return path, self.named[self.patterns.patterns.index(pattern)]
        if changed.submodule:
            for each in self.named:
                if each.text.startswith(f"{changed.path}/"):
                    return changed.path, Named(each.text, ())
        return None

    def without_effect(self, paths: Sequence[str], touched: Sequence[str]) -> Iterator[Pattern]:
        """Yield the patterns that match no path. `paths` are sorted, `touched` are looked at first."""
        for pattern in self.patterns.patterns:
            if not (any(map(pattern.matches, touched)) or any(map(pattern.matches, _below(pattern.text, paths)))):
                yield pattern


def _inside(sentence: str) -> str:
    """Return a sentence about a pattern as the end of one that begins with its place."""
    text = sentence.removeprefix("The pattern ")
    return text[:1].lower() + text[1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One group."""

    name: str
    selection: Selection
    depends_on: tuple[str, ...] = ()


class Concerned(NamedTuple):
    """The groups, each with the reason why it is concerned, and the jobs to start for them."""

    causes: Mapping[str, Cause | None]
    """By name, in the order of the input. None: not concerned."""
    files: Mapping[str, tuple[str, ...]]
    """The changed paths of each group's own patterns."""
    matrix: tuple[Mapping[str, str], ...]
    """One entry for each concerned group, or for each of its named parts."""


def cycles(depends_on: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Return each circle of groups that depend on each other, once, from its first name on."""
    found: dict[frozenset[str], tuple[str, ...]] = {}
    done: set[str] = set()
    for start in depends_on:
        way: dict[str, None] = {}
        stack: list[Iterator[str]] = [iter((start,))]
        while stack:
            name = next(stack[-1], None)
            if name is None:
                stack.pop()
                if way:
                    done.add(way.popitem()[0])
            elif name in way:
                names = list(way)
                circle = names[names.index(name) :]
                found.setdefault(frozenset(circle), (*circle, name))
            elif name not in done and name in depends_on:
                way[name] = None
                stack.append(iter(depends_on[name]))
    return tuple(found.values())


def concern(
    groups: Sequence[Group],
    shared: Selection | None,
    changed: Sequence[ChangedPath],
    head: Callable[[], Sequence[str]],
    *,
    everything: bool,
) -> Concerned:
    """Return the groups that a change concerns.

    Args:
        groups: the groups. They depend on each other without a circle.
        shared: patterns of paths that concern every group.
        changed: the paths that differ.
        head: returns the paths of the newer tree. Called where a group names parts of paths.
        everything: nothing is excluded, so every group is concerned.
    """
    of_all = everything or (shared is not None and any(map(shared.decides, changed)))
    causes: dict[str, Cause | None] = {}
    own: dict[str, list[tuple[ChangedPath, str, Named]]] = {}
    for group in groups:
        own[group.name] = [
            (each, *decided) for each in changed if (decided := group.selection.decides(each)) is not None
        ]
        causes[group.name] = "everything" if everything else "own" if own[group.name] else "shared" if of_all else None
    _cascade({group.name: group.depends_on for group in groups}, causes)
    matrix: list[Mapping[str, str]] = []
    for group in groups:
        if causes[group.name] is None:
            continue
        if not group.selection.has_names:
            matrix.append({"group": group.name})
            continue
        whole = of_all or causes[group.name] != "own" or any(not named.captures for _, _, named in own[group.name])
        matrix += _entries(group, own[group.name], head(), whole=whole)
    files = {name: tuple(each.path for each, _, _ in found) for name, found in own.items()}
    return Concerned(causes, files, tuple(matrix))


def _cascade(depends_on: Mapping[str, Sequence[str]], causes: dict[str, Cause | None]) -> None:
    """Let each concerned group concern those that depend on it."""
    dependants: dict[str, list[str]] = {}
    for name, above in depends_on.items():
        for each in above:
            dependants.setdefault(each, []).append(name)
    waiting = [name for name, cause in causes.items() if cause]
    while waiting:
        for name in dependants.get(waiting.pop(), ()):
            if causes[name] is None:
                causes[name] = "depends-on"
                waiting.append(name)


def _entries(
    group: Group, own: Sequence[tuple[ChangedPath, str, Named]], head: Sequence[str], *, whole: bool
) -> Iterator[Mapping[str, str]]:
    """Yield an entry for each set of named parts that the newer tree has, those of changed paths or of all."""
    there = {
        tuple(parts.items()): parts
        for path in head
        if (decided := group.selection.decides(ChangedPath(path, "modified"))) and (parts := decided[1].of(decided[0]))
    }
    touched = {tuple(parts.items()) for _, path, named in own if (parts := named.of(path))}
    for key, parts in sorted(there.items()):
        if whole or key in touched:
            yield {"group": group.name, **parts}


def _below(pattern: str, paths: Sequence[str]) -> Iterable[str]:
    """Return the sorted paths that begin with the plain text that a pattern begins with."""
    text = pattern.removeprefix("!")
    end = next((at for at, letter in enumerate(text) if letter in _WILD), len(text))
    prefix = text[:end].removesuffix("/")
    first = bisect_left(paths, prefix)
    for at in range(first, len(paths)):
        if not paths[at].startswith(prefix):
            return
        yield paths[at]
