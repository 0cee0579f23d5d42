"""The mode `complete`: the proof that work is done, for the digest that `check` found."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256

from action_patterns.action.contract import Finish
from action_patterns.action.reach import Reach
from action_patterns.action.session import Session, open_session
from action_patterns.actions.skip_unchanged.claim import Claim, read_claim
from action_patterns.actions.skip_unchanged.decide import Facts
from action_patterns.actions.skip_unchanged.gather import FilesRequest, Gathered, read_files
from action_patterns.actions.skip_unchanged.interface import REASONS, SkipUnchangedInputs, SkipUnchangedOutputs
from action_patterns.content.bounded_json import loads
from action_patterns.errors import ActionPatternsError, DefectError, InputError
from action_patterns.escape import cell_code, inline, prose
from action_patterns.ports.bundle import Ports
from action_patterns.ports.log import Annotation
from action_patterns.ports.ref_store import RefStore
from action_patterns.state import proof as proofs
from action_patterns.state.proof import ProofRecord, ProofRequest
from action_patterns.state.record import Holder
from action_patterns.state.transaction import record_of, transact_stored

_ROUNDS = 20
"""Rounds of a write. Each lost race means that another job recorded its proof."""


def open_store(inputs: SkipUnchangedInputs, ports: Ports) -> tuple[Session, str]:
    """Return GitHub and the repository that keeps the proofs."""
    repository = inputs.repository or ports.context.repository
    session = open_session(
        ports,
        inputs.credentials(),
        (RefStore.read, RefStore.update),
        seconds=60 * inputs.max_minutes,
        reach=Reach((repository,)),
        narrowed=(repository,),
        store=inputs.store,
    )
    return session, repository


def find(
    inputs: SkipUnchangedInputs, digest: str, max_age: timedelta | None, ports: Ports
) -> tuple[Facts, ActionPatternsError | None]:
    """Return what the store says of a digest, and the error because of which it says nothing."""
    run = ports.context
    github, repository = open_store(inputs, ports)
    try:
        ref = github.refs.read(repository, proofs.ref_name(inputs.key or ""))
        record = record_of(ref, ProofRecord)
    except (InputError, DefectError):
        raise
    except ActionPatternsError as error:
        return Facts(unreadable=True), error
    scopes = proofs.scopes_for(run.event_name, run.ref, run.event, run.default_branch)
    proof = record.newest(digest, scopes) if record else None
    return Facts(proof=proof, read_at=ref.read_at, max_age=max_age), None


def remember(inputs: SkipUnchangedInputs, gathered: Gathered, ports: Ports) -> None:
    """Leave a note for `complete` in the same job, which looks whether the work changed its own inputs."""
    if not inputs.files:
        return
    note = {
        "patterns": inputs.files,
        "volatile": inputs.volatile,
        "path": inputs.path,
        "digest": gathered.files.digest_of_sources(),
    }
    ports.files.write(_place(inputs.key or "", gathered.digest), json.dumps(note) + "\n")


def complete(inputs: SkipUnchangedInputs, ports: Ports) -> Finish[SkipUnchangedOutputs]:
    """Record the proof, unless the work was skipped or failed."""
    claim = read_claim(inputs.claim, ports.context.run_id)
    if reason := refusal(claim, inputs.job_status, inputs.outcomes):
        return _finish(claim, reason, "skipped", ())
    warnings = [Annotation(level="warning", message=each, title="Inputs") for each in _changed(claim, ports)]
    github, repository = open_store(inputs, ports)
    run = ports.context
    request = ProofRequest(
        key=claim.key,
        digest=claim.digest,
        scope=proofs.scope_of(run.event_name, run.ref),
        us=Holder(
            repository=run.repository,
            repository_id=run.repository_id,
            run_id=run.run_id,
            attempt=run.run_attempt,
            url=f"{run.run_url}/attempts/{run.run_attempt}",
        ),
        job=run.job,
        now=ports.clock.now(),
    )
    try:
        found, change = transact_stored(
            github.refs,
            repository,
            proofs.ref_name(claim.key),
            ProofRecord,
            lambda stored: proofs.complete(stored, request),
            rounds=_ROUNDS,
        )
    except (InputError, DefectError):
        raise
    except ActionPatternsError as error:
        row = next(each for each in REASONS if each.code == "not-recorded")
        what = f"{row.meaning} {error.message}\n{error.remediation}"
        warnings.append(Annotation(level="warning", message=what, title="No proof is recorded"))
        return _finish(claim, "not-recorded", "skipped", warnings)
    ours = found.record.newest(claim.digest, {request.scope}) if found.record else None
    finish = _finish(claim, change.reason, change.outcome, warnings)
    if ours is None:
        return finish
    at = ours.proved_at.isoformat(timespec="seconds")
    outputs = finish.outputs.model_copy(update={"proof": ours.run.url, "proved_at": at})
    return Finish(outputs=outputs, summary=finish.summary, annotations=finish.annotations)


def refusal(claim: Claim, job_status: str, outcomes: Iterable[str]) -> str:
    """Return the reason why nothing is proved. Empty: the work is done."""
    if claim.verdict == "skip":
        return "work-skipped"
    if claim.verdict == "unknown":
        return "inputs-unknown"
    found = frozenset(outcomes)
    if job_status not in ("", "success") or found & {"failure", "cancelled"}:
        return "work-failed"
    return "work-skipped" if "skipped" in found else ""


def _changed(claim: Claim, ports: Ports) -> Iterable[str]:
    """Yield a sentence if the files are others than at `check`. Without its note, in another job, nothing is known."""
    place = f"{ports.context.temp}/{_place(claim.key, claim.digest)}"
    try:
        if not ports.files.exists(place):
            return
        note = loads(ports.files.read(place))
        request = FilesRequest(tuple(note["patterns"]), tuple(note["volatile"]), note["path"])
        now = read_files(request, ports)
    except (ActionPatternsError, OSError, ValueError, KeyError, TypeError):
        now = None
    if now is None or now.digest_of_sources() != note["digest"]:
        yield (
            "The files that count are others than before the work. The proof is for those of `check`, so a run that"
            " finds the files of now does the work.\nLet the work write to other files, or name only those it reads."
        )


def _place(key: str, digest: str) -> str:
    name = sha256(f"{key}\0{digest}".encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"action-patterns/skip-unchanged/{name}.json"


def _finish(claim: Claim, reason: str, outcome: str, annotations: Iterable[Annotation]) -> Finish[SkipUnchangedOutputs]:
    row = next(each for each in REASONS if (each.code, each.outcome) == (reason, outcome))
    outputs = SkipUnchangedOutputs(
        skip=claim.verdict == "skip",
        reason=reason,
        outcome=outcome,
        digest=claim.digest,
        proof=None,
        proved_at=None,
        claim=None,
        count=0,
        removed=None,
        removed_count=0,
    )
    lines = [f"### {inline(claim.key)}", "", prose(row.meaning), "", f"Digest: {cell_code(claim.digest)}"]
    return Finish(outputs=outputs, summary="\n".join(lines) + "\n", annotations=tuple(annotations))
