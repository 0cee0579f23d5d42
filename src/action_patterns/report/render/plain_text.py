"""RunReport -> text for logs and terminals: a table, the causes, and the verdict as the last line."""

from __future__ import annotations

from action_patterns.contracts import CauseCount, RunReport, TargetResult
from action_patterns.contracts.wording import counted
from action_patterns.escape import CODE_CHARACTERS, MESSAGE_CHARACTERS, clip, data_url, terminal
from action_patterns.report.render import changes
from action_patterns.report.render.headline import NOTE_CHARACTERS, all_notes, counts_line, verdict_line
from action_patterns.report.render.markdown.short_summary import is_green
from action_patterns.report.render.tiers import tier_of
from action_patterns.report.render.view import CHANGED, ORDER, Page, moment, of_outcomes

WIDEST_COLUMN = 60
"""A longer name shifts its own row rather than every row."""


def render(report: RunReport, page: Page) -> str:
    """Failures first. Each line starts with a word of ours, as the runner takes a line's start for a command.

    A green run lists only changed targets: a thousand unchanged ones would hide the four that count.
    """
    listed = CHANGED if is_green(report) else frozenset(ORDER)
    rows = [
        (
            result.outcome,
            terminal(result.target),
            terminal(_reason(result)),
            terminal(result.pull_request_url or ""),
        )
        for result in of_outcomes(report.results, listed)
    ]
    blocks = [_table([("OUTCOME", "TARGET", "REASON", "PULL REQUEST"), *rows])] if rows else []
    if left := report.counts.total - len(rows):
        blocks.append(f"Left as they are: {counted(left, report.kind)}, each in run-report.json with its reason.")
    blocks += [_cause(cause, page) for cause in report.causes]
    notes = all_notes(report, page)
    blocks += [f"Note: {terminal(clip(note, NOTE_CHARACTERS))}" for note in notes]
    compared = changes.line(report, page)
    blocks += [compared] if compared else []
    name = f"{terminal(report.name)}: " if report.name else ""
    counts = f"Counts: {counts_line(report.counts).replace(' · ', ', ')}\n" if report.counts.total else ""
    blocks.append(f"{counts}Report of {name}{terminal(report.run_url)}\n{verdict_line(report)}")
    return "\n\n".join(blocks) + "\n"


def _reason(result: TargetResult) -> str:
    tier = f" ({tier_of(result)})" if result.is_degraded else ""
    return f"{clip(result.reason, CODE_CHARACTERS)}{tier}"


def _cause(cause: CauseCount, page: Page) -> str:
    if cause.resumes_at:
        again = f"safe to run again after {moment(cause.resumes_at)}"
    else:
        again = "safe to run again" if cause.retryable else "fix first"
    guide = data_url(cause.guide or "", page.server_url)
    return (
        f"Cause: {terminal(clip(cause.reason, CODE_CHARACTERS))} ({len(cause.targets):,}; {again})\n"
        f"  What: {terminal(clip(cause.message, MESSAGE_CHARACTERS))}\n"
        f"  Do: {terminal(clip(cause.remediation, MESSAGE_CHARACTERS))}" + (f"\n  Guide: {guide}" if guide else "")
    )


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [min(WIDEST_COLUMN, max(len(row[i]) for row in rows)) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
