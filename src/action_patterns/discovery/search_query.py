"""Queries of a repository search: refuse what cannot find what it means. Pure.

GitHub docs, "Searching for repositories", "Understanding the search syntax" and "REST API endpoints for search".
"""

from __future__ import annotations

import re

from action_patterns.content.patterns import Refusal
from action_patterns.contracts.wording import closest
from action_patterns.discovery.patterns import refuse_owner

MAX_CHARACTERS = 256
"""Without operators and qualifiers."""
MAX_OPERATORS = 5
"""`AND`, `OR` and `NOT`."""

_QUALIFIERS = frozenset(
    {
        *("archived", "created", "followers", "fork", "forks", "good-first-issues", "has", "help-wanted-issues", "in"),
        *("is", "language", "license", "mirror", "org", "pushed", "size", "stars", "template", "topic", "topics"),
        *("user", "visibility"),
    }
)
_ELSEWHERE = {
    "sort": ("`sort:` changes the order, not what is found", "Remove it"),
    "repo": ("`repo:` names a repository", "Write the name under `repositories`"),
    "enterprise": ("an enterprise has many organizations", "Write one search for each organization, as 'org:acme …'"),
    **dict.fromkeys(
        ("path", "filename", "extension", "content", "symbol"),
        ("it searches code, and this searches repositories", "Remove it"),
    ),
    **dict.fromkeys(
        ("assignee", "author", "label", "state", "mentions", "milestone", "type"),
        ("it searches issues, and this searches repositories", "Remove it"),
    ),
}
"""Qualifier -> why it is none of this search, and what to write instead."""
_OPERATORS = ("AND", "OR", "NOT")
_WORD = re.compile(r'(-?)([A-Za-z][A-Za-z0-9_.-]*):("[^"]*"|\S*)|"[^"]*"|\S+')
_OWNER_WORDS = "Narrow it to one owner, as in 'org:acme topic:python'. Write one search for each owner"


def owner_of(query: str) -> str:
    """Return the organization or user of a query that was not refused."""
    return _owners(query)[0]


def refuse_search(query: str) -> Refusal | None:
    """Return why a query cannot find what it means. None: it can."""
    shown = repr(query[:200])
    if "\n" in query or "\r" in query:
        return Refusal(f"{shown} has several lines", "Write each search as one item")
    if query.count('"') % 2:
        return Refusal(f"{shown} has a quotation mark without its pair", 'Write a text with spaces as "a text"')
    for _, name, value in _qualifiers(query):
        if refusal := _refuse_qualifier(name, value):
            return Refusal(f"{shown}: {refusal.why}", refusal.fix)
    owners = _owners(query)
    if not owners:
        return Refusal(f"{shown} would select repositories of strangers", _OWNER_WORDS)
    if len({owner.lower() for owner in owners}) > 1:
        return Refusal(f"{shown} names {len(owners)} owners, and a token of an App reads one", _OWNER_WORDS)
    if refusal := refuse_owner(owners[0]):
        return Refusal(f"{shown}: {refusal.why}", "Write the login alone, as in 'org:acme'")
    words = [found[0] for found in _WORD.finditer(query) if not found[2]]
    if "OR" in words:
        return Refusal(f"{shown} has `OR`, which may reach beyond the owner", "Write one search for each alternative")
    if sum(word in _OPERATORS for word in words) > MAX_OPERATORS:
        return Refusal(f"{shown} has more than {MAX_OPERATORS} of AND and NOT", "Write several searches")
    if len(" ".join(word for word in words if word not in _OPERATORS)) > MAX_CHARACTERS:
        return Refusal(f"{shown} has more than {MAX_CHARACTERS} characters of text", "Write several searches")
    return None


def _refuse_qualifier(name: str, value: str) -> Refusal | None:
    if name in _ELSEWHERE:
        why, fix = _ELSEWHERE[name]
        return Refusal(f"{why}", fix)
    if name not in _QUALIFIERS and not name.startswith("props."):
        near = closest(name, sorted(_QUALIFIERS))
        return Refusal(
            f"`{name}:` is no qualifier of a repository search, so GitHub takes it for text",
            f"Write `{near}:`" if near else f"Write one of {', '.join(sorted(_QUALIFIERS))} or props.<name>",
        )
    if not value.strip('"'):
        return Refusal(f"`{name}:` has no value", "Write its value behind the colon, without a space")
    if name == "is" and value.lower() in ("issue", "pr", "open", "closed", "merged"):
        return Refusal(f"`is:{value}` searches issues, and this searches repositories", "Remove it")
    return None


def _qualifiers(query: str) -> list[tuple[bool, str, str]]:
    """Return each qualifier: whether it excludes, its name in lower case, its value."""
    return [(found[1] == "-", found[2].lower(), found[3]) for found in _WORD.finditer(query) if found[2]]


def _owners(query: str) -> list[str]:
    return [value.strip('"') for out, name, value in _qualifiers(query) if name in ("org", "user") and not out]
