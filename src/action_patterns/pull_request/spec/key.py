"""The key of a pull request, and the branch that follows from it.

The branch is a function of the key alone, so a rerun finds it without any memory. Changing this function orphans every
branch in the field: that is a major version.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from action_patterns.content.text import slug
from action_patterns.errors import InputError, Problem

PREFIX = "action-patterns/"
_NAMESPACE = b"action-patterns/v1\0"
_HASH_LENGTH = 16
"""Hex digits: 64 bits, so a collision among 100,000 keys of one repository has odds of about 1 in 3.7 billion."""
MAX_KEY_LENGTH = 200


def normalise(key: str) -> str:
    """The key in Unicode NFC without surrounding white space: the spelling that is hashed and stored.

    Raises:
        InputError: the key is empty, too long or contains control characters.
    """
    normal = unicodedata.normalize("NFC", key.strip())
    if not normal:
        raise InputError(Problem("The key is empty.", "Set `key` to a name that stays the same on every run."))
    if len(normal) > MAX_KEY_LENGTH:
        raise InputError(
            Problem(
                f"The key has {len(normal)} characters; at most {MAX_KEY_LENGTH} are stored in the pull request.",
                "Shorten `key`. Do not put content, times or run numbers into it: it must be the same on every run.",
            )
        )
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in normal):
        raise InputError(
            Problem("The key contains a control character or a line break.", "Write `key` on one line of plain text.")
        )
    return normal


def branch_of(key: str) -> str:
    """The bot branch of a normalised key: `action-patterns/<slug>-<16 hex>`. The base branch is not part of it."""
    readable = slug(key)
    digest = hashlib.sha256(_NAMESPACE + key.encode()).hexdigest()[:_HASH_LENGTH]
    return f"{PREFIX}{readable}-{digest}" if readable else PREFIX + digest


def short_branch(name: str) -> str:
    """Return a branch's name without `refs/heads/`: that is its full name, as in `github.ref`."""
    return name.strip().removeprefix("refs/heads/")


def branch_problem(name: str) -> str | None:
    """Why git would not take this branch name (git docs: "git-check-ref-format"); None for a good one."""
    if name.startswith("refs/"):
        return "is the full name of a ref that is no branch; write the branch's name without `refs/`"
    if not name or name == "@":
        return "is empty" if not name else "is '@' alone"
    if len(name.encode()) > 244:
        return "is longer than 244 bytes, which GitHub refuses"
    if re.search(r"[\x00-\x20\x7f~^:?*\[\\]", name) or ".." in name or "@{" in name or "//" in name:
        return "contains a character or sequence that git refuses in a branch name"
    if name.startswith(("/", "-")) or name.endswith(("/", ".")):
        return "starts or ends with a character that git refuses there"
    if any(part.startswith(".") or part.endswith(".lock") for part in name.split("/")):
        return "has a component that starts with '.' or ends with '.lock'"
    if re.fullmatch(r"[0-9a-f]{40}", name):
        return "looks like a commit id, which GitHub refuses"
    return None
