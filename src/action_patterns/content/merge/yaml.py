"""Merge of YAML: PyYAML's nodes with their positions, edits of lines in blocks and of positions in braces. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from action_patterns.content.bounded_yaml import TOO_DEEP, BoundedLoader
from action_patterns.content.merge.document import Edit, Entry, Names, Node, Text, line_end, line_start, next_line
from action_patterns.content.merge.flow import Differences, differences, edit_entries

_COLON = re.compile(r" *:")
_STRING, _NULL = "tag:yaml.org,2002:str", "tag:yaml.org,2002:null"
_LINE_ENDS = re.compile("[\x85\u2028\u2029]|\r(?!\n)")
_FLOW = frozenset(",[]{}#")
"""Characters that a plain text in brackets may not have."""
_NUMERIC = re.compile(r"[-+]?(?:0[ox][0-9a-fA-F_]+|\.?[0-9][0-9._:eE+-]*)")
"""Plain scalars that some YAML calls a number or a time."""


def read(text: str, names: Names) -> Node:
    """Read a document.

    Raises:
        InputError: it is no YAML, or has what cannot be edited safely: anchors, aliases, merge keys, tags, several
            documents, keys twice, keys that are no plain text. The message has the line.
    """
    if (odd := _LINE_ENDS.search(text)) is not None:
        what = f"has the line end U+{ord(odd[0]):04X}"
        raise names.refusal(what, "Write LF or CRLF, or an escape", text.count("\n", 0, odd.start()) + 1)
    try:
        _refuse_events(text, names)
        node = yaml.compose(text, Loader=BoundedLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise names.refusal(*_in_our_words(error), line) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise names.refusal(f"has the character {error.character:#04x}", "Remove it", line) from None
    except (RecursionError, ValueError, OverflowError):
        raise names.refusal("is no YAML", "Correct it") from None
    if node is None or node.end_mark.index == node.start_mark.index:
        return Node(kind="mapping", start=len(text), end=len(text), data={}, block=True)
    return _Reader(text, names).node(node)


def _in_our_words(error: yaml.MarkedYAMLError) -> tuple[str, str]:
    said = " ".join(part for part in (error.context, error.problem) if part)
    if "another document" in said:
        return "holds several documents", "Write one document into each file"
    if "'\\t'" in said:
        return "has a tab before a value", "Indent with spaces alone"
    if error.problem == TOO_DEEP:
        return f"is {TOO_DEEP}", "Flatten it"
    return f"is no YAML ({said})", "Correct the line, or write its value in quotes"


def _refuse_events(text: str, names: Names) -> None:
    for event in yaml.parse(text, Loader=BoundedLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise names.refusal(f"has the alias `*{event.anchor}`", "Write its value out in full", line)
        if (anchor := getattr(event, "anchor", None)) is not None:
            raise names.refusal(f"has the anchor `&{anchor}`", "Write its value out in full at each place", line)
        if (tag := getattr(event, "tag", None)) is not None:
            written = tag.replace("tag:yaml.org,2002:", "!!", 1)
            raise names.refusal(f"has the tag `{written}`", "Remove the tag", line)
        if isinstance(event, yaml.DocumentStartEvent) and (event.version or event.tags):
            raise names.refusal("has a directive", "Remove the line that begins with `%`", line)


class _Reader:
    """Makes our nodes of PyYAML's."""

    def __init__(self, text: str, names: Names) -> None:
        self._text = text
        self._names = names

    def node(self, node: Any) -> Node:
        start, end = node.start_mark.index, node.end_mark.index
        if isinstance(node, yaml.MappingNode):
            entries = list(self._entries(node))
            end = end if node.flow_style else entries[-1].value.end
            data = {each.key: each.value.data for each in entries}
            return Node(kind="mapping", start=start, end=end, data=data, block=not node.flow_style, entries=entries)
        if isinstance(node, yaml.SequenceNode):
            items = [self.node(each) for each in node.value]
            end = end if node.flow_style else items[-1].end
            listed = [each.data for each in items]
            return Node(kind="list", start=start, end=end, data=listed, block=not node.flow_style, items=items)
        block = node.style in ("|", ">")
        end = self._block_end(start, end) if block else end
        return Node(kind="scalar", start=start, end=end, data=_meaning(node), block=block)

    def _block_end(self, start: int, end: int) -> int:
        """Return the end of a text in lines. Empty lines behind it belong to it after `|+` alone."""
        written = self._text[start:end].rstrip(" ")
        keeps = "+" in written.split("\n", 1)[0].split("#", 1)[0]
        if not keeps:
            return start + len(written.rstrip())
        return start + len(written.removesuffix("\n").removesuffix("\r"))

    def _entries(self, node: yaml.MappingNode) -> Iterator[Entry]:
        seen = set()
        for key, value in node.value:
            start, end = key.start_mark.index, key.end_mark.index
            line = key.start_mark.line + 1
            before = self._text[line_start(self._text, start) : start].rstrip(" ")
            if not isinstance(key, yaml.ScalarNode) or start == end or key.style in ("|", ">") or before.endswith("?"):
                raise self._names.refusal("has a key that is no plain text", "Write `key: value`", line)
            if key.value == "<<":
                raise self._names.refusal("has the merge key `<<`", "Write its keys out in full", line)
            if key.value in seen:
                raise self._names.refusal(f"has the key {key.value!r} twice", "Write each key once", line)
            seen.add(key.value)
            if not node.flow_style and _COLON.match(self._text, end) is None:
                raise self._names.refusal("has a key without a colon in its line", "Write `key: value`", line)
            yield Entry(key.value, start, end, self.node(value))


