"""No text of others changes the structure around it: proved by reading the result back with a Markdown parser."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from action_patterns import escape

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
SERVER = "https://github.com"
GHES = "https://git.acme.example"
GUIDE = "https://github.com/action-patterns/action-patterns/blob/v1.2.3/actions/upsert-pr/README.md#reason-human-commit"

ATTACKS = (
    "|", "\\|", "\\\\|", "a|b", "`", "``", "```\n", "`|`", "\n", "\r\n\r\n# h\n", "| x | y |\n", "|\n|:--|\n",
    "[a](https://evil.example)", "![a](https://evil.example/x.png)", "](https://evil.example)", "[^1]", "[x]: /y\n",
    "<img src=x onerror=y>", "<!-- ", "-->", "</summary>", "</details>", "<br>", "&lt;b&gt;", "&#42;", "&copy;",
    "https://evil.example", "http://a", "www.evil.example", "someone@evil.example", "<https://evil.example>",
    "@octocat", "@acme/team", "#1", "acme/api#1", "GH-1", ":tada:", "$x$", "**b**", "_i_", "~~s~~", "- item", "1. item",
    "1) item", "> quote", "# heading", "===", "---", "\n---\n", "    code", "\t", "\x00", "\u202e", "\u200b", "\ud800",
    "3f9c2ab4d5e6f70812233445566778899aabbccd", "\u2028", "\x85", "\x1b[31m", "##[error]", "::error::x",
)  # fmt: skip

hostile = st.lists(st.sampled_from(ATTACKS) | st.text(max_size=6), max_size=6).map("".join)

AUTOMATIC = re.compile(
    r"@\w|#\d|\bGH-\d|://|\bwww\.|:[\w+-]+:|\b[0-9a-f]{7,40}\b|[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u200b]",
    re.IGNORECASE,
)
"""What GitHub makes a link, a mention, a reference or a picture of in rendered text, and characters that deceive."""


def flat(tokens: Iterable[Token]) -> list[Token]:
    found = []
    for token in tokens:
        found.append(token)
        found.extend(flat(token.children or ()))
    return found


def structure(markdown: str) -> Counter[str]:
    """How often each kind of token occurs; text itself does not count."""
    return Counter(token.type for token in flat(PARSER.parse(markdown)) if token.type != "text")


def prose_of(markdown: str) -> str:
    """The text GitHub looks for mentions and references in: what is neither code nor a destination."""
    return "\n".join(token.content for token in flat(PARSER.parse(markdown)) if token.type == "text")


INLINE_SINKS: tuple[Callable[[str], str], ...] = (escape.inline, escape.cell)


@pytest.mark.parametrize("sink", INLINE_SINKS)
@given(text=hostile)
def test_text_stays_text_alone_in_a_paragraph_and_at_its_start(sink: Callable[[str], str], text: str) -> None:
    for before in ("", "x "):
        written = f"{before}{sink(text)} y"
        assert structure(written) == Counter(["paragraph_open", "inline", "paragraph_close"])
        assert not AUTOMATIC.search(prose_of(written))


@given(text=hostile)
def test_text_reads_as_it_was_written(text: str) -> None:
    shown = prose_of("x" + escape.inline("x" + text)).replace(escape.JOINER, "")
    assert shown == "x" + escape.visible("x" + text)


CELL_SINKS: tuple[Callable[[str], str], ...] = (
    escape.cell,
    escape.cell_code,
    escape.cell_prose,
    lambda text: escape.link(text, "https://github.com/acme/api", SERVER),
    lambda text: escape.link("x", text, SERVER),
    lambda text: escape.repository_link(text, SERVER),
)


@pytest.mark.parametrize("sink", CELL_SINKS)
@given(first=hostile, second=hostile)
def test_a_table_keeps_its_rows_and_cells(sink: Callable[[str], str], first: str, second: str) -> None:
    written = f"| a | b |\n| :-- | :-- |\n| {sink(first)} | {sink(second)} |\n| last | row |\n"
    kinds = structure(written)
    assert (kinds["table_open"], kinds["tr_open"], kinds["td_open"], kinds["th_open"]) == (1, 3, 4, 2)
    assert PARSER.parse(written)[-1].type == "table_close"
    assert not {"image", "html_inline", "html_block", "em_open", "strong_open", "s_open", "softbreak"} & set(kinds)
    assert kinds["link_open"] <= 2
    assert kinds["code_inline"] == 0 or sink in (escape.cell_code, escape.cell_prose)
    assert not AUTOMATIC.search(prose_of(written))
    cells = [token.content for token in flat(PARSER.parse(written)) if token.type == "text"]
    assert cells[-2:] == ["last", "row"]


@given(text=hostile)
def test_code_holds_exactly_the_text(text: str) -> None:
    expected = escape.visible(text)
    spans = [
        token.content for token in flat(PARSER.parse("x " + escape.code_span(text))) if token.type == "code_inline"
    ]
    assert spans == ([expected] if expected else [])
    table = f"| a |\n| :-- |\n| x {escape.cell_code(text)} |\n"
    spans = [token.content for token in flat(PARSER.parse(table)) if token.type == "code_inline"]
    assert spans == ([expected] if expected else [])


@given(text=hostile)
@example(text="a\n```\nb")
@example(text="`````")
def test_a_fence_is_one_block_whatever_it_holds(text: str) -> None:
    kinds = structure("before\n\n" + escape.code_fence(text) + "\n\nafter\n")
    assert kinds == Counter({"paragraph_open": 2, "inline": 2, "paragraph_close": 2, "fence": 1})


@given(before=hostile, after=hostile)
def test_prose_makes_code_of_names_between_backticks_and_of_nothing_else(before: str, after: str) -> None:
    written = "x " + escape.prose(f"{before} `fail-on` {after}")
    assert set(structure(written)) <= {"paragraph_open", "inline", "paragraph_close", "code_inline"}
    assert not AUTOMATIC.search(prose_of(written))
    assert escape.prose("Set `fail-on: any`, then `x` (now).") == "Set `fail-on: any`, then `x` \\(now\\)."


@pytest.mark.parametrize(
    ("url", "server", "linked"),
    [
        ("https://github.com/acme/api/pull/1", SERVER, True),
        ("https://github.com/acme/api?b=c&d=e#f", SERVER, True),
        ("https://docs.github.com/a", SERVER, False),
        ("https://github.com", SERVER, False),
        ("https://github.community/acme", SERVER, False),
        ("https://github.com/acme", GHES, False),
        ("https://git.acme.example/acme", GHES, True),
        ("https://git.acme.example:8443/acme", GHES, False),
        (GUIDE, SERVER, True),
        (GUIDE, GHES, True),
        (GUIDE.replace("v1.2.3", "v10.0.12"), GHES, True),
        (GUIDE.replace("v1.2.3", "main"), GHES, False),
        (GUIDE.replace("v1.2.3", "3f9c2ab4d5e6f70812233445566778899aabbccd"), GHES, False),
        (GUIDE.replace("v1.2.3", "v1.2.3/../../../../evil/blob/v1.2.3"), GHES, False),
        (GUIDE.replace("upsert-pr", ".."), GHES, False),
        (GUIDE.replace("upsert-pr", "%2e%2e"), GHES, False),
        (GUIDE.replace("README.md", "../README.md"), GHES, False),
        (GUIDE.replace("https", "http"), GHES, False),
        (GUIDE.replace("github.com", "github.com.evil.example"), GHES, False),
        (GUIDE.replace("//", "//evil@"), GHES, False),
        (GUIDE.replace("blob", "raw"), GHES, False),
        (GUIDE.replace("action-patterns/action-patterns", "evil/action-patterns"), GHES, False),
        (GUIDE.partition("#")[0], GHES, False),
        (GUIDE.replace("#", "?x=y#"), GHES, False),
        (f"{GUIDE}/..", GHES, False),
        (f" {GUIDE}", GHES, False),
        (f"{GUIDE}\n", GHES, False),
        ("http://github.com/acme", SERVER, False),
        ("http://localhost:8080/acme", "http://localhost:8080", True),
        ("http://localhost:8081/acme", "http://localhost:8080", False),
        ("http://evil.example/", "http://localhost:8080", False),
        ("javascript:alert(1)", SERVER, False),
        ("data:text/html,x", SERVER, False),
        ("//evil.example", SERVER, False),
        ("https://", SERVER, False),
        ("https://user:secret@github.com/", SERVER, False),
        ("https://github.com\\@evil.example/", SERVER, False),
        ("https://github.com/a b", SERVER, False),
        ("https://github.com/a\nb", SERVER, False),
        ("https://gith\u202eub.com/", SERVER, False),
        ("https://git\u0445ub.com/", SERVER, False),
        ("https://github.com:x/", SERVER, False),
        ("https://[::1/", SERVER, False),
        ("", SERVER, False),
    ],
)
def test_only_pages_of_this_server_and_our_guides_are_linked(url: str, server: str, linked: bool) -> None:
    assert (escape.link_url(url, server) is not None) == linked
    assert escape.link("name", url, server).startswith("[name](" if linked else "name")


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://github.com/acme/platform/actions/runs/1/job/2", True),
        ("https://github.com", False),
        ("https://github.com.evil.example/acme", False),
        ("https://github.com@evil.example/acme", False),
        ("https://docs.github.com/acme", False),
        ("http://github.com/acme", False),
        ("https://github.com/a b", False),
        ("", False),
    ],
)
def test_what_answers_and_records_name_is_linked_on_this_server_only(url: str, own: bool) -> None:
    assert (escape.link_url(url, SERVER) is not None) == own


PIECES = (
    *GUIDE.replace("//", "/ /").split("/"), "/", "//", "..", ".", "%2e%2e", "%2F", "#", "?", "@", ":", "evil", "v1.2.3",
    GHES, SERVER, GUIDE, "\\", "\t",
)  # fmt: skip


@given(pieces=st.lists(st.sampled_from(PIECES), min_size=1, max_size=8), around=st.tuples(hostile, hostile))
def test_whatever_is_linked_leads_to_this_server_or_to_one_of_our_pages(
    pieces: list[str], around: tuple[str, str]
) -> None:
    for url in ("".join(pieces), "/".join(pieces), GUIDE + pieces[0], around[0] + GUIDE + around[1], GHES + around[0]):
        linked = escape.data_url(url, GHES)
        if linked is None:
            continue
        # As a browser reads it: whatever goes up a folder is gone, and what is encoded is read.
        # Two slashes at the start of its path name no host, as they do in an address that is relative.
        there = urlsplit(urljoin(linked, "/" + unquote(urlsplit(linked).path).lstrip("/")))
        assert there.scheme == "https"
        if there.netloc == "github.com":
            assert re.fullmatch(r"/action-patterns/action-patterns/blob/v[\d.]+/actions/[a-z-]+/README\.md", there.path)
        else:
            assert there.netloc == "git.acme.example"


@given(tail=hostile)
def test_a_destination_reads_back_as_one_link_to_the_same_host(tail: str) -> None:
    written = escape.link("x", "https://github.com/" + tail, SERVER)
    targets = [token.attrs["href"] for token in flat(PARSER.parse(written)) if token.type == "link_open"]
    assert len(targets) <= 1
    assert all(str(target).startswith("https://github.com/") for target in targets)


def test_a_name_github_cannot_have_given_is_not_linked() -> None:
    assert escape.repository_link("acme/api", SERVER) == "[acme/api](https://github.com/acme/api)"
    for name in ("acme", "../x", "acme/..", "acme/api/settings", "acme/a b", "a?b/c", ""):
        assert "](" not in escape.repository_link(name, SERVER)


@given(text=hostile)
def test_a_log_line_is_one_line_without_commands_or_escape_sequences(text: str) -> None:
    written = escape.terminal(text)
    assert len(written.splitlines()) <= 1
    assert "##[" not in written
    assert "\x1b" not in written


def test_half_a_character_does_not_keep_the_report_from_being_written() -> None:
    # JSON may hold one half of a surrogate pair; Python reads it, and no file can be written with it.
    sinks = (*INLINE_SINKS, *CELL_SINKS, escape.prose, escape.code_span, escape.code_fence, escape.terminal)
    assert all(sink("a\ud800b").encode() for sink in sinks)


def test_what_is_clipped_is_counted() -> None:
    assert escape.clip("abcdef", 6) == "abcdef"
    assert escape.clip("abcdefgh", 6) == "abcdef … (2 more characters)"


@pytest.mark.parametrize("text", ["=", "===", "= x", "-", "---", "+ x", ": x", "1. x", "2) x", "# x", "> x", "| x"])
@pytest.mark.parametrize("sink", INLINE_SINKS)
def test_a_text_that_begins_a_block_in_markdown_begins_none(sink: Callable[[str], str], text: str) -> None:
    tokens = PARSER.parse(f"above\n{sink(text)}")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
