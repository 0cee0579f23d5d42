"""Patterns of paths and of names: one dialect, in lists whose last match wins. Pure.

A pattern becomes a regular expression that the engine of pydantic matches in linear time. wcmatch and pathspec do not
keep the order of a list, and read `[id]` as a set where a path of that very name exists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from typing import NamedTuple

from pydantic_core import SchemaError, SchemaValidator, core_schema

from action_patterns.errors import InputError, Problem

MAX_PATTERN_CHARACTERS = 1_000
"""No name that a longer pattern could stand for is so long."""


class Refusal(NamedTuple):
    """Why a text is no pattern, and what to write instead. Both without a full stop."""

    why: str
    fix: str


class PatternError(ValueError):
    """A text is no pattern."""

    def __init__(self, why: str, fix: str) -> None:
        super().__init__(why)
        self.refusal = Refusal(why, fix)


class Pattern:
    """One pattern."""

    __slots__ = ("_below", "_directory", "_engine", "_plain", "excludes", "text")

    def __init__(self, text: str, *, ignore_case: bool = False) -> None:
        """Read a pattern. Raises PatternError."""
        if len(text) > MAX_PATTERN_CHARACTERS:
            raise PatternError(f"it has more than {MAX_PATTERN_CHARACTERS:,} characters", "Write several patterns")
        self.text = text
        """As it was written."""
        self.excludes = text.startswith("!")
        """A leading `!`: a path that it matches is left out again."""
        body = text.removeprefix("!")
        if (refusal := foreign(body)) is not None:
            raise PatternError(*refusal)
        self._plain, self._directory = body.removesuffix("/"), body.endswith("/")
        self._below = _is_literal(body.removesuffix("/").rpartition("/")[2])
        flags = "(?is)" if ignore_case else "(?s)"
        self._engine: SchemaValidator | None = engine(f"{flags}^{_expression(body, below=self._below)}$")

    def matches(self, path: str) -> bool:
        """Return whether it stands for a path. The very text of a pattern is always a name that it stands for."""
        return self._names(path) or (self._engine is not None and self._engine.isinstance_python(valid(path)))

    def as_name(self) -> Pattern:
        """Return the pattern that stands for the path of its very text, and for all below that path."""
        made = copy(self)
        made._engine, made._below = None, True  # noqa: SLF001 - a copy of itself
        return made

    def _names(self, path: str) -> bool:
        if path == self._plain:
            return not self._directory
        return (self._below or self._directory) and path.startswith(f"{self._plain}/")


class PatternList:
    """Patterns in order: the last that matches a path decides, and one with a leading `!` leaves it out."""

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
        for text in lines:
            try:
                patterns.append(Pattern(text))
            except PatternError as error:
                why, fix = error.refusal
                problems.append(
                    Problem(f"The pattern {text[:80]!r} matches nothing: {why}.", f"{fix}.", file=file, line=line)
                )
        if patterns and patterns[0].excludes and not problems:
            what = f"The list begins with {patterns[0].text!r}, which leaves out paths that nothing has selected."
            problems.append(Problem(what, "Write `**` before it to select everything else.", file=file, line=line))
        if problems:
            raise InputError(*problems)
        return cls(patterns)

    def over(self, paths: Iterable[str]) -> PatternList:
        """Return the list as it is for these paths: a pattern that is the very name of one is no set of characters."""
        there = tuple(paths)
        known = {*there, *(path[:end] for path in there for end, letter in enumerate(path) if letter == "/")}
        return PatternList([each.as_name() if each.text.strip("!/") in known else each for each in self.patterns])

    def deciding(self, path: str) -> Pattern | None:
        """Return the last pattern that matches. None: no pattern does."""
        return next((each for each in reversed(self.patterns) if each.matches(path)), None)

    def selects(self, path: str) -> bool:
        """Return whether the last pattern that matches a path does not leave it out."""
        found = self.deciding(path)
        return found is not None and not found.excludes

    def without_effect(self, paths: Iterable[str]) -> tuple[Pattern, ...]:
        """Return the patterns that match none of these paths."""
        there = tuple(paths)
        return tuple(each for each in self.patterns if not any(map(each.matches, there)))


def engine(expression: str) -> SchemaValidator:
    """Return a matcher of linear time. Raises PatternError: it is no regular expression, or too large a one."""
    try:
        return SchemaValidator(core_schema.str_schema(pattern=expression, regex_engine="rust-regex", strict=True))
    except SchemaError as error:
        said = next((line.strip() for line in str(error).splitlines() if line.strip().startswith("error:")), "")
        why = said.removeprefix("error:").strip() or "it is too large"
        raise PatternError(f"it is no regular expression: {why}", "Correct it, or write a glob") from None


_BYTES = {0xDC00 + byte: 0xF0000 + byte for byte in range(0x80, 0x100)}


def valid(path: str) -> str:
    """Return a path with the bytes that are no UTF-8 as characters for private use: the engine takes no surrogates."""
    return path if path.isascii() else path.translate(_BYTES)


_SPECIAL = (*"\\*?[]{}!,",)
"""Characters that a backslash may stand before."""
_EXTENDED = re.compile(r"[@+?*!]\(")
_RANGE = re.compile(r"\{[^{},]*\.\.[^{},]*\}")


def foreign(pattern: str) -> Refusal | None:
    """Return why a text, without its leading `!`, is no pattern of ours. None: it is one."""
    if not pattern or pattern == "/":
        return Refusal("it is empty", "Remove it, or write `**` for everything")
    if "\0" in pattern:
        return Refusal("no path has a NUL character", "Remove it")
    if pattern.startswith((":(", ":!", ":^", ":/")):
        return Refusal("`:` begins the magic of git's pathspecs, which is none here", "Write a plain pattern")
    if pattern.startswith("/"):
        return Refusal(
            "every pattern begins at the root, so a path has no leading slash", f"Write {pattern.lstrip('/')!r}"
        )
    if any(found[1] not in _SPECIAL for found in re.finditer(r"\\(.?)", pattern, re.DOTALL)):
        return Refusal("a backslash stands before a character that needs none", "Write '/' between directories")
    parts = _unescaped(pattern).removesuffix("/").split("/")
    if "" in parts:
        return Refusal("it has an empty part between two slashes", "Write one slash")
    if "." in parts or ".." in parts:
        return Refusal("a path has no part '.' or '..'", "Write the path as it is from the root")
    if _EXTENDED.search(_unescaped(pattern)):
        return Refusal("`@(…)`, `+(…)`, `?(…)`, `*(…)` and `!(…)` are no alternatives here", "Write `{a,b}`")
    if _RANGE.search(pattern):
        return Refusal("`{1..3}` is no range here", "Write `{1,2,3}` or `[1-3]`")
    if "[^" in _unescaped(pattern):
        return Refusal("`[^` does not negate a set here", f"Write {pattern.replace('[^', '[!')!r}")
    if any("**" in part and part != "**" for part in re.split(r"[/{},]", _unescaped(pattern))):
        return Refusal("`**` stands for whole directories", "Write it between slashes, as in `**/*.js`")
    return None


def _unescaped(pattern: str) -> str:
    """Return a pattern with its escaped characters replaced by letters."""
    return re.sub(r"\\.", "x", pattern, flags=re.DOTALL)


def _is_literal(part: str) -> bool:
    return not re.search(r"[*?\[{]", _unescaped(part))


def _expression(body: str, *, below: bool) -> str:
    """Return the regular expression of a pattern, without its ends."""
    directory = body.endswith("/")
    found = "".join(_parts(valid(body.removesuffix("/"))))
    if directory:
        return f"{found}/.+"
    return f"{found}(?:/.*)?" if below else found


def _parts(body: str) -> Iterator[str]:
    at, depth = 0, 0
    closing = _closing_braces(body)
    while at < len(body):
        letter = body[at]
        if letter == "\\" and at + 1 < len(body):
            yield re.escape(body[at + 1])
            at += 2
            continue
        if body.startswith("**", at):
            after = body[at + 2 : at + 3]
            yield "(?:[^/]+/)*" if after == "/" else ".+"
            at += 3 if after == "/" else 2
            continue
        at += 1
        if letter == "*":
            yield "[^/]*"
        elif letter == "?":
            yield "[^/]"
        elif letter == "[" and (end := _set_end(body, at)) is not None:
            yield _set(body[at:end])
            at = end + 1
        elif letter == "{" and at - 1 in closing:
            depth += 1
            yield "(?:"
        elif letter == "}" and depth and at - 1 in closing.values():
            depth -= 1
            yield ")"
        elif letter == "," and depth:
            yield "|"
        else:
            yield re.escape(letter)


def has_alternatives(body: str) -> bool:
    """Return whether braces hold alternatives."""
    return bool(_closing_braces(body))


def _closing_braces(body: str) -> dict[int, int]:
    """Return where braces open and close that hold alternatives. Others are plain characters."""
    found: dict[int, int] = {}
    opened: list[list[int]] = []
    at = 0
    while at < len(body):
        letter = body[at]
        if letter == "\\":
            at += 2
            continue
        if letter == "[" and (end := _set_end(body, at + 1)) is not None:
            at = end
        elif letter == "{":
            opened.append([at, 0])
        elif letter == "," and opened:
            opened[-1][1] += 1
        elif letter == "}" and opened:
            begin, commas = opened.pop()
            if commas:
                found[begin] = at
        at += 1
    return found


def _set_end(body: str, at: int) -> int | None:
    """Return where the set of characters ends that begins here. None: the bracket is a plain character."""
    first = at + 1 if body.startswith("!", at) else at
    end = body.find("]", first + 1)
    return end if end > first and "/" not in body[at:end] else None


def _set(text: str) -> str:
    negated, members = ("^/", text[1:]) if text.startswith("!") else ("", text)
    escaped = "".join(
        letter if letter == "-" and 0 < at < len(members) - 1 else _member(letter) for at, letter in enumerate(members)
    )
    return f"[{negated}{escaped}]"


def _member(letter: str) -> str:
    return f"\\{letter}" if letter in "\\]^[-&~|" else letter
