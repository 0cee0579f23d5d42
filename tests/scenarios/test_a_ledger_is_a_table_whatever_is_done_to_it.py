"""Any sequence of claims, ends, deaths, cleanings and hours ends as the same sequence on a table in memory ends."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from support import sample
from support.editions import WITH_LEASES, only_on
from support.ledger_stage import Runner, finish, ledger, names
from support.stage import VirtualClock, stage

pytestmark = only_on(*WITH_LEASES, why="The others are in test_every_store_keeps_what_each_kind_promises.")

TARGETS = st.lists(st.sampled_from("abcde"), min_size=1, max_size=5, unique=True)
DIGESTS = st.sampled_from(["1", "2"])
RUNS = st.builds(lambda run, attempt: (run, attempt), st.integers(1, 3), st.integers(1, 2))
ENDS = st.sampled_from(["success", "failure", "cancelled"])
HOUR = 3_600


@dataclass
class Row:
    """A target in the model."""

    state: str
    digest: str
    at: float
    claim: str
    run: tuple[int, int]
    lease: float
    failures: int = 0


class Model(RuleBasedStateMachine):
    """A table beside the ledger."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = VirtualClock()
        # The clock begins at a full second, as GitHub's times have no parts of one.
        self.clock.sleep(1 - self.clock.now().microsecond / 1_000_000)
        self.stack = ExitStack()
        self.scene = self.stack.enter_context(stage(clock=self.clock, checked=False))
        self.rows: dict[str, Row] = {}
        self.claims: list[tuple[str, tuple[int, int]]] = []
        self.number = 0

    def teardown(self) -> None:
        self.stack.close()

    def runner(self, run: tuple[int, int]) -> Runner:
        self.number += 1
        return Runner(run_id=70_000 + run[0], attempt=run[1], random=self.number / 997 % 1)

    def is_dead(self, row: Row, run: tuple[int, int]) -> bool:
        earlier = row.run[0] == run[0] and row.run[1] < run[1]
        return earlier or self.age(row) >= row.lease

    def age(self, row: Row) -> float:
        """The seconds since a row changed, in whole ones as GitHub's times are: a sum of floats is a hair off."""
        return round(self.clock.monotonic() - row.at)

    @rule(wanted=TARGETS, digest=DIGESTS, run=RUNS, hours=st.integers(1, 3), data=st.data())
    def claim(self, wanted: list[str], digest: str, run: tuple[int, int], hours: int, data: st.DataObject) -> None:
        old = data.draw(st.sampled_from([None, None, *[claim for claim, _ in self.claims[-3:]]]))
        given: dict[str, Any] = {"claim": old} if old else {}
        outputs = ledger(
            self.scene,
            "claim",
            targets=wanted,
            digest=digest,
            runner=self.runner(run),
            pending_timeout_hours=hours,
            **given,
        ).outputs
        expected: dict[str, list[str]] = {"todo": [], "done": [], "parked": [], "held": []}
        assert outputs.claim is not None
        for target in wanted:
            row = self.rows.get(target)
            same = row if row is not None and row.digest == digest else None
            if same is not None and same.state in ("done", "parked"):
                expected[same.state].append(target)
            elif row is not None and row.state == "pending" and row.claim != old and not self.is_dead(row, run):
                expected["held"].append(target)
            else:
                expected["todo"].append(target)
                failures = same.failures if same else 0
                at = self.clock.monotonic()
                self.rows[target] = Row("pending", digest, at, outputs.claim, run, hours * HOUR, failures)
        assert {kind: names(getattr(outputs, kind)) for kind in expected} == expected
        if old is None:
            assert all(outputs.claim != claim for claim, _ in self.claims), "no two steps have one claim"
        self.claims.append((outputs.claim, run))

    @precondition(lambda self: self.claims)
    @rule(
        ends=st.dictionaries(
            st.sampled_from("abcde"), st.sampled_from(["success", "failure", "cancelled"]), min_size=1
        ),
        park_after=st.integers(0, 2),
        attempt=st.integers(1, 2),
        data=st.data(),
    )
    def finish(self, ends: dict[str, str], park_after: int, attempt: int, data: st.DataObject) -> None:
        claim, (run_id, claimed_by) = data.draw(st.sampled_from(self.claims[-4:]))
        run = (run_id, max(attempt, claimed_by))
        outputs = finish(self.scene, claim, ends, runner=self.runner(run), park_after=park_after)
        lost, kept = [], 0
        for target, end in ends.items():
            row = self.rows.get(target)
            if row is None or row.state == "done":
                continue
            if row.claim != claim:
                lost.append(target)
                continue
            at = self.clock.monotonic()
            if end == "success":
                self.rows[target] = replace(row, state="done", at=at, claim="", failures=0)
            elif end == "cancelled" and row.state == "pending":
                self.rows[target] = replace(row, state="released", at=at, run=run)
            elif end == "failure" and not (row.state in ("failed", "parked") and row.run[1] == run[1]):
                failures = row.failures + 1
                state = "parked" if 0 < park_after <= failures else "failed"
                self.rows[target] = replace(row, state=state, at=at, run=run, failures=failures)
            else:
                continue
            kept += 1
        assert (names(outputs.lost), outputs.count) == (lost, kept)

    @rule(wanted=TARGETS)
    def free(self, wanted: list[str]) -> None:
        freed = [name for name in wanted if name in self.rows and self.rows[name].state in ("failed", "parked")]
        assert names(ledger(self.scene, "free", targets=wanted).outputs.targets) == freed
        for name in freed:
            del self.rows[name]

    @rule(days=st.integers(0, 1), dry=st.booleans())
    def clean(self, days: int, dry: bool) -> None:
        old = [
            name
            for name, row in self.rows.items()
            if self.age(row) >= days * 24 * HOUR and (row.state != "pending" or self.age(row) >= row.lease)
        ]
        outputs = ledger(self.scene, "clean", older_than_days=days, dry_run=str(dry).lower()).outputs
        assert sorted(names(outputs.removed)) == sorted(old)
        if not dry:
            for name in old:
                del self.rows[name]

    @rule(hours=st.sampled_from([0.5, 1, 2, 23]))
    def time_passes(self, hours: float) -> None:
        self.clock.sleep(hours * HOUR)

    @invariant()
    def the_ledger_says_what_the_table_says(self) -> None:
        outputs = ledger(self.scene, "list").outputs
        assert names(outputs.targets) == sorted(self.rows)
        counted = {state: number for state, number in json.loads(outputs.states or "").items() if number}
        states = [row.state for row in self.rows.values()]
        assert counted == {state: states.count(state) for state in set(states)}


def test_a_ledger_is_a_table() -> None:
    examples, steps = (100, 40) if sample.plays_all() else (10, 14)
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Model,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
