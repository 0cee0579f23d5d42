"""RunReport -> the annotations beside the run, at most one per cause."""

from __future__ import annotations

from action_patterns.contracts import RunReport
from action_patterns.contracts.result import FAILING
from action_patterns.escape import CODE_CHARACTERS, MESSAGE_CHARACTERS, clip
from action_patterns.ports.log import Annotation
from action_patterns.report.model import reason_links
from action_patterns.report.render.headline import NOTE_CHARACTERS

MOST_ANNOTATIONS = 9
"""GitHub shows ten errors and ten warnings of a step (docs: "Workflow commands", limits); one says what is left out."""


def annotate(report: RunReport, unreadable: str) -> tuple[Annotation, ...]:
    """One annotation per cause, errors first: GitHub shows ten, and a thousand failures often have one cause."""
    found = []
    if report.verdict == "inconclusive":
        found.append(
            Annotation(
                level="error",
                message="There is no plan, so the report knows no repository. Open the log of the discover job.",
                title="No roster",
            )
        )
    failed = {result.target for result in report.results if result.outcome in FAILING}
    for cause in report.causes:
        level = "error" if failed.intersection(cause.targets) else "warning"
        found.append(
            Annotation(
                level="error" if level == "error" else "warning",
                message=f"{', '.join(cause.targets[:3])}{' and others' if len(cause.targets) > 3 else ''}:"
                f" {clip(cause.message, MESSAGE_CHARACTERS)} {clip(cause.remediation, MESSAGE_CHARACTERS)}"
                f"{reason_links.line(cause.guide)}",
                title=f"{clip(cause.reason, CODE_CHARACTERS)}: {len(cause.targets)} of {report.counts.total} targets",
            )
        )
    found.sort(key=lambda annotation: annotation.level)
    left_out = len(found) - MOST_ANNOTATIONS
    if left_out > 0:
        found[MOST_ANNOTATIONS:] = [
            Annotation(
                level=found[MOST_ANNOTATIONS].level,
                message=f"{left_out} more causes are in the job summary.",
                title="More",
            )
        ]
    if unreadable:
        found.append(Annotation(level="warning", message=clip(unreadable, NOTE_CHARACTERS), title="Unreadable records"))
    return tuple(found)
