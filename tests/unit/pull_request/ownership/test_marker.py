"""The marker and the body: one line proves ownership, one block is ours, every other character is people's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.pull_request.ownership.marker import (
    PullRequestMarker,
    block_of,
    compose,
    parse_marker,
    render_marker,
    text_hash,
)

hostile = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["-->", "--!>", "<!--", '"', "\\", "\r\n", "\u2028", "<!-- action-patterns:begin -->", "--", "---->"]
)
names = st.lists(hostile, max_size=3).map(tuple)
markers = st.builds(
    PullRequestMarker,
    key=hostile.filter(bool),
    title=st.just("0" * 16),
    block=st.just("1" * 16),
    labels=names,
    assignees=names,
    refused=names,
    closed=st.sampled_from(["", "converged"]),
    milestone=hostile,
    auto_merge=st.sampled_from(["", "squash"]),
    adopted=st.sampled_from(["", "a" * 40]),
)
BEGIN, END = "<!-- action-patterns:begin -->", "<!-- action-patterns:end -->"
blocks = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")).filter(
    lambda t: BEGIN[:20] not in t
)
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")).filter(lambda t: BEGIN[:20] not in t)


@given(markers)
def test_what_is_rendered_is_read_back(marker: PullRequestMarker) -> None:
    assert parse_marker(render_marker(marker)) == marker


@given(markers)
def test_a_marker_is_one_comment_on_one_line_of_ascii(marker: PullRequestMarker) -> None:
    text = render_marker(marker)
    assert text.isascii()
    assert len(text.splitlines()) == 1
    inside = text.removeprefix("<!-- action-patterns: ").removesuffix(" -->")
    assert not any(sign in inside for sign in ("--", "<", ">"))


@given(st.text())
def test_whatever_is_parsed_is_a_marker_or_nothing(body: str) -> None:
    assert parse_marker(body) is None


@pytest.mark.parametrize(
    "fields",
    [
        "",
        "{}",
        "[]",
        "1",
        "null",
        '"x"',
        '{"v":2,"key":"k","title":"t","block":"b"}',
        '{"v":1,"key":1}',
        "{",
        "[" * 9999,
        '{"v":1,"key":"k"}',
        '{"v":1,"key":"k","title":"t"}',
    ],
)
def test_a_marker_that_cannot_be_read_is_none(fields: str) -> None:
    assert parse_marker(f"<!-- action-patterns: {fields} -->") is None


def test_a_marker_is_found_below_what_a_person_typed_above_it_and_moves_up_again() -> None:
    body = compose(PullRequestMarker(key="k", title="t", block="b"), "Ours")
    typed = f"Please hold.\r\n\r\n{body}Thanks.\n"
    assert parse_marker(typed) == parse_marker(body)
    recheck = compose(PullRequestMarker(key="k", title="t", block="b"), "Other", typed)
    assert parse_marker(recheck.splitlines()[0]) is not None
    assert "Please hold." in recheck
    assert "Thanks." in recheck
    assert recheck.count("<!-- action-patterns: ") == 1


@pytest.mark.parametrize("place", ["> {}", "<!-- action-patterns:begin -->\n{}", "`{}`"])
def test_a_marker_that_is_quoted_or_inside_our_block_does_not_count(place: str) -> None:
    marker = compose(PullRequestMarker(key="k", title="t", block="b"), "Ours").splitlines()[0]
    assert parse_marker(marker) is not None
    assert parse_marker(place.format(marker)) is None


def test_lists_that_are_none_count_as_empty() -> None:
    read = parse_marker('<!-- action-patterns: {"v":1,"key":"k","title":"t","block":"b","labels":"x","closed":"y"} -->')
    assert read == PullRequestMarker(key="k", title="t", block="b")


@given(markers, blocks)
def test_a_new_body_holds_marker_and_block(marker: PullRequestMarker, block: str) -> None:
    body = compose(marker, block)
    assert block_of(body) == block.strip("\n")
    read = parse_marker(body)
    assert read is not None
    assert read.block == text_hash(block.strip("\n"))
    assert (read.key, read.labels, read.refused) == (marker.key, marker.labels, marker.refused)


@given(markers, blocks, blocks, words, words)
def test_an_update_keeps_every_character_around_the_block(
    marker: PullRequestMarker, block: str, newer: str, above: str, below: str
) -> None:
    head, _, rest = compose(marker, block).partition("\n")
    previous = f"{head}\n{above}{rest.removesuffix(chr(10))}{below}"
    body = compose(marker, newer, previous)
    ours = f"{BEGIN}\n{newer.strip(chr(10))}\n{END}"
    assert body.partition("\n")[2] == f"{above}{ours}{below}"


@given(markers, blocks, words)
def test_composing_again_changes_nothing(marker: PullRequestMarker, block: str, theirs: str) -> None:
    once = compose(marker, block, f"{compose(marker, block)}{theirs}")
    assert compose(marker, block, once) == once


@given(markers, blocks, words)
def test_crlf_from_the_web_editor_makes_no_difference(marker: PullRequestMarker, block: str, theirs: str) -> None:
    body = compose(marker, block) + theirs
    crlf = body.replace("\n", "\r\n")
    assert parse_marker(crlf) == parse_marker(body)
    assert block_of(crlf) == block_of(body)
    assert compose(marker, block, crlf) == body


@pytest.mark.parametrize(
    "mutilated",
    ["Their words.", f"{BEGIN}\nTheir words.", f"Their words.\n{END}", f"{END}\nTheir words.\n{BEGIN}"],
)
def test_a_body_whose_fences_are_gone_keeps_its_words_below_our_block(mutilated: str) -> None:
    marker = PullRequestMarker(key="k", title="t", block="b")
    body = compose(marker, "Ours", f"{render_marker(marker)}\n{mutilated}")
    assert block_of(body) == "Ours"
    assert body.index("Ours") < body.index("Their words.")
    assert compose(marker, "Ours", body) == body


@pytest.mark.parametrize("body", ["", "words", BEGIN, END, f"{END}{BEGIN}"])
def test_a_body_without_both_fences_has_no_block(body: str) -> None:
    assert block_of(body) is None


def test_a_hash_does_not_see_line_endings() -> None:
    assert text_hash("a\nb") == text_hash("a\r\nb") == text_hash("a\rb") != text_hash("a b")
