"""Patterns of repositories, names, owners and topics: refuse what can never match. Pure."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from typing import NamedTuple

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from action_patterns.content import glob
from action_patterns.content.pattern_dialect import NO_EFFECT, foreign_dialect, spelled_out
from action_patterns.contracts.repository import is_repository
from action_patterns.escape import CODE_CHARACTERS, clip

_IN_A_NAME = frozenset(string.ascii_letters + string.digits + "-_.")
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}")
_TOPIC = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,49}")
_SCHEME = re.compile(r"\A[A-Za-z][A-Za-z0-9+.-]*+://")
_SET = re.compile(r"\[!?\]?[^\]]*\]")
"""A set of characters as fnmatch reads it: a `]` that comes first is a member."""
_WILD = frozenset("*?[]{}!|")
_GLOB = "Write a glob: `*` stands for any text, `?` for one character, `[ab]` for one of these, as in 'acme/legacy-*'"


class Refusal(NamedTuple):
    """Why a text can never have an effect, and what to write instead. Both without a full stop."""

    why: str
    fix: str


def matches(repository: str, pattern: str) -> bool:
    """Return whether a glob matches. One without a slash is compared with the name alone. Case is ignored."""
    full = repository.lower()
    return glob.matches(full if "/" in pattern else full.partition("/")[2], pattern.lower())


def is_name(pattern: str) -> bool:
    """Return whether a pattern is the name of one repository, with or without its owner."""
    return not _WILD & set(pattern) and not pattern.startswith("/")


def refuse_include(pattern: str) -> Refusal | None:
    """Return why a pattern of `include` can never match. None: it can."""
    if foreign_dialect(pattern) == "negation":
        return Refusal(_matches_nothing(pattern, NO_EFFECT["negation"]), f"Write {pattern[1:]!r} under `exclude`")
    return _refuse_pattern(pattern)


def refuse_exclude(pattern: str) -> Refusal | None:
    """Return why a pattern of `exclude` can never match. None: it can."""
    if foreign_dialect(pattern) == "negation":
        return Refusal(
            _matches_nothing(pattern, NO_EFFECT["negation"]),
            f"Remove it, and narrow the other patterns of `exclude` so that they do not match {pattern[1:]!r}",
        )
    return _refuse_pattern(pattern)


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


def _refuse_pattern(pattern: str) -> Refusal | None:
    dialect = foreign_dialect(pattern)
    if dialect == "braces":
        return Refusal(_matches_nothing(pattern, NO_EFFECT[dialect]), spelled_out(pattern))
    if dialect == "regular-expression":
        return Refusal(_matches_nothing(pattern, NO_EFFECT[dialect]), _GLOB)
    if why := _can_never_match(pattern):
        plain = _plain_name(pattern)
        return Refusal(_matches_nothing(pattern, why), f"Write {plain!r}" if plain else _fix(pattern))
    return None


def _matches_nothing(pattern: str, why: str) -> str:
    return f"the pattern {clip(repr(pattern), CODE_CHARACTERS)} matches nothing: {why}"


def _can_never_match(pattern: str) -> str | None:
    """Return the reason of a glob that no name of a repository satisfies. None: one can."""
    if not pattern:
        return "it is empty"
    if len(pattern) > glob.MAX_PATTERN_CHARACTERS:
        return f"it has more than {glob.MAX_PATTERN_CHARACTERS:,} characters"
    # Without the text behind the last bracket every `[` finds its end, and the search stays linear.
    closed, bracket, rest = pattern.rpartition("]")
    sets, literal = _SET.findall(closed + bracket), _SET.sub("", closed + bracket) + rest
    if any(each.startswith("[^") for each in sets):
        return "`[^` does not negate a set here"
    if none := next((each for each in sets if not any(glob.matches(c, each) for c in _IN_A_NAME)), None):
        return f"no name has a character of {none}"
    strange = sorted(set(literal) - _IN_A_NAME - set("/*?"))
    if strange:
        return f"no name has {' or '.join(map(repr, strange[:3]))} in it"
    if pattern.startswith("/") or pattern.endswith("/"):
        return "a name neither begins nor ends with a slash"
    if literal.count("/") > 1:
        return "a name has one slash, between owner and name"
    if literal.lower().endswith(".git"):
        return "no name ends with '.git'"
    return None


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
