"""Secrets that must not leave a run: by value, in every spelling, and by shape. Pure."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import quote

MASK = "***"

_PLACES = re.compile(r"[\w.%~/:@-]++")
"""Words with slashes and colons between: a repository, an address, a path."""
_SEPARATORS = re.compile(r"(/|:|%2[Ff])")

_SHAPES = re.compile(
    # GitHub docs: "About authentication to GitHub", token formats
    r"(?P<token>gh[pousr]_\w{16,}|github_pat_\w{16,})"
    # `x-access-token:`, as actions/checkout keeps it in a configuration of git
    r"|(?P<basic>eC1hY2Nlc3MtdG9rZW46[\w+/=-]{8,})"
    # With the word that it is glued to: a start within a run of such characters, and a colon in a user's name, would
    # take quadratic time. The look-ahead finds the dots once for all `eyJ` of a run.
    r"|(?P<jwt>(?<![\w-])(?=[\w-]++\.[\w-]{8,}+\.)[\w-]*eyJ[\w-]{8,}\.[\w-]{8,}+\.[\w-]*+)"
    r"|(?P<key>-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z))"
    r"|(?P<url>(?<=://)[^\s/@:]*:[^\s/@]+(?=@))"
    r"|(?P<bearer>(?<=bearer )[\w.~+/=-]{8,})",
    re.IGNORECASE,
)
_NAMES = {
    "token": "a token of GitHub",
    "basic": "a token of GitHub, as git is configured with it",
    "jwt": "a JSON Web Token",
    "key": "a private key",
    "url": "a URL with a password",
    "bearer": "a bearer token",
}
_SIGNS = (
    b"ghp_",
    b"gho_",
    b"ghu_",
    b"ghs_",
    b"ghr_",
    b"github_pat_",
    b"eyj",
    b"private key",
    b"://",
    b"bearer ",
    b"ec1h",
)
"""One of these is in every text with a shape, in lower case: most files have none, and are read ten times as fast."""
_PLACEHOLDER = re.compile(r"[$<>{}%*]")
"""A character that stands in a variable or a placeholder, and in no secret of these shapes."""

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
        self._labels: dict[str, str] = {}

    def conceal(self, labels: Mapping[str, str]) -> None:
        """Show each name, `owner/name`, as its label from now on. It is no mask: GitHub drops outputs with one."""
        with self._lock:
            self._labels = {**self._labels, **{name.lower(): label for name, label in labels.items()}}

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
        """Return the text with `***` for every spelling of every secret, and with labels for concealed names."""
        for spelling in self._spellings:
            text = text.replace(spelling, MASK)
        return _PLACES.sub(self._labelled, text) if self._labels else text

    def _labelled(self, found: re.Match[str]) -> str:
        """Return words with a label for each concealed repository, and for the whole of an address that has one."""
        parts = _SEPARATORS.split(found[0])
        made: list[str] = []
        index = 0
        while index < len(parts):
            label = self._label(*parts[index : index + 3])
            if label is None:
                made.append(parts[index])
                index += 1
            elif "://" in found[0]:
                return label + found[0][len(found[0].rstrip(".:")) :]
            else:
                made.append(label)
                index += 3
        return "".join(made)

    def _label(self, owner: str, separator: str = "", name: str = "") -> str | None:
        if separator in ("", ":"):
            return None
        for known, end in (
            (name, ""),
            (name.rstrip("."), name[len(name.rstrip(".")) :]),
            (name.removesuffix(".git"), ""),
        ):
            label = self._labels.get(f"{owner}/{known}".lower())
            if label is not None:
                return label + end
        return None

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


def secret_in(content: bytes, *, known: bytes = b"") -> tuple[int, str] | None:
    """Return the line and the kind of the first secret by shape in a file's content, text or binary. None: none.

    A variable or placeholder in the place of a password is no secret, nor is a word after "bearer". A text that is in
    `known` is no news.
    """
    plain = content.replace(b"\0", b"").lower()
    if not any(sign in plain for sign in _SIGNS):
        return None
    text, before = _as_text(content), _as_text(known)
    for match in _SHAPES.finditer(text):
        kind, value = match.lastgroup or "", match[0]
        if kind == "url" and _PLACEHOLDER.search(value):
            continue
        if kind == "bearer" and not any(character.isdigit() for character in value):
            continue
        if not (before and value in before):
            return text.count("\n", 0, match.start()) + 1, _NAMES[kind]
    return None


def _as_text(content: bytes) -> str:
    """Return bytes as characters that shapes are written in; UTF-16 is the same text with NULs between."""
    return content.replace(b"\0", b"").decode("latin-1")


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
        yield quote(text, safe="", errors="surrogateescape")
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
