"""Trailers: what our commits say of themselves is read back exactly, and nobody else's commit says it."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from action_patterns.pull_request.ownership.trailers import Trailers, is_sealed, parse, render

OURS = Trailers(key="sync", digest="d" * 64, tree="e" * 40)
plain = st.text(st.characters(exclude_categories=["Cs"]))


@given(plain, plain, st.none() | st.just("A <a@b>"))
def test_what_is_rendered_is_read_back(message: str, key: str, signed_off_by: str | None) -> None:
    trailers = Trailers(key=key, digest="d" * 64, tree="e" * 40)
    assert parse(render(message, trailers, signed_off_by)) == trailers


@given(plain)
def test_a_key_takes_one_ascii_line(key: str) -> None:
    message = render("Sync", Trailers(key=key, digest="d", tree="e"))
    assert message.isascii()
    assert len(message.splitlines()) == 6


@given(plain)
def test_whatever_is_parsed_is_trailers_or_nothing(message: str) -> None:
    found = parse(message)
    assert found is None or isinstance(found.key, str)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "Fix it by hand",
        render("Sync", OURS).replace("Pattern-Tree", "Pattern-Trees"),
        render("Sync", OURS).replace('"sync"', "sync"),
        render("Sync", OURS).replace('"sync"', "1"),
        render("Sync", OURS) + "\nBut then a person wrote another paragraph.\n",
    ],
)
def test_a_commit_without_our_three_trailers_at_its_end_is_not_ours(message: str) -> None:
    assert parse(message) is None


def test_a_message_that_already_imitates_trailers_does_not_count() -> None:
    imitation = 'Sync\n\nPattern-Key: "other"\nPattern-Digest: x\nPattern-Tree: y'
    assert parse(render(imitation, OURS)) == OURS


@given(plain, st.lists(st.sampled_from(["1" * 40, "2" * 40]), max_size=2))
@example("\r\n0", [])
def test_what_is_rendered_is_sealed(message: str, parents: list[str]) -> None:
    sealed = render(message, OURS, "A <a@b>", parents=parents)
    assert is_sealed(sealed, parents)
    assert is_sealed("\n".join(line + " " for line in sealed.split("\n")), parents), "git tidies up white space"


@pytest.mark.parametrize(
    ("message", "parents"),
    [
        pytest.param("Better words.\n\n" + render("Sync", OURS, parents=["1"]), ["1"], id="reworded"),
        pytest.param(render("Sync", OURS, parents=["1"]), ["2"], id="on another commit"),
        pytest.param(render("Sync", OURS, parents=["1"]), ["1", "2"], id="merged"),
        pytest.param(render("Sync", OURS, parents=["1"]) + "Signed-off-by: A <a@b>\n", ["1"], id="signed off later"),
        pytest.param("Sync\n", [], id="not ours"),
    ],
)
def test_a_commit_that_was_made_anew_has_a_broken_seal(message: str, parents: list[str]) -> None:
    assert not is_sealed(message, parents)


def test_git_reads_them_as_trailers() -> None:
    told = subprocess.run(
        ["git", "interpret-trailers", "--parse"],
        input=render("Sync: files\n\nWords.", OURS, "A <a@b>"),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told.splitlines() == [
        'Pattern-Key: "sync"',
        f"Pattern-Digest: {OURS.digest}",
        f"Pattern-Tree: {OURS.tree}",
        told.splitlines()[3],
        "Signed-off-by: A <a@b>",
    ]
    assert told.splitlines()[3].startswith("Pattern-Seal: ")
