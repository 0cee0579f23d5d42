"""once: a durable "done" for one operation on one content, and the right to be the one run that does it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from action_patterns.action.cleaning import CLEAN_USES, misplaced
from action_patterns.action.contract import Action, Finish
from action_patterns.action.input_checks import public_name_problems, repository_problems, secret_values
from action_patterns.action.liveness import LIVENESS_USES
from action_patterns.action.named_files import read_named_files
from action_patterns.action.place import Place, run_of
from action_patterns.action.values import read_values
from action_patterns.actions.once.ending import Ending, finish
from action_patterns.actions.once.interface import MAX_OPERATION_LENGTH, REASONS, OnceInputs, OnceOutputs
from action_patterns.actions.once.marker import Marker
from action_patterns.actions.once.running import Running
from action_patterns.content.identifier import as_git_stores, identify, is_of_run, normalise
from action_patterns.errors import InputError, Problem
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context
from action_patterns.ports.ref_store import RefStore
from action_patterns.redaction import redact
from action_patterns.state import once
from action_patterns.state.once import MAX_METADATA_LENGTH, Mode, OnceRecord, OnceRequest
from action_patterns.state.transaction import Change


def run(inputs: OnceInputs, ports: Ports) -> Finish[OnceOutputs]:
    """Read the marker first, decide, and write it last."""
    context = ports.context
    repository = inputs.repository or context.repository
    values = read_values(inputs.values, inputs.values_path, ports)
    inputs = inputs.model_copy(update={"values": values})
    if problems := tuple(_problems(inputs, repository, context)):
        raise InputError(*problems)
    if inputs.mode == "clean":
        from action_patterns.actions.once.cleaning import clean_markers  # for the steps that clean

        return clean_markers(inputs, ports, repository)
    name = gather(inputs, ports)
    place = Place(
        ports=ports,
        credentials=inputs.credentials(),
        uses=ACTION.uses,
        repository=repository,
        ref=name,
        kind=OnceRecord,
        store=inputs.store,
    )
    now, runs = ports.clock.now(), inputs.mode == "run"
    request = OnceRequest(
        operation=normalise(inputs.operation or ""),
        us=run_of(context),
        now=now,
        asked_at=now,
        ttl_days=inputs.ttl_days,
        pending_timeout_hours=inputs.pending_timeout_hours,
        metadata=redact(inputs.metadata, secret_values(inputs)),
        claim=inputs.claim or "",
        lease_seconds=inputs.lease_seconds if runs else None,
        # Work between two steps may end on another runner, so only the end of the whole run counts there.
        runner=context.runner if runs else "",
    )
    ending = apply(inputs, Marker(place, request))
    if (files := ending.publishable) is not None:
        ports.processes.publish(files)
    return finish(ending, ports.log.redact)


def gather(inputs: OnceInputs, ports: Ports) -> str:
    """Return the ref of this operation on this content. Another content has another marker, which stops no run here."""
    files = read_named_files(inputs.files, ports.files)
    stored = [as_git_stores(change, normalise_line_endings=True) for change in files]
    operation = inputs.operation or ""
    return OnceRecord.namespace() + identify((operation, *inputs.values), stored, prefix=operation, length=16).name


def decide(mode: Mode, found: OnceRecord | None, request: OnceRequest) -> Change[OnceRecord]:
    """Return the decision about the marker."""
    match mode:
        case "begin" | "run":
            return once.begin(found, request)
        case "complete":
            return once.complete(found, request)
        case "fail":
            return once.fail(found, request)
        case "clean":
            raise AssertionError("clean looks at many markers, not at one")
        case _:
            assert_never(mode)


def apply(inputs: OnceInputs, marker: Marker) -> Ending:
    """Do what the mode says.

    Raises:
        LostRaceError: other runs won every round.
    """
    mode, seconds = inputs.mode, 60.0 * inputs.max_minutes
    if mode == "run":
        return Running(inputs, marker).do()
    if mode == "begin":
        found, change = marker.begin(seconds)
    else:
        found, change = marker.change(lambda record, request: decide(mode, record, request), seconds)
    begun = once.is_begun(change)
    claim = found.claim if found and begun else None
    return Ending(
        marker=marker.name, record=found, outcome=change.outcome, reason=change.reason, begun=begun, claim=claim
    )


def _problems(inputs: OnceInputs, repository: str, context: Context) -> Iterator[Problem]:
    yield from repository_problems("repository", repository)
    if inputs.operation is None and inputs.mode != "clean":
        yield Problem("`operation` is not given.", "Name the work; the name must be the same on every run.")
    if inputs.operation is not None and len(inputs.operation) > MAX_OPERATION_LENGTH:
        yield Problem(
            f"`operation` has {len(inputs.operation)} characters; at most {MAX_OPERATION_LENGTH} are kept.",
            "Shorten it, and put the subject of the work into `values`.",
        )
    yield from public_name_problems("operation", inputs.operation, inputs)
    if inputs.mode in ("complete", "fail") and not inputs.claim:
        yield Problem(
            f"`claim` is not given, and `{inputs.mode}` is for the step that began the work.",
            "Pass `claim: ${{ steps.<id>.outputs.claim }}` of the `begin` step. It is empty if that step did not begin:"
            " gate this step on its output `begun == 'true'`.",
        )
    yield from misplaced(inputs, inputs.mode)
    named = bool(inputs.values or inputs.files)
    if inputs.mode in ("begin", "run") and not named and not inputs.operation_only:
        yield Problem(
            "Neither `values` nor `files` is given, so this work would be done once and never again.",
            "Give its subject in `values`; if an expression is there, it came to nothing on this event. If once and"
            " never again is meant, set `operation-only: true`.",
        )
    if named and inputs.operation_only:
        yield Problem("`operation-only` is true, and `values` or `files` are given.", "Give one of the two.")
    if inputs.mode == "run" and not (inputs.run or "").strip():
        yield Problem(
            "`run` has no line, and the mode is `run`.",
            "Write the command. For work of several steps use `mode: begin` and `mode: complete`.",
        )
    if inputs.mode != "run" and inputs.run:
        yield Problem(f"`run` is given, and the mode is `{inputs.mode}`.", "Remove it, or use `mode: run`.")
    if inputs.mode in ("begin", "run") and inputs.claim:
        yield Problem(
            f"`claim` is given, and `{inputs.mode}` makes one.", "Remove it: a claim is for `complete` and `fail`."
        )
    for given in (inputs.operation or "", *inputs.values):
        if is_of_run(given, context.run_id, context.run_attempt):
            yield Problem(
                f"{given!r} belongs to this run (run id {context.run_id}): the next run would look for another"
                " marker, and do the work a second time.",
                "Name what stays the same on every run: the version, the target, the content.",
            )
    if len(inputs.metadata) > MAX_METADATA_LENGTH:
        yield Problem(
            f"`metadata` has {len(inputs.metadata)} characters; at most {MAX_METADATA_LENGTH} are kept.",
            "Keep a short note or an address. Do not put raw output into it.",
        )


ACTION = Action(
    name="once",
    title="Do it once",
    description="A durable mark that an operation is done for a content: one run does the work, every other skips it,"
    " and a run that died is taken over.",
    patterns=("Idempotency", "Work Avoidance"),
    since="0.1.0",
    inputs=OnceInputs,
    outputs=OnceOutputs,
    run=run,
    icon="check-circle",
    color="purple",
    reasons=REASONS,
    uses=(RefStore.read, RefStore.update, *LIVENESS_USES, *CLEAN_USES),
)
