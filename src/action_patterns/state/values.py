"""JSON values by key, and the decision of a run that reads or writes one. Pure.

Every row of the table is a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from pydantic import JsonValue

from action_patterns.action.reason import Reason
from action_patterns.errors import ConflictError
from action_patterns.ports.ref_store import StoredRef
from action_patterns.state import key as keys
from action_patterns.state.record import MAX_MESSAGE_BYTES, Envelope, Holder, how_to_delete
from action_patterns.state.transaction import Change, Stored

Merge = Literal["replace", "deep-merge", "append"]

ABSENT = "absent"
"""The version of a key that holds no value."""

Found = Stored["ValueRecord"]


class ValueRecord(Envelope):
    """The value of one key."""

    kind: ClassVar[str] = "state"
    called: ClassVar[str] = "value"

    key: str
    holder: Holder
    """The run that wrote it."""
    value: JsonValue
    ttl_seconds: int | None = None
    """Seconds for which it holds. None: without end."""

    def subject(self) -> str:
        return self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class PutRequest:
    """The request of a run to write the value of a key."""

    key: str
    us: Holder
    value: JsonValue
    merge: Merge = "replace"
    ttl_seconds: int | None = None
    version: str | None = None
    """The version that is to be replaced. None: any."""


def ref_name(key: str) -> str:
    """Return the full name of a key's ref."""
    return ValueRecord.namespace() + keys.encode(key)


def key_of(ref: StoredRef) -> str:
    """Return the key of a ref.

    Raises:
        ConflictError: no key has such a ref.
    """
    try:
        # A store in branches or in a directory has other parts before the last one.
        return keys.decode(ref.name.rpartition("/")[2])
    except ValueError:
        raise ConflictError(
            f"The ref {ref.name} is among the values, and is no key that action-patterns writes.",
            remediation=f"If no other program needs it, delete it: {how_to_delete(ref.name)}.",
        ) from None


def live(found: Found) -> ValueRecord | None:
    """Return the value of a key that still holds. None: there is none, or its time is over."""
    return None if found.record is None or _is_expired(found) else found.record


def version_of(found: Found) -> str:
    """Return the version of a key: its commit, and the repository's id, without which a swap costs one more read."""
    return _version(found.ref) if live(found) else ABSENT


def ref_of_version(name: str, version: str) -> StoredRef | None:
    """Return the ref that a version stands for. None: the version does not say enough."""
    oid, _, repository_id = version.partition(".")
    if not repository_id:
        return None
    return StoredRef(repository_id=repository_id, name=name, oid=oid, message="")


def expires_at(found: Found) -> datetime | None:
    """Return the time at which a value ceases to hold, by GitHub's clock. None: it holds without end."""
    if found.record is None or found.record.ttl_seconds is None or found.ref.written_at is None:
        return None
    return found.ref.written_at + timedelta(seconds=found.record.ttl_seconds)


def record_of_put(request: PutRequest) -> ValueRecord:
    """Return the record of a request whose value replaces the one before."""
    return ValueRecord(key=request.key, holder=request.us, value=request.value, ttl_seconds=request.ttl_seconds)


def is_litter(found: Found, older_than: timedelta | None) -> bool:
    """Return whether `clean` may delete a value: its time to live is over, or it has none and is older than asked.

    `older_than`: None: a value without a time to live is kept.
    """
    if found.record is None:
        return False
    if found.record.ttl_seconds is not None:
        return _is_expired(found)
    return older_than is not None and found.ref.age() >= older_than


def get(found: Found) -> Change[ValueRecord]:
    """Return the answer to a run that reads."""
    if found.record is None:
        return Change(outcome="unchanged", reason="absent")
    return Change(outcome="unchanged", reason="found" if live(found) else "expired")


def put(found: Found, request: PutRequest) -> Change[ValueRecord]:
    """Return the change of a run that writes."""
    if request.version is not None:
        if not _holds(found, request.version):
            return Change(outcome="blocked", reason="version-changed")
        return swap(request)
    current = live(found)
    if current is None:
        if request.merge != "replace" and not _is_mergeable(request.value, request.merge):
            return Change(outcome="blocked", reason="not-mergeable")
        return _write(request, request.value, "created", "created")
    if request.merge == "replace":
        return _replace(current, request, request.value, "last-wins")
    if not _is_mergeable(current.value, request.merge) or not _is_mergeable(request.value, request.merge):
        return Change(outcome="blocked", reason="not-mergeable")
    return _replace(current, request, merged(current.value, request.value), "merged")


def swap(request: PutRequest) -> Change[ValueRecord]:
    """Return the change of a run that names a version, which the key is at. No decision needs the value there."""
    if request.version == ABSENT:
        return _write(request, request.value, "created", "created")
    return _write(request, request.value, "updated", "swapped")


def delete(found: Found, version: str | None) -> Change[ValueRecord]:
    """Return the change of a run that deletes a key. `version`: the only one to delete. None: any."""
    if version is not None and not _holds(found, version):
        return Change(outcome="blocked", reason="version-changed")
    if found.record is None:
        return Change(outcome="unchanged", reason="absent")
    return Change(outcome="updated", reason="deleted", delete=True)


