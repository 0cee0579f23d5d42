"""A directory as a store: one winner, all or nothing, whatever a process dies of, and never empty by mistake."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from action_patterns.errors import (
    ConflictError,
    LostRaceError,
    NotFoundError,
    PermissionDeniedError,
    RefusedError,
    UnavailableError,
)
from action_patterns.ports.ref_store import RefChange
from action_patterns.runner import directory_store
from action_patterns.runner.directory_store import MARK, DirectoryStore

REPOSITORY = "acme/api"
A, B, C = (f"refs/action-patterns/state/{name}" for name in "abc")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / MARK).touch()
    return tmp_path


def put(store: DirectoryStore, name: str, text: str | None) -> None:
    store.update(REPOSITORY, store.read(REPOSITORY, name), text)


def texts(store: DirectoryStore) -> dict[str, str]:
    found = store.list(REPOSITORY, "refs/action-patterns/state/")
    return {ref.name.rpartition("/")[2]: ref.message for ref in found}


def test_a_record_is_replaced_as_it_was_read_or_not_at_all(root: Path) -> None:
    store = DirectoryStore(str(root))
    absent = store.read(REPOSITORY, A)
    first = store.update(REPOSITORY, absent, "one")
    assert store.read("Acme/API", A).message == "one"
    with pytest.raises(LostRaceError):
        store.update(REPOSITORY, absent, "theirs")
    second = store.update(REPOSITORY, first, "two")
    with pytest.raises(LostRaceError):
        store.update(REPOSITORY, first, None)
    assert store.update(REPOSITORY, second, None).oid is None
    assert texts(store) == {}
    assert (store.update(REPOSITORY, absent, "one").oid or "") not in (first.oid, second.oid)


def test_a_look_tells_whether_a_record_changed(root: Path) -> None:
    store = DirectoryStore(str(root))
    assert store.poll(REPOSITORY, A, "") == ""
    put(store, A, "one")
    etag = store.poll(REPOSITORY, A, "")
    assert etag
    assert store.poll(REPOSITORY, A, etag) is None
    put(store, A, "one")
    assert store.poll(REPOSITORY, A, etag) not in (None, "", etag)


def test_several_records_change_together_or_none_does(root: Path) -> None:
    store = DirectoryStore(str(root))
    put(store, A, "a")
    changes = [RefChange(store.read(REPOSITORY, name), text) for name, text in ((A, "new"), (B, "b"), (C, None))]
    put(store, B, "theirs")
    with pytest.raises(LostRaceError):
        store.update_all(REPOSITORY, changes)
    assert texts(store) == {"a": "a", "b": "theirs"}
    store.update_all(
        REPOSITORY, [RefChange(store.read(REPOSITORY, A), None), RefChange(store.read(REPOSITORY, C), "c")]
    )
    assert texts(store) == {"b": "theirs", "c": "c"}


class Killed(BaseException):
    """The end of a process."""


def calls_that_kill(monkeypatch: pytest.MonkeyPatch, number: int, *, before: bool) -> list[int]:
    """Let the process die at its n-th call that changes the file system; the list counts them."""
    made = [0]

    def dying(call: Callable[..., Any]) -> Callable[..., Any]:
        def die(*args: Any, **kwargs: Any) -> Any:
            made[0] += 1
            if before and made[0] == number:
                raise Killed
            result = call(*args, **kwargs)
            if not before and made[0] == number:
                raise Killed
            return result

        return die

    for owner, name in ((Path, "replace"), (Path, "unlink"), (Path, "mkdir"), (os, "fsync")):
        monkeypatch.setattr(owner, name, dying(getattr(owner, name)))
    return made


@pytest.mark.parametrize("before", [True, False])
def test_a_process_that_dies_at_any_call_leaves_all_or_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, *, before: bool
) -> None:
    for number in range(1, 100):
        store = DirectoryStore(str(root))
        for name, text in ((A, "a"), (B, "b"), (C, None)):
            put(store, name, text)
        changes = [RefChange(store.read(REPOSITORY, name), text) for name, text in ((A, "A"), (B, None), (C, "C"))]
        with monkeypatch.context() as patched:
            made = calls_that_kill(patched, number, before=before)
            with suppress(Killed):
                store.update_all(REPOSITORY, changes)
        found = texts(DirectoryStore(str(root)))
        assert found in ({"a": "a", "b": "b"}, {"a": "A", "c": "C"}), number
        assert list((root / ".fresh").iterdir()) == []
        if made[0] < number:
            break
    assert number > 10, "the calls are counted"
    assert found == {"a": "A", "c": "C"}


def test_times_are_of_the_file_system_and_not_of_this_process(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, before = DirectoryStore(str(root)), (root / MARK).stat().st_mtime
    monkeypatch.setattr("time.time", lambda: 1.0)
    put(store, A, "one")
    found = store.read(REPOSITORY, A)
    assert found.written_at is not None
    assert found.read_at is not None
    assert before - 1 <= found.written_at.timestamp() <= found.read_at.timestamp()
    assert timedelta() <= found.age() < timedelta(minutes=1)


def test_a_volume_that_is_not_mounted_is_no_empty_store(tmp_path: Path) -> None:
    store = DirectoryStore(str(tmp_path))
    for read in (lambda: store.read(REPOSITORY, A), lambda: store.list(REPOSITORY, "refs/action-patterns/state/")):
        with pytest.raises(NotFoundError, match="not mounted") as refused:
            read()
        assert f"touch {tmp_path / MARK}" in refused.value.remediation
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"oid": "x"}', b"\xff\xfe", b'{"oid":1,"message":2,"written_at":3}']
)
def test_a_file_that_holds_no_record_is_red_and_stays(root: Path, content: bytes) -> None:
    store = DirectoryStore(str(root))
    put(store, A, "one")
    path = Path(store.read(REPOSITORY, A).name)
    path.write_bytes(content)
    with pytest.raises(ConflictError, match="holds no record"):
        store.read(REPOSITORY, A)
    assert path.read_bytes() == content


def test_a_store_that_another_process_holds_is_waited_for_and_then_red(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter(range(0, 1_000, 10))
    monkeypatch.setattr("time.monotonic", lambda: float(next(seconds)))
    monkeypatch.setattr("time.sleep", lambda _: None)
    with (root / MARK).open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(UnavailableError, match="held the store"):
            DirectoryStore(str(root)).read(REPOSITORY, A)
    assert DirectoryStore(str(root)).read(REPOSITORY, A).oid is None


def test_errors_of_the_file_system_name_the_directory(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = DirectoryStore(str(root))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(UnavailableError, match=f"{root} cannot be used: No space left"):
            put(store, A, "one")
    assert texts(store) == {}

    def denied(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(directory_store.os, "open", denied)
    with pytest.raises(PermissionDeniedError, match="Permission denied"):
        store.read(REPOSITORY, A)


def test_a_file_system_that_takes_two_keys_for_one_is_refused(root: Path) -> None:
    (root / MARK.upper()).touch()
    with pytest.raises(RefusedError, match="upper and lower case"):
        DirectoryStore(str(root)).read(REPOSITORY, A)
