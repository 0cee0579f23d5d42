from __future__ import annotations

from fnmatch import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.contracts.artifact import (
    FALLBACK_NAME,
    is_name,
    plan_artifact,
    records_artifact,
    report_artifact,
)


def test_each_kind_each_leg_and_each_attempt_has_another_name() -> None:
    assert plan_artifact("sync", 1) == "sync-plan-a1"
    assert records_artifact("sync", 7, 2) == "sync-records-7-a2"
    assert report_artifact("sync", 10) == "sync-report-a10"
    assert is_name(FALLBACK_NAME)


@pytest.mark.parametrize("character", '":<>|*?\\/\r\n\0\x1f[]{}!()+@#$. _ÄA\u0131')
def test_what_upload_artifact_refuses_and_what_is_a_pattern_is_no_name(character: str) -> None:
    assert not is_name(f"a{character}b")


@given(st.text("ab-[]*?!{}1", max_size=6), st.text("ab-1", max_size=6))
def test_a_name_is_a_pattern_of_itself_only(name: str, other: str) -> None:
    if is_name(name):
        assert fnmatch(other, name) == (other == name)


@pytest.mark.parametrize(("name", "good"), [("a" * 63, True), ("a" * 64, False), ("", False), ("-a", False)])
def test_the_length_and_the_beginning_of_a_name(name: str, good: bool) -> None:
    assert is_name(name) is good
