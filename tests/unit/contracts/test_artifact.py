from __future__ import annotations

import pytest

from action_patterns.contracts.artifact import (
    FALLBACK_NAME,
    forbidden_characters,
    plan_artifact,
    records_artifact,
    report_artifact,
)


def test_each_kind_each_leg_and_each_attempt_has_another_name() -> None:
    assert plan_artifact("sync", 1) == "sync-plan-a1"
    assert records_artifact("sync", 7, 2) == "sync-records-7-a2"
    assert report_artifact("sync", 10) == "sync-report-a10"
    assert not forbidden_characters(FALLBACK_NAME)


@pytest.mark.parametrize("character", '":<>|*?\\/\r\n\0\x1f')
def test_what_upload_artifact_refuses_is_named(character: str) -> None:
    assert forbidden_characters(f"a{character}b{character}") == (character,)
