"""No parser and no escape takes more than linear time: what others write decides how long a run takes.

CPU time at 16 KB and at 64 KB: four times as long is linear, sixteen times is quadratic.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from action_patterns import escape
from action_patterns.content.bounded_json import loads
from action_patterns.content.changes import path_problem
from action_patterns.content.lfs import is_pointer
from action_patterns.content.text import slug
from action_patterns.contracts import Plan
from action_patterns.contracts.repository import is_repository
from action_patterns.contracts.result import TargetResult
from action_patterns.discovery.select import _matching
from action_patterns.distribution.yaml_document import parse as parse_yaml
from action_patterns.errors import ActionPatternsError
from action_patterns.github_api.transport.calls import next_page
from action_patterns.input_types import input_name
from action_patterns.pull_request.ownership import trailers
from action_patterns.pull_request.ownership.body import split_block
from action_patterns.pull_request.ownership.comment import parse_comment
from action_patterns.pull_request.ownership.marker import PullRequestMarker, block_of, compose, parse_marker
from action_patterns.pull_request.spec.resolve import _person
from action_patterns.redaction import redact
from action_patterns.report.model import fail_on
from action_patterns.report.model.job_results import parse as parse_needs
from action_patterns.runner.commands import plain
from action_patterns.runner.files import _matches
from action_patterns.state.record import StateRecord
from action_patterns.state.record import read as read_record
from action_patterns.tracking.decide import _read
from action_patterns.worktree.remote import repository_at

SERVER = "https://github.com"
MARKER = PullRequestMarker(key="k", title="0" * 16, block="0" * 16)
Read = Callable[[str], Any]
READERS: dict[str, Read] = {
    "inline": escape.inline,
    "cell": escape.cell,
    "code_span": escape.code_span,
    "cell_code": escape.cell_code,
    "prose": escape.prose,
    "cell_prose": escape.cell_prose,
    "code_fence": escape.code_fence,
    "link_url": lambda text: escape.link_url(f"{SERVER}/{text}", SERVER),
    "terminal": escape.terminal,
    "xml": escape.xml_text,
    "html": escape.html_text,
    "html_prose": escape.html_prose,
    "command": plain,
    "redact": lambda text: redact(text, ["hush-hush-hush"]),
    "json": loads,
    "yaml": lambda text: parse_yaml(text, name="x"),
    "plan": lambda text: Plan.decode(text, name="x"),
    "record": lambda text: TargetResult.decode(text, name="x"),
    "state record": lambda text: read_record(StateRecord, text, name="x"),
    "marker": parse_marker,
    "block": block_of,
    "compose": lambda text: compose(MARKER, "b", text),
    "comment": parse_comment,
    "post": _read,
    "trailers": trailers.parse,
    "trailers, written": lambda text: trailers.render(text, trailers.Trailers(key="k", digest="d", tree="t")),
    "seal": lambda text: trailers.is_sealed(text, ()),
    "body": lambda text: split_block(text, MARKER),
    "person": lambda text: _person("author", text, []),
    "slug": slug,
    "path": path_problem,
    "pointer": lambda text: is_pointer(text.encode()),
    "repository": is_repository,
    "needs": parse_needs,
    "fail-on": fail_on.parse,
    "link header": next_page,
    "input": input_name,
    "remote": lambda text: repository_at(text, SERVER),
    "repository pattern": lambda text: _matching("a" * 40, [text]),
    "repository, by a pattern": lambda text: _matching(text, ["*a" * 20 + "b"]),
    "path pattern": lambda text: _matches(("a",) * 12, tuple(text.split("/"))[:16]),
}
PIECES = (
    *("[", "{", "(", "<", "`", "` ", "``` ", "~", "*", "**/", "*a", "_", "#", "=", "-", "- ", "|", "\\", "$", "&", "!"),
    *('"', "'", ",", ":", "::", ": ", "%", "@", "?", "/", "//", ".", "..", " ", "\t", "\n", "\r", "\r\n", " \n"),
    *("\n::", "a", "a ", "0", "é", "\u200b", "\x00", "<!--", "-->", "<!-- action-patterns: {", "&lt;", "1."),
    *("<!-- action-patterns:begin -->", "a:\n", "a: b\n", "[[", '{"a":', "[1,", "Pattern-Key: ", "Pattern-Key: [\n"),
    *("a: b\n\n", "ghp_", "https://a", "a <", "a <b@", "<a@b> ", '<a>; rel="', "git@a:", "threshold:"),
    *("Signed-off-by: a\n", "::error::", "```\n"),
)
SMALL, LARGE = 16 * 1024, 64 * 1024
MOST_TIMES = 9
TRIES = 3
LONG_SECONDS = 0.3
"""What takes so long is not measured again: an interruption is a small part of it."""
SMALLER = {"yaml": 16}
"""Readers that are slow, if linear, get texts that are shorter by this factor."""
NOISE_SECONDS = 0.02
"""A large text that takes less is fast enough, however its time grew."""


def seconds(read: Read, text: str) -> float:
    """Return the CPU time, the least of some tries: only a slow machine makes it longer."""
    best = float("inf")
    for _ in range(TRIES):
        start = time.thread_time()
        with suppress(ActionPatternsError, ValueError):
            read(text)
        best = min(best, time.thread_time() - start)
        if best < NOISE_SECONDS or best > LONG_SECONDS:
            break
    return best


@pytest.mark.parametrize("name", READERS)
def test_four_times_the_text_takes_about_four_times_the_time(name: str) -> None:
    read = READERS[name]
    less = SMALLER.get(name, 1)

    def text(piece: str, size: int) -> str:
        return (piece * (size // less // len(piece) + 1))[: size // less]

    slow = []
    for piece in PIECES:
        # First a little: a reader that takes much longer than linear time would not come back from the rest.
        least = seconds(read, text(piece, SMALL // 16))
        little = seconds(read, text(piece, SMALL)) if least <= NOISE_SECONDS else 0.0
        if least > NOISE_SECONDS or little > max(NOISE_SECONDS, 16 * MOST_TIMES * least):
            slow.append((piece, least, little))
        elif seconds(read, text(piece, LARGE)) > NOISE_SECONDS:
            ratios = []
            while len(ratios) < TRIES and not (ratios and ratios[-1] < MOST_TIMES):
                ratios.append(seconds(read, text(piece, LARGE)) / seconds(read, text(piece, SMALL)))
            if ratios[-1] >= MOST_TIMES:
                slow.append((piece, *ratios))
    assert not slow
