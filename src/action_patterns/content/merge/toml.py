"""Merge of TOML: tomlkit edits, and every line without a changed key is compared afterwards. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from action_patterns.content.merge.document import Names, merged
from action_patterns.errors import InputError

_LINE = re.compile(r" \(at line (\d+), column \d+\)")
Parts = tuple[str, ...]
"""Texts that one line holds."""
_LIST_OF_TABLES = re.compile(r"^[ \t]*\[\[", re.MULTILINE)
_HEADER = re.compile(r"^[ \t]*\[", re.MULTILINE)
MAX_DEPTH = 100
"""Levels of tables and lists within each other."""


def read(text: str, names: Names) -> Any:
    """Return the data of a document, comparable by `==`.

    Raises:
        InputError: it is no TOML, or has a key twice. The message has the line.
    """
    try:
        return _comparable(tomllib.loads(text), names, 0)
    except (ValueError, RecursionError) as error:
        said = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        line = _LINE.search(said)
        what = f"is no TOML ({_LINE.sub('', said)})"
        raise names.refusal(what, "Correct it", int(line[1]) if line else None) from None


def _comparable(value: Any, names: Names, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise names.refusal(f"is nested beyond {MAX_DEPTH} levels", "Flatten it")
    if isinstance(value, dict):
        return {key: _comparable(each, names, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [_comparable(each, names, depth + 1) for each in value]
    return value if isinstance(value, str) else (type(value).__name__, repr(value))


def merge_text(there: str, owned: str, *, names: Names, source: Names) -> str:
    """Return the text that is there with the keys of `owned`.

    Raises:
        InputError: one of them is no TOML, or tomlkit changes other lines than those of the keys.
    """
    import tomlkit  # for the targets that have such a file
    from tomlkit.exceptions import TOMLKitError

    current, patch = read(there, names), read(owned, source)
    expected = merged(current, patch)
    if current == expected:
        return there
    line_end = "\r\n" if "\r\n" in there else "\n"
    try:
        # Every line has an end while tables are added.
        whole, with_end = (each if each.endswith("\n") else f"{each}{line_end}" for each in (there, owned))
        source_document = tomlkit.parse(with_end)
        whole = _with_first_keys(whole, source_document, current, patch)
        document = tomlkit.parse(whole)
        old = list(_update(document, source_document, _data(whole), patch))
        text = document.as_string()
    except (TOMLKitError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _unsafe(names) from None
    if line_end == "\r\n":
        text = re.sub(r"(?<!\r)\n", line_end, text)
    if not there.endswith("\n"):
        text = text.removesuffix(line_end)
    if _data(text) != expected or not keeps(there, text, old):
        raise _unsafe(names)
    return text


def _with_first_keys(text: str, owned: Mapping[str, Any], current: Any, patch: Any) -> str:
    """Return a text with the new keys of no table. tomlkit would add them behind the last list of tables."""
    import tomlkit  # see `merge_text`

    header = _HEADER.search(text)
    keys = [key for key in owned if key not in current and not _is_table(patch[key])]
    if header is None or not keys or _LIST_OF_TABLES.search(text) is None:
        return text
    begin = header.start()
    head = tomlkit.parse(text[:begin])
    for key in keys:
        head[key] = owned[key]
    return f"{head.as_string()}{'' if begin else chr(10)}{text[begin:]}"


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and all(map(_is_table, value)))


def _data(text: str) -> Any:
    try:
        return read(text, Names("", ""))
    except InputError:
        return None


def _update(there: MutableMapping[str, Any], owned: Mapping[str, Any], current: Any, patch: Any) -> Iterator[Parts]:
    """Change tables in place, and yield the lines of each value and table in one line that changes."""
    from tomlkit.items import InlineTable  # see `merge_text`

    for key, value in owned.items():
        if key not in current:
            there[key] = value
        elif isinstance(current[key], dict) and isinstance(patch[key], dict):
            if isinstance(there[key], InlineTable):
                yield from _lines(key, there[key])
            yield from _update(there[key], value, current[key], patch[key])
        elif current[key] != patch[key]:
            yield from _lines(key, there[key])
            there[key] = value


def _lines(key: str, item: Any) -> Iterator[Parts]:
    """Yield what the lines of an item hold."""
    import tomlkit  # see `merge_text`

    first, *more = tomlkit.item(item).as_string().splitlines() or ("",)
    yield key, first
    yield from ((line.strip(),) for line in more)


def keeps(there: str, text: str, old: list[Parts]) -> bool:
    """Return whether all lines are kept, in order, but for those of the values that were replaced."""
    lines = iter(text.splitlines())
    kept = (line for line in there.splitlines() if not any(all(part in line for part in parts) for parts in old))
    return all(line in lines for line in kept)


def _unsafe(names: Names) -> InputError:
    return names.refusal(
        "is laid out in a way that tomlkit cannot change without other changes",
        "Write the keys of the rule into plain tables, or remove `merge` from its rule",
    )
