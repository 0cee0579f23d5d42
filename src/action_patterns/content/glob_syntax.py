"""The one dialect of globs: from the text of a pattern to its parts. Pure.

The dialect is that of GitHub's filters of paths (`on.push.paths`) with braces and sets of characters. A glob of another
dialect is refused by name, because it would match nothing or something else without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple, NoReturn

MAX_PATTERN_CHARACTERS = 1_000
"""No name that a longer pattern could stand for is so long."""
MAX_ALTERNATIVES = 256
"""Most patterns that the braces of one stand for."""


class Refusal(NamedTuple):
    """Why a text can never have an effect, and what to write instead. Both without a full stop."""

    why: str
    fix: str


class PatternError(ValueError):
    """A text is no pattern."""

    def __init__(self, why: str, fix: str) -> None:
        super().__init__(why)
        self.refusal = Refusal(why, fix)


class Wild(Enum):
    """A wildcard of a part, or for parts."""

    CHARACTER = "?"
    TEXT = "*"
    PARTS = "**"
    """Any number of parts of a path. It is a part alone."""


class Set(NamedTuple):
    """A set of characters. A path that has its very text, as in `app/[id]/page.tsx`, is meant too."""

    at: int
    """Index in the pattern, which identifies it."""
    text: str
    negated: bool
    ranges: tuple[tuple[int, int], ...]
    """First and last code point of each. Empty: the text is no set, and only the text is meant."""


class Mark(Enum):
    """A character that structures a pattern."""

    SLASH = "/"
    OPEN = "{"
    COMMA = ","
    CLOSE = "}"


Atom = str | Wild | Set
"""A part's piece: a character, or what stands for characters."""
Part = tuple[Atom, ...]
_Token = Atom | Mark
_Tokens = list[_Token]


class Glob(NamedTuple):
    """A pattern without braces."""

    parts: tuple[Part, ...]
    directory: bool
    """It ends with a slash."""


_BRACKET = re.compile(r"\[(!?)((?:\\.|[^\\\]])(?:\\.|[^\\\]])*|\](?:\\.|[^\\\]])*)\]", re.DOTALL)
"""A set: a `]` that comes first is a member."""
_MEMBER = re.compile(r"\\?(.)(?:-\\?(.))?", re.DOTALL)
_NAMED_SET = re.compile(r"\[[:.=]\w+[:.=]$")
_MAGIC = (":(", ":!", ":^", ":/")
_SEQUENCE = re.compile(r"(-?\w+)\.\.(-?\w+)(?:\.\.-?\d+)?")
_FLAGS = frozenset("dgimsuvy")
_OF_EXPRESSIONS = re.compile(r"\.[*+?]|[$^|(]|\\[A-Za-z.]")
_LONGEST_SEQUENCE = 10
"""Most alternatives that a message spells out."""


def parse(pattern: str) -> tuple[Glob, ...]:
    """Return the globs that a pattern, without its leading `!`, stands for: one for each alternative of its braces.

    Raises:
        PatternError: it has no meaning in this dialect.
    """
    if len(pattern) > MAX_PATTERN_CHARACTERS:
        raise PatternError(f"it has more than {MAX_PATTERN_CHARACTERS:,} characters", "Write several patterns")
    if pattern in ("", "/"):
        raise PatternError("it is empty", "Remove it, or write `**` for everything")
    if "\0" in pattern:
        raise PatternError("no path has a NUL character", "Remove it")
    if pattern.startswith(_MAGIC):
        raise PatternError(
            "`:` begins the magic of git's pathspecs, which is none here",
            f"Write a plain pattern, or '\\{pattern[:2]}' if a name begins so",
        )
    if pattern.startswith("/"):
        _refuse_slash(pattern)
    return tuple(_glob(tokens) for tokens in _alternatives(_tokens(pattern)))


def _refuse_slash(pattern: str) -> NoReturn:
    begin, _, flags = pattern.rpartition("/")
    if begin and _FLAGS.issuperset(flags) and _OF_EXPRESSIONS.search(begin):
        raise PatternError(
            "it is a regular expression between slashes, and paths take globs",
            "Write a glob: `*` stands for any text in a part of a path, `**` for any number of parts",
        )
    raise PatternError(
        "every pattern begins at the root, so a path has no leading slash", f"Write {pattern.lstrip('/') or '**'!r}"
    )


def _tokens(pattern: str) -> Iterator[_Token]:
    at, last_bracket, last_parenthesis = 0, pattern.rfind("]"), pattern.rfind(")")
    while at < len(pattern):
        c = pattern[at]
        if c in "@+?*!" and pattern.startswith("(", at + 1) and at < last_parenthesis:
            raise PatternError(
                "`@(…)`, `+(…)`, `?(…)`, `*(…)` and `!(…)` are no alternatives here",
                "Write `{a,b}`, or '\\(' for a parenthesis in a path",
            )
        if c == "\\":
            yield _escaped(pattern[at + 1 : at + 2])
            at += 2
        elif c == "[":
            found = _BRACKET.match(pattern, at) if at < last_bracket else None
            if found is None:
                raise PatternError("a `[` has no `]`", "Close it, or write '\\[' for a bracket in a path")
            yield _set(found)
            at = found.end()
        elif pattern.startswith("**", at):
            yield Wild.PARTS
            at += 2
        else:
            yield _SPECIAL.get(c, c)
            at += 1


