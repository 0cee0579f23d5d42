from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.content.changes import FileChange, digest
from action_patterns.content.identifier import as_git_stores, identify, odds, slug
from action_patterns.pull_request.spec.key import branch_problem

README = Path(__file__).resolve().parents[3] / "actions/unique-id/README.md"
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
lengths = st.integers(4, 64)
files = st.lists(
    st.builds(
        FileChange,
        path=st.text("abc/é", min_size=1),
        mode=st.sampled_from(["100644", "100755", "120000"]),
        content=st.binary(),
    ),
    max_size=4,
    unique_by=lambda change: change.path,
)
SCRIPT = FileChange(path="bin/run.sh", mode="100755", content=b"#!/bin/sh\r\n")
NOTES = FileChange(path="notes.txt", mode="100644", content=b"one\r\ntwo\r\n")


def name(*values: str, files: tuple[FileChange, ...] = (), prefix: str = "", length: int = 16) -> str:
    return identify(values, files, prefix=prefix, length=length).name


def stored(change: FileChange, *, normalise_line_endings: bool = True) -> FileChange:
    return as_git_stores(change, normalise_line_endings=normalise_line_endings)


@pytest.mark.parametrize(
    ("values", "of", "digest"),
    [
        (["config-sync", "acme/api"], [], "7dfde915488b35dd8d8b784c06d310a5bf110c58795d86a605a390f2ac7556da"),
        (["café"], [], "29547ebb142d7703d35e6243d1d076e9055b37f6af53d98b0447ed585dbabb33"),
        ([], [SCRIPT, NOTES], "1bca555970ba60a0e356af825888b7196dd702209ade01fd80b6435aebce383d"),
        (["config-sync"], [SCRIPT], "94bb21065736592651f097a0ff80f8dbd4312df3e82ab8e95189f3a8ef9289ed"),
    ],
)
def test_the_ids_in_the_field_stay_what_they_are(values: list[str], of: list[FileChange], digest: str) -> None:
    """Golden: a change here orphans every name ever made, and is a major version."""
    assert identify(values, [stored(each) for each in of], prefix="", length=16).digest == digest


def test_the_parts_of_a_name() -> None:
    found = identify(["a"], [], prefix="Config Sync!", length=12)
    assert found.name == f"config-sync-{found.digest[:12]}"
    assert identify(["a"], [], prefix="日本", length=12).name == found.digest[:12]


@given(st.lists(texts, max_size=5), st.lists(texts, max_size=5))
def test_other_values_or_another_order_give_another_id(one: list[str], other: list[str]) -> None:
    normal = [[unicodedata.normalize("NFC", value.strip()) for value in each] for each in (one, other)]
    assert (name(*one) == name(*other)) == (normal[0] == normal[1])


@given(texts, st.data())
def test_values_are_not_run_together(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    assert name(text[:at], text[at:]) != name(text)
    assert name(text[:at], text[at:]) != name(text + "\0", "")


@given(texts, files)
def test_a_value_is_never_taken_for_a_file(text: str, found: list[FileChange]) -> None:
    assert (name(text, files=tuple(found)) == name(text)) == (not found)


def test_the_digest_of_files_as_a_value_is_another_thing() -> None:
    assert name(digest([NOTES])) != name(files=(NOTES,))


@given(st.lists(texts), st.sampled_from(["NFC", "NFD"]), st.sampled_from(["", " ", "\t", "\n"]))
def test_composition_and_surrounding_space_do_not_count(values: list[str], form: str, space: str) -> None:
    spelt = [space + unicodedata.normalize(form, value) + space for value in values]  # type: ignore[arg-type]
    assert name(*spelt) == name(*values)


@given(files)
def test_the_order_of_files_does_not_count(found: list[FileChange]) -> None:
    assert name("x", files=tuple(found)) == name("x", files=tuple(reversed(found)))


@given(st.text("ab\n"), st.booleans())
def test_windows_line_ends_do_not_count_in_text(text: str, normalised: bool) -> None:
    unix = stored(FileChange(path="a", mode="100644", content=text.encode()), normalise_line_endings=normalised)
    windows = FileChange(path="a", mode="100644", content=text.replace("\n", "\r\n").encode())
    same = name(files=(stored(windows, normalise_line_endings=normalised),)) == name(files=(unix,))
    assert same == (normalised or "\n" not in text)


@pytest.mark.parametrize(
    ("mode", "content"), [("100644", b"\0\r\n"), ("100644", b"x" * 7_999 + b"\0\r\n"), ("120000", b"odd\r\nname")]
)
def test_what_is_no_text_is_left_alone(mode: str, content: bytes) -> None:
    change = FileChange(path="a", mode=mode, content=content)  # type: ignore[arg-type]
    assert stored(change) == change


def test_a_nul_that_git_does_not_look_at_makes_no_binary() -> None:
    late = FileChange(path="a", mode="100644", content=b"x\r\n" * 3_000 + b"\0")
    assert stored(late).content == b"x\n" * 3_000 + b"\0"


def test_a_path_counts_as_its_composed_spelling() -> None:
    spelt = [stored(FileChange(path=unicodedata.normalize(form, "é.txt"), mode="100644")) for form in ("NFC", "NFD")]  # type: ignore[arg-type]
    assert spelt[0] == spelt[1]


@pytest.mark.parametrize(
    "other",
    [
        FileChange(path="b", mode="100644", content=b"x"),
        FileChange(path="a", mode="100755", content=b"x"),
        FileChange(path="a", mode="120000", content=b"x"),
        FileChange(path="a", mode="100644", content=b"y"),
    ],
)
def test_path_mode_and_content_of_a_file_count(other: FileChange) -> None:
    assert name(files=(other,)) != name(files=(FileChange(path="a", mode="100644", content=b"x"),))


@pytest.mark.slow
@given(st.text(), texts, lengths)
def test_a_name_has_its_length_and_is_fit_for_a_branch(prefix: str, value: str, length: int) -> None:
    found = name(value, prefix=prefix, length=length)
    assert re.fullmatch(rf"([a-z0-9-]{{1,40}}-)?[0-9a-f]{{{length}}}", found)
    if "-" in found or length != 40:  # 40 hex digits alone are refused by the action
        assert branch_problem(found) is None
    assert "--" not in found


def test_a_slug_is_cut_after_what_is_kept() -> None:
    assert slug("!" + "a" * 50) == "a" * 40
    assert slug("a" * 39 + " b") == "a" * 39


@given(st.text())
def test_a_slug_is_plain_and_short(text: str) -> None:
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slug(text))
    assert len(slug(text)) <= 40


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (4, "certain among 100,000 ids"),
        (5, "almost certain among 100,000 ids"),
        (8, "1 in 1.5 among 100,000 ids"),
        (10, "1 in 220 among 100,000 ids"),
        (12, "1 in 56,296 among 100,000 ids"),
        (16, "1 in 3.7 billion among 100,000 ids"),
        (20, "1 in 242 trillion among 100,000 ids"),
        (32, "1 in 6.8 × 10^28 among 100,000 ids"),
    ],
)
def test_the_odds_are_those_of_the_birthday_bound(length: int, said: str) -> None:
    assert odds(length) == said


def test_the_readme_says_the_same_odds() -> None:
    rows = re.findall(r"^\| (\d+)[^|]*\| ([^|;]+?)(?:;[^|]*)? \|$", README.read_text(), re.MULTILINE)
    assert [int(length) for length, _ in rows] == [4, 8, 12, 16, 32]
    assert all(odds(int(length)) == f"{said} among 100,000 ids" for length, said in rows)
