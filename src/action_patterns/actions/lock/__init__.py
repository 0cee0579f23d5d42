"""lock: one holder at a time, across jobs, workflows and repositories, whoever dies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from action_patterns.action.cleaning import misplaced
from action_patterns.action.command_outputs import refusals
from action_patterns.action.contract import Action, Finish
from action_patterns.action.input_checks import public_name_problems, repository_problems
from action_patterns.action.keeper import Held, Keeper
from action_patterns.action.place import Place
from action_patterns.actions.lock import ending
from action_patterns.actions.lock.ending import Ending
from action_patterns.actions.lock.interface import (
    MAX_NAME_LENGTH,
    REASONS,
    RUN_LEASE_SECONDS,
    STEP_LEASE_SECONDS,
    LockInputs,
    LockOutputs,
)
from action_patterns.actions.lock.place import USES, entry, place_of
from action_patterns.actions.lock.waiting import Waited, Waiter
from action_patterns.content.identifier import normalise
from action_patterns.errors import ActionPatternsError, InputError, Problem
from action_patterns.ports.bundle import Ports
from action_patterns.state import lock
from action_patterns.state.lock import Entry, LockRecord
from action_patterns.state.transaction import Change


def run(inputs: LockInputs, ports: Ports) -> Finish[LockOutputs]:
    """Acquire, hold, release or force the lock, or clean up.

    Raises:
        InputError: everything that is wrong with the inputs. Nothing was sent.
        ActionPatternsError: the lock could not be read or written.
    """
    repository = inputs.repository or ports.context.repository
    if problems := tuple(_problems(inputs, repository)):
        raise InputError(*problems)
    if inputs.mode == "clean":
        from action_patterns.actions.lock.cleaning import clean_locks  # for the steps that clean

        return clean_locks(inputs, ports, repository)
    place = place_of(inputs, ports)
    return ending.finish(inputs, apply(inputs, place, ports), ports.log.redact)


def apply(inputs: LockInputs, place: Place[LockRecord], ports: Ports) -> Ending:
    """Do what the mode says."""
    if inputs.mode in ("release", "force-unlock"):
        decide = lock.release if inputs.mode == "release" else lock.force_unlock
        us = entry(ports, STEP_LEASE_SECONDS, inputs.claim or "")
        with place.open(60.0 * inputs.max_minutes) as github:
            stored, change = place.change(github, lambda found: decide(found.record, us))
        return replace(_ending(stored.record, change), note="" if stored.record else _NEVER)
    default = RUN_LEASE_SECONDS if inputs.mode == "run" else STEP_LEASE_SECONDS
    us = entry(ports, inputs.lease_seconds or default)
    with place.open(inputs.wait_seconds + 60.0 * inputs.max_minutes) as github:
        waited = Waiter(place, normalise(inputs.name), github, us, inputs.wait_seconds).wait()
    acquired = replace(_ending(waited.record, waited.change), waited_seconds=waited.seconds, acquired=waited.acquired)
    if not waited.acquired:
        return acquired
    if inputs.mode == "acquire":
        return replace(acquired, claim=us.claim)
    return _hold(inputs, place, ports, us, waited, acquired)


def _hold(
    inputs: LockInputs, place: Place[LockRecord], ports: Ports, us: Entry, waited: Waited, acquired: Ending
) -> Ending:
    """Run the command and give the lock back."""
    assert inputs.run is not None, "checked before"

    def renew(seconds: float) -> str:
        with place.open(seconds) as github:
            stored, change = place.change(github, lambda found: lock.renew(found.record, us))
        if change.outcome != "blocked":
            return ""
        taken = stored.record.held if stored.record else None
        return f"The lock was taken by {taken.run.url}." if taken else "The lock was taken away."

    try:
        held = Keeper(ports, us.lease_seconds, waited.held_from, renew).run(inputs.run, inputs.working_directory)
    except Exception:
        _release(inputs, place, ports, us)
        raise
    ended = held.ended
    if not ended.survivors and not ended.timed_out and not refusals(ended.files):
        ports.processes.publish(ended.files)
    if ended.survivors:
        return replace(acquired, reason="survivors", ended=ended, note=_survivors(held))
    released = "The lock was lost." if held.lost else _release(inputs, place, ports, us)
    if held.lost or released == _LOST:
        return replace(acquired, reason="lease-lost", ended=ended, note=held.lost or released)
    reason = ending.reason_of(ended)
    if released and reason == "ran":
        reason = "release-failed"
    return replace(acquired, reason=reason, ended=ended, note=released)


_NEVER = (
    "No step has ever held a lock of this name: compare `name` and `repository` with those of the step that acquired."
)
_LOST = "When the command had ended, the lock was no longer this step's."


def _release(inputs: LockInputs, place: Place[LockRecord], ports: Ports, us: Entry) -> str:
    """Give the lock back. Return a sentence about what went wrong; empty: nothing."""
    try:
        with place.open(60.0 * inputs.max_minutes) as github:
            _, change = place.change(github, lambda found: lock.release(found.record, us))
    except ActionPatternsError as error:
        said = f"The lock was not given back, and is free after its lease: {error.message}"
        ports.log.info(said)
        return said
    return _LOST if change.outcome == "blocked" else ""


def _survivors(held: Held) -> str:
    return f"Still alive: {', '.join(held.ended.survivors)}."


def _ending(record: LockRecord | None, change: Change[LockRecord]) -> Ending:
    return Ending(reason=change.reason, unchanged=change.outcome == "unchanged", record=record)


def _problems(inputs: LockInputs, repository: str) -> Iterator[Problem]:
    yield from repository_problems("repository", repository)
    yield from misplaced(inputs, inputs.mode)
    if inputs.mode == "clean" and inputs.name:
        yield Problem("`name` is given, and `clean` looks at many locks.", "Remove it, or write it as `prefix`.")
    if inputs.mode != "clean" and not inputs.name.strip():
        yield Problem("`name` is blank.", "Name the lock; if an expression is there, it came to nothing.")
    if len(inputs.name) > MAX_NAME_LENGTH:
        yield Problem(f"`name` has {len(inputs.name):,} characters; at most {MAX_NAME_LENGTH} are kept.", "Shorten it.")
    yield from public_name_problems("name", inputs.name, inputs)
    if inputs.mode == "run" and not (inputs.run or "").strip():
        yield Problem(
            "`run` has no line, and the mode is `run`.",
            "Write the command. To hold the lock over several steps, use `mode: acquire` and `mode: release`.",
        )
    if inputs.mode != "run" and inputs.run:
        yield Problem(f"`run` is given, and the mode is `{inputs.mode}`.", "Remove it, or use `mode: run`.")
    if inputs.mode in ("release", "force-unlock") and not inputs.claim:
        fix = (
            "Pass `claim: ${{ steps.<id>.outputs.claim }}` of the step that acquired. It is empty if that step"
            " did not acquire: gate this step on its output `acquired == 'true'`."
            if inputs.mode == "release"
            else "Pass the claim of the holder, which the error of a step that waited names."
        )
        yield Problem(f"`claim` is not given, and `{inputs.mode}` needs it.", fix)
    if inputs.mode not in ("release", "force-unlock") and inputs.claim:
        takes = "takes none" if inputs.mode == "clean" else "makes one"
        yield Problem(
            f"`claim` is given, and `{inputs.mode}` {takes}.", "Remove it: a claim is for `release` and `force-unlock`."
        )


ACTION = Action(
    name="lock",
    title="Hold a lock",
    description="One holder at a time across jobs, workflows and repositories: first in, first out, with a lease, so"
    " that a job that dies holds up no other for longer.",
    patterns=("State Management", "Idempotency"),
    since="0.1.0",
    inputs=LockInputs,
    outputs=LockOutputs,
    run=run,
    icon="lock",
    color="purple",
    reasons=REASONS,
    uses=USES,
)
