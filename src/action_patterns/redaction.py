"""Secrets that must not leave a run: by value, in every spelling, and by shape. Pure."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote

MASK = "***"

_SHAPES = re.compile(
    r"gh[pousr]_\w{16,}|github_pat_\w{16,}"  # GitHub docs: "About authentication to GitHub", token formats
    r"|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"  # a JSON Web Token
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|(?<=://)[^\s/@]+:[^\s/@]+(?=@)"
    r"|(?<=bearer )[\w.~+/=-]{8,}",
    re.IGNORECASE,
)

# A line of a private key is a secret; a line of one brace would blank out every brace of the log.
_SHORTEST_LINE = 4
# Below this, the middle of the base64 form is so short that it would match ordinary words.
_SHORTEST_ENCODED = 8


class Secrets:
    """A registry of secret values. Safe to use from many threads."""

    def __init__(self, announce: Callable[[str], None] = lambda _line: None) -> None:
        """`announce` is called once with each single-line value, for the runner's `add-mask`."""
        self._announce = announce
        self._lock = threading.Lock()
        self._values: set[str] = set()
        self._spellings: tuple[str, ...] = ()

    def add(self, value: str) -> None:
        """Mask a value from now on, and every line of a multi-line one: the runner matches its log line by line."""
        with self._lock:
            if not value.strip() or value in self._values:
                return
            self._values.add(value)
            # Longest first, so that no replacement leaves the tail of a longer spelling behind.
            self._spellings = tuple(
                sorted({s for known in self._values for s in _spellings(known)}, key=lambda s: (-len(s), s))
            )
            for line in _lines(value):
                self._announce(line)

    def redact(self, text: str) -> str:
        """Return the text with every spelling of every secret replaced by `***`."""
        for spelling in self._spellings:
            text = text.replace(spelling, MASK)
        return text

    def found_in(self, text: str) -> bool:
        """Return whether the text contains a secret in any spelling."""
        return any(spelling in text for spelling in self._spellings)


def redact(text: str, secrets: Iterable[str]) -> str:
    """Return the text without these secrets, and without text in the shape of one.

    It is for a text of a caller's that others can read for a long time: a secret in it need not be this run's.
    """
    known = Secrets()
    for secret in secrets:
        known.add(secret)
    return _SHAPES.sub(MASK, known.redact(text))


def _lines(value: str) -> Iterator[str]:
    stripped = [line.strip() for line in value.splitlines()]
    if len(stripped) == 1:
        yield stripped[0]
    else:
        yield from (line for line in dict.fromkeys(stripped) if len(line) >= _SHORTEST_LINE)


def _spellings(value: str) -> Iterator[str]:
    yield value
    yield from _lines(value)
    for text in {value, value.strip()}:
        yield quote(text, safe="")
        yield json.dumps(text)[1:-1]
        yield json.dumps(text, ensure_ascii=False)[1:-1]
        yield from _base64_spellings(text.encode(errors="surrogateescape"))


def _base64_spellings(value: bytes) -> Iterator[str]:
    """Yield what a base64 text contains at any start of the value in the encoded bytes (a `user:token` header, say)."""
    if len(value) < _SHORTEST_ENCODED:
        return
    for shift in range(3):
        # Characters that mix in bits of the neighbours are cut off at both ends; the rest is the same in any text.
        first = (shift * 8 + 5) // 6
        last = (shift + len(value)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(b"\0" * shift + value).decode()[first:last]
