"""once: a durable "done" for one operation on one content, and the right to be the one run that does it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from pydantic import Field

from action_patterns.action.contract import Action, Finish
from action_patterns.action.inputs import Outputs, TokenInputs
from action_patterns.action.named_files import read_named_files
from action_patterns.action.reach import Reach
from action_patterns.action.session import open_session
from action_patterns.action.values import read_values
from action_patterns.content.identifier import as_git_stores, identify, is_of_run, normalise
from action_patterns.contracts.repository import is_repository
from action_patterns.contracts.result import FAILING
from action_patterns.errors import EXIT_FAILED, ConflictError, InputError, LostRaceError, Problem
from action_patterns.escape import cell_code, inline
from action_patterns.input_types import Flag, LineList, ValueList
from action_patterns.ports.bundle import Ports
from action_patterns.ports.context import Context
from action_patterns.ports.credentials import Credentials
from action_patterns.ports.github import GitHub
from action_patterns.ports.log import Annotation, Level
from action_patterns.ports.ref_store import RefStore
from action_patterns.redaction import redact
from action_patterns.state import once
from action_patterns.state.once import MAX_METADATA_LENGTH, REASONS, Mode, OnceRecord, OnceRequest
from action_patterns.state.record import Holder
from action_patterns.state.transaction import Change, Stored, record_of, transact_stored

_MAX_OPERATION_LENGTH = 100


class OnceInputs(TokenInputs):
    """Inputs of once."""

    mode: Mode = Field(
        description="`begin` before the work, `complete` as its last step, `fail` when it is given up; `clean` removes"
        " markers that no longer stop a run."
    )
    operation: str | None = Field(
        default=None,
        description="Name of the work, the same on every run, for example `announce-release`. Required, except for"
        " `clean`: without it, `clean` looks at every operation.",
    )
    values: ValueList = Field(
        default=(),
        description="Subject of the work, one value a line: a version, a target, the id of a content. Other values are"
        " other work. An empty line is refused. The marker keeps only their hash.",
    )
    values_path: str | None = Field(
        default=None,
        description="Instead of `values`: path of a file with one value a line, for what a program writes. An input"
        " takes at most 128 KiB.",
    )
    files: LineList = Field(
        default=(),
        description="Files of the workspace whose paths, modes and content belong to it, one path or pattern a line."
        " A leading `!` takes out files that lines above it name.",
    )
    operation_only: Flag = Field(
        default=False,
        description="For `begin` without `values` and `files`: the operation alone is the work, so it is done once and"
        " never again. Without this input such a `begin` is refused: mostly an expression came to nothing.",
    )
    claim: str | None = Field(
        default=None,
        description="For `complete` and `fail`: the output `claim` of the step that began,"
        " `${{ steps.<id>.outputs.claim }}`. Another job gets it as a job output.",
    )
    metadata: str = Field(
        default="",
        description=f"Short text to keep with the marker, at most {MAX_METADATA_LENGTH} characters. Everybody who can"
        " read the repository can read it: no secrets, no raw output. Text that looks like a token is replaced by"
        " `***`.",
    )
    ttl_days: int | None = Field(
        default=None, ge=1, description="Days after which `completed` no longer counts. Default: it never expires."
    )
    pending_timeout_hours: int = Field(
        default=6,
        ge=1,
        description="Hours after which a run that began and wrote nothing more counts as dead. The default is GitHub's"
        " limit for a job on its runners; work in several jobs, or on your runners, may take longer.",
    )
    older_than_days: int = Field(
        default=7, ge=0, description="For `clean`: age in days of a marker without use, before it is removed."
    )
    repository: str | None = Field(
        default=None, description="`owner/name` that keeps the markers. Default: the repository the workflow runs in."
    )


class OnceOutputs(Outputs):
    """Outputs of once."""

    begun: bool = Field(description="The work is yours to do. Gate every later step on `== 'true'`.")
    claim: str | None = Field(
        description="Claim of this step to the work, if `begun`; `complete` and `fail` ask for it. It is no secret."
    )
    completed: bool = Field(description="It is done for this content.")
    state: str = Field(description="State of the marker now: `absent`, `pending`, `completed` or `failed`.")
    outcome: str = Field(description="Outcome of this step: `created`, `updated`, `unchanged`, `skipped` or `blocked`.")
    reason: str = Field(description="Why, as a stable code (see the table of reasons).")
    metadata: str = Field(description="The text kept with the marker. Pass it on by `env`, never inside a script.")
    holder: str | None = Field(description="Address of the run that wrote the marker.")
    since: str | None = Field(description="When it wrote it, UTC, ISO 8601.")
    marker: str | None = Field(description="Full name of the marker's ref; none for `clean`.")
    removed: int = Field(description="How many markers `clean` removed.")


def run(inputs: OnceInputs, ports: Ports) -> Finish[OnceOutputs]:
    """Read the marker first, decide, and write it last."""
    context = ports.context
    repository = inputs.repository or context.repository
    values = read_values(inputs.values, inputs.values_path, ports)
    inputs = inputs.model_copy(update={"values": values})
    if problems := tuple(_problems(inputs, repository, context)):
        raise InputError(*problems)
    credentials = inputs.credentials()
    name = None if inputs.operation is None else gather(inputs, ports)
    github = open_session(
        ports,
        credentials,
        ACTION.uses,
        seconds=60 * inputs.max_minutes,
        reach=Reach((repository,)),
        narrowed=(repository,),
    )
    if inputs.mode == "clean":
        return _clean(inputs, ports, github, repository)
    assert name is not None and inputs.operation is not None
    request = OnceRequest(
        operation=normalise(inputs.operation),
        us=Holder(
            repository=context.repository,
            repository_id=context.repository_id,
            run_id=context.run_id,
            attempt=context.run_attempt,
            url=f"{context.run_url}/attempts/{context.run_attempt}",
        ),
        now=ports.clock.now(),
        asked_at=ports.clock.now(),
        ttl_days=inputs.ttl_days,
        pending_timeout_hours=inputs.pending_timeout_hours,
        metadata=redact(inputs.metadata, _secrets(inputs, credentials)),
        claim=inputs.claim or "",
    )
    found, change = apply(inputs.mode, name, request, github, repository)
    return _finish(name, found, change)


def gather(inputs: OnceInputs, ports: Ports) -> str:
    """Return the ref of this operation on this content. Another content has another marker, which stops no run here."""
    files = read_named_files(inputs.files, ports.files)
    stored = [as_git_stores(change, normalise_line_endings=True) for change in files]
    operation = inputs.operation or ""
    return OnceRecord.namespace() + identify((operation, *inputs.values), stored, prefix=operation, length=16).name


def decide(mode: Mode, found: OnceRecord | None, request: OnceRequest) -> Change[OnceRecord]:
    """Return the decision about the marker."""
    match mode:
        case "begin":
            return once.begin(found, request)
        case "complete":
            return once.complete(found, request)
        case "fail":
            return once.fail(found, request)
        case "clean":
            raise AssertionError("clean looks at many markers, not at one")
        case _:
            assert_never(mode)


def apply(
    mode: Mode, name: str, request: OnceRequest, github: GitHub, repository: str
) -> tuple[OnceRecord | None, Change[OnceRecord]]:
    """Return the marker as it is now, and the change that made it so.

    Raises:
        LostRaceError: other runs won every round.
    """

    def decide_by_github_s_clock(found: Stored[OnceRecord]) -> Change[OnceRecord]:
        return decide(mode, found.record, replace(request, now=found.ref.read_at or request.now))

    stored, change = transact_stored(github.refs, repository, name, OnceRecord, decide_by_github_s_clock)
    return stored.record, change


def _clean(inputs: OnceInputs, ports: Ports, github: GitHub, repository: str) -> Finish[OnceOutputs]:
    removed = []
    annotations = []
    for stored in github.refs.list(repository, OnceRecord.namespace()):
        try:
            found = record_of(stored, OnceRecord)
        except ConflictError as error:
            annotations.append(
                Annotation(level="warning", message=f"{error.message}\n{error.remediation}", title="A marker was left")
            )
            continue
        if found is None or (inputs.operation and found.operation != normalise(inputs.operation)):
            continue
        if once.is_litter(
            found,
            stored.read_at or ports.clock.now(),
            pending_timeout_hours=inputs.pending_timeout_hours,
            older_than_days=inputs.older_than_days,
        ):
            try:
                github.refs.update(repository, stored, None)
            except LostRaceError:
                continue  # A run has just taken it: it is of use again.
            removed.append(stored.name)
            ports.log.info(f"Removed {stored.name}: {found.state} since {found.since:%Y-%m-%d}.")
    outcome, reason = ("updated", "cleaned") if removed else ("unchanged", "nothing-to-clean")
    outputs = OnceOutputs(
        begun=False,
        claim=None,
        completed=False,
        state="absent",
        outcome=outcome,
        reason=reason,
        metadata="",
        holder=None,
        since=None,
        marker=None,
        removed=len(removed),
    )
    return Finish(outputs=outputs, summary=f"### Markers: {len(removed)} removed\n", annotations=tuple(annotations))


def _finish(name: str, now: OnceRecord | None, change: Change[OnceRecord]) -> Finish[OnceOutputs]:
    row = next(each for each in REASONS if (each.code, each.outcome) == (change.reason, change.outcome))
    outputs = OnceOutputs(
        begun=once.is_begun(change),
        claim=now.claim if now and once.is_begun(change) else None,
        completed=now is not None and now.state == "completed",
        state=now.state if now else "absent",
        outcome=change.outcome,
        reason=change.reason,
        metadata=now.metadata if now else "",
        holder=now.holder.url if now else None,
        since=now.since.isoformat(timespec="seconds") if now else None,
        marker=name,
        removed=0,
    )
    failing = change.outcome in FAILING
    level: Level = "error" if failing else "notice"
    who = f" Holder: {now.holder.url}, since {outputs.since}." if now else ""
    said = Annotation(
        level=level, message=f"{row.meaning}{who}\n{row.remedy}", title=f"{change.outcome}: {change.reason}"
    )
    lines = [
        f"### {inline(now.operation if now else name)}: {outputs.state}",
        "",
        inline(row.meaning),
        "",
        cell_code(name),
    ]
    return Finish(
        outputs=outputs,
        summary="\n".join(lines) + "\n",
        annotations=(said,) if failing or change.outcome == "skipped" else (),
        exit_code=EXIT_FAILED if failing else 0,
    )


def _secrets(inputs: OnceInputs, credentials: Credentials) -> Iterator[str]:
    yield from (credentials.token, credentials.job_token or "", credentials.app.private_key if credentials.app else "")
    yield inputs.token.get_secret_value() if inputs.token else ""


def _problems(inputs: OnceInputs, repository: str, context: Context) -> Iterator[Problem]:
    if not is_repository(repository):
        yield Problem(f"`repository` is {repository!r}.", "Write it as `owner/name`.")
    if inputs.operation is None and inputs.mode != "clean":
        yield Problem("`operation` is not given.", "Name the work; the name must be the same on every run.")
    if inputs.operation is not None and len(inputs.operation) > _MAX_OPERATION_LENGTH:
        yield Problem(
            f"`operation` has {len(inputs.operation)} characters; at most {_MAX_OPERATION_LENGTH} are kept.",
            "Shorten it, and put the subject of the work into `values`.",
        )
    if inputs.mode in ("complete", "fail") and not inputs.claim:
        yield Problem(
            f"`claim` is not given, and `{inputs.mode}` is for the step that began the work.",
            "Pass `claim: ${{ steps.<id>.outputs.claim }}` of the `begin` step. It is empty if that step did not begin:"
            " gate this step on its output `begun == 'true'`.",
        )
    named = bool(inputs.values or inputs.files)
    if inputs.mode == "begin" and not named and not inputs.operation_only:
        yield Problem(
            "Neither `values` nor `files` is given, so this work would be done once and never again.",
            "Give its subject in `values`; if an expression is there, it came to nothing on this event. If once and"
            " never again is meant, set `operation-only: true`.",
        )
    if named and inputs.operation_only:
        yield Problem("`operation-only` is true, and `values` or `files` are given.", "Give one of the two.")
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
    uses=(RefStore.read, RefStore.list, RefStore.update),
)