_SPECIAL: dict[str, _Token] = {each.value: each for each in (Wild.CHARACTER, Wild.TEXT, *Mark)}


def _escaped(character: str) -> str:
    if character in ("", "/") or character.isalnum():
        raise PatternError(
            "a backslash stands before a character that needs none",
            "Write '/' between directories",
        )
    return character


def _set(found: re.Match[str]) -> Set:
    negation, inside = found.groups()
    if inside.startswith("^"):
        raise PatternError("`[^` does not negate a set here", f"Write {found.string.replace('[^', '[!')!r}")
    if _NAMED_SET.match(inside):
        raise PatternError("a set has no names of characters here", "Write the characters, as '[a-z]' or '[0-9]'")
    if "/" in inside:
        raise PatternError("no set of characters has a slash", "Write alternatives in braces, as '{a/b,c}'")
    text = re.sub(r"\\(.)", lambda each: _escaped(each[1]), found[0], flags=re.DOTALL)
    ranges = tuple((ord(each[1]), ord(each[2] or each[1])) for each in _MEMBER.finditer(inside))
    backwards = any(first > last for first, last in ranges)
    return Set(at=found.start(), text=text, negated=bool(negation), ranges=() if backwards else ranges)


class _Braces:
    """Braces that are open: the alternatives before the last comma, and those since it."""

    def __init__(self) -> None:
        self._before: list[_Tokens] = []
        self.since: list[_Tokens] = [[]]

    def add(self, token: _Token) -> None:
        for alternative in self.since:
            alternative.append(token)

    def add_each(self, alternatives: list[_Tokens]) -> None:
        if len(self._before) + len(self.since) * len(alternatives) > MAX_ALTERNATIVES:
            raise PatternError(f"its braces have more than {MAX_ALTERNATIVES} alternatives", "Write several patterns")
        self.since = [before + each for before in self.since for each in alternatives]

    def begin_next(self) -> None:
        self._before += self.since
        self.since = [[]]

    def close(self) -> list[_Tokens]:
        """Return the alternatives. Braces without a comma are characters, as in every shell."""
        if self._before:
            return self._before + self.since
        characters = [token for token in self.since[0] if isinstance(token, str)]
        sequence = _SEQUENCE.fullmatch("".join(characters))
        if sequence is not None and len(characters) == len(self.since[0]):
            raise PatternError(
                f"`{{{sequence[0]}}}` is no range here",
                f"Write '{_spelled_out(sequence)}', or '\\{{' for a brace in a path",
            )
        return [["{", *each, "}"] for each in self.since]


def _alternatives(tokens: Iterator[_Token]) -> list[_Tokens]:
    opened = [_Braces()]
    for token in tokens:
        if token is Mark.OPEN:
            opened.append(_Braces())
        elif token is Mark.CLOSE and len(opened) > 1:
            alternatives = opened.pop().close()
            opened[-1].add_each(alternatives)
        elif token is Mark.COMMA and len(opened) > 1:
            opened[-1].begin_next()
        else:
            opened[-1].add(token.value if token in (Mark.CLOSE, Mark.COMMA) else token)
    if len(opened) > 1:
        raise PatternError("a `{` has no `}`", "Close it, or write '\\{' for a brace in a path")
    return opened[0].since


def _spelled_out(sequence: re.Match[str]) -> str:
    first, last = sequence.groups()
    if first.isdecimal() and last.isdecimal() and 0 < int(last) - int(first) < _LONGEST_SEQUENCE:
        return f"{{{','.join(str(each) for each in range(int(first), int(last) + 1))}}}"
    return f"{{{first},{last}}}"


def _glob(tokens: _Tokens) -> Glob:
    parts: list[list[Atom]] = [[]]
    for token in tokens:
        if token is Mark.SLASH:
            parts.append([])
        elif not isinstance(token, Mark):
            parts[-1].append(token)
    directory = len(parts) > 1 and not parts[-1]
    if directory:
        parts.pop()
    for part in parts:
        if not part:
            raise PatternError("it has an empty part between two slashes, or beside one", "Write one slash")
        if part in (["."], [".", "."]):
            raise PatternError("a path has no part '.' or '..'", "Write the path as it is from the root")
        if Wild.PARTS in part and len(part) > 1:
            raise PatternError(
                "`**` stands for whole directories", "Write it between slashes, as in `**/*.js`, or write one star"
            )
    return Glob(tuple(map(tuple, parts)), directory)
