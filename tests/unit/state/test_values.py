"""The table of decisions about a value, merges that lose nothing, and records that survive their message."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.errors import ConflictError
from action_patterns.ports.ref_store import StoredRef
from action_patterns.state import values
from action_patterns.state.record import MAX_MESSAGE_BYTES, Holder, read
from action_patterns.state.transaction import Stored
from action_patterns.state.values import PutRequest, ValueRecord

US = Holder(repository="acme/api", run_id=7, attempt=1, url="https://x/runs/7/attempts/1")
WRITTEN = datetime(2026, 7, 10, tzinfo=UTC)
OID = "a" * 40
NOW_AT = f"{OID}.R_1"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)


def found(value: Any = None, *, absent: bool = False, ttl: int | None = None, age: int = 0) -> Stored[ValueRecord]:
    ref = StoredRef(
        repository_id="R_1",
        name=values.ref_name("k"),
        oid=None if absent else OID,
        message="",
        written_at=None if absent else WRITTEN,
        read_at=WRITTEN + timedelta(seconds=age),
    )
    return Stored(ref, None if absent else ValueRecord(key="k", holder=US, value=value, ttl_seconds=ttl))


def request(value: Any = 1, **changes: Any) -> PutRequest:
    return PutRequest(**({"key": "k", "us": US, "value": value} | changes))


ABSENT, EXPIRED = found(absent=True), found("old", ttl=60, age=60)


@pytest.mark.parametrize(
    ("before", "asked", "outcome", "reason", "written"),
    [
        (ABSENT, request(1), "created", "created", 1),
        (ABSENT, request({}, merge="deep-merge"), "created", "created", {}),
        (ABSENT, request(1, merge="deep-merge"), "blocked", "not-mergeable", None),
        (ABSENT, request({}, merge="append"), "blocked", "not-mergeable", None),
        (ABSENT, request(1, version="absent"), "created", "created", 1),
        (ABSENT, request(1, version=NOW_AT), "blocked", "version-changed", None),
        (EXPIRED, request(1), "created", "created", 1),
        (EXPIRED, request([1], merge="append"), "created", "created", [1]),
        (EXPIRED, request(1, version="absent"), "created", "created", 1),
        (EXPIRED, request(1, version=NOW_AT), "updated", "swapped", 1),
        (EXPIRED, request(1, version="b" * 40), "blocked", "version-changed", None),
        (found(1), request(1, version=NOW_AT), "updated", "swapped", 1),
        (found("old", ttl=60, age=59), request("new"), "updated", "last-wins", "new"),
        (found("old"), request("new"), "updated", "last-wins", "new"),
        (found("old"), request("new", version=NOW_AT), "updated", "swapped", "new"),
        (found("old"), request("new", version=OID), "updated", "swapped", "new"),
        (found("old"), request("new", version="b" * 40), "blocked", "version-changed", None),
        (found("old"), request("new", version=f"{OID}.R_2"), "blocked", "version-changed", None),
        (found("old"), request("new", version="absent"), "blocked", "version-changed", None),
        (found(1), request(1), "unchanged", "same-value", None),
        (found(1), request(True), "updated", "last-wins", True),
        (found(1), request(1.0), "updated", "last-wins", 1.0),
        (found([1]), request([True]), "updated", "last-wins", [True]),
        (found(1), request(1, ttl_seconds=60), "updated", "last-wins", 1),
        (found(1, ttl=60), request(1), "updated", "last-wins", 1),
        (
            found({"a": {"b": 1}}),
            request({"a": {"c": 2}}, merge="deep-merge"),
            "updated",
            "merged",
            {"a": {"b": 1, "c": 2}},
        ),
        (found({"a": [1]}), request({"a": [2]}, merge="deep-merge"), "updated", "merged", {"a": [2]}),
        (found({"a": 1}), request({"a": None}, merge="deep-merge"), "updated", "merged", {"a": None}),
        (found({"a": 1}), request({"a": 1}, merge="deep-merge"), "unchanged", "same-value", None),
        (found([1]), request({"a": 1}, merge="deep-merge"), "blocked", "not-mergeable", None),
        (found([1, 2]), request([2, 3, 3], merge="append"), "updated", "merged", [1, 2, 3]),
        (found([1]), request([1], merge="append"), "unchanged", "same-value", None),
        (found("text"), request([1], merge="append"), "blocked", "not-mergeable", None),
        (found(["x" * 40_000]), request(["y" * 40_000], merge="append"), "blocked", "too-large", None),
    ],
)
def test_put(before: Stored[ValueRecord], asked: PutRequest, outcome: str, reason: str, written: Any) -> None:
    change = values.put(before, asked)
    assert (change.outcome, change.reason, change.delete) == (outcome, reason, False)
    assert (change.write is None) == (written is None)
    if change.write:
        assert values.is_same(change.write.value, written)
        assert (change.write.ttl_seconds, change.write.holder) == (asked.ttl_seconds, US)


@pytest.mark.parametrize(
    ("before", "version", "outcome", "reason", "deleted"),
    [
        (ABSENT, None, "unchanged", "absent", False),
        (ABSENT, NOW_AT, "blocked", "version-changed", False),
        (EXPIRED, None, "updated", "deleted", True),
        (EXPIRED, NOW_AT, "updated", "deleted", True),
        (ABSENT, "absent", "unchanged", "absent", False),
        (found(1), "absent", "blocked", "version-changed", False),
        (found(1), None, "updated", "deleted", True),
        (found(1), NOW_AT, "updated", "deleted", True),
        (found(1), "b" * 40, "blocked", "version-changed", False),
    ],
)
def test_delete(before: Stored[ValueRecord], version: str | None, outcome: str, reason: str, deleted: bool) -> None:
    change = values.delete(before, version)
    assert (change.outcome, change.reason, change.delete, change.write) == (outcome, reason, deleted, None)


@pytest.mark.parametrize(
    ("before", "reason"), [(ABSENT, "absent"), (EXPIRED, "expired"), (found(None), "found"), (found(1), "found")]
)
def test_get(before: Stored[ValueRecord], reason: str) -> None:
    change = values.get(before)
    assert (change.outcome, change.reason, change.write, change.delete) == ("unchanged", reason, None, False)


def test_every_reason_is_an_answer_and_every_answer_a_reason() -> None:
    rows = [(reason.code, reason.outcome) for reason in values.REASONS]
    assert len(set(rows)) == len(rows)
    assert (values.swap(request()).reason, values.swap(request()).outcome) == ("swapped", "updated")


@given(JSON, JSON)
def test_to_merge_twice_is_to_merge_once(current: Any, new: Any) -> None:
    once = values.merged(current, new)
    assert values.is_same(values.merged(once, new), once)


@given(st.lists(JSON, max_size=5), st.lists(JSON, max_size=5), st.lists(JSON, max_size=5))
def test_no_item_that_is_appended_is_lost_in_either_order(start: list[Any], one: list[Any], other: list[Any]) -> None:
    ways = [values.merged(values.merged(start, a), b) for a, b in ((one, other), (other, one))]
    for items in ways:
        assert isinstance(items, list)
        assert all(any(values.is_same(item, each) for each in items) for item in [*start, *one, *other])
    assert len(ways[0]) == len(ways[1])


@given(st.dictionaries(TEXTS, JSON, max_size=5), st.dictionaries(TEXTS, JSON, max_size=5))
def test_objects_without_a_common_name_merge_to_the_same_in_either_order(one: Any, other: Any) -> None:
    other = {name: value for name, value in other.items() if name not in one}
    assert values.merged(one, other) == values.merged(other, one) == one | other


@given(TEXTS, JSON, st.none() | st.integers(1, 10**8))
def test_a_value_survives_its_message(key: str, value: Any, ttl: int | None) -> None:
    record = ValueRecord(key=key, holder=US, value=value, ttl_seconds=ttl)
    back = read(ValueRecord, record.message() + "\nNonce: 00\n", name="refs/x")
    assert values.is_same(back.value, value)
    assert back.model_copy(update={"value": value}) == record


def test_a_value_at_the_limit_of_depth_survives_its_message() -> None:
    value: Any = 1
    for _ in range(100):
        value = [value]
    record = ValueRecord(key="k", holder=US, value=value)
    assert read(ValueRecord, record.message(), name="refs/x") == record


def test_the_stored_text_is_golden() -> None:
    """Values in the field outlive the version that wrote them."""
    assert ValueRecord(key="a b", holder=US, value={"é": 1}).message() == (
        "state: a b\n\n"
        '{"version": 1, "key": "a b", "holder": {"repository": "acme/api", "repository_id": "", "run_id": 7,'
        ' "attempt": 1, "url": "https://x/runs/7/attempts/1"}, "value": {"\\u00e9": 1}, "ttl_seconds": null}\n'
    )


def test_a_schema_of_the_future_says_which_and_what_to_do() -> None:
    message = ValueRecord(key="k", holder=US, value=1).message().replace('"version": 1', '"version": 3, "more": 1')
    with pytest.raises(ConflictError, match=r"refs/x holds a value of schema version 3\. .* up to 1") as caught:
        read(ValueRecord, message, name="refs/x")
    assert "Use the newest version" in caught.value.remediation
    assert "do not delete it" in caught.value.remediation


def test_a_record_of_just_the_limit_is_written_and_one_byte_more_is_not() -> None:
    room = MAX_MESSAGE_BYTES - len(values.record_of_put(request("")).message())
    assert values.put(ABSENT, request("x" * room)).reason == "created"
    assert values.put(ABSENT, request("x" * (room + 1))).reason == "too-large"


def test_an_age_needs_a_commit() -> None:
    with pytest.raises(ValueError, match="at no commit"):
        ABSENT.ref.age()
