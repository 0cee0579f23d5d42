"""A text that is longer than a pull request's body: the rest goes into comments, and the body links to them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from action_patterns.content.text import with_lf
from action_patterns.errors import InputError, Problem
from action_patterns.pull_request.ownership.comment import COMMENT_HEAD_LENGTH
from action_patterns.pull_request.ownership.marker import MAX_BODY_LENGTH, PullRequestMarker, compose

MAX_PARTS = 8
"""The body and seven comments, half a million characters. A comment is content, which GitHub limits to 500 an hour."""
_NOTE_LENGTH = 512
"""Room for what is added when we close a pull request ourselves."""
_LINKS_LENGTH = 200 * MAX_PARTS
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
_FENCE_LENGTH = 200
"""Room for the lines that close and open again a code block that is cut."""


def split_block(text: str, marker: PullRequestMarker) -> tuple[str, ...]:
    """The text in portions: the first for the body, each further one for a comment.

    A cut is made between paragraphs or lines where that is possible, and a code block that is cut is closed and opened
    again. `marker` is the longest that may come with the first.

    Raises:
        InputError: the text would break the body's structure, or is longer than eight portions.
    """
    text = with_lf(text).strip("\n")
    if "<!-- action-patterns:" in text:
        raise InputError(
            Problem(
                "The body contains '<!-- action-patterns:', which marks our own part of a pull request's body.",
                "Remove that text from `body`. Do not copy the body of an existing pull request: only the part"
                " between the markers is yours to set.",
            )
        )
    room = MAX_BODY_LENGTH - len(compose(marker, "")) - _NOTE_LENGTH
    if len(text) <= room:
        return (text,)
    parts: list[str] = []
    rest, room, opening = text, room - _LINKS_LENGTH, ""
    while len(rest) > room - _FENCE_LENGTH and len(parts) < MAX_PARTS:
        part, rest = _cut(rest, room - _FENCE_LENGTH - len(opening))
        part = opening + part
        fence = _open_fence(part)
        parts.append(part if fence is None else f"{part}\n{fence[0]}")
        opening = "" if fence is None else f"{fence[0]}{fence[1]}\n"
        room = MAX_BODY_LENGTH - COMMENT_HEAD_LENGTH
    parts.append(opening + rest)
    if len(parts) > MAX_PARTS:
        raise InputError(
            Problem(
                f"The body has {len(text)} characters; GitHub takes {MAX_BODY_LENGTH} in a pull request, and what is"
                f" beyond is continued in at most {MAX_PARTS - 1} comments.",
                "Shorten `body`; link to the full text instead of pasting it.",
            )
        )
    return tuple(parts)


def _cut(text: str, room: int) -> tuple[str, str]:
    """At the last blank line, or line break, of the second half; else wherever the room ends."""
    for separator in ("\n\n", "\n"):
        at = text.rfind(separator, room // 2, room)
        if at > 0:
            return text[:at], text[at + len(separator) :]
    return text[:room], text[room:]


def _open_fence(text: str) -> tuple[str, str] | None:
    """The fence and info string of a code block that the text leaves open."""
    found: tuple[str, str] | None = None
    for line in text.split("\n"):
        if not (match := _FENCE.match(line)):
            continue
        fence, info = match[1], match[2]
        if found is None:
            found = (fence, info[:100])
        elif fence[0] == found[0][0] and len(fence) >= len(found[0]) and not info.strip():
            found = None
    return found


def with_links(block: str, urls: Sequence[str | None]) -> str:
    """The first portion, and where the others are; None = its comment does not exist yet."""
    if not urls:
        return block
    links = [f"[part {number}]({url})" for number, url in enumerate(urls, 2) if url is not None]
    where = ", ".join(links) if len(links) == len(urls) else "below"
    return f"{block}\n\n*Continued in comments: {where}.*"
