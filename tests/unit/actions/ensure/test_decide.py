"""Every branch of the decision, as a row."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.actions.ensure.decide import Facts, check, decide
from action_patterns.actions.ensure.interface import REASONS, Kind, OnDifference
from action_patterns.ports.resource import Resource

RED: dict[str, Any] = {"color": "ff0000", "description": "d"}
AT: dict[str, Any] = {"commit": "1" * 40}


def found(fields: dict[str, Any]) -> Resource:
    return Resource(key="x", id="1", url="u", fields=fields)


ROWS: list[tuple[Kind, OnDifference, dict[str, Any], dict[str, Any] | None, str, tuple[str, str, str | None]]] = [
    ("label", "update", {}, None, "diverged", ("created", "created", "create")),
    ("label", "fail", RED, None, "diverged", ("created", "created", "create")),
    ("tag", "keep", AT, None, "diverged", ("created", "created", "create")),
    ("label", "update", {}, RED, "diverged", ("unchanged", "up-to-date", None)),
    ("label", "update", RED, RED, "diverged", ("unchanged", "up-to-date", None)),
    ("label", "update", {"color": "00ff00"}, RED, "diverged", ("updated", "fields", "update")),
    ("label", "keep", {"color": "00ff00"}, RED, "diverged", ("skipped", "differs", None)),
    ("label", "fail", {"color": "00ff00"}, RED, "diverged", ("blocked", "differs", None)),
    ("release", "keep", {"draft": False}, {"draft": True}, "diverged", ("skipped", "differs", None)),
    ("branch", "update", AT, {"commit": "2" * 40}, "behind", ("updated", "forwarded", "update")),
    ("branch", "update", AT, {"commit": "2" * 40}, "ahead", ("skipped", "ahead", None)),
    ("branch", "update", AT, {"commit": "2" * 40}, "diverged", ("blocked", "diverged", None)),
    ("branch", "force", AT, {"commit": "2" * 40}, "behind", ("updated", "forwarded", "update")),
    ("branch", "force", AT, {"commit": "2" * 40}, "ahead", ("updated", "forced", "update")),
    ("branch", "force", AT, {"commit": "2" * 40}, "diverged", ("updated", "forced", "update")),
    ("branch", "keep", AT, {"commit": "2" * 40}, "behind", ("skipped", "differs", None)),
    ("branch", "fail", AT, {"commit": "2" * 40}, "behind", ("blocked", "differs", None)),
    ("branch", "force", {}, {"commit": "2" * 40}, "diverged", ("unchanged", "up-to-date", None)),
]


@pytest.mark.parametrize(("kind", "policy", "desired", "current", "relation", "expected"), ROWS)
def test_the_decision(
    kind: Kind,
    policy: OnDifference,
    desired: dict[str, Any],
    current: dict[str, Any] | None,
    relation: Any,
    expected: tuple[str, str, str | None],
) -> None:
    decision = decide(Facts(kind, desired, policy, found(current) if current is not None else None, relation))
    assert (decision.outcome, decision.reason, decision.do) == expected
    assert decision.force is (decision.reason == "forced")
    assert any((row.code, row.outcome) == (decision.reason, decision.outcome) for row in REASONS)
    if decision.do:
        assert any((row.code, row.outcome) == (decision.reason, "planned") for row in REASONS), "a dry run has a row"


def test_only_the_desired_fields_that_differ_are_differences() -> None:
    decision = decide(Facts("label", {"color": "00ff00"}, "update", found(RED)))
    assert decision.differences == {"color": ("ff0000", "00ff00")}


@pytest.mark.parametrize(
    ("desired", "current", "reason"),
    [({}, None, "absent"), ({}, RED, "exists"), (RED, RED, "exists"), ({"color": "00ff00"}, RED, "differs")],
)
def test_a_check_asks_for_no_step(desired: dict[str, Any], current: dict[str, Any] | None, reason: str) -> None:
    decision = check(Facts("label", desired, "keep", found(current) if current is not None else None))
    assert (decision.outcome, decision.reason, decision.do) == ("unchanged", reason, None)


def test_each_pair_of_reason_and_outcome_is_in_the_table_once() -> None:
    pairs = [(row.code, row.outcome) for row in REASONS]
    assert len(pairs) == len(set(pairs))
