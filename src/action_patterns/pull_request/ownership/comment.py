"""Comments of ours on a pull request: found again by a marker on their first line, and there at most once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from action_patterns.pull_request.ownership.marker import text_hash

_OPEN = "<!-- action-patterns-comment: "
_CLOSE = " -->"
COMMENT_HEAD_LENGTH = 1_500
"""Room for the marker of a comment: a key has at most 200 characters, each at most six in JSON."""


@dataclass(frozen=True, slots=True)
class CommentMarker:
    """The marker in a comment of ours."""

    key: str
    part: str
    """`note`, or the number of a portion of the body (`2`, `3`, …)."""
    text: str
    """Hash of the text we wrote."""


NOTE: Literal["note"] = "note"


def render_comment(key: str, part: str, text: str) -> str:
    """The comment with its marker."""
    fields = {"v": 1, "key": key, "part": part, "text": text_hash(text)}
    line = json.dumps(fields, separators=(",", ":"))
    return _OPEN + line.replace("--", "-\\u002d").replace("<", "\\u003c").replace(">", "\\u003e") + _CLOSE + "\n" + text


def parse_comment(body: str) -> CommentMarker | None:
    """The marker of a comment; None when it is not one of ours."""
    line = body.replace("\r\n", "\n").partition("\n")[0].strip()
    if not (line.startswith(_OPEN) and line.endswith(_CLOSE)):
        return None
    try:
        fields = json.loads(line[len(_OPEN) : -len(_CLOSE)])
        if fields["v"] != 1:
            return None
        return CommentMarker(str(fields["key"]), str(fields["part"]), str(fields["text"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
