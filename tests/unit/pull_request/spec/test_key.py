"""The branch is a function of the key. The golden values are branches in the field: changing one is a major version."""

from __future__ import annotations

import subprocess
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from action_patterns.errors import InputError
from action_patterns.pull_request.spec.key import MAX_KEY_LENGTH, branch_of, branch_problem, normalise
from support.sample import examples

GOLDEN = {
    "sync-config": "action-patterns/sync-config-6c7203910874f465",
    "Sync Config": "action-patterns/sync-config-4183b2ca00a082c8",
    "a": "action-patterns/a-e4ea8ec77694b60c",
    "ci": "action-patterns/ci-23d784114c760391",
    "renovate/config": "action-patterns/renovate-config-f870f60df680da57",
    "Größe": "action-patterns/gr-e-b0a706dc709807e9",
    "é": "action-patterns/4112427ce37ccf6b",
    "日本語": "action-patterns/77bdcfefbffbac21",
    "🚀 launch": "action-patterns/launch-1b2da819740e79c6",
    "a" * 60: f"action-patterns/{'a' * 40}-ceee3c3954438559",
    "a" * 39 + "-b": f"action-patterns/{'a' * 39}-65077a497bb10ced",
    "x/../y": "action-patterns/x-y-288071ec6fa3c59c",
    "--": "action-patterns/4507ca96708d9ea2",
    "-->": "action-patterns/8c73898c6dbec8a8",
    "key with 'quotes' and $(x)": "action-patterns/key-with-quotes-and-x-a2cccbb81000f716",
    "refs/heads/main": "action-patterns/refs-heads-main-ab830e44216f04a4",
}

keys = st.text(min_size=1, max_size=MAX_KEY_LENGTH).filter(
    lambda text: text.strip() and not any(unicodedata.category(c) in ("Cc", "Cs") for c in text)
)
branch_names = st.text(st.sampled_from("aZ0.-_/@{}~^:?*[\\ \x7f\tlock."), max_size=12) | st.text(max_size=8)


def git_accepts(*names: str) -> list[bool]:
    # One process a name, as git takes one at a time; the full ref, since a branch called HEAD is git's own business.
    return [
        subprocess.run(["git", "check-ref-format", f"refs/heads/{name}"], check=False).returncode == 0 for name in names
    ]


@pytest.mark.parametrize("key", GOLDEN)
def test_the_branch_of_a_key_never_changes(key: str) -> None:
    assert branch_of(normalise(key)) == GOLDEN[key]


def test_git_takes_the_golden_branches() -> None:
    assert all(git_accepts(*GOLDEN.values()))


@pytest.mark.parametrize("spelling", ["é", "e\u0301", "  é ", "é\n"])
def test_one_text_has_one_branch_however_it_is_encoded(spelling: str) -> None:
    assert branch_of(normalise(spelling)) == GOLDEN["é"]


@given(keys)
def test_every_key_gives_a_valid_branch_that_follows_from_the_key_alone(key: str) -> None:
    branch = branch_of(normalise(key))
    assert branch_problem(branch) is None
    assert branch == branch_of(normalise(normalise(key)))
    slug, _, digest = branch.removeprefix("action-patterns/").rpartition("-")
    assert len(slug) <= 40
    assert len(digest) == 16
    assert slug.strip("-") == slug


@settings(max_examples=examples(25), deadline=None)
@given(keys)
def test_git_takes_the_branch_of_every_key(key: str) -> None:
    assert git_accepts(branch_of(normalise(key))) == [True]


@given(keys, keys)
def test_two_keys_have_two_branches(one: str, other: str) -> None:
    assert (normalise(one) == normalise(other)) == (branch_of(normalise(one)) == branch_of(normalise(other)))


@pytest.mark.parametrize("key", ["", "   ", "\n", "a\nb", "a\x00b", "a\x1b[31m", "x" * (MAX_KEY_LENGTH + 1)])
def test_a_key_that_cannot_be_kept_is_refused(key: str) -> None:
    with pytest.raises(InputError) as refused:
        normalise(key)
    assert refused.value.remediation


@settings(max_examples=examples(120), deadline=None)
@given(branch_names.filter(lambda name: "\0" not in name and not any("\ud800" <= c <= "\udfff" for c in name)))
def test_a_branch_name_without_a_problem_is_one_that_git_takes(name: str) -> None:
    if branch_problem(name) is None:
        assert git_accepts(name) == [True]


@pytest.mark.parametrize(
    "name",
    [
        *("", "@", "-x", "/x", "x/", "x.", "a..b", "a b", "a~b", "a^b", "a:b", "a?b", "a*b", "a[b", "a\\b", "a@{b"),
        *("a//b", ".a", "a/.b", "a.lock", "a.lock/b", "a\x7f", "a\tb", "x" * 245, "0" * 40),
    ],
)
def test_a_branch_name_that_git_or_github_refuses_has_a_problem(name: str) -> None:
    assert branch_problem(name)


@pytest.mark.parametrize("name", ["main", "feature/x", "release-1.2", "é", "a.b", "x@y", "lock", "0" * 39])
def test_ordinary_branch_names_have_no_problem(name: str) -> None:
    assert branch_problem(name) is None
