"""A pattern or a name that can never have an effect is refused, with what to write instead; every other passes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from action_patterns.discovery.patterns import (
    deciding,
    matches,
    refuse_owner,
    refuse_pattern,
    refuse_repository,
    refuse_topic,
)
from action_patterns.discovery.selection import Selection


@pytest.mark.parametrize(
    ("pattern", "why", "fix"),
    [
        ("acme/{legacy tool,api}", "no name has ' ' in it", "Write a glob"),
        ("api{1..3}", "`{1..3}` is no range", "Write '{1,2,3}'"),
        ("/legacy-(/", "it is no regular expression", "or write a glob"),
        ("/(?=a)b/", "look-around", "a further pattern that begins with `!`"),
        ("/legacy/gi", "has no flags 'gi' here", "Write '/legacy/'"),
        ("{acme/legacy,old api}", "no name has ' ' in it", "Write a glob"),
        ("acme/{a,b}/c", "a name has one slash", "Write a glob"),
        ("[z-a]", "no name has a character of [z-a]", "Write a glob"),
        ("[[:alpha:]]*", "a set has no names of characters", "'[a-z]'"),
        ("legacy-{a,b", "a `{` has no `}`", "Close it"),
        ("@(a|b)", "are no alternatives here", "Write `{a,b}`"),
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
        ("a[", "a `[` has no `]`", "Close it"),
        ("acme\\api", "a backslash", "Write '/'"),
        ("é*", "no name has 'é' in it", "Write a glob"),
        ("", "it is empty", "Write a glob"),
    ],
)
def test_a_pattern_that_can_never_match_is_refused(pattern: str, why: str, fix: str) -> None:
    for text in (pattern, f"!{pattern}"):
        found = refuse_pattern(text)
        assert found is not None
        assert repr(text) in found.why
        assert why in found.why
        assert fix.removeprefix("Write '") in found.fix


def test_a_pattern_that_is_too_long_to_match_is_refused_and_shown_in_short() -> None:
    found = refuse_pattern("a" * 1_001)
    assert found is not None
    assert "it has more than 1,000 characters" in found.why
    assert len(found.why) < 500


@pytest.mark.parametrize("key", ["include", "exclude"])
def test_a_list_that_begins_by_taking_out_is_refused(key: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Selection.model_validate({"owners": ("acme",), key: ("!acme/legacy-*", "acme/*")})
    (error,) = refused.value.errors()
    assert error["loc"] == (key,)
    assert "begins with '!acme/legacy-*'" in error["msg"]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["*"], ["acme/api", "acme/legacy-a", "acme/web", "umbrella/api"]),
        (["acme/*"], ["acme/api", "acme/legacy-a", "acme/web"]),
        (["acme/*", "!legacy-*"], ["acme/api", "acme/web"]),
        (["acme/*", "!legacy-*", "legacy-a"], ["acme/api", "acme/legacy-a", "acme/web"]),
        (["{api,web}"], ["acme/api", "acme/web", "umbrella/api"]),
        (["{acme,umbrella}/api"], ["acme/api", "umbrella/api"]),
        (["/^acme/(api|web)$/"], ["acme/api", "acme/web"]),
        (["/LEGACY/"], ["acme/legacy-a"]),
        (["*", "!/^acme/"], ["umbrella/api"]),
        (["*", "!/^acme//"], ["umbrella/api"]),
        (["ACME/A?I"], ["acme/api"]),
        (["a[n-q]i"], ["acme/api", "umbrella/api"]),
        (["**/api"], ["acme/api", "umbrella/api"]),
        (["**/acme/api", "**"], ["acme/api", "acme/legacy-a", "acme/web", "umbrella/api"]),
        (["**", "!**/acme/**"], ["umbrella/api"]),
        (["{umbrella/api,web}"], ["acme/web", "umbrella/api"]),
        (["/WEB$/i"], ["acme/web"]),
        (["legacy**"], ["acme/legacy-a"]),
    ],
)
def test_the_last_pattern_that_matches_decides(patterns: list[str], expected: list[str]) -> None:
    names = ["acme/api", "acme/legacy-a", "acme/web", "umbrella/api"]
    found = [name for name in names if (last := deciding(name, patterns)) and not last.startswith("!")]
    assert found == expected


@pytest.mark.parametrize(
    "pattern",
    [
        "acme/*",
        "legacy-*",
        "ACME/API",
        "*",
        "**",
        "**/x",
        "**/acme/x",
        "acme/**/x",
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
    assert refuse_pattern(pattern) is None
    assert refuse_pattern(f"!{pattern}") is None


names = st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,9}/[a-zA-Z0-9_-][a-zA-Z0-9._-]{0,9}", fullmatch=True).filter(
    lambda name: not name.lower().endswith(".git")
)
globs = st.text("ab/*?[]!^-.@ {},", max_size=8)


@given(names, globs)
def test_no_pattern_that_matches_a_name_is_refused(name: str, pattern: str) -> None:
    try:
        found = matches(name, pattern)
    except ValueError:
        assert refuse_pattern(pattern) is not None
        return
    # One alternative without a name is refused, also beside others.
    if found and "{" not in pattern:
        assert refuse_pattern(pattern) is None


@given(names, st.data())
def test_no_pattern_made_of_a_name_is_refused(name: str, data: st.DataObject) -> None:
    pattern = "".join(data.draw(st.sampled_from((c, "?", "*", f"[{c}]"))) if c not in "/-" else c for c in name)
    assert matches(name, pattern)
    assert refuse_pattern(pattern) is None


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