def _meaning(node: yaml.ScalarNode) -> Any:
    """Return the data of a scalar. YAML 1.1 and 1.2 disagree on plain ones: both must call it a text to be one."""
    if node.tag == _NULL:
        return None
    if node.tag == _STRING and not (node.style is None and _NUMERIC.fullmatch(node.value)):
        return node.value
    return ("plain", node.value)


def change(target: Text, node: Node, owned: Node, clean: Text, spelled: Node) -> list[Edit]:
    """Return the edits of a mapping."""
    if not node.entries:
        return _root(target, node, clean, spelled)
    return list(_change(target, node, None, owned, clean, spelled))


def _root(target: Text, node: Node, clean: Text, spelled: Node) -> list[Edit]:
    """Return the edit of a document without keys: of comments alone, or `{}`."""
    if not spelled.entries:
        return []
    lines = [_lines(target, clean, each, "") for each in spelled.entries]
    text = target.line_end.join(lines)
    return [Edit(node.start, node.end, text + target.line_end if node.block else text)]


def _change(target: Text, node: Node, holder: Entry | None, owned: Node, clean: Text, spelled: Node) -> Iterator[Edit]:
    found = differences(node, owned, spelled)
    for there, inner, inner_spelled in found.inner:
        yield from _change(target, there.value, there, inner, clean, inner_spelled)
    if node.block:
        yield from _change_block(target, node, holder, found, clean)
    else:
        yield from edit_entries(target, node, found, clean, lambda source, value, *_: _on_one_line(source, value), ": ")


def _change_block(target: Text, node: Node, holder: Entry | None, found: Differences, clean: Text) -> Iterator[Edit]:
    text = target.body
    for there, new in found.replaced:
        yield _replaced(target, there, clean, new)
    gone = {each.key for each in found.removed}
    kept = [each for each in node.entries if each.key not in gone]
    indent = target.indent(node.entries[0].start)
    added = "".join(_lines(target, clean, each, indent) + target.line_end for each in found.added)
    if not kept and not added:
        added = "" if holder else "{}" + target.line_end
        if holder:
            at = _behind_colon(target, holder)
            yield Edit(at, at, " {}")
    for each in found.removed:
        first = not kept and each is found.removed[0]
        yield Edit(line_start(text, each.start), next_line(text, each.value.end), added if first else "")
    if kept and added:
        at = next_line(text, kept[-1].value.end)
        yield Edit(at, at, added)


def _behind_colon(text: Text, entry: Entry) -> int:
    match = _COLON.match(text.body, entry.end)
    return match.end() if match else entry.end


def _replaced(target: Text, there: Entry, clean: Text, new: Entry) -> Edit:
    """Return the edit for another value: of the value alone if both stand in one line, with its comment otherwise."""
    old, value = there.value, new.value
    within = "\n" not in target.body[there.start : old.end]
    if within and not value.block and "\n" not in clean.body[new.start : value.end]:
        space = " " if old.start == _behind_colon(target, there) else ""
        return Edit(old.start, old.end, space + clean.body[value.start : value.end])
    start = _behind_colon(target, there)
    return Edit(start, line_end(target.body, old.end), _tail(target, clean, new, target.indent(there.start)))


def _lines(target: Text, source: Text, entry: Entry, indent: str) -> str:
    """Return the lines of an entry of the source, as they stand at this indentation."""
    return f"{indent}{source.body[entry.start : entry.end]}:{_tail(target, source, entry, indent)}"


def _tail(target: Text, source: Text, entry: Entry, indent: str) -> str:
    """Return what stands behind the colon of an entry of the source, to the end of its last line."""
    if not source.begins_line(entry.start):
        return " " + _on_one_line(source, entry.value)
    begin, end = _behind_colon(source, entry), line_end(source.body, entry.value.end)
    if not entry.value.block and source.body[entry.value.end : end].lstrip(" ")[:1] not in ("", "#"):
        end = entry.value.end
    base = len(source.indent(entry.start))
    first, *lines = source.body[begin:end].replace("\r\n", "\n").split("\n")
    first = first if first[:1] in ("", " ") else f" {first}"
    moved = (indent + line[min(base, len(line) - len(line.lstrip(" "))) :] if line else "" for line in lines)
    return target.line_end.join((first, *moved))


def _on_one_line(source: Text, node: Node) -> str:
    """Return a value in brackets, or as it is written."""
    written = source.body[node.start : node.end]
    plain = node.kind == "scalar" and written[:1] not in ("'", '"')
    if not node.block and "\n" not in written and not (plain and _FLOW.intersection(written)):
        return written
    if node.kind == "mapping":
        each = (f"{source.body[one.start : one.end]}: {_on_one_line(source, one.value)}" for one in node.entries)
        return "{" + ", ".join(each) + "}"
    if node.kind == "list":
        return "[" + ", ".join(_on_one_line(source, item) for item in node.items) + "]"
    return json.dumps(node.data, ensure_ascii=False) if isinstance(node.data, str) else written
