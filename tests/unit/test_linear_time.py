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
from action_patterns.actions.retry.conditions import EndedCommand
from action_patterns.actions.retry.conditions import parse as parse_conditions
from action_patterns.content.block import with_block, with_header
from action_patterns.content.bounded_json import loads
from action_patterns.content.changes import path_problem
from action_patterns.content.glob_syntax import parse as parse_glob
from action_patterns.content.lfs import is_pointer
from action_patterns.content.linear_regex import literal, searchable
from action_patterns.content.merge import Format, merge
from action_patterns.content.own_documents import kind_of
from action_patterns.content.patterns import Pattern
from action_patterns.content.text import read_text, slug
from action_patterns.content.volatile import VolatileParts
from action_patterns.contracts import Plan
from action_patterns.contracts.repository import is_repository
from action_patterns.contracts.result import TargetResult, told_by_name
from action_patterns.discovery import patterns
from action_patterns.distribution.yaml_document import parse as parse_yaml
from action_patterns.errors import ActionPatternsError
from action_patterns.github_api.transport.calls import next_page
from action_patterns.github_api.transport.error_mapping import message_of
from action_patterns.github_api.transport.transport import decode
from action_patterns.input_types import _split, _split_lines, input_name, values_of
from action_patterns.limits.refusal import read_refusal
from action_patterns.pull_request.ownership import trailers
from action_patterns.pull_request.ownership.body import split_block
from action_patterns.pull_request.ownership.comment import parse_comment
from action_patterns.pull_request.ownership.marker import PullRequestMarker, block_of, compose, parse_marker
from action_patterns.pull_request.spec.resolve import _person
from action_patterns.redaction import Secrets, redact, secret_in
from action_patterns.report.model import fail_on
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.model.job_results import parse as parse_needs
from action_patterns.report.model.matrix_jobs import _form
from action_patterns.resilience.classify import classify
from action_patterns.resilience.failed_command import Failure
from action_patterns.runner.commands import plain
from action_patterns.state.record import StateRecord
from action_patterns.state.record import read as read_record
from action_patterns.tracking.memory import marker, memory_of
from action_patterns.worktree.remote import repository_at, without_credentials
from support import sample
from support.memory_ports import NOW
from support.report_builders import context

CONCEALING = Secrets()
CONCEALING.conceal({"a/a": "private repository #1"})

SERVER = "https://github.com"
VOLATILE = VolatileParts.of(["/(.*a)*b/", "a…b"], path="x")
VOLATILE_KEY = VolatileParts.of(["$.a[0].b"], path="x.json")
REPORT = aggregate(None, (), context(), name="sync")
MARKER = PullRequestMarker(key="k", title="0" * 16, block="0" * 16)
TEXT_CONDITIONS, _ = parse_conditions(["text: a b", "text: /(.*a)*b/"], "retry-on")
Read = Callable[[str], Any]


def merges(kind: Format, owned: str) -> dict[str, Read]:
    """Return readers that merge into a text, and that merge a text."""

    def into(text: str) -> Any:
        return merge(kind, text.encode(errors="replace"), owned.encode(), path="x")

    def of(text: str) -> Any:
        return merge(kind, owned.encode(), text.encode(errors="replace"), path="x")

    return {f"merge into {kind}": into, f"merge of {kind}": of}


