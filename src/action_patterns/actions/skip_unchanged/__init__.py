"""skip-unchanged: a decision before the work, whether a run did it for the same inputs, and a proof after it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from action_patterns.action.cleaning import CLEAN_USES
from action_patterns.action.contract import Action, Finish
from action_patterns.actions.skip_unchanged.claim import Claim, Verdict
from action_patterns.actions.skip_unchanged.decide import SKIPS, CheckReason, Facts, decide
from action_patterns.actions.skip_unchanged.gather import Gathered, gather
from action_patterns.actions.skip_unchanged.interface import REASONS, SkipUnchangedInputs, SkipUnchangedOutputs
from action_patterns.actions.skip_unchanged.validate import age_of, problems
from action_patterns.errors import ActionPatternsError, InputError
from action_patterns.escape import cell_code, inline, prose
from action_patterns.ports.bundle import Ports
from action_patterns.ports.log import Annotation
from action_patterns.ports.processes import Command
from action_patterns.ports.ref_store import RefStore

if TYPE_CHECKING:
    from datetime import datetime


def run(inputs: SkipUnchangedInputs, ports: Ports) -> Finish[SkipUnchangedOutputs]:
    """Check the inputs, and do what the mode says."""
    if found := tuple(problems(inputs, ports.context)):
        raise InputError(*found)
    if inputs.mode == "complete":
        return apply(inputs, ports)
    if inputs.mode == "clean":
        from action_patterns.actions.skip_unchanged.cleaning import clean_proofs  # for the steps that clean

        return clean_proofs(inputs, ports)
    gathered = gather(inputs, ports)
    for note in gathered.files.notes:
        ports.log.info(note)
    if inputs.mode == "digest":
        return _finish(
            inputs, ports, gathered, "unknown" if gathered.problem else "computed", gathered.problem, Facts()
        )
    return _check(inputs, ports, gathered)


def _check(inputs: SkipUnchangedInputs, ports: Ports, gathered: Gathered) -> Finish[SkipUnchangedOutputs]:
    facts, problem = _facts(inputs, ports, gathered)
    reason = decide(facts)
    if reason in SKIPS and inputs.validate_ is not None:
        facts = replace(facts, valid=_is_valid(inputs.validate_, inputs, ports))
        reason = decide(facts)
    return _finish(inputs, ports, gathered, reason, problem, facts)


def _facts(inputs: SkipUnchangedInputs, ports: Ports, gathered: Gathered) -> tuple[Facts, ActionPatternsError | None]:
    """Return what is known, and the error because of which something is not."""
    max_age = age_of(inputs.max_age) if inputs.max_age else None
    if gathered.problem is not None or gathered.digest.startswith("unknown"):
        return Facts(unreadable=True), gathered.problem
    if inputs.force:
        return Facts(forced=True), None
    if inputs.backend == "cache":
        return Facts(restored=inputs.hit == "true"), None
    # A digest and a cache need neither the store nor its models.
    from action_patterns.actions.skip_unchanged.recording import find

    return find(inputs, gathered.digest, max_age, ports)


def apply(inputs: SkipUnchangedInputs, ports: Ports) -> Finish[SkipUnchangedOutputs]:
    """Record the proof, unless the work was skipped or failed."""
    from action_patterns.actions.skip_unchanged.recording import complete

    return complete(inputs, ports)


def _is_valid(script: str, inputs: SkipUnchangedInputs, ports: Ports) -> bool:
    command = Command(
        script=script, working_directory=inputs.working_directory, timeout_seconds=float(inputs.timeout_seconds)
    )
    try:
        ended = ports.processes.run(command)
    except InputError as error:  # Its working directory may be what was not restored.
        ports.log.info(f"`validate` was not started: {error.message}")
        return False
    if ended.exit_code:
        how = "did not end in time" if ended.timed_out else f"ended with exit code {ended.exit_code}"
        ports.log.info(f"`validate` {how}.")
    return ended.exit_code == 0


def _finish(
    inputs: SkipUnchangedInputs,
    ports: Ports,
    gathered: Gathered,
    reason: CheckReason | str,
    problem: ActionPatternsError | None,
    facts: Facts,
) -> Finish[SkipUnchangedOutputs]:
    row = next(each for each in REASONS if each.code == reason)
    skip = reason in SKIPS
    is_known = not gathered.digest.startswith("unknown")
    verdict: Verdict = "skip" if skip else "work" if is_known else "unknown"
    claim = None
    if inputs.mode == "check" and inputs.backend == "store":
        claim = str(Claim(verdict, ports.context.run_id, gathered.digest if is_known else "", inputs.key or ""))
        if verdict == "work":
            from action_patterns.actions.skip_unchanged.recording import remember

            remember(inputs, gathered, ports)
    proof = facts.proof
    ports.log.info(f"{reason}: {row.meaning} Digest: {gathered.digest}, files: {len(gathered.files.counted):,}")
    outputs = SkipUnchangedOutputs(
        skip=skip,
        reason=reason,
        outcome=row.outcome,
        digest=gathered.digest,
        proof=proof.run.url if proof else None,
        proved_at=proof.proved_at.isoformat(timespec="seconds") if proof else None,
        claim=claim,
        count=len(gathered.files.counted),
        removed=None,
        removed_count=0,
    )
    return Finish(
        outputs=outputs,
        summary=_summary(inputs.key or "Inputs", row.meaning, gathered, facts),
        annotations=tuple(_annotations(reason, gathered, problem, facts)),
    )


def _annotations(
    reason: str, gathered: Gathered, problem: ActionPatternsError | None, facts: Facts
) -> list[Annotation]:
    found = [Annotation(level="warning", message=each, title="Inputs") for each in gathered.files.warnings]
    row = next(each for each in REASONS if each.code == reason)
    if problem is not None:
        why = f"{problem.message}\n{problem.remediation}"
        found.append(Annotation(level="warning", message=f"{row.meaning} {why}", title="Nothing is skipped"))
    elif reason in ("unknown", "invalid"):
        found.append(Annotation(level="warning", message=f"{row.meaning}\n{row.remedy}", title="Nothing is skipped"))
    elif reason in SKIPS:
        who = f" {facts.proof.run.url}, {_ago(facts.proof.proved_at, facts.read_at)}." if facts.proof else ""
        found.append(Annotation(level="notice", message=f"{row.meaning}{who}", title=f"skipped: {reason}"))
    return found


def _ago(then: datetime, now: datetime | None) -> str:
    hours = (now - then).total_seconds() / 3600 if now else 0
    at = f"{then:%Y-%m-%d %H:%M} UTC"
    if not now or hours < 1:
        return at
    return f"{at}, {hours:.0f} hours ago" if hours < 48 else f"{at}, {hours / 24:.0f} days ago"


def _summary(name: str, meaning: str, gathered: Gathered, facts: Facts) -> str:
    lines = [f"### {inline(name)}", "", prose(meaning), "", f"Digest: {cell_code(gathered.digest)}"]
    if facts.proof:
        lines += ["", f"Proof: {facts.proof.run.url}"]
    return "\n".join(lines) + "\n"


ACTION = Action(
    name="skip-unchanged",
    title="Skip unchanged work",
    description="Decide before the work whether a run has done it for the same files, values and tools; record that it"
    " is done after it.",
    patterns=("Work Avoidance",),
    since="0.1.0",
    inputs=SkipUnchangedInputs,
    outputs=SkipUnchangedOutputs,
    run=run,
    icon="skip-forward",
    color="purple",
    reasons=REASONS,
    uses=(RefStore.read, RefStore.update, *CLEAN_USES),
)
