"""Patterns of repositories, and names of owners and topics: match, and refuse what can never match. Pure."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError, SchemaValidator

from action_patterns.content.patterns import (
    MAX_PATTERN_CHARACTERS,
    Pattern,
    PatternError,
    Refusal,
    engine,
    has_alternatives,
)
from action_patterns.contracts.repository import is_repository
from action_patterns.contracts.wording import closest
from action_patterns.escape import CODE_CHARACTERS, clip

NEAREST_NAMED = 20
"""Messages that name the nearest repository: each search takes a tenth of a second among ten thousand."""
_IN_A_NAME = frozenset(string.ascii_letters + string.digits + "-_.")
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}")
_TOPIC = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,49}")
_SCHEME = re.compile(r"\A[A-Za-z][A-Za-z0-9+.-]*+://")
_SET = re.compile(r"\[!?\]?[^\]]*\]")
"""A set of characters as fnmatch reads it: a `]` that comes first is a member."""
_RANGE = re.compile(r"\{[^{},]*\.\.[^{},]*\}")
_WILD = frozenset("*?[]{}!|")
_GLOB = (
    "Write a glob, as 'acme/legacy-*', or a regular expression between slashes, as '/legacy-.*/'. In a glob `*` stands"
    " for any text, `?` for one character, `[ab]` for one of these, `{a,b}` for one or the other"
)


def matches(repository: str, pattern: str) -> bool:
    """Return whether a pattern, without its leading `!`, stands for a repository. Case is ignored.

    A pattern without a slash is compared with the name alone. A regular expression is searched for in `owner/name`.
    """
    full = repository.lower()
    if (expression := regular_expression(pattern)) is not None:
        return _engine(expression).isinstance_python(full)
    return _pattern(pattern.lower()).matches(full if "/" in pattern else full.partition("/")[2])


def deciding(repository: str, patterns: Sequence[str]) -> str | None:
    """Return the last pattern of a list that matches; a leading `!` takes out. None: no pattern matches."""
    return next((each for each in reversed(patterns) if matches(repository, each.removeprefix("!"))), None)


def regular_expression(pattern: str) -> str | None:
    """Return the expression of a pattern between slashes. None: it is a glob, or a name."""
    return pattern[1:-1] if len(pattern) > 2 and pattern[0] == pattern[-1] == "/" else None


@lru_cache(maxsize=10_000)
def _pattern(text: str) -> Pattern:
    # A name has no directories that `**` could stand for.
    return Pattern(re.sub(r"\*+", "*", text))


@lru_cache(maxsize=1_000)
def _engine(expression: str) -> SchemaValidator:
    return engine(f"(?i){expression}")


def is_name(pattern: str) -> bool:
    """Return whether a pattern is the name of one repository, with or without its owner."""
    return not _WILD & set(pattern) and not pattern.startswith("/")


def nearest(pattern: str, names: Iterable[str]) -> str | None:
    """Return the name that a name or pattern is nearest to, by the whole of it or by the part behind the slash."""
    text = "".join(character for character in pattern.lower() if character not in "*?")
    candidates = {(name if "/" in pattern else name.partition("/")[2]).lower(): name for name in names}
    near = closest(text, candidates)
    return candidates[near] if near else None


def refuse_pattern(pattern: str) -> Refusal | None:
    """Return why a pattern, with or without a leading `!`, can never match. None: it can."""
    body = pattern.removeprefix("!")
    if (expression := regular_expression(body)) is not None:
        return _refuse_expression(pattern, expression)
    if (why := _can_never_match(body)) is None:
        try:
            _pattern(body.lower())
        except PatternError as error:
            return Refusal(_matches_nothing(pattern, error.refusal.why), error.refusal.fix)
        return None
    plain = _plain_name(body)
    sign = pattern[: len(pattern) - len(body)]
    return Refusal(_matches_nothing(pattern, why), f"Write {sign + plain!r}" if plain else _fix(body))


def _refuse_expression(pattern: str, expression: str) -> Refusal | None:
    if len(pattern) > MAX_PATTERN_CHARACTERS:
        return Refusal(_matches_nothing(pattern, f"it has more than {MAX_PATTERN_CHARACTERS:,} characters"), _GLOB)
    try:
        _engine(expression)
    except PatternError as error:
        return Refusal(_matches_nothing(pattern, error.refusal.why), error.refusal.fix)
    return None


def begins_with_inclusion(patterns: tuple[str, ...], fix: str = "") -> tuple[str, ...]:
    """Return the list. Raises PydanticCustomError: its first pattern takes out, and nothing is in yet."""
    if patterns and patterns[0].startswith("!"):
        why = f"the list begins with {patterns[0]!r}, which takes out what no pattern has put in"
        fix = fix or f"Write a pattern before it, or {patterns[0][1:]!r} under the other key"
        raise PydanticCustomError("no_effect", "{why}", {"fix": fix, "why": why})
    return patterns


def refuse_repository(name: str) -> Refusal | None:
    """Return why a text names no repository. None: it is `owner/name`."""
    if is_repository(name) and not name.lower().endswith(".git"):
        return None
    why = f"{name!r} is not of the form owner/name"
    if plain := _plain_name(name):
        return Refusal(why, f"Write {plain!r}")
    if _WILD & set(name):
        return Refusal(
            f"{why}: `repositories` takes names, no patterns",
            "Write the owner under `owners`, and the pattern under `include`",
        )
    return Refusal(why, "Write each repository as 'owner/name'")


def refuse_owner(name: str) -> Refusal | None:
    """Return why a text names no organization or user. None: it is a login."""
    if _OWNER.fullmatch(name):
        return None
    why = f"{name!r} is no name of an organization or user"
    if is_repository(name):
        return Refusal(why, f"Write {name!r} under `repositories`, or its owner alone here")
    owner = _SCHEME.sub("", name).removeprefix("github.com/").strip("/@ ").removesuffix("/*")
    fix = f"Write {owner!r}" if _OWNER.fullmatch(owner) else "Write the login alone, as in the address of its page"
    return Refusal(why, f"{fix}. To narrow its repositories use `include`" if _WILD & set(name) else fix)


def refuse_topic(name: str) -> Refusal | None:
    """Return why no repository can have a topic. None: one can."""
    if _TOPIC.fullmatch(name):
        return None
    return Refusal(
        f"no repository can have the topic {name!r}: a topic has letters, digits and hyphens, at most 50",
        "Write a topic as the repository's page shows it. `topics` takes names, no patterns",
    )


def checked(refuse: Callable[[str], Refusal | None]) -> AfterValidator:
    """Return the validator of one item of a list, so that a problem names the line of the item."""

    def check(value: str) -> str:
        if refusal := refuse(value):
            # pydantic replaces the names of the context in order: `why`, which holds the caller's text, comes last.
            raise PydanticCustomError("no_effect", "{why}", {"fix": refusal.fix, "why": refusal.why})
        return value

    return AfterValidator(check)


def _matches_nothing(pattern: str, why: str) -> str:
    return f"the pattern {clip(repr(pattern), CODE_CHARACTERS)} matches nothing: {why}"


def _can_never_match(pattern: str) -> str | None:
    """Return the reason of a glob that no name of a repository satisfies. None: one can."""
    if not pattern:
        return "it is empty"
    if len(pattern) > MAX_PATTERN_CHARACTERS:
        return f"it has more than {MAX_PATTERN_CHARACTERS:,} characters"
    # Without the text behind the last bracket every `[` finds its end, and the search stays linear.
    closed, bracket, rest = pattern.rpartition("]")
    sets, literal = _SET.findall(closed + bracket), _SET.sub("", closed + bracket) + rest
    if any(each.startswith("[^") for each in sets):
        return "`[^` does not negate a set here"
    if none := next((each for each in sets if not _members(each)), None):
        return f"no name has a character of {none}"
    if _RANGE.search(literal):
        return "`{1..3}` is no range here"
    alternatives = has_alternatives(literal)
    strange = sorted(set(literal) - _IN_A_NAME - set("/*?{,}" if alternatives else "/*?"))
    if strange:
        return f"no name has {' or '.join(map(repr, strange[:3]))} in it"
    if pattern.startswith("/") or pattern.endswith("/"):
        return "a name neither begins nor ends with a slash"
    if not alternatives and literal.count("/") > 1 and "**" not in literal:
        return "a name has one slash, between owner and name"
    if literal.lower().endswith(".git"):
        return "no name ends with '.git'"
    return None


def _members(characters: str) -> bool:
    """Return whether a set has a character that a name may have."""
    try:
        each = _pattern(characters)
    except PatternError:
        return False
    return any(each.matches(letter) for letter in _IN_A_NAME)


def _fix(pattern: str) -> str:
    plain = pattern.strip("/ ")
    if plain != pattern and plain and not _can_never_match(plain):
        return f"Write {plain!r}"
    parts = [part for part in re.split(r"[,\s]+", pattern) if part]
    if len(parts) > 1 and not any(map(_can_never_match, parts)):
        return f"Write one pattern a line or item: {', '.join(map(repr, parts))}"
    negated = pattern.replace("[^", "[!")
    if negated != pattern and not _can_never_match(negated):
        return f"Write {negated!r}"
    return _GLOB


def _plain_name(text: str) -> str | None:
    """Return the `owner/name` that an address, or a name with something around it, means. None: not clear."""
    bare = _SCHEME.sub("", text.strip())
    if bare.startswith("git@"):
        bare = bare.partition(":")[2] or bare
    parts = bare.split("/")
    # The host of an address: a login has no dot.
    if len(parts) > 2 and ("." in parts[0] or _SCHEME.match(text)):
        parts = parts[1:]
    name = "/".join(part for part in parts if part).strip("@ ")
    name = "/".join(name.split("/")[:2]).removesuffix(".git")
    return name if name != text and is_repository(name) else None
