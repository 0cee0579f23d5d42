"""Ends that count as a failure of the target, and the ledger that keeps them for all legs and runs."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from pydantic import SecretStr

from action_patterns.actions.apply import ApplyInputs
from action_patterns.contracts import TargetResult
from action_patterns.contracts.result import ErrorRecord, Outcome
from action_patterns.distribution.parking import Parking, operation_of, without_parked
from action_patterns.errors import Category
from action_patterns.state.ledger.book import read_book
from action_patterns.state.ledger.table import MAX_OPERATION_LENGTH
from support.memory_ports import World
from support.memory_refs import MemoryRefs

if TYPE_CHECKING:
    from action_patterns.contracts import Plan, PlanEntry
    from action_patterns.distribution.campaign import Campaign

INPUTS = ApplyInputs(plan="p", index=0, token=SecretStr("t"), park_after=2, state_repository="acme/store")


def failed(target: str) -> TargetResult:
    return TargetResult(plan_id="p", index=0, target=target, attempt=1, outcome="failed", reason="permission")


@pytest.mark.parametrize(
    ("outcome", "category", "retryable", "counts"),
    [
        ("failed", "permission", False, True),
        ("failed", "defect", False, True),
        ("failed", "unavailable", True, False),
        ("failed", "authentication", False, False),
        ("deferred", "rate-limit", True, False),
        ("blocked", "conflict", False, False),
        ("skipped", "conflict", False, False),
        ("planned", "conflict", False, False),
        ("created", "conflict", False, False),
    ],
)
def test_the_store_is_opened_for_a_failure_of_the_target_only(
    outcome: Outcome, category: Category, retryable: bool, counts: bool
) -> None:
    world = World()
    parking = Parking(INPUTS, world.ports(), operation="o", digest="d")
    error = ErrorRecord(category=category, message="m", remediation="r", retryable=retryable)
    result = TargetResult(
        plan_id="p", index=0, target="acme/api", attempt=1, outcome=outcome, reason=category, error=error
    )
    with pytest.raises(AttributeError, match="refs") if counts else nullcontext():  # The fake has no refs.
        parking.ended([result])
    assert [each.repositories for each in world.allowances] == ([("acme/store",)] if counts else [])


def parking(refs: MemoryRefs) -> Parking:
    ports = replace(World().ports(), github=lambda *_: SimpleNamespace(refs=refs, close=lambda: None))
    return Parking(INPUTS, ports, operation="o", digest="d")


def test_legs_and_runs_at_once_lose_no_failure() -> None:
    refs = MemoryRefs()
    one, other = parking(refs), parking(refs)
    refs.before_swap = lambda: other.ended([failed("acme/api"), failed("acme/web")])
    one.ended([failed("acme/api"), failed("acme/docs")])
    kept = read_book(refs, "acme/store", "o", targets=None).table
    assert {target: (entry.state, entry.failures) for target, entry in kept.items()} == {
        "acme/api": ("parked", 2),
        "acme/docs": ("failed", 1),
        "acme/web": ("failed", 1),
    }
    assert refs.calls.count("commit") == 3, "the one that lost decides once more"


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_dry_run_keeps_nothing_even_where_its_targets_fail(dry_run: bool) -> None:
    refs = MemoryRefs()
    ports = replace(World().ports(), github=lambda *_: SimpleNamespace(refs=refs, close=lambda: None))
    results, warnings = without_parked(
        INPUTS.model_copy(update={"dry_run": dry_run}),
        ports,
        cast("Campaign", SimpleNamespace(file="distribution.yml", digest="d")),
        cast("Plan", SimpleNamespace(plan_id="p")),
        [cast("PlanEntry", SimpleNamespace(index=0, target=SimpleNamespace(address="acme/api")))],
        lambda _: ([failed("acme/api")], []),
        on_result=lambda _: None,
    )
    assert ([each.target for each in results], warnings) == (["acme/api"], [])
    assert bool(refs.texts) is not dry_run


@pytest.mark.parametrize("path", ["distribution.yml", "./distribution.yml", "x/../distribution.yml"])
def test_a_campaign_has_one_ledger_however_its_path_is_written(path: str) -> None:
    assert operation_of(path, World().ports().context) == "acme/platform/distribution.yml"


def test_the_name_of_a_ledger_is_one_that_a_person_can_give_back() -> None:
    context, long = World().ports().context, f"{'campaigns/' * 20}distribution"
    names = {operation_of(f"{long}{end}.yml", context) for end in ("", "-2")}
    assert len(names) == 2
    assert max(map(len, names)) <= MAX_OPERATION_LENGTH
