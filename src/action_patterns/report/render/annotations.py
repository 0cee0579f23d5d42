"""The causes of failures -> the annotations beside the run. apply, distribute and report all use this."""

from __future__ import annotations

from collections.abc import Iterable

from action_patterns.contracts import CauseCount, RunReport, TargetResult
from action_patterns.contracts.result import FAILING
from action_patterns.escape import CODE_CHARACTERS, MESSAGE_CHARACTERS, clip
from action_patterns.ports.log import Annotation
from action_patterns.report.model import reason_links
from action_patterns.report.model.causes import causes
from action_patterns.report.render import tiers
from action_patterns.report.render.headline import NOTE_CHARACTERS, silent_notes

MOST_ANNOTATIONS = 9
"""GitHub shows ten errors and ten warnings of a step (docs: "Workflow commands", limits); one says what is left out."""


def annotate(report: RunReport, unreadable: str) -> tuple[Annotation, ...]:
    """Return the annotations of a report: its causes, what it lacks, and the note on unreadable records."""
    found = []
    if report.verdict == "inconclusive":
        found.append(
            Annotation(
                level="error",
                message="There is no plan, so the report knows no repository. Open the log of the discover job.",
                title="No roster",
            )
        )
    failing = {result.target for result in report.results if result.outcome in FAILING}
    found += [_of(cause, failing, report.counts.total) for cause in report.causes]
    found += [Annotation(level="error", message=note, title="A job says nothing") for note in silent_notes(report)]
    if report.degraded is not None and report.degraded.alert:
        share = f"{report.degraded.degraded:,} of {report.degraded.tiered:,} targets"
        # The first of the warnings: with many causes the last ones are left out.
        found.insert(0, Annotation(level="warning", message=tiers.note(report), title=f"Degraded: {share}"))
    found = _bounded(found)
    if unreadable:
        found.append(Annotation(level="warning", message=clip(unreadable, NOTE_CHARACTERS), title="Unreadable records"))
    return tuple(found)


def annotate_results(results: Iterable[TargetResult]) -> tuple[Annotation, ...]:
    """Return the annotations of results that no report holds: those of one leg."""
    given = tuple(results)
    failing = {result.target for result in given if result.outcome in FAILING}
    return tuple(_bounded([_of(cause, failing, len(given)) for cause in causes(given)]))


def _of(cause: CauseCount, failing: set[str], total: int) -> Annotation:
    return Annotation(
        level="error" if failing.intersection(cause.targets) else "warning",
        message=f"{', '.join(cause.targets[:3])}{' and others' if len(cause.targets) > 3 else ''}:"
        f" {clip(cause.message, MESSAGE_CHARACTERS)} {clip(cause.remediation, MESSAGE_CHARACTERS)}"
        f"{reason_links.line(cause.guide)}",
        title=f"{clip(cause.reason, CODE_CHARACTERS)}: {len(cause.targets)} of {total} targets",
    )


def _bounded(found: list[Annotation]) -> list[Annotation]:
    """Return errors first, and one line for what GitHub would not show: a thousand failures often have one cause."""
    found = sorted(found, key=lambda annotation: annotation.level)
    left_out = len(found) - MOST_ANNOTATIONS
    if left_out > 0:
        found[MOST_ANNOTATIONS:] = [
            Annotation(
                level=found[MOST_ANNOTATIONS].level,
                message=f"{left_out} more causes are in the report.",
                title="More",
            )
        ]
    return found


def left_out(notice: str | None) -> tuple[Annotation, ...]:
    """Return the annotation about documents of ours that are no content."""
    return (Annotation(level="notice", message=notice, title="Left out"),) if notice else ()
