"""Any sequence of puts, merges, swaps, deletions and listings ends as the same sequence on a dictionary ends."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from support import sample
from support.editions import WITH_LEASES, first_on
from support.stage import VirtualClock, stage
from support.state_stage import state

pytestmark = first_on(*WITH_LEASES, why="It takes long, and what differs is below the store.")

KEYS = st.sampled_from(["a", "a/b", "a/b/c", "A", "a.lock", "é", "b"])
VALUES = st.one_of(
    st.integers(0, 3),
    st.lists(st.integers(0, 3), max_size=3, unique=True),
    st.dictionaries(st.sampled_from("xyz"), st.integers(0, 3), max_size=2),
)
TTLS = st.none() | st.integers(1, 20)


@dataclass
class Entry:
    """The value of a key in the model."""

    value: Any
    version: str
    ends: datetime | None


class Model(RuleBasedStateMachine):
    """A dictionary beside the store."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = VirtualClock()
        # The clock begins at a full second, as GitHub's times have no parts of one.
        self.clock.sleep(1 - self.clock.now().microsecond / 1_000_000)
        self.stack = ExitStack()
        self.scene = self.stack.enter_context(stage(clock=self.clock, checked=False))
        self.entries: dict[str, Entry] = {}
        self.old_versions: list[str] = ["absent"]

    def teardown(self) -> None:
        self.stack.close()

    def current(self, key: str) -> Entry | None:
        entry = self.entries.get(key)
        return None if entry is None or (entry.ends is not None and self.clock.now() >= entry.ends) else entry

    def written(self, key: str, value: Any, ttl: int | None, version: str | None) -> None:
        assert version is not None
        self.old_versions.append(version)
        self.entries[key] = Entry(value, version, None if ttl is None else self.clock.now() + timedelta(seconds=ttl))

    @rule(key=KEYS, value=VALUES, merge=st.sampled_from(["replace", "append", "deep-merge"]), ttl=TTLS)
    def put(self, key: str, value: Any, merge: str, ttl: int | None) -> None:
        before = self.current(key)
        outputs = state(self.scene, "put", key=key, value=value, merge=merge, ttl_seconds=ttl).outputs
        kind = {"append": list, "deep-merge": dict}.get(merge, object)
        if not isinstance(value, kind) or (before is not None and not isinstance(before.value, kind)):
            assert (outputs.outcome, outputs.reason) == ("blocked", "not-mergeable")
            return
        if before is not None and merge == "append":
            value = [*before.value, *(item for item in value if item not in before.value)]
        elif before is not None and merge == "deep-merge":
            value = {**before.value, **value}
        if before is not None and before.value == value and ttl is None and before.ends is None:
            assert (outputs.outcome, outputs.reason, outputs.version) == ("unchanged", "same-value", before.version)
            return
        how = {"replace": "last-wins"}.get(merge, "merged")
        assert (outputs.outcome, outputs.reason) == (("created", "created") if before is None else ("updated", how))
        assert json.loads(outputs.value or "") == value
        self.written(key, value, ttl, outputs.version)

    @rule(key=KEYS, value=VALUES, ttl=TTLS, data=st.data(), bare=st.booleans())
    def swap(self, key: str, value: Any, ttl: int | None, data: st.DataObject, bare: bool) -> None:
        before = self.current(key)
        right = before.version if before else "absent"
        given = data.draw(st.sampled_from([right, right, *self.old_versions[-4:]]))
        # An expired value is still at its version: no other run has written.
        stands = key in self.entries and self.entries[key].version == given
        version = given.partition(".")[0] if bare else given
        outputs = state(self.scene, "compare-and-swap", key=key, value=value, ttl_seconds=ttl, version=version).outputs
        if given == right or stands:
            how = ("created", "created") if given == "absent" else ("updated", "swapped")
            assert (outputs.outcome, outputs.reason) == how
            self.written(key, value, ttl, outputs.version)
        else:
            assert (outputs.outcome, outputs.reason, outputs.version) == ("blocked", "version-changed", right)

    @rule(key=KEYS)
    def delete(self, key: str) -> None:
        there = self.entries.pop(key, None) is not None
        outputs = state(self.scene, "delete", key=key).outputs
        assert (outputs.reason, outputs.found) == ("deleted" if there else "absent", False)

    @rule(key=KEYS)
    def get(self, key: str) -> None:
        entry = self.current(key)
        outputs = state(self.scene, "get", key=key).outputs
        assert outputs.found == (entry is not None)
        assert outputs.version == (entry.version if entry else "absent")
        assert (json.loads(outputs.value) if outputs.value else None) == (entry.value if entry else None)

    @precondition(lambda self: self.entries)
    @rule(seconds=st.integers(1, 12))
    def time_passes(self, seconds: int) -> None:
        self.clock.sleep(seconds)

    @rule(prefix=st.sampled_from(["", "a", "a/", "a/b", "é", "none"]), limit=st.integers(1, 3))
    def pages(self, prefix: str, limit: int) -> None:
        keys, after = list[str](), None
        while True:
            outputs = state(self.scene, "list", prefix=prefix, limit=limit, after=after).outputs
            page = json.loads(outputs.keys or "")
            assert len(page) == outputs.count <= limit
            keys, after = keys + page, outputs.next
            if after is None:
                break
        assert keys == sorted(key for key in self.entries if key.startswith(prefix) and self.current(key))

    @invariant()
    def every_key_has_its_value(self) -> None:
        expected = {key: entry.value for key in self.entries if (entry := self.current(key))}
        outputs = state(self.scene, "list", limit=1_000).outputs
        assert json.loads(outputs.keys or "") == sorted(expected)


def test_a_store_is_a_dictionary() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Model,
        settings=settings(
            max_examples=sample.examples(25),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
