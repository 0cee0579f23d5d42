"""A small JSON object as one HTML comment on one line: the form of every marker in text on GitHub."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from action_patterns.content.bounded_json import loads

_CLOSE = " -->"
_VERSION = 1


def render(opening: str, fields: Mapping[str, object]) -> str:
    """Return the comment. The values are escaped, so no `-->` in them ends it early."""
    text = json.dumps({"v": _VERSION, **fields}, separators=(",", ":"))
    return opening + text.replace("--", "-\\u002d").replace("<", "\\u003c").replace(">", "\\u003e") + _CLOSE


def parse(opening: str, line: str) -> dict[str, Any] | None:
    """Return the fields of a line that is such a comment; None: it is not, or has another version."""
    line = line.strip()
    if not (line.startswith(opening) and line.endswith(_CLOSE)):
        return None
    try:
        fields = loads(line[len(opening) : -len(_CLOSE)])
    except ValueError:
        return None
    return fields if isinstance(fields, dict) and fields.get("v") == _VERSION else None
