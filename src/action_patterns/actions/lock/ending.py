"""The end of lock: outputs, annotation and exit code. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from action_patterns.action.command_outputs import left_out, refusals, without_secrets
from action_patterns.action.contract import Finish
from action_patterns.actions.lock import text
from action_patterns.actions.lock.interface import REASONS, LockInputs, LockOutputs
from action_patterns.errors import EXIT_FAILED
from action_patterns.escape import cell_code, inline
from action_patterns.ports.log import Annotation
from action_patterns.ports.processes import Ended
from action_patterns.state.lock import LockRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a step ended."""

    reason: str
    unchanged: bool = False
    """Whether there was nothing to do. It tells two rows of one reason apart."""
    record: LockRecord | None = None
    """The lock as this step saw or wrote it last."""
    acquired: bool = False
    claim: str | None = None
    """The claim to hand on."""
    waited_seconds: float = 0.0
    ended: Ended | None = None
    """The command. None: none ran."""
    note: str = ""
    """A sentence with what the reason leaves open."""


def reason_of(ended: Ended) -> str:
    """Return the reason for a command that ran under a lock that was never lost."""
    if ended.exit_code:
        return "command-failed"
    return "files-refused" if refusals(ended.files) else "ran"


def finish(inputs: LockInputs, end: Ending, redact: Callable[[str], str]) -> Finish[LockOutputs]:
    """Return the outputs, and what is shown beside the run."""
    row = next(r for r in REASONS if r.code == end.reason and (r.outcome == "unchanged") == end.unchanged)
    failing = row.outcome in ("blocked", "failed")
    passed_on = end.ended is not None and not (end.ended.survivors or end.ended.timed_out or refusals(end.ended.files))
    given = end.ended.files.outputs if end.ended and passed_on else {}
    outputs, secret = without_secrets(given, redact)
    holder = end.record.held if end.record else None
    command_code = end.ended.exit_code if end.ended else 0
    lines = [row.meaning, end.note, text.holder(end.record) if end.reason != "ran" and not end.ended else ""]
    if end.ended:
        lines += refusals(end.ended.files)
    said = "\n".join(line for line in (*lines, row.remedy) if line)
    annotations = [left_out(secret)] if secret else []
    if failing:
        annotations.append(Annotation(level="error", title=redact(f"{row.code}: {inputs.name}"), message=redact(said)))
    return Finish(
        outputs=LockOutputs(
            acquired=end.acquired,
            claim=end.claim,
            generation=end.record.generation if end.record else 0,
            holder=holder.run.url if holder else None,
            waited=round(end.waited_seconds, 1),
            removed=None,
            removed_count=0,
            outcome=row.outcome,
            reason=row.code,
            exit_code=end.ended.exit_code if end.ended else None,
            outputs=outputs,
        ),
        summary=f"### Lock {inline(redact(inputs.name))}: {row.code}\n\n{inline(row.meaning)}\n\n"
        f"{cell_code(redact(text.holder(end.record)))}\n",
        annotations=tuple(annotations),
        exit_code=((command_code if end.reason == "command-failed" else 0) or EXIT_FAILED) if failing else 0,
    )
