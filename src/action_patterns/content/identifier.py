"""A name that follows from content: the same parts give the same name on any machine, in any run. Pure.

Changing what is hashed, or how, orphans every name in the field: that is a major version, and another namespace.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from action_patterns.content import changes
from action_patterns.content.changes import FileChange
from action_patterns.content.text import slug

_NAMESPACE = b"action-patterns/unique-id/v1\0"
_SNIFFED_BYTES = 8_000
"""git calls content binary when there is a NUL in its first 8,000 bytes (git source, buffer_is_binary)."""

POPULATION = 100_000
"""How many ids `odds` speaks of: more than one repository is likely to hold at a time."""

_WORDS = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))


@dataclass(frozen=True, slots=True)
class Identifier:
    """A name and what it was cut from."""

    name: str
    digest: str
    """SHA-256 of all parts, 64 hex digits. The prefix is for people, and not among them."""


def identify(values: Iterable[str], files: Sequence[FileChange], *, prefix: str, length: int) -> Identifier:
    """The name of these parts: `<prefix>-<length hex digits>`. The order of values counts, that of files does not."""
    state = hashlib.sha256(_NAMESPACE)
    # Each part says what it is and how long, so that ("ab", "c") and ("a", "bc") differ, and a value is never a file.
    for value in values:
        state.update(_part(b"value", normalise(value).encode(errors="surrogateescape")))
    if files:
        state.update(_part(b"files", changes.digest(files).encode()))
    digest = state.hexdigest()
    return Identifier("-".join(part for part in (slug(prefix), digest[:length]) if part), digest)


def _part(kind: bytes, content: bytes) -> bytes:
    return b"%s %d\0%s" % (kind, len(content), content)


def normalise(value: str) -> str:
    """The spelling that is hashed: Unicode NFC, without surrounding white space."""
    return unicodedata.normalize("NFC", value.strip())


def as_git_stores(change: FileChange, *, normalise_line_endings: bool) -> FileChange:
    """Return a file as every machine's checkout has it: path in NFC, and on request CRLF in text as LF."""
    content = change.content
    if normalise_line_endings and change.mode != "120000" and b"\0" not in content[:_SNIFFED_BYTES]:
        content = content.replace(b"\r\n", b"\n")
    return replace(change, path=unicodedata.normalize("NFC", change.path), content=content)


def is_of_run(text: str, run_id: int, attempt: int) -> bool:
    """Whether a text is a run's id, or holds its address or `<run id>-<attempt>`: the next run would have another."""
    return text == str(run_id) or bool(re.search(rf"(?<![0-9])({run_id}-{attempt}|runs/{run_id})(?![0-9])", text))


def odds(length: int) -> str:
    """How likely it is that two of POPULATION ids of this length are equal: the birthday bound, in words."""
    room = 16.0**length
    among = f"among {POPULATION:,} ids"
    if room < POPULATION:
        return f"certain {among}"
    one_in = -1 / math.expm1(-POPULATION * (POPULATION - 1) / 2 / room)
    return f"almost certain {among}" if one_in < 1.01 else f"1 in {_in_words(one_in)} {among}"


def _in_words(number: float) -> str:
    for unit, word in _WORDS:
        if unit <= number < unit * 1_000:
            return f"{number / unit:.2g} {word}" if number < unit * 100 else f"{number / unit:.0f} {word}"
    if number < 1e6:
        return f"{number:.2g}" if number < 10 else f"{round(number):,}"
    mantissa, _, exponent = f"{number:.1e}".partition("e+")
    return f"{mantissa} × 10^{int(exponent)}"
