"""Patterns of repositories, and names of owners and topics: match, and refuse what can never match. Pure."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from action_patterns.content.glob_syntax import Glob, Set, Wild, parse
from action_patterns.content.linear_regex import LinearRegex
from action_patterns.content.patterns import MAX_PATTERN_CHARACTERS, PatternError, Refusal, regex_of
from action_patterns.contracts.repository import is_repository
from action_patterns.contracts.wording import closest
from action_patterns.escape import CODE_CHARACTERS, clip

NEAREST_NAMED = 20
"""Messages that name the nearest repository: each search takes a tenth of a second among ten thousand."""
_IN_A_NAME = frozenset(string.ascii_letters + string.digits + "-_.")
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}")
_SLUG = re.compile(r"[A-Za-z0-9_-]{1,100}")
_TOPIC = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,49}")
_SCHEME = re.compile(r"\A[A-Za-z][A-Za-z0-9+.-]*+://")
_STARS = re.compile(r"((?<![^/{,])\*\*(?![^/},]))|\*+")
_FLAGS = frozenset("dgimsuvy")
"""Flags of a regular expression in other tools."""
_WILD = frozenset("*?[]{}!|")
_GLOB = (
    "Write a glob, as 'acme/legacy-*', or a regular expression between slashes, as '/legacy-.*/'. In a glob `*` stands"
    " for any text, `?` for one character, `[ab]` for one of these, `{a,b}` for one or the other"
)


def matches(repository: str, pattern: str) -> bool:
    """Return whether a pattern, without its leading `!`, stands for a repository. Case is ignored.

    A pattern without a slash is compared with the name alone. A regular expression is searched for in `owner/name`.
    """
    return _regex(pattern).search(repository)


def deciding(repository: str, patterns: Sequence[str]) -> str | None:
    """Return the last pattern of a list that matches; a leading `!` takes out. None: no pattern matches."""
    return next((each for each in reversed(patterns) if matches(repository, each.removeprefix("!"))), None)


def without_effect(patterns: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    """Return the patterns that match none of these repositories, or take out none that one before them puts in."""
    there, selected = tuple(names), set[str]()
    effective: dict[str, bool] = {}
    for each in patterns:
        text = each.removeprefix("!")
        matched = {name for name in there if matches(name, text)}
        excludes = text != each
        effective[each] = effective.get(each, False) or bool(matched & selected if excludes else matched)
        selected = selected - matched if excludes else selected | matched
    return tuple(each for each, has_effect in effective.items() if not has_effect)


def regular_expression(pattern: str) -> str | None:
    """Return the expression of a pattern between slashes. None: it is a glob, or a name."""
    begin, _, flags = pattern.rpartition("/")
    return begin[1:] if len(begin) > 1 and begin[0] == "/" and flags in ("", "i") else None


@lru_cache(maxsize=10_000)
def _regex(pattern: str) -> LinearRegex:
    if (expression := regular_expression(pattern)) is None:
        return regex_of(map(_of_full_names, _globs(pattern)), ignore_case=True)
    try:
        return LinearRegex(f"(?i){expression}")
    except ValueError as error:
        fix = "Correct it, or write a glob"
        if "look-around" in str(error):
            fix = "Write what it must not match as a further pattern that begins with `!`"
        raise PatternError(str(error), fix) from None


def _globs(pattern: str) -> tuple[Glob, ...]:
    # Names have no depth, so stars in a row that are not a part alone are one star.
    return parse(_STARS.sub(lambda found: found[1] or "*", pattern))


def _of_full_names(glob: Glob) -> Glob:
    """Return the glob over `owner/name`: without a slash it is about the name, of any owner."""
    return Glob(((Wild.TEXT,), *glob.parts), glob.directory) if len(glob.parts) == 1 else glob


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
    if (refusal := _refuse(body)) is None:
        return None
    sign = pattern[: len(pattern) - len(body)]
    plain = None if _flags(body) else _plain_name(body)
    why = f"the pattern {clip(repr(pattern), CODE_CHARACTERS)} matches nothing: {refusal.why}"
    return Refusal(why, f"Write {sign + plain!r}" if plain else refusal.fix)


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


def refuse_team(name: str) -> Refusal | None:
    """Return why a text names no team. None: it is `organization/team`."""
    organization, _, slug = name.partition("/")
    if _OWNER.fullmatch(organization) and _SLUG.fullmatch(slug):
        return None
    why = f"{name!r} is not of the form organization/team"
    parts = [part for part in _SCHEME.sub("", name.strip()).strip("@/ ").split("/") if part]
    if len(parts) == 5 and parts[1] == "orgs" and parts[3] == "teams":
        parts = [parts[2], parts[4]]
    if len(parts) == 2:
        plain = f"{parts[0]}/{re.sub(r'[^a-z0-9_-]+', '-', parts[1].lower()).strip('-')}"
        if plain != name and refuse_team(plain) is None:
            return Refusal(why, f"Write {plain!r}: the team as in the address of its page")
    return Refusal(why, "Write each team as 'organization/team', as in the address of its page")


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


def _refuse(pattern: str) -> Refusal | None:
    """Return why a pattern, without its leading `!`, can never match. None: it can."""
    if not pattern:
        return Refusal("it is empty", _GLOB)
    if len(pattern) > MAX_PATTERN_CHARACTERS:
        return Refusal(f"it has more than {MAX_PATTERN_CHARACTERS:,} characters", _GLOB)
    if pattern[0] == "/" and regular_expression(pattern) is None:
        if flags := _flags(pattern):
            return Refusal(
                f"a regular expression has no flags {flags!r} here, and case never counts",
                f"Write {pattern.removesuffix(flags)!r}",
            )
        return Refusal(_NO_SLASH, _fix(pattern))
    try:
        _regex(pattern)
    except PatternError as error:
        # An address has characters that mean something else in a pattern, so its own reason comes first.
        strange = _strange(set(pattern) - set("*?[]{},!/")) if _plain_name(pattern) else None
        return Refusal(strange, _GLOB) if strange else error.refusal
    never = _can_never_match(pattern)
    return Refusal(never, _fix(pattern)) if never else None


def _flags(pattern: str) -> str:
    """Return the flags behind a regular expression that has others than ours; empty if there are none."""
    begin, _, flags = pattern.rpartition("/")
    return flags if begin[:1] == "/" and flags != "i" and _FLAGS.issuperset(flags) else ""


_NO_SLASH = "a name neither begins nor ends with a slash"


def _can_never_match(pattern: str) -> str | None:
    """Return why no name of a repository is of a glob, or of one of its alternatives. None: some name can be."""
    if regular_expression(pattern) is not None:
        return None
    try:
        reasons = (_without_a_name(glob) for glob in _globs(pattern))
        return next(filter(None, reasons), None)
    except PatternError as error:
        return error.refusal.why


def _without_a_name(glob: Glob) -> str | None:
    atoms = [atom for part in glob.parts for atom in part]
    if none := next((atom for atom in atoms if isinstance(atom, Set) and not _has_a_member(atom)), None):
        return f"no name has a character of {none.text}"
    if strange := _strange({atom for atom in atoms if isinstance(atom, str)}):
        return strange
    if glob.directory:
        return _NO_SLASH
    if sum(part != (Wild.PARTS,) for part in glob.parts) > 2:
        return "a name has one slash, between owner and name"
    if "".join(atom if isinstance(atom, str) else "/" for atom in glob.parts[-1]).lower().endswith(".git"):
        return "no name ends with '.git'"
    return None


def _has_a_member(characters: Set) -> bool:
    """Return whether a set has a character that a name may have, in any case."""
    regex = regex_of([Glob(((characters,),), directory=False)], ignore_case=True)
    return any(map(regex.search, _IN_A_NAME))


def _strange(characters: set[str]) -> str | None:
    strange = sorted(characters - _IN_A_NAME)
    return f"no name has {' or '.join(map(repr, strange[:3]))} in it" if strange else None


def _fix(pattern: str) -> str:
    plain = pattern.strip("/ ")
    if plain != pattern and plain and not _can_never_match(plain):
        return f"Write {plain!r}"
    parts = [part for part in re.split(r"[,\s]+", pattern) if part]
    if len(parts) > 1 and not any(map(_can_never_match, parts)):
        return f"Write one pattern a line or item: {', '.join(map(repr, parts))}"
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
