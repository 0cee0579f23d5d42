"""Patterns of paths: one dialect, in lists whose last match wins. Pure.

A pattern becomes a regular expression for Rust's engine (see linear_regex). wcmatch and pathspec do not keep the order
of a list, and read `[id]` as a set where a path of that very name exists. wcmatch took 49 seconds for a pattern of six
`**` and a path of 61 parts.

- A pattern starts at the root, so `*.md` stands for files of the root, as in GitHub's `on.push.paths`.
- One whose last part has no wildcard stands for the path and for everything below it.
- One with a slash at its end stands for everything below a directory.
- A set of characters is text in a list that is `over` paths of which one has that text there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy

from action_patterns.content.glob_syntax import (
    MAX_PATTERN_CHARACTERS,
    Atom,
    Glob,
    Part,
    PatternError,
    Refusal,
    Set,
    Wild,
    parse,
)
from action_patterns.content.linear_regex import (
    ESCAPED_FROM,
    FIRST_SURROGATE,
    LAST_SURROGATE,
    LinearRegex,
    literal,
    searchable,
)
from action_patterns.contracts.wording import closest
from action_patterns.errors import InputError, Problem

__all__ = ["MAX_PATTERN_CHARACTERS", "Pattern", "PatternError", "PatternList", "Refusal", "nearest", "regex_of"]

_ESCAPE = r"\x{0}"
_CHARACTER = r"(?:\x{0}?[^/\x{0}])"
"""A character as `searchable` leaves it: two may stand for one."""
_WILD = {Wild.CHARACTER: _CHARACTER, Wild.TEXT: f"{_CHARACTER}*"}
_DIRECTORIES = "(?:[^/]+/)*"
_BELOW = "/.+"
_SHOWN_CHARACTERS = 80
_NO_SETS = frozenset[int]()


class Pattern:
    """One pattern."""

    __slots__ = ("_globs", "_prefix", "_regex", "excludes", "text")

    def __init__(self, text: str) -> None:
        """Read a pattern.

        Raises:
            PatternError: it has no meaning in this dialect.
        """
        self.text = text
        """As it was written."""
        self.excludes = text.startswith("!")
        """A leading `!`: a path that it matches is left out again."""
        if text.startswith("!!") or (text.startswith("!(") and ")" in text):
            raise PatternError("`!!` and `!(…)` mean nothing here", "Write `!` once, and '\\!' or '\\(' in a name")
        self._globs = parse(text.removeprefix("!"))
        self._regex = regex_of(self._globs)
        self._prefix = _prefix(self._globs)

    def matches(self, path: str) -> bool:
        """Return whether it stands for a path, be it to select or to leave out."""
        return self._regex.search(searchable(path))

    def among(self, paths: Iterable[str]) -> frozenset[str]:
        """Return the paths that it stands for."""
        prefix, matches = self._prefix, self.matches
        # Most paths of a large tree are in other directories, which takes no regular expression to see.
        return frozenset(path for path in paths if path.startswith(prefix) and matches(path))

    def over(self, paths: Sequence[str]) -> Pattern:
        """Return the pattern with each set as text, from left to right, of which a path has that text there."""
        sets = {atom.at for glob in self._globs for part in glob.parts for atom in part if isinstance(atom, Set)}
        texts, pattern = _NO_SETS, self
        for each in sorted(sets):
            as_text = copy(self)
            as_text._regex = regex_of(self._globs, texts=texts | {each})  # noqa: SLF001 - a copy of itself
            if any(map(as_text.matches, paths)):
                texts, pattern = texts | {each}, as_text
        return pattern


class PatternList:
    """Patterns in order: the last that matches a path decides, and one with a leading `!` leaves it out."""

    __slots__ = ("patterns",)

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self.patterns = tuple(patterns)

    @classmethod
    def of(cls, lines: Iterable[str], *, file: str | None = None, line: int | None = None) -> PatternList:
        """Read a list. `file` and `line` are for messages.

        Raises:
            InputError: patterns of another dialect, or that can match nothing; all at once.
        """
        problems: list[Problem] = []
        patterns: list[Pattern] = []
        for at, text in enumerate(lines):
            if at == 0 and text.startswith("!"):
                what = f"The list begins with {_shown(text)}, which leaves out paths that nothing has selected."
                problems.append(Problem(what, "Write `**` before it to select everything else.", file=file, line=line))
            try:
                patterns.append(Pattern(text))
            except PatternError as error:
                why, fix = error.refusal
                what = f"The pattern {_shown(text)} matches nothing: {why}."
                problems.append(Problem(what, f"{fix}.", file=file, line=line))
        if problems:
            raise InputError(*problems)
        return cls(patterns)

    def over(self, paths: Iterable[str]) -> PatternList:
        """Return the list for the paths of one tree: `[id]` is text there if one of them has that text in its place."""
        there = tuple(paths)
        return PatternList([each.over(there) for each in self.patterns])

    def deciding(self, path: str) -> Pattern | None:
        """Return the last pattern that matches. None: no pattern does."""
        return next((each for each in reversed(self.patterns) if each.matches(path)), None)

    def selects(self, path: str) -> bool:
        """Return whether the last pattern that matches a path does not leave it out."""
        found = self.deciding(path)
        return found is not None and not found.excludes

    def select(self, paths: Sequence[str]) -> tuple[frozenset[str], tuple[Pattern, ...]]:
        """Return the paths that the list selects, and the patterns without effect (see without_effect)."""
        selected, without = frozenset[str](), []
        for each in self.patterns:
            matched = each.among(selected if each.excludes else paths)
            if not matched:
                without.append(each)
            selected = selected - matched if each.excludes else selected | matched
        return selected, tuple(without)

    def without_effect(self, paths: Iterable[str]) -> tuple[Pattern, ...]:
        """Return the patterns that match none of these paths, or leave out none that one before them selects."""
        return self.select(tuple(paths))[1]


def nearest(pattern: str, paths: Iterable[str]) -> str | None:
    """Return the path or directory that a pattern without a match probably means. None: none is near."""
    there = {path[:end] for path in paths for end, letter in enumerate(f"{path}/") if letter == "/"}
    text = pattern.removeprefix("!").removesuffix("/")
    words = text.replace("**/", "").replace("/**", "").translate(dict.fromkeys(map(ord, "*?")))
    deeper = text.startswith("**/")
    candidates = {(path.rpartition("/")[2] if deeper else path): path for path in sorted(there, reverse=True)}
    near = closest(words.strip("/"), candidates)
    return candidates[near] if near else None


def regex_of(globs: Iterable[Glob], *, texts: frozenset[int] = _NO_SETS, ignore_case: bool = False) -> LinearRegex:
    """Return the regular expression of some globs. `texts`: the sets that are only text, by their index.

    Raises:
        PatternError: it is too large.
    """
    flags = "(?is)" if ignore_case else "(?s)"
    try:
        return LinearRegex(rf"{flags}\A(?:{'|'.join(_of_glob(glob, texts) for glob in globs)})\z")
    except ValueError:
        raise PatternError("it is too large", "Write several patterns with fewer alternatives and wildcards") from None


def _prefix(globs: Sequence[Glob]) -> str:
    """Return the text that each path of a pattern begins with."""
    if len(globs) != 1:
        return ""
    texts: list[str] = []
    for part in globs[0].parts[:-1]:
        if not all(isinstance(atom, str) for atom in part):
            break
        texts += [*(atom for atom in part if isinstance(atom, str)), "/"]
    return "".join(texts)


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…")


def _of_glob(glob: Glob, texts: frozenset[int]) -> str:
    *above, last = glob.parts
    if last == (Wild.PARTS,):
        above, last = [*above, last], (Wild.TEXT,)
    start = "".join(_DIRECTORIES if part == (Wild.PARTS,) else f"{_of_part(part, texts)}/" for part in above)
    end = _of_part(last, texts)
    if glob.directory:
        return f"{start}{end}{_BELOW}"
    if any(isinstance(atom, Wild) for atom in last):
        return f"{start}{end}"
    # A set is a wildcard, but its text is none.
    text = _of_part(last, frozenset(atom.at for atom in last if isinstance(atom, Set)))
    return f"{start}(?:{end}|{text}{_BELOW})"


def _of_part(part: Part, texts: frozenset[int]) -> str:
    return "".join(_of_atom(atom, texts) for atom in part)


def _of_atom(atom: Atom, texts: frozenset[int]) -> str:
    if isinstance(atom, Set):
        return _of_set(atom, texts)
    return _WILD[atom] if isinstance(atom, Wild) else literal(atom)


def _of_set(each: Set, texts: frozenset[int]) -> str:
    text = literal(each.text)
    if each.at in texts or not each.ranges:
        return text
    plain = [
        *((first, min(last, FIRST_SURROGATE - 1)) for first, last in each.ranges),
        *((max(first, LAST_SURROGATE + 1), last) for first, last in each.ranges),
    ]
    moved = ESCAPED_FROM - FIRST_SURROGATE
    surrogates = [
        (max(first, FIRST_SURROGATE) + moved, min(last, LAST_SURROGATE) + moved) for first, last in each.ranges
    ]
    readings = [*_class(plain, negated=each.negated), text]
    readings += [_ESCAPE + of_one for of_one in _class(surrogates, negated=each.negated)]
    return f"(?:{'|'.join(readings)})"


def _class(ranges: Iterable[tuple[int, int]], *, negated: bool) -> list[str]:
    """Return the class of the characters in some ranges but `/`; nothing if there are none."""
    members = "".join(rf"\x{{{first:x}}}-\x{{{last:x}}}" for first, last in ranges if first <= last)
    if not members:
        return [rf"[^/{_ESCAPE}]"] if negated else []
    return [f"[[{'^' if negated else ''}{members}]&&[^/{_ESCAPE}]]"]