def merged(current: JsonValue, new: JsonValue) -> JsonValue:
    """Return objects merged name by name at every depth, and lists with the items they lack. Otherwise `new` counts.

    To merge the same value a second time changes nothing, so a rerun is safe.
    """
    if isinstance(current, dict) and isinstance(new, dict):
        return current | {
            name: merged_in_object(current[name], value) if name in current else value for name, value in new.items()
        }
    if isinstance(current, list) and isinstance(new, list):
        items = list(current)
        for item in new:
            if not any(is_same(item, each) for each in items):
                items.append(item)
        return items
    return new


def merged_in_object(current: JsonValue, new: JsonValue) -> JsonValue:
    """Return a value within a merged object: a list there is replaced as a whole."""
    return merged(current, new) if isinstance(current, dict) and isinstance(new, dict) else new


def is_same(one: JsonValue, other: JsonValue) -> bool:
    """Return whether two JSON values are the same. To Python, true is 1, and 1 is 1.0."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return type(one) is type(other) and one == other


def _is_mergeable(value: JsonValue, merge: Merge) -> bool:
    return isinstance(value, dict if merge == "deep-merge" else list)


def _holds(found: Found, version: str) -> bool:
    # A version names a commit. That its value has expired is no change by another run.
    if version == ABSENT:
        return live(found) is None
    return version in (found.ref.oid, _version(found.ref))


def _version(ref: StoredRef) -> str:
    return f"{ref.oid}.{ref.repository_id}" if ref.repository_id else f"{ref.oid}"


def _is_expired(found: Found) -> bool:
    ttl = found.record.ttl_seconds if found.record else None
    return ttl is not None and found.ref.age() >= timedelta(seconds=ttl)


def _replace(current: ValueRecord, request: PutRequest, value: JsonValue, reason: str) -> Change[ValueRecord]:
    # A time to live begins with the write, so a value with one is written in any case.
    if request.ttl_seconds is None and current.ttl_seconds is None and is_same(current.value, value):
        return Change(outcome="unchanged", reason="same-value")
    return _write(request, value, "updated", reason)


def _write(
    request: PutRequest, value: JsonValue, outcome: Literal["created", "updated"], reason: str
) -> Change[ValueRecord]:
    record = record_of_put(request).model_copy(update={"value": value})
    if len(record.message()) > MAX_MESSAGE_BYTES:
        return Change(outcome="blocked", reason="too-large")
    return Change(outcome=outcome, reason=reason, write=record)


REASONS = (
    Reason(code="found", outcome="unchanged", meaning="The key holds a value.", remedy="Nothing."),
    Reason(
        code="absent",
        outcome="unchanged",
        meaning="The store was read, and the key holds no value.",
        remedy="Nothing. `found` is false, and `value` is the `default` if one is given.",
    ),
    Reason(
        code="expired",
        outcome="unchanged",
        meaning="The key's value is older than its time to live, so it no longer counts.",
        remedy="Nothing. `found` is false, and `value` is the `default` if one is given.",
    ),
    Reason(code="created", outcome="created", meaning="The key held no value, and holds this one.", remedy="Nothing."),
    Reason(
        code="last-wins",
        outcome="updated",
        meaning="This value replaced the one before, and no `version` was given. A value that another run wrote in"
        " between is lost.",
        remedy="If runs write at the same time, give the `version` that was read, or merge.",
    ),
    Reason(
        code="swapped",
        outcome="updated",
        meaning="This value replaced the very version that was given.",
        remedy="Nothing.",
    ),
    Reason(
        code="merged",
        outcome="updated",
        meaning="This value was merged into the one before; what other runs wrote is kept.",
        remedy="Nothing.",
    ),
    Reason(code="same-value", outcome="unchanged", meaning="The key holds this value already.", remedy="Nothing."),
    Reason(code="deleted", outcome="updated", meaning="The key holds no value any more.", remedy="Nothing."),
    Reason(code="listed", outcome="unchanged", meaning="The keys were read to the last one.", remedy="Nothing."),
    Reason(
        code="version-changed",
        outcome="blocked",
        meaning="The key is no longer at the given version: another run wrote or deleted it. Nothing was written.",
        remedy="Read the key again with `get`, decide again, and give the new `version`. Do not drop `version`: the"
        " other run's value would be lost.",
    ),
    Reason(
        code="not-mergeable",
        outcome="blocked",
        meaning="`deep-merge` takes two objects and `append` two lists. The key's value or the given one is another"
        " type. Nothing was written.",
        remedy="Read the key with `get`. Give a value of its type, or use another key.",
    ),
    Reason(
        code="too-large",
        outcome="blocked",
        meaning=f"The record would be longer than {MAX_MESSAGE_BYTES:,} bytes of JSON in ASCII. Nothing was written.",
        remedy="Divide the value over several keys, or keep it in an artifact and its address here.",
    ),
)