PUBLIC = {
    name
    for name, each in vars(escape).items()
    if name[0] != "_" and callable(each) and getattr(each, "__module__", "") == escape.__name__
}
OF_TWO = {"clip", "data_url", "link_url", "link", "repository_link"}
"""Escapes that take more than a text."""
READERS: dict[str, Read] = {
    **{name: getattr(escape, name) for name in vars(escape) if name in PUBLIC and name not in OF_TWO},
    "clip": lambda text: escape.clip(text, 100),
    "data_url": lambda text: escape.data_url.__wrapped__(f"{SERVER}/{text}", SERVER),
    "link_url": lambda text: escape.link_url(f"{SERVER}/{text}", SERVER),
    "link": lambda text: escape.link(text, f"{SERVER}/a", SERVER),
    "repository_link": lambda text: escape.repository_link(text, SERVER),
    "command": plain,
    "redact": lambda text: redact(text, ["hush-hush-hush"]),
    "a shape of a secret": lambda text: secret_in(text.encode(errors="surrogateescape")),
    "GitHub's message": lambda text: message_of({"message": text, "errors": [text, {"message": text}]}),
    "GitHub's limit": lambda text: read_refusal(403, {"retry-after": text}, text, NOW, 1),
    "answer": lambda text: decode(404, text),
    "a job's name": lambda text: _form(["Apply"]).fullmatch(f"Apply {text}"),
    "names": _split,
    "include": patterns.refuse_pattern,
    "repositories": patterns.refuse_repository,
    "owners": patterns.refuse_owner,
    "topics": patterns.refuse_topic,
    "a glob": parse_glob,
    "a path for a pattern": lambda text: Pattern("**/*a*b*c*/{x,y*z}").matches(text),
    "bytes": searchable,
    "a literal": literal,
    "a document of ours": lambda text: kind_of(f'{{"schema_version": 1, "plan_id": {text}'.encode(errors="replace")),
    "a report of ours": lambda text: kind_of(f"<testsuite{text}".encode(errors="replace")),
    "URL": without_credentials,
    "lines": _split_lines,
    "text of a file": lambda text: read_text(text.encode(errors="surrogateescape"), "x"),
    "json": loads,
    **merges("json", '{"z": 1}'),
    **merges("yaml", "z: 1"),
    **merges("toml", "z = 1"),
    "block in a file": lambda text: with_block(text.encode(errors="replace"), b"a", name="c", path="Makefile"),
    "block of a text": lambda text: with_block(b"a", text.encode(errors="replace"), name="c", path="Makefile"),
    "header": lambda text: with_header(text.encode(errors="replace"), "a", path="a.py"),
    "volatile lines": lambda text: VOLATILE.same(text.encode(errors="replace"), b"", "x"),
    "volatile key": lambda text: VOLATILE_KEY.same(text.encode(errors="replace"), b"{}", "x.json"),
    "volatile expression": lambda text: VolatileParts.of([text], path="x.json"),
    "yaml": lambda text: parse_yaml(text, name="x"),
    "plan": lambda text: Plan.decode(text, name="x"),
    "record": lambda text: TargetResult.decode(text, name="x"),
    "state record": lambda text: read_record(StateRecord, text, name="x"),
    "marker": parse_marker,
    "block": block_of,
    "compose": lambda text: compose(MARKER, "b", text),
    "comment": parse_comment,
    "values": values_of,
    "record's file": told_by_name,
    "post": lambda text: memory_of(REPORT, text),
    "post, marked": lambda text: memory_of(REPORT, marker(REPORT)[:60] + text),
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
    "concealed names": CONCEALING.redact,
    "link header": next_page,
    "input": input_name,
    "remote": lambda text: repository_at(text, SERVER),
    "a failed command": lambda text: classify(1, text, now=0.0, script=text),
    "a failed command, in one line": lambda text: classify(1, text.replace("\n", " "), now=0.0, script="curl " + text),
    "a condition": lambda text: parse_conditions(
        [text, f"exit: {text}", f"http: {text}", f"class: {text}"], "retry-on"
    ),
    "a condition's text": lambda text: TEXT_CONDITIONS[0].matches(EndedCommand(1, text, Failure("unknown"))),
    "a condition's expression": lambda text: TEXT_CONDITIONS[1].matches(EndedCommand(1, text, Failure("unknown"))),
    "repository pattern": lambda text: patterns.matches("acme/" + "a" * 40, text),
    "repository, by a pattern": lambda text: patterns.matches(text, "*a" * 20 + "b"),
}
PLAYED = sample.some(len(READERS) // 6, READERS, "linear time")
PIECES = (
    *("[", "{", "(", "<", "`", "` ", "``` ", "~", "*", "**/", "*a", "_", "#", "=", "-", "- ", "|", "\\", "$", "&", "!"),
    *('"', "'", ",", ":", "::", ": ", "%", "@", "?", "/", "//", ".", "..", " ", "\t", "\n", "\r", "\r\n", " \n"),
    *("\n::", "a", "a ", "0", "é", "\u200b", "\x00", "<!--", "-->", "<!-- action-patterns: {", "&lt;", "1."),
    *("<!-- action-patterns:begin -->", "a:\n", "a: b\n", "[[", '{"a":', "[1,", "Pattern-Key: ", "Pattern-Key: [\n"),
    *("a: b\n\n", "ghp_", "https://a", "a <", "a <b@", "<a@b> ", '<a>; rel="', "git@a:", "threshold:"),
    *("Signed-off-by: a\n", "::error::", "```\n"),
    *("failed to fetch ", "unexpected status ", "rpc failed; ", "curl: (", "retry-after: ", "\x1b["),
)
TEXTS = [
    *(("", piece, "") for piece in PIECES),
    *((start, piece, "") for start in ("`", "<", '"', "://", "a <", "&a ") for piece in ("a", " ", "a ", ":", "-")),
    *(("", "eyJ", ""), ("eyJ", "a.aaaaaaaa", ""), ("bearer ", ".", ""), ("-----BEGIN ", "PRIVATE KEY ", "")),
    *(("", " ", "a"), ("a", " ", "<"), ("[:", "@", ""), ("`", " ", "a`"), ('"', " ", '"')),
    *(('{"a": 1', " ", "}"), ("a: {b: 1", " ", "}"), ("a: {b: 1", "#\n", "}"), ("---\n", "a\n", "-")),
    *(("{", ",", "}"), ("{", "a,", "}"), ("[", "[", "]"), ("a", ",", "{a,b}")),
]
"""The start of a text, the piece that is repeated after it, and the end."""
SMALL, LARGE = 16 * 1024, 64 * 1024
MOST_TIMES = 9
TRIES = 3
LONG_SECONDS = 0.3
"""What takes so long is not measured again: an interruption is a small part of it."""
SMALLER = {
    **dict.fromkeys(("yaml", "merge into yaml", "merge of yaml"), 32),
    **dict.fromkeys(("merge into toml", "merge of toml", "concealed names", "a literal"), 8),
}
"""Readers that are slow, if linear, get texts that are shorter by this factor."""
NOISE_SECONDS = 0.02
"""A large text that takes less is fast enough, however its time grew."""
AT_ONCE_SECONDS = NOISE_SECONDS / 4**3
"""Four times a text that takes less takes no more than that noise, even if its time grows with the third power."""


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


@pytest.mark.slow
@pytest.mark.parametrize("name", PLAYED)
def test_four_times_the_text_takes_about_four_times_the_time(name: str) -> None:
    read = READERS[name]
    less = SMALLER.get(name, 1)

    def text(size: int) -> str:
        return start + (piece * (size // less // len(piece) + 1))[: size // less] + end

    slow = []
    for start, piece, end in TEXTS:
        # First a little: a reader that takes much longer than linear time would not come back from the rest.
        least = seconds(read, text(SMALL // 16))
        little = seconds(read, text(SMALL)) if least <= NOISE_SECONDS else 0.0
        if least > NOISE_SECONDS or little > max(NOISE_SECONDS, 16 * MOST_TIMES * least):
            slow.append((start, piece, end, least, little))
        elif little > AT_ONCE_SECONDS and seconds(read, text(LARGE)) > NOISE_SECONDS:
            ratios = []
            while len(ratios) < TRIES and not (ratios and ratios[-1] < MOST_TIMES):
                ratios.append(seconds(read, text(LARGE)) / seconds(read, text(SMALL)))
            if ratios[-1] >= MOST_TIMES:
                slow.append((start, piece, end, *ratios))
    assert not slow


def test_every_escape_is_measured() -> None:
    assert READERS.keys() >= PUBLIC
