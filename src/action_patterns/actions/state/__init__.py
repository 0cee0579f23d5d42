"""state: JSON values by key in a repository, changed by compare-and-swap, for runs that go on where one stopped."""

from __future__ import annotations

import json
from typing import assert_never

from pydantic import JsonValue

from action_patterns.action.cleaning import CLEAN_REASONS, CLEAN_USES
from action_patterns.action.contract import Action, Finish
from action_patterns.action.reach import Reach
from action_patterns.action.session import open_session
from action_patterns.actions.state.interface import DEFAULT_LIMIT, Mode, StateInputs, StateOutputs
from action_patterns.actions.state.validate import StateRequest, gather
from action_patterns.content.identifier import identify
from action_patterns.contracts.document import compact_json
from action_patterns.contracts.result import FAILING
from action_patterns.errors import EXIT_FAILED, LostRaceError
from action_patterns.escape import cell_code, inline
from action_patterns.ports.bundle import Ports
from action_patterns.ports.github import GitHub
from action_patterns.ports.log import Annotation
from action_patterns.ports.ref_store import RefStore
from action_patterns.state import key as keys
from action_patterns.state import values
from action_patterns.state.transaction import Change, Stored, record_of, transact_stored
from action_patterns.state.values import ABSENT, REASONS, PutRequest, ValueRecord

_ROUNDS = 20
"""Rounds of a put. Each lost race means that another run's put is done."""


def run(inputs: StateInputs, ports: Ports) -> Finish[StateOutputs]:
    """Check everything, read, decide, and write by compare-and-swap."""
    request = gather(inputs, ports)
    if inputs.mode == "clean":
        return _clean(inputs, ports, request.repository)
    github = open_session(
        ports,
        inputs.credentials(),
        ACTION.uses,
        seconds=60 * inputs.max_minutes,
        reach=Reach((request.repository,)),
        narrowed=(request.repository,),
        store=inputs.store,
    )
    if inputs.mode == "list":
        return _list(inputs, ports, github, request.repository)
    found, change = apply(inputs.mode, request, github)
    return _finish(inputs, request, found, change)


def decide(mode: Mode, found: Stored[ValueRecord], asked: PutRequest) -> Change[ValueRecord]:
    """Return the decision about a key."""
    match mode:
        case "get":
            return values.get(found)
        case "put" | "compare-and-swap":
            return values.put(found, asked)
        case "delete":
            return values.delete(found, asked.version)
        case "list" | "clean":
            raise AssertionError(f"{mode} looks at many keys, not at one")
        case _:
            assert_never(mode)


def apply(mode: Mode, request: StateRequest, github: GitHub) -> tuple[Stored[ValueRecord], Change[ValueRecord]]:
    """Return the key as it is now, and the change that made it so.

    Raises:
        LostRaceError: other runs won every round.
        ConflictError: the ref holds no value that this version can read.
    """
    asked = request.asked
    name = values.ref_name(asked.key)
    before = values.ref_of_version(name, asked.version or "")
    if before is not None and mode != "delete":
        change = values.swap(asked)
        assert change.write is not None, "its size is checked"
        try:
            now = github.refs.update(request.repository, before, change.write.message())
        except LostRaceError:
            pass  # The transaction below reads what another run wrote, and says so.
        else:
            return Stored(now, change.write), change
    return transact_stored(
        github.refs,
        request.repository,
        name,
        ValueRecord,
        lambda found: decide(mode, found, asked),
        rounds=_ROUNDS,
    )


def _list(inputs: StateInputs, ports: Ports, github: GitHub, repository: str) -> Finish[StateOutputs]:
    prefix = inputs.prefix or ""
    found = _every(github.refs, repository, prefix)
    every = sorted(key for key, each in found.items() if values.live(each))
    rest = [key for key in every if inputs.after is None or key > inputs.after]
    page = rest[: inputs.limit or DEFAULT_LIMIT]
    entries = [{"key": key, **_entry(found[key])} for key in page]
    # Each page has its file: a job may read more than one.
    page_id = identify((repository, prefix, inputs.after or "", str(inputs.limit)), (), prefix="", length=16).name
    path = ports.files.write(f"action-patterns/state/{page_id}.json", json.dumps(entries, indent=1) + "\n")
    more = f"; {len(rest) - len(page):,} more follow" if len(rest) > len(page) else ""
    outputs = StateOutputs(
        value=None,
        found=bool(page),
        version=None,
        keys=compact_json(page),
        path=path,
        count=len(page),
        next=page[-1] if more else None,
        removed=None,
        removed_count=0,
        outcome="unchanged",
        reason="listed",
        updated_at=None,
        expires_at=None,
    )
    return Finish(outputs=outputs, summary=f"### State: {len(page):,} of {len(every):,} keys{more}\n")


