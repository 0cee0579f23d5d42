"""The marks of a key: what a run records, what becomes green, and how much is kept."""

from __future__ import annotations

import pytest

from action_patterns.state import green
from action_patterns.state.green import MAX_GREENS, MAX_RUNS, GreenRecord, GreenRequest
from action_patterns.state.record import MAX_MESSAGE_BYTES, Holder


def request(run_id: int = 1, head: str = "a", base: str | None = None) -> GreenRequest:
    us = Holder(repository="acme/api", run_id=run_id, attempt=1, url="https://github.com/acme/api/actions/runs/1")
    return GreenRequest(key="k", ref="refs/heads/main", us=us, head=head, base=base)


def record(*runs: tuple[int, str], greens: tuple[int, ...] = ()) -> GreenRecord:
    found = None
    for run_id, head in runs:
        found = green.check(found, request(run_id, head)).write or found
        if run_id in greens:
            found = green.complete(found, request(run_id, head)).write or found
    assert found is not None
    return found


def test_a_run_records_its_base_once() -> None:
    first = green.check(None, request(1, "a", None))
    assert (first.outcome, first.reason) == ("created", "recorded")
    again = green.check(first.write, request(1, "b", "z"))
    assert (again.outcome, again.write) == ("unchanged", None)
    assert first.write is not None
    assert first.write.of_run(1) == green.RunBase(run_id=1, head="a", base=None)
    assert first.write.of_run(2) is None


@pytest.mark.parametrize(
    ("found", "asked", "reason", "greens"),
    [
        (None, request(), "not-checked", ()),
        (record((2, "a")), request(1), "not-checked", ()),
        (record((1, "b")), request(1, "a"), "another-commit", ()),
        (record((1, "a")), request(1, "a"), "marked", ("a",)),
        (record((1, "a"), greens=(1,)), request(1, "a"), "marked", ("a",)),
        (record((1, "a"), (2, "b"), greens=(2,)), request(1, "a"), "marked", ("a", "b")),
    ],
)
def test_only_what_was_checked_becomes_green(
    found: GreenRecord | None, asked: GreenRequest, reason: str, greens: tuple[str, ...]
) -> None:
    change = green.complete(found, asked)
    assert change.reason == reason
    assert green.candidates(change.write or found) == greens


def test_a_record_is_bounded() -> None:
    found = None
    for run_id in range(200):
        head = f"{run_id:040x}"
        found = green.check(found, request(10**11 + run_id, head, head)).write
        found = green.complete(found, request(10**11 + run_id, head)).write
    assert found is not None
    assert (len(found.greens), len(found.runs)) == (MAX_GREENS, MAX_RUNS)
    assert len(found.message()) < MAX_MESSAGE_BYTES
    assert green.candidates(found)[0] == f"{199:040x}"


def test_another_branch_or_key_has_other_marks() -> None:
    names = {green.ref_name(key, ref) for key in ("a", "b") for ref in ("refs/heads/main", "refs/heads/x")}
    assert len(names) == 4
    assert all(name.startswith("refs/action-patterns/green/") for name in names)
