"""The documents of a ledger: where a target is, how they grow, and that no two runs look at two places."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from action_patterns.errors import ConflictError, LostRaceError
from action_patterns.state.ledger import book as books
from action_patterns.state.ledger.book import (
    Book,
    read_book,
    ref_name,
    shard_of,
    short_digest,
    transact_ledger,
    whole_book,
    write_book,
)
from action_patterns.state.ledger.record import Claim, Entry, LedgerRecord, record_of_entries
from action_patterns.state.ledger.table import Table
from action_patterns.state.record import MAX_MESSAGE_BYTES, Holder, read
from support.memory_refs import MemoryRefs

RUN = Holder(repository="acme/api", repository_id="7", run_id=70_001, attempt=1, url="https://github.com/acme/api/1")
CLAIM = Claim("0123456789abcdef", RUN, "work", 21_600)


def name_of(number: int) -> str:
    return f"acme/service-{number:05}"


def put(refs: MemoryRefs, targets: Iterable[str], state: Any = "done", *, shards: int = 1, at: int = 1) -> Book:
    """Write a state of targets, as a step does."""
    names = list(targets)

    def decide(table: Table, _now: object) -> tuple[Table, None]:
        by = CLAIM if state == "pending" else None
        return {**table, **{name: Entry(state, short_digest(name), at, by) for name in names}}, None

    book, _ = transact_ledger(
        refs, "acme/api", "op", decide, targets=names, shards=shards, rounds=5, pause=lambda: None
    )
    return book


def whole(refs: MemoryRefs) -> Book:
    return read_book(refs, "acme/api", "op", targets=None)


def test_a_thousand_done_targets_take_one_document_and_three_requests() -> None:
    refs = MemoryRefs()
    book = put(refs, map(name_of, range(1_000)))
    assert refs.calls == ["read", "commit", "swap"]
    assert (book.shards, list(refs.texts)) == (1, [ref_name("op", 0)])
    refs.calls.clear()
    put(refs, [name_of(number) for number in range(0, 1_000, 25)], at=2)
    assert refs.calls == ["read", "commit", "swap"]
    refs.calls.clear()
    assert len(whole(refs).table) == 1_000
    assert refs.calls == ["read"]


def test_documents_double_when_one_is_full_and_each_target_stays_where_all_look_for_it() -> None:
    refs = MemoryRefs()
    for first in range(0, 4_000, 500):
        put(refs, map(name_of, range(first, first + 500)))
    book = whole(refs)
    assert (book.shards in (4, 8), len(book.table)) == (True, 4_000)
    for name, (_, text) in refs.texts.items():
        record = read(LedgerRecord, text, name=name)
        assert len(text) <= MAX_MESSAGE_BYTES
        assert record.shards == book.shards
        assert all(shard_of(target, book.shards) == record.shard for target in record.targets)


def test_a_job_with_targets_of_one_document_is_finished_in_three_requests() -> None:
    refs = MemoryRefs()
    book = put(refs, map(name_of, range(4_000)), "pending")
    mine = [name for name in map(name_of, range(4_000)) if shard_of(name, book.shards) == 1][:40]
    refs.calls.clear()
    put(refs, mine, shards=book.shards)
    assert refs.calls == ["read", "commit", "swap"]
    refs.calls.clear()
    put(refs, mine, at=2)
    assert refs.calls == ["read", "list", "commit", "swap"], "a wrong number of documents costs one request"
    refs.calls.clear()
    table = whole(refs).table
    assert {table[name].at for name in mine} == {2}
    assert refs.calls == ["read", "list"]


def test_a_document_that_grows_while_others_write_loses_neither() -> None:
    refs = MemoryRefs()
    put(refs, map(name_of, range(900)))

    def meanwhile() -> None:
        put(refs, map(name_of, range(900, 2_000)))

    refs.before_swap = meanwhile
    put(refs, ["acme/last"])
    book = whole(refs)
    assert book.shards > 1
    assert len(book.table) == 2_001


def test_a_full_document_of_several_is_divided_with_all_others() -> None:
    refs = MemoryRefs()
    put(refs, map(name_of, range(2_000)))
    before = whole(refs).shards
    more = [name for name in map(name_of, range(2_000, 8_000)) if shard_of(name, before) == 1][:1_200]
    put(refs, more, shards=before)
    book = whole(refs)
    assert (book.shards, len(book.table)) == (2 * before, 2_000 + len(more))


def test_a_reader_that_knows_an_older_number_finds_the_targets() -> None:
    refs = MemoryRefs()
    put(refs, map(name_of, range(2_000)))
    for shards in (1, 2, 4, 8, 64):
        book = read_book(refs, "acme/api", "op", targets=[name_of(7)], shards=shards)
        assert name_of(7) in book.table


def test_a_ledger_that_was_deleted_is_found_absent_whatever_the_reader_knew() -> None:
    book = read_book(MemoryRefs(), "acme/api", "op", targets=["a"], shards=8)
    assert (book.shards, book.table) == (1, {})


def test_the_last_target_takes_all_documents_with_it() -> None:
    refs = MemoryRefs()
    put(refs, map(name_of, range(2_000)))
    assert len(refs.texts) > 1
    write_book(refs, "acme/api", whole(refs), {})
    assert refs.texts == {}


def test_more_targets_than_documents_take_are_refused_before_anything_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(books, "MAX_SHARDS", 2)
    refs = MemoryRefs()
    with pytest.raises(ConflictError, match=r"more than 2 documents of 60,000 bytes with 4,000 targets") as caught:
        put(refs, map(name_of, range(4_000)))
    assert "Divide the targets" in caught.value.remediation
    assert (refs.texts, "swap" in refs.calls) == ({}, False)


def torn(refs: MemoryRefs) -> None:
    with pytest.raises(ConflictError, match="do not belong together"):
        whole(refs)


def test_documents_that_do_not_belong_together_are_no_ledger() -> None:
    refs = MemoryRefs()
    put(refs, map(name_of, range(2_000)))
    kept = dict(refs.texts)
    some, other, *_ = kept
    refs.texts = kept | {other: kept[some]}
    torn(refs)
    del kept[other]
    refs.texts = kept
    torn(refs)


def test_a_swap_that_is_lost_each_time_is_an_error() -> None:
    refs = MemoryRefs()

    class Busy(MemoryRefs):
        def update_all(self, repository: str, changes: Any) -> Any:
            raise LostRaceError("It moved.", remediation="Read again.")

    with pytest.raises(LostRaceError):
        put(Busy(), ["a"])
    assert refs.texts == {}


NAMES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
CLAIMS = st.builds(
    Claim,
    st.sampled_from(["a" * 16, "b" * 16, "c" * 16]),
    st.builds(Holder, repository=st.just("acme/api"), run_id=st.integers(1, 3), attempt=st.just(1), url=st.just("u")),
    st.sampled_from(["", "work"]),
    st.integers(1, 99),
)
ENTRIES = st.builds(
    Entry,
    st.sampled_from(["pending", "failed", "parked", "released"]),
    st.sampled_from(["0" * 16, "1" * 16]),
    st.integers(0, 2**40),
    CLAIMS,
    st.integers(0, 5),
    st.sampled_from(["", "tests", 'é\n"{']),
) | st.builds(Entry, st.just("done"), st.just("0" * 16), st.integers(0, 2**40))


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(NAMES, ENTRIES, max_size=8))
def test_a_document_is_read_as_it_was_written(entries: dict[str, Entry]) -> None:
    record = record_of_entries("op", 0, 1, entries)
    again = read(LedgerRecord, record.message() + "\nNonce: 1\n", name="x")
    assert again == record
    assert again.entries() == entries
    assert record_of_entries("op", 0, 1, dict(reversed(list(entries.items())))) == record


@pytest.mark.parametrize(
    "wrong",
    [
        {"claims": [["a", 1, 5]]},
        {"targets": {"t": ["pending", "d", 1]}},
        {"targets": {"t": ["failed", "d", 1, 1]}},
        {"targets": {"t": ["finished", "d", 1]}},
        {"targets": {"t": ["done"]}},
        {"shards": 0},
    ],
)
def test_a_document_that_contradicts_itself_is_none(wrong: dict[str, Any]) -> None:
    import json

    text = json.dumps({"version": 1, "operation": "op", "shard": 0, "shards": 1} | wrong)
    with pytest.raises(ConflictError, match="does not hold a ledger"):
        read(LedgerRecord, f"ledger: op\n\n{text}\n", name="x")


def test_the_subject_says_what_it_is() -> None:
    assert record_of_entries("op", 1, 2, {}).message().startswith("ledger: op: 0 targets, 2 of 2\n")
    assert record_of_entries("op", 0, 1, {"a": Entry("done", "d", 1)}).message().startswith("ledger: op: 1 target\n")


def test_an_operation_s_documents_are_below_its_own_directory() -> None:
    found = whole_book(
        "op", (MemoryRefs({ref_name("op", 0): ("1", record_of_entries("op", 0, 1, {}).message())})).list("", "")
    )
    assert found.table == {}
    assert ref_name("op", 3).startswith("refs/action-patterns/ledger/op-")
    assert ref_name("op", 3).endswith("/03")
