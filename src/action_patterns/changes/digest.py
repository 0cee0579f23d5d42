"""One digest over everything that the result of some work depends on. Pure.

- Files count with path, mode and the id of their content as git would store it. A symbolic link counts with its target.
- The order of values and tools counts. That of files does not: they are sorted by path.
- A file with volatile parts counts with the lines that are left.

Changing what is hashed, or how, makes every proof in the field useless: that is a new namespace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from action_patterns.content.patterns import Pattern, PatternError
from action_patterns.content.volatile import VolatileParts
from action_patterns.errors import InputError, Problem

_NAMESPACE = b"action-patterns/digest/v1\0"
_SEPARATOR = ": "
_REGULAR = "100"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The inputs beside files."""

    values: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    """The version of each tool, as it prints it."""
    platform: str = ""
    """Operating system and architecture of the runner. Empty: they do not count."""
    salt: str = ""


def digest(declared: Declared, files: Mapping[str, str]) -> str:
    """Return the SHA-256 of all inputs, 64 hex digits. `files`: what counts of each path."""
    state = sha256(_NAMESPACE)
    # Each part says what it is and how long, so that ("ab", "c") and ("a", "bc") differ, and a value is never a tool.
    for kind, texts in (
        (b"value", declared.values),
        (b"tool", declared.tools),
        (b"platform", (declared.platform,) if declared.platform else ()),
        (b"salt", (declared.salt,) if declared.salt else ()),
    ):
        for text in texts:
            state.update(_part(kind, text.encode("utf-8", "surrogateescape")))
    # Neither a path nor what counts of it holds a NUL.
    listed = "\0".join(f"{stored}\t{path}" for path, stored in sorted(files.items()))
    state.update(_part(b"files %d" % len(files), listed.encode("utf-8", "surrogateescape")))
    return state.hexdigest()


def _part(kind: bytes, content: bytes) -> bytes:
    return b"%s %d\0%s" % (kind, len(content), content)


class VolatileRule(NamedTuple):
    """A line `PATTERN: EXPRESSION` of the input `volatile`."""

    pattern: Pattern
    expression: str


class VolatileRules:
    """The volatile parts of files, by patterns."""

    def __init__(self, rules: Sequence[VolatileRule] = ()) -> None:
        self._rules = tuple(rules)

    @classmethod
    def of(cls, lines: Sequence[str]) -> VolatileRules:
        """Read lines `PATTERN: EXPRESSION`.

        Raises:
            InputError: lines that are none, all at once.
        """
        rules, problems = [], []
        for line in lines:
            text, separator, expression = line.partition(_SEPARATOR)
            if not separator or not text.strip() or not expression.strip():
                what = f"The line {line[:80]!r} of `volatile` has no pattern and expression."
                problems.append(Problem(what, "Write `PATTERN: EXPRESSION`, for example `package.json: $.version`."))
                continue
            try:
                pattern = Pattern(text.strip())
                if pattern.excludes:
                    raise PatternError("`!` leaves nothing out here", "Write patterns of the files that are meant")
                if not expression.strip().startswith("$"):
                    VolatileParts.of([expression], path=text)
                rules.append(VolatileRule(pattern, expression.strip()))
            except PatternError as error:
                why, fix = error.refusal
                problems.append(Problem(f"The pattern {text[:80]!r} of `volatile` matches nothing: {why}.", f"{fix}."))
            except InputError as error:
                problems += error.problems
        if problems:
            raise InputError(*problems)
        return cls(rules)

    def of_paths(self, paths: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the expressions for each path that has some."""
        if not self._rules:
            return {}
        found = {path: tuple(each.expression for each in self._rules if each.pattern.matches(path)) for path in paths}
        return {path: expressions for path, expressions in found.items() if expressions}

    def without_effect(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Return the patterns that match none of these paths."""
        return tuple(each.pattern.text for each in self._rules if not any(map(each.pattern.matches, paths)))


def without_volatile(
    files: Mapping[str, str], expressions: Mapping[str, Sequence[str]], contents: Mapping[str, bytes]
) -> dict[str, str]:
    """Return what counts of each file, without volatile parts. Two contents that differ in these alone are equal then.

    A file whose volatile parts cannot be found counts with every byte.

    Raises:
        InputError: an expression that a file of this name cannot have.
    """
    found = dict(files)
    problems: list[Problem] = []
    for path, lines in expressions.items():
        if not files[path].startswith(_REGULAR):
            continue
        try:
            parts = VolatileParts.of(lines, path=path)
        except InputError as error:
            problems += error.problems
            continue
        stable = parts.stable(contents[path], path)
        if stable is not None:
            text = "\n".join(stable).encode("utf-8", "surrogateescape")
            found[path] = f"{files[path][:6]} stable {sha256(text).hexdigest()}"
    if problems:
        raise InputError(*problems)
    return found
