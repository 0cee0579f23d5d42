"""A claim and a finish of any number of targets are three requests; a thousand targets are read in two at most."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.editions import WITH_LEASES, only_on
from support.ledger_stage import ITEMS, Runner, claim, finish, has_run, ledger, names
from support.stage import Stage, stage

pytestmark = only_on(*WITH_LEASES, why="The others are in test_every_store_keeps_what_each_kind_promises.")


def cost(scene: Stage, mode: str, **inputs: Any) -> int:
    """Return how many requests a step sends."""
    scene.forget()
    ledger(scene, mode, **inputs)
    return len(scene.sandbox.requests)


def test_each_mode_keeps_its_budget() -> None:
    with stage() as scene:
        assert cost(scene, "claim", targets=list(ITEMS)) == 3
        mine = claim(scene, ["other"])
        assert cost(scene, "finish", claim=mine.claim, results={"other": "success"}) == 3
        assert cost(scene, "finish", claim=mine.claim, results={"other": "success"}) == 1, "nothing is written"
        assert cost(scene, "claim", targets=["other"]) == 1
        assert cost(scene, "list") == 1
        assert cost(scene, "clean") == 2, "targets and histories"
        has_run(scene, 70_001, status="in_progress")
        asked = cost(scene, "claim", targets=list(ITEMS), runner=Runner(run_id=70_002))
        assert asked == 2, "one question about the one run that has them all"


def test_thousands_of_targets_take_several_documents_and_few_requests() -> None:
    with stage(checked=False) as scene:
        many = [f"acme/service-{number:05}" for number in range(3_000)]
        scene.forget()
        mine = claim(scene, many, targets_per_job=12)
        documents = len(scene.sandbox.repository("acme/api").refs("refs/action-patterns/ledger/"))
        assert documents in (4, 8)
        assert len(scene.sandbox.requests) == 2 + documents
        jobs = json.loads(mine.matrix or "")["include"]
        assert len(jobs) <= 256
        assert sorted(name for job in jobs for name in json.loads(job["targets"])) == many
        job = json.loads(jobs[7]["targets"])
        assert cost(scene, "finish", claim=mine.claim, results=dict.fromkeys(job, "success")) == 3
        scene.forget()
        outputs = ledger(scene, "list", limit=10_000).outputs
        assert (outputs.count, len(scene.sandbox.requests)) == (3_000, 2)
        assert json.loads(outputs.states or "")["done"] == len(job)


def test_pages_have_each_target_once() -> None:
    with stage() as scene:
        finish(scene, claim(scene, ITEMS).claim, {"item-07": "success"})
        found: list[str] = []
        after: str | None = None
        while True:
            page = ledger(scene, "list", limit=12, prefix="item-", states="pending", after=after).outputs
            found += names(page.targets)
            after = page.next
            if after is None:
                break
        assert found == [name for name in ITEMS if name != "item-07"]


@pytest.mark.parametrize("jobs", [0, 10])
def test_more_than_256_targets_fit_into_one_matrix(jobs: int) -> None:
    with stage(checked=False) as scene:
        mine = claim(scene, [f"t{number}" for number in range(300)], targets_per_job=jobs)
        assert len(json.loads(mine.matrix or "")["include"]) == (150 if jobs == 0 else 30)
