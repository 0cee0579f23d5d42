"""The plan: made once, and taken back only as it was made."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.contracts import Plan, Target
from action_patterns.discovery.groups import all_apply, unite
from action_patterns.discovery.plan import make_plan, read_plan
from action_patterns.discovery.select import Selected
from action_patterns.errors import InputError
from support.memory_ports import NOW, MemoryFiles
from support.report_builders import context


def targets(count: int) -> tuple[Target, ...]:
    return tuple(Target(repository=f"acme/r{i:05}", default_branch="main", head_oid=f"{i:040x}") for i in range(count))


def made(count: int = 3, **fields: Any) -> Plan:
    values: dict[str, Any] = {
        "name": "sync",
        "content_digest": "c" * 64,
        "visible": count,
        "per_leg": 1,
        "limits": None,
        "context": context(run_attempt=1),
        "now": NOW,
    }
    return make_plan(unite({"campaign": Selected(targets(count), ())}, all_apply), **(values | fields))


def test_targets_are_numbered_from_0_and_keep_the_tip_they_were_planned_on() -> None:
    plan = made(3)
    assert [entry.index for entry in plan.roster] == [0, 1, 2]
    assert [entry.expected_head_oid for entry in plan.roster] == [f"{i:040x}" for i in range(3)]
    assert [(pack.first, pack.last) for pack in plan.packing] == [(0, 0), (1, 1), (2, 2)]


def test_the_plan_id_names_run_and_attempt_and_follows_roster_and_content() -> None:
    assert made().plan_id == made().plan_id
    assert made().plan_id.startswith("1234567-1-")
    others = [made(2), made(content_digest="d" * 64), made(context=context(run_attempt=2))]
    assert len({plan.plan_id for plan in [made(), *others]}) == 4


def test_an_empty_roster_is_a_plan() -> None:
    assert (made(0).roster, made(0).packing, made(0).budget.requests_needed) == ((), (), 0)


def test_a_plan_is_read_back_by_its_digest() -> None:
    plan = made()
    files = MemoryFiles({"plan.json": plan.encode()})
    assert read_plan(files, "plan.json", plan.digest()) == plan
    assert read_plan(files, "plan.json", None) == plan


@pytest.mark.parametrize(
    ("text", "digest", "said"),
    [
        (made().encode(), "0" * 64, "another run's or attempt's plan"),
        (made().encode() + " ", made().digest(), "another run's"),
        ("{}", None, "no valid Plan"),
        ('{"name": "x"}', None, "no valid Plan"),
        ("\x00\ufffd", None, "no valid Plan"),
    ],
)
def test_another_plan_or_no_plan_is_refused(text: str, digest: str | None, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_plan(MemoryFiles({"plan.json": text}), "plan.json", digest)


def test_an_absent_plan_is_refused() -> None:
    with pytest.raises(InputError, match=r"plan\.json"):
        read_plan(MemoryFiles(), "plan.json", None)
