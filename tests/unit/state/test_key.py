"""Any key is one component of a ref that git takes, no two keys share one, and a prefix stays a prefix."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from action_patterns.state.key import MAX_LENGTH, decode, encode
from action_patterns.state.values import ref_name

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
HOSTILE = st.lists(
    st.sampled_from(
        [".", "..", "/", "//", ".lock", "@{", "@", "~", "^", ":", "?", "*", "[", "\\", "=", "=2F", "\x7f", "é", "a"]
    ),
    max_size=8,
).map("".join)
KEYS = TEXTS | HOSTILE


@given(KEYS)
def test_a_key_survives(key: str) -> None:
    assert decode(encode(key)) == key


@given(KEYS, KEYS)
def test_two_keys_are_two_components_and_prefixes_stay_prefixes(one: str, other: str) -> None:
    assert (encode(one) == encode(other)) == (one == other)
    assert encode(one).startswith(encode(other)) == one.startswith(other)
    assert encode(one + other).startswith(encode(one))


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(KEYS.filter(bool), min_size=1, max_size=8))
def test_git_takes_every_ref(keys: list[str]) -> None:
    for key in keys:
        name = ref_name(key)
        assert name.count("/") == 3
        assert subprocess.run(["git", "check-ref-format", name], check=False).returncode == 0, name


@pytest.mark.parametrize(
    ("key", "component"),
    [
        ("cursor", "cursor"),
        ("nightly/cursor", "nightly=2Fcursor"),
        ("v1.2.lock", "v1=2E2=2Elock"),
        ("a=2Fb", "a=3D2Fb"),
        ("é", "=C3=A9"),
        ("A_b-9", "A_b-9"),
    ],
)
def test_the_spelling_is_golden(key: str, component: str) -> None:
    """Another spelling would lose every value in the field."""
    assert encode(key) == component


@pytest.mark.parametrize("component", ["a.b", "=2f", "=41", "=", "=2", "=FF", "a b", "é"])
def test_a_component_that_no_key_has_is_refused(component: str) -> None:
    with pytest.raises(ValueError, match=r"no encoded key|codec"):
        decode(component)


def test_half_of_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(UnicodeError):
        encode("\ud800")


def test_the_longest_component_leaves_room_for_git() -> None:
    assert MAX_LENGTH + len(".lock") <= 255
