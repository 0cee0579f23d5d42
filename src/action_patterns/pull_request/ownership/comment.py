"""Comments of ours on a pull request: found again by a marker on their first line, and there at most once."""

from __future__ import annotations

from typing import Literal, NamedTuple

from action_patterns.content.text import with_lf
from action_patterns.pull_request.ownership import html_comment
from action_patterns.pull_request.ownership.marker import text_hash

_OPEN = "<!-- action-patterns-comment: "
COMMENT_HEAD_LENGTH = 1_500
"""Room for the marker of a comment: a key has at most 200 characters, each at most six in JSON."""


class CommentMarker(NamedTuple):
    """The marker in a comment of ours."""

    key: str
    part: str
    """`note`, or the number of a portion of the body (`2`, `3`, …)."""
    text: str
    """Hash of the text we wrote."""


NOTE: Literal["note"] = "note"


def render_comment(key: str, part: str, text: str) -> str:
    """The comment with its marker."""
    return f"{html_comment.render(_OPEN, {'key': key, 'part': part, 'text': text_hash(text)})}\n{text}"


def parse_comment(body: str) -> CommentMarker | None:
    """The marker of a comment; None when it is not one of ours."""
    fields = html_comment.parse(_OPEN, with_lf(body).partition("\n")[0])
    if fields is None or not {"key", "part", "text"} <= fields.keys():
        return None
    return CommentMarker(str(fields["key"]), str(fields["part"]), str(fields["text"]))
