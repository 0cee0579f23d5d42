"""A night in which nothing changed skips what an earlier night did, and names it."""

from __future__ import annotations

import pytest

from support.editions import WITH_LEASES, only_on
from support.marker_stage import DAY
from support.memory_ports import MemoryCheckout
from support.skip_stage import FILES, Job, night, proofs, skip
from support.stage import stage

pytestmark = only_on(
    *WITH_LEASES, why="It names operations of this edition. test_any_store_meets_any_fault has the others."
)


def test_the_second_night_skips_and_links_the_first() -> None:
    with stage() as scene:
        assert night(scene, Job(run_id=1)) == "not-proved"
        scene.forget()
        second = skip(scene, "check", Job(run_id=2), later=DAY).outputs
        assert (second.skip, second.reason, second.outcome) == (True, "proved", "skipped")
        assert second.proof is not None
        assert second.proof.endswith("/actions/runs/1/attempts/1")
        assert scene.writes() == 0


@pytest.mark.parametrize(
    ("path", "content"),
    [("src/app.py", "print(2)\n"), ("src/new.py", ""), ("src/app.py", None), ("src/app.py", "print(1)")],
    ids=["changed", "empty and new", "deleted", "without the last line's end"],
)
def test_another_content_is_other_work(path: str, content: str | None) -> None:
    changed = {name: text for name, text in (FILES | {path: content}).items() if text is not None}
    with stage() as scene:
        night(scene, Job(run_id=1))
        assert night(scene, Job(run_id=2, checkout=MemoryCheckout(files=changed))) == "not-proved"
        assert night(scene, Job(run_id=3)) == "proved", "the content of the first night came back"
        assert len(proofs(scene)) == 2


def test_what_no_pattern_names_does_not_count() -> None:
    with stage() as scene:
        night(scene, Job(run_id=1))
        assert night(scene, Job(run_id=2, checkout=MemoryCheckout(files=FILES | {"README.md": "# new\n"}))) == "proved"


def test_another_key_has_proofs_of_its_own() -> None:
    with stage() as scene:
        night(scene, Job(run_id=1), key="lint")
        assert night(scene, Job(run_id=2), key="lint/all") == "not-proved"


def test_a_check_is_one_request_and_a_proof_three_more() -> None:
    with stage() as scene:
        claim = skip(scene, "check").outputs.claim
        assert len(scene.sandbox.requests) == 1
        skip(scene, "complete", claim=claim)
        assert len(scene.sandbox.requests) == 4
