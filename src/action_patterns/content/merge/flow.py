"""Edits of a mapping in braces: JSON's, and YAML's flow mappings. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from action_patterns.content.merge.document import Edit, Entry, Node, Text, UnsafeError, line_end, next_line

_COMMA = re.compile(r"(?:[ \t\r\n]|#[^\n]*\n)*,")
"""The comma behind a value. YAML may have comments before it."""


class Differences(NamedTuple):
    """The changes of one mapping."""

    removed: list[Entry]
    added: list[Entry]
    """Of the source."""
    replaced: list[tuple[Entry, Entry]]
    """Each with the entry of the source."""
    inner: list[tuple[Entry, Node, Node]]
    """Mappings in which something may change, with those of the source."""


def differences(node: Node, patch: Node, clean: Node) -> Differences:
    """Compare a mapping with the source's. `clean` is the source's without nulls."""
    current = {each.key: each for each in node.entries}
    spelled = {each.key: each for each in clean.entries}
    found = Differences([], [], [], [])
    for entry in patch.entries:
        there = current.get(entry.key)
        if entry.value.data is None:
            found.removed.extend([there] if there else [])
        elif there is None:
            found.added.append(spelled[entry.key])
        elif there.value.kind == entry.value.kind == "mapping" and there.value.entries:
            found.inner.append((there, entry.value, spelled[entry.key].value))
        elif there.value.data != spelled[entry.key].value.data:
            found.replaced.append((there, spelled[entry.key]))
    return found


Spell = Callable[[Text, Node, str, bool], str]
"""Gives the text of a value of the source, for a line with this indentation; True: on one line."""


def edit_entries(
    target: Text, node: Node, found: Differences, clean: Text, spell: Spell, colon: str | None
) -> list[Edit]:
    """Return the edits of a mapping in braces, but for its inner mappings. `colon`: None for the target's."""
    edits = [
        Edit(
            there.value.start,
            there.value.end,
            spell(clean, new.value, target.indent(there.start), not target.begins_line(there.start)),
        )
        for there, new in found.replaced
    ]
    gone = {each.key for each in found.removed}
    kept = [each for each in node.entries if each.key not in gone]
    new = _spelled(target, node, kept, found.added, clean, spell, colon) if found.added else ""
    if not kept:
        first, last = (node.entries[0].start, node.entries[-1].value.end) if new else (node.start + 1, node.end - 1)
        return [Edit(first, last, new.removeprefix(_separator(target, node.entries)))] if gone or new else edits
    tail = kept[-1].value.end
    after = node.entries[-1].value.end if node.entries[-1].key in gone else tail
    if after > tail:
        _check_comments(target, kept[-1], node.entries)
        edits.append(Edit(tail, after, new))
    elif new:
        edits += _insertion(target, tail, new)
    for at, entry in enumerate(node.entries):
        if entry.key in gone and entry.start < tail:
            edits.append(_removal(target, entry, node.entries[at + 1]))
    return edits


def _removal(target: Text, entry: Entry, following: Entry) -> Edit:
    """Return the edit that deletes an entry with its comma: its lines, if they hold nothing else."""
    text = target.body
    match = _COMMA.match(text, entry.value.end)
    comma = match.end() if match else entry.value.end
    if text[comma : line_end(text, comma)].strip()[:1] not in ("", "#"):
        return Edit(entry.start, following.start, "")
    if target.begins_line(entry.start):
        return Edit(entry.start - len(target.indent(entry.start)), next_line(text, comma), "")
    return Edit(entry.start, line_end(text, comma), "")


def _check_comments(target: Text, last: Entry, entries: Sequence[Entry]) -> None:
    behind = [each for each in entries if each.start >= last.start]
    if any("#" in target.body[one.value.end : other.start] for one, other in pairwise(behind)):
        raise UnsafeError


def _insertion(target: Text, tail: int, new: str) -> list[Edit]:
    """Return the edits that add entries behind the last one, and behind its comment."""
    end = line_end(target.body, tail)
    before, mark, _ = target.body[tail:end].partition("#")
    if not mark or "\n" not in new.split(",", 1)[1][:2] or before.strip(" ,"):
        return [Edit(tail, tail, new)]
    if "," in before:
        return [Edit(end, end, f"{new.removeprefix(',')},")]
    return [Edit(tail, tail, ","), Edit(end, end, new.removeprefix(","))]


def _separator(target: Text, entries: Sequence[Entry]) -> str:
    """Return what stands between two entries."""
    last = entries[-1]
    if target.begins_line(last.start):
        return "," + target.line_end + target.indent(last.start)
    if len(entries) > 1:
        between = target.body[entries[-2].value.end : last.start]
        return between if not between.strip(", ") else ", "
    return "," if target.body[last.end : last.value.start] == ":" else ", "


def _spelled(
    target: Text, node: Node, kept: list[Entry], added: list[Entry], clean: Text, spell: Spell, colon: str | None
) -> str:
    entries = kept or node.entries
    last = entries[-1]
    separator = _separator(target, entries)
    theirs = target.body[last.end : last.value.start]
    between = colon or (theirs if not theirs.strip(": ") and theirs else ": ")
    indent, single = target.indent(last.start), not target.begins_line(last.start)
    return "".join(
        f"{separator}{clean.body[each.start : each.end]}{between}{spell(clean, each.value, indent, single)}"
        for each in added
    )
