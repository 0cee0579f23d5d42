"""A long text is divided between the body and comments: nothing is lost, and nothing is too long."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.errors import InputError
from action_patterns.pull_request.ownership.body import MAX_PARTS, split_block, with_links
from action_patterns.pull_request.ownership.comment import render_comment
from action_patterns.pull_request.ownership.marker import MAX_BODY_LENGTH, PullRequestMarker, compose

MARKER = PullRequestMarker(key="k", title="0" * 16, block="0" * 16)
URL = "https://github.com/a-long-owner-name/a-long-repository-name/pull/123456#issuecomment-1234567890"


@pytest.mark.parametrize(
    "text", ["<!-- action-patterns: x", "<!-- action-patterns:begin -->", "a\n<!-- action-patterns:end -->"]
)
def test_a_body_that_imitates_our_structure_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="marks our own part"):
        split_block(text, MARKER)


@pytest.mark.parametrize("labels", [(), tuple(f"{i:02}{'é' * 48}" for i in range(100))], ids=["few", "hundred"])
def test_a_body_is_divided_exactly_when_marker_and_block_would_be_too_long(labels: tuple[str, ...]) -> None:
    marker = PullRequestMarker(key="k", title="0" * 16, block="0" * 16, labels=labels)
    room = MAX_BODY_LENGTH - len(compose(marker, "")) - 512
    assert len(split_block("x" * room, marker)) == 1
    assert len(compose(marker, "x" * room)) <= MAX_BODY_LENGTH
    assert len(split_block("x" * (room + 1), marker)) == 2


lines = st.lists(
    st.sampled_from(["word " * 40, "", "x" * 3_000, "é" * 500, "- item", "\U0001f600" * 900]), min_size=60, max_size=150
)


@given(lines)
def test_every_portion_fits_and_together_they_are_the_text(found: list[str]) -> None:
    text = "\n".join(found).strip("\n")
    parts = split_block(text, MARKER)
    assert len(compose(MARKER, with_links(parts[0], [URL] * (len(parts) - 1)))) <= MAX_BODY_LENGTH
    for number, part in enumerate(parts[1:], 2):
        assert len(render_comment("k" * 200, str(number), part)) <= MAX_BODY_LENGTH
    # A cut takes away the line break, or the blank line, it is made at.
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)


def test_a_cut_is_made_between_paragraphs() -> None:
    first, second = split_block(f"{'a' * 60_000}\n\n{'b' * 5_000}\nc", MARKER)
    assert (first, second[:1]) == ("a" * 60_000, "b")


@pytest.mark.parametrize("fence", ["```", "~~~~"])
def test_a_code_block_that_is_cut_is_closed_and_opened_again(fence: str) -> None:
    first, second = split_block(f"Text\n{fence}diff\n" + "- line\n" * 12_000 + fence, MARKER)
    assert first.endswith(f"- line\n{fence}")
    assert second.startswith(f"{fence}diff\n- line")
    assert second.endswith(f"\n{fence}")


def test_a_code_block_that_is_closed_before_the_cut_stays_closed() -> None:
    first, second = split_block("```\ncode\n```\n" + "line\n" * 14_000, MARKER)
    assert not first.endswith("```")
    assert second.startswith("line")


def test_a_body_beyond_all_comments_is_refused_with_both_figures() -> None:
    with pytest.raises(InputError, match=r"528,?288 characters; GitHub takes 65536.*at most 7 comments"):
        split_block("x" * (MAX_BODY_LENGTH * MAX_PARTS + 4_000), MARKER)


def test_the_body_links_to_its_comments_once_they_are_there() -> None:
    assert with_links("Text", []) == "Text"
    assert with_links("Text", [None]) == "Text\n\n*Continued in comments: below.*"
    assert with_links("Text", ["u2", None]) == "Text\n\n*Continued in comments: below.*"
    assert with_links("Text", ["u2", "u3"]) == "Text\n\n*Continued in comments: [part 2](u2), [part 3](u3).*"
