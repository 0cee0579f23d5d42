"""A key of any text as one component of a ref's name, and back. Pure.

Git refuses a ref `x/a` beside `x/a/b`, so a key is one component. A hash would have no prefix to list by.
"""

from __future__ import annotations

import re

MAX_LENGTH = 200
"""Length of the encoded key in bytes. A file system takes 255 for a name, and git adds `.lock` to it."""

_SAFE = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
"""Bytes that stand for themselves. A dot is none of them: git refuses it in some places and takes it in others."""
_ESCAPE = re.compile(rb"=([0-9A-F]{2})")


def encode(key: str) -> str:
    """Return the component of a key: every other byte of its UTF-8 form is `=` and two hex digits.

    The component of a text that a key begins with is a text that the key's component begins with.

    Raises:
        ValueError: the text has half of a surrogate pair, or bytes that are no UTF-8.
    """
    return "".join(chr(byte) if byte in _SAFE else f"={byte:02X}" for byte in key.encode())


def decode(component: str) -> str:
    """Return the key of a component.

    Raises:
        ValueError: `encode` makes no such component.
    """
    key = _ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()), component.encode()).decode()
    if encode(key) != component:
        raise ValueError(f"{component!r} is no encoded key")
    return key
