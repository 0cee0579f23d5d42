"""A pattern or a name that can never have an effect is refused, with what to write instead; every other passes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.discovery.patterns import (
    Refusal,
    matches,
    refuse_exclude,
    refuse_include,
    refuse_owner,
    refuse_repository,
    refuse_topic,
)


@pytest.mark.parametrize(
    ("pattern", "why", "fix"),
    [
        ("acme/{legacy-tool,api}", "braces are no alternatives", "'acme/legacy-tool', 'acme/api'"),
        ("/legacy-.*/", "a regular expression", "Write a glob"),
        ("^legacy", "no name has '^' in it", "Write a glob"),
        ("legacy|old", "no name has '|' in it", "Write a glob"),
        ("acme/legacy old", "no name has ' ' in it", "one pattern a line or item: 'acme/legacy', 'old'"),
        ("a*, b*", "no name has ' ' or ',' in it", "Write one pattern a line or item: 'a*', 'b*'"),
        ("acme/api/", "neither begins nor ends with a slash", "Write 'acme/api'"),
        ("/api", "neither begins nor ends with a slash", "Write 'api'"),
        ("legacy-*/", "neither begins nor ends with a slash", "Write 'legacy-*'"),
        ("https://github.com/acme/api", "no name has ':' in it", "Write 'acme/api'"),
        ("git@github.com:acme/api.git", "no name has ", "Write 'acme/api'"),
        ("github.com/acme/api", "a name has one slash", "Write 'acme/api'"),
        ("acme/*/x", "a name has one slash", "Write a glob"),
        ("acme/api.git", "no name ends with '.git'", "Write 'acme/api'"),
        ("[^l]*", "`[^` does not negate", "Write '[!l]*'"),
        ("a[@ ]", "no name has a character of [@ ]", "Write a glob"),
        ("a[", "no name has '[' in it", "Write a glob"),
        ("acme\\api", "no name has '\\\\' in it", "Write a glob"),
        ("é*", "no name has 'é' in it", "Write a glob"),
        ("", "it is empty", "Write a glob"),
    ],
)
def test_a_pattern_that_can_never_match_is_refused(pattern: str, why: str, fix: str) -> None:
    for found in (refuse_include(pattern), refuse_exclude(pattern)):
        assert found is not None
        assert repr(pattern) in found.why
        assert why in found.why
        assert fix in found.fix


def test_a_pattern_that_is_too_long_to_match_is_refused_and_shown_in_short() -> None:
    found = refuse_exclude("a" * 1_001)
    assert found is not None
    assert "it has more than 1,000 characters" in found.why
    assert len(found.why) < 500


def test_a_negation_is_sent_to_the_key_that_means_it() -> None:
    included, excluded = refuse_include("!acme/legacy-*"), refuse_exclude("!api")
    assert included == Refusal(
        "the pattern '!acme/legacy-*' matches nothing: a leading `!` is no exclusion here, but a part of the name",
        "Write 'acme/legacy-*' under `exclude`",
    )
    assert excluded is not None
    assert "narrow the other patterns of `exclude`" in excluded.fix


@pytest.mark.parametrize(
    "pattern",
    [
        "acme/*",
        "legacy-*",
        "ACME/API",
        "*",
        "**",
        "**/x",
        "a?i",
        "[a-c]*",
        "[!l]*",
        "a.b_c-d",
        "*/api",
        ".github",
        "[]a]",
    ],
)
def test_a_pattern_that_may_match_passes(pattern: str) -> None:
    assert refuse_include(pattern) is None
    assert refuse_exclude(pattern) is None


names = st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,9}/[a-zA-Z0-9_-][a-zA-Z0-9._-]{0,9}", fullmatch=True).filter(
    lambda name: not name.lower().endswith(".git")
)
globs = st.text("ab/*?[]!^-.@ {},", max_size=8)


@given(names, globs)
def test_no_pattern_that_matches_a_name_is_refused(name: str, pattern: str) -> None:
    if matches(name, pattern) and "[^" not in pattern:
        assert refuse_exclude(pattern) is None


@given(names, st.data())
def test_no_pattern_made_of_a_name_is_refused(name: str, data: st.DataObject) -> None:
    pattern = "".join(data.draw(st.sampled_from((c, "?", "*", f"[{c}]"))) if c not in "/-" else c for c in name)
    assert matches(name, pattern)
    assert refuse_include(pattern) is None


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("acme", "Write each repository as 'owner/name'"),
        ("https://github.com/acme/api", "Write 'acme/api'"),
        ("https://github.example.com/acme/api/tree/main", "Write 'acme/api'"),
        ("git@github.com:acme/api.git", "Write 'acme/api'"),
        ("ssh://git@github.com/acme/api", "Write 'acme/api'"),
        ("acme/api/", "Write 'acme/api'"),
        ("/acme/api", "Write 'acme/api'"),
        ("acme/api.git", "Write 'acme/api'"),
        ("@acme/api", "Write 'acme/api'"),
        ("acme/*", "the pattern under `include`"),
        ("acme/{a", "the pattern under `include`"),
        ("acme/my api", "Write each repository as 'owner/name'"),
        ("acme/..", "Write each repository as 'owner/name'"),
    ],
)
def test_what_names_no_repository_is_refused(name: str, fix: str) -> None:
    found = refuse_repository(name)
    assert found is not None
    assert f"{name!r} is not of the form owner/name" in found.why
    assert fix in found.fix


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("acme/*", "Write 'acme'. To narrow its repositories use `include`"),
        ("https://github.com/acme", "Write 'acme'"),
        ("github.com/acme/", "Write 'acme'"),
        ("@acme", "Write 'acme'"),
        ("acme/", "Write 'acme'"),
        ("acme/api", "or its owner alone here"),
        ("ac*", "Write the login alone"),
        ("!acme", "Write the login alone"),
        ("my org", "Write the login alone"),
    ],
)
def test_what_names_no_owner_is_refused(name: str, fix: str) -> None:
    found = refuse_owner(name)
    assert found is not None
    assert repr(name) in found.why
    assert fix in found.fix


@pytest.mark.parametrize("name", ["!ignored", "go*", "two words", "", "-x", "a" * 51, "{a,b}", "/x/"])
def test_what_can_be_no_topic_is_refused(name: str) -> None:
    found = refuse_topic(name)
    assert found is not None
    assert repr(name) in found.why


def test_names_pass() -> None:
    assert refuse_owner("alice_acme") is refuse_topic("Go-1") is refuse_repository("ACME/dot.files") is None