def _every(refs: RefStore, repository: str, prefix: str) -> dict[str, Stored[ValueRecord]]:
    """Return all values whose key begins with the prefix, by key."""
    # GitHub documents no prefix that ends within a component, so all refs are read and chosen here.
    start = keys.encode(prefix)
    listed = refs.list(repository, ValueRecord.namespace())
    found = (ref for ref in listed if ref.name.rpartition("/")[2].startswith(start))
    return {values.key_of(ref): Stored(ref, record_of(ref, ValueRecord)) for ref in found}


def _clean(inputs: StateInputs, ports: Ports, repository: str) -> Finish[StateOutputs]:
    from action_patterns.actions.state.cleaning import clean_values  # for the steps that clean

    cleaned = clean_values(inputs, ports, repository)
    outputs = StateOutputs(
        value=None,
        found=False,
        version=None,
        keys=None,
        path=None,
        count=0,
        next=None,
        updated_at=None,
        expires_at=None,
        **cleaned.outputs(),
    )
    return Finish(outputs=outputs, summary=cleaned.summary, annotations=cleaned.annotations)


def _entry(found: Stored[ValueRecord]) -> dict[str, JsonValue]:
    assert found.record is not None
    return {
        "value": found.record.value,
        "version": values.version_of(found),
        "updated-at": _updated_at(found),
        "expires-at": _expires_at(found),
    }


def _finish(
    inputs: StateInputs, request: StateRequest, found: Stored[ValueRecord], change: Change[ValueRecord]
) -> Finish[StateOutputs]:
    row = next(each for each in REASONS if (each.code, each.outcome) == (change.reason, change.outcome))
    now = None if change.delete else values.live(found)
    value = now.value if now else request.default
    outputs = StateOutputs(
        value=compact_json(value) if now or inputs.default is not None else None,
        found=now is not None,
        version=values.version_of(found) if now else ABSENT,
        keys=None,
        path=None,
        count=1 if now else 0,
        next=None,
        removed=None,
        removed_count=0,
        outcome=change.outcome,
        reason=change.reason,
        updated_at=_updated_at(found) if now else None,
        expires_at=_expires_at(found) if now else None,
    )
    failing = change.outcome in FAILING
    who = f" Its value is from {now.holder.url}, {outputs.updated_at}." if now and failing else ""
    said = Annotation(
        level="error", message=f"{row.meaning}{who}\n{row.remedy}", title=f"{change.outcome}: {change.reason}"
    )
    lines = [f"### State of {cell_code(inputs.key or '')}: {change.reason}", "", inline(row.meaning)]
    return Finish(
        outputs=outputs,
        summary="\n".join(lines) + "\n",
        annotations=(said,) if failing else (),
        exit_code=EXIT_FAILED if failing else 0,
    )


def _updated_at(found: Stored[ValueRecord]) -> str | None:
    return found.ref.written_at.isoformat(timespec="seconds") if found.ref.written_at else None


def _expires_at(found: Stored[ValueRecord]) -> str | None:
    at = values.expires_at(found)
    return at.isoformat(timespec="seconds") if at else None


ACTION = Action(
    name="state",
    title="Keep state",
    description="JSON values by key in a repository, changed by compare-and-swap: a run goes on where an earlier one"
    " stopped, and no concurrent write is lost unseen.",
    patterns=("State Management",),
    since="0.1.0",
    inputs=StateInputs,
    outputs=StateOutputs,
    run=run,
    icon="database",
    color="purple",
    reasons=(*REASONS, *CLEAN_REASONS),
    uses=(RefStore.read, RefStore.update, *CLEAN_USES),
)
