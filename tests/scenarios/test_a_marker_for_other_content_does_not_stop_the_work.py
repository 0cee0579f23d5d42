"""A marker says what it is of: other content is other work, and the same content is done once."""

from __future__ import annotations

from typing import Any

import pytest

from support.marker_stage import DAY, markers, once, the_marker
from support.stage import stage


def test_the_same_content_is_done_once_and_then_skipped_for_good() -> None:
    with stage() as scene:
        begun = once(scene, "begin", run_id=1_001)
        assert (begun.outputs.begun, begun.outputs.state, begun.outputs.reason) == (True, "pending", "first")
        done = once(scene, "complete", run_id=1_001, metadata="announced at https://example.com/1")
        assert (done.outputs.completed, done.outputs.state, done.exit_code) == (True, "completed", 0)
        scene.forget()
        again = once(scene, "begin", run_id=1_002, later=400 * DAY)
        assert (again.outputs.begun, again.outputs.completed, again.exit_code) == (False, True, 0)
        assert (again.outputs.outcome, again.outputs.reason) == ("skipped", "already-done")
        assert again.outputs.metadata == "announced at https://example.com/1"
        assert again.outputs.holder == f"{scene.context.server_url}/acme/source/actions/runs/1001/attempts/1"
        assert again.outputs.since == the_marker(scene).since.isoformat(timespec="seconds")
        assert (scene.reads(), scene.writes()) == (1 if scene.has_graphql else 3, 0)


@pytest.mark.parametrize(
    "other",
    [
        {"values": "v2.0.0"},
        {"operation": "publish"},
        {"values": "", "operation_only": True},
        {"values": "v1.0.0\nv1.0.0"},
    ],
)
def test_other_content_is_other_work(other: dict[str, Any]) -> None:
    with stage() as scene:
        once(scene, "begin", run_id=1_001)
        once(scene, "complete", run_id=1_001)
        assert once(scene, "begin", run_id=1_002, **other).outputs.begun
        assert sorted(marker.state for marker in markers(scene).values()) == ["completed", "pending"]


def test_a_changed_file_is_other_content() -> None:
    def begins(run_id: int, text: str) -> bool:
        return once(
            scene, "begin", run_id=run_id, values="", workspace={"notes.md": text}, files="notes.md"
        ).outputs.begun

    with stage() as scene:
        assert [begins(1_001, "one"), begins(1_002, "two"), begins(1_003, "one")] == [True, True, False]
