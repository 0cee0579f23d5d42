"""The end of once: outputs, annotation and exit code. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from action_patterns.action.command_outputs import left_out, refusals, without_secrets
from action_patterns.action.contract import Finish
from action_patterns.actions.once.interface import REASONS, OnceOutputs
from action_patterns.contracts.result import FAILING
from action_patterns.errors import EXIT_FAILED
from action_patterns.escape import cell_code, inline
from action_patterns.ports.log import Annotation, Level
from action_patterns.ports.processes import Ended, StepFiles
from action_patterns.state.once import OnceRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a step ended."""

    marker: str
    """Full name of its ref."""
    record: OnceRecord | None
    """The marker as it is now. None: there is none."""
    outcome: str
    reason: str
    begun: bool = False
    claim: str | None = None
    """The claim to hand on."""
    ended: Ended | None = None
    """The command. None: none ran."""
    note: str = ""
    """A sentence with what the reason leaves open."""

    @property
    def publishable(self) -> StepFiles | None:
        """The files of the command that are passed on to the job. None: none are."""
        ended = self.ended
        if ended is None or ended.survivors or ended.timed_out or refusals(ended.files):
            return None
        return ended.files


def finish(end: Ending, redact: Callable[[str], str]) -> Finish[OnceOutputs]:
    """Return the outputs, and what is shown beside the run."""
    row = next(each for each in REASONS if (each.code, each.outcome) == (end.reason, end.outcome))
    now, ended = end.record, end.ended
    files = end.publishable
    given, secret = without_secrets(files.outputs if files else {}, redact)
    since = now.since.isoformat(timespec="seconds") if now else None
    outputs = OnceOutputs(
        begun=end.begun,
        claim=end.claim,
        completed=now is not None and now.state == "completed",
        state=now.state if now else "absent",
        outcome=end.outcome,
        reason=end.reason,
        metadata=now.metadata if now else "",
        holder=now.holder.url if now else None,
        since=since,
        marker=end.marker,
        removed=None,
        removed_count=0,
        exit_code=ended.exit_code if ended else None,
        outputs=given,
    )
    failing = end.outcome in FAILING
    who = f"Holder: {now.holder.url}, since {since}." if now else ""
    refused = refusals(ended.files) if ended else ()
    said = "\n".join(
        line for line in (" ".join(filter(None, (row.meaning, who))), end.note, *refused, row.remedy) if line
    )
    annotations = [left_out(secret)] if secret else []
    if failing or end.outcome == "skipped":
        level: Level = "error" if failing else "notice"
        annotations.append(Annotation(level=level, message=redact(said), title=f"{end.outcome}: {end.reason}"))
    lines = [
        f"### {inline(now.operation if now else end.marker)}: {outputs.state}",
        "",
        inline(row.meaning),
        "",
        cell_code(end.marker),
    ]
    command_code = ended.exit_code if ended and end.reason == "command-failed" else 0
    return Finish(
        outputs=outputs,
        summary="\n".join(lines) + "\n",
        annotations=tuple(annotations),
        exit_code=(command_code or EXIT_FAILED) if failing else 0,
    )
