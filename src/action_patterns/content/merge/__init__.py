"""Merge of the keys that a source owns into a file of a target: RFC 7396 on data, edits of single lines on text. Pure.

Mappings are merged key by key, every other value is replaced, and null removes a key. All that is not changed keeps
its bytes: comments, the order of keys, indentation, line ends, a final newline or none, a byte order mark.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Literal

from action_patterns.content.merge.document import Names, decoded, merge_text, without_nulls

Format = Literal["json", "yaml", "toml"]


def merge(kind: Format, there: bytes | None, owned: bytes, *, path: str) -> bytes:
    """Return the content of a file with the keys of `owned`. None: there is no file. The same content: `there` itself.

    Raises:
        InputError: one of the two cannot be read, or holds what no edit of single lines can change.
    """
    names = Names(f"{path} of the target", kind.upper())
    source = Names(f"The source of {path}", kind.upper())
    mark, text = decoded(owned, source)
    # Most runs merge one format, and each has a library of its kind.
    form: Any = import_module(f"{__name__}.{kind}")
    if there is None or not there.strip(b"\xef\xbb\xbf \t\r\n"):
        if kind == "toml":
            form.read(text, source)
            return owned
        made = without_nulls(text, form.read, form.change, source)
        return owned if made == text else mark + made.encode()
    bom, current = decoded(there, names)
    if kind == "toml":
        made = form.merge_text(current, text, names=names, source=source)
    else:
        made = merge_text(current, text, form.read, form.change, names=names, source=source)
    return there if made == current else bom + made.encode()
