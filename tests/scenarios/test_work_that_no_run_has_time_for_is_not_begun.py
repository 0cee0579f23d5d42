"""Each binary file is one request, and GitHub asks for a second between two: some changes fit into no run."""

from __future__ import annotations

from dataclasses import replace

from action_patterns.limits.duration import writes_within
from support.editions import without_github
from support.report_builders import context
from support.stage import desired_state, stage

PICTURES: dict[str, bytes] = {f"{number:02}.png": b"\x89PNG\x00" + bytes([number]) for number in range(12)}


def test_it_is_refused_before_the_first_upload_with_both_numbers() -> None:
    with stage() as scene:
        result = scene.upsert(replace(desired_state(PICTURES), most_writes=14))
        assert (result.outcome, result.reason) == ("blocked", "too-many-writes")
        assert "15 writes" in result.message
        assert "14" in result.message
        assert result.error is not None
        assert "max-minutes" in result.error.remediation
        assert scene.writes() == 0
        assert scene.upsert(replace(desired_state(PICTURES), most_writes=15)).outcome == "created"


def test_only_what_differs_from_the_base_counts() -> None:
    with stage() as scene:
        scene.sandbox.repository("acme/api").commit_files("main", dict(list(PICTURES.items())[:11]), message="Most")
        assert scene.upsert(replace(desired_state(PICTURES), most_writes=4)).outcome == "created"


@without_github(why="It is about the number alone.")
def test_a_minute_has_time_for_sixty_writes_and_a_local_github_for_any_number() -> None:
    assert writes_within(60 * 50, context().write_spacing_seconds) == 3_000
    assert writes_within(60 * 50, 0.0) is None
