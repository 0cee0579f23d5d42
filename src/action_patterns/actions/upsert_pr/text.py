"""The text of one result: log line, job summary, annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from action_patterns.contracts.wording import counted
from action_patterns.escape import cell, cell_code, code_fence, inline, link, link_url, terminal
from action_patterns.ports.log import Annotation, Level

if TYPE_CHECKING:
    from action_patterns.contracts import TargetResult


def notes(result: TargetResult) -> tuple[Annotation, ...]:
    """Return at most two annotations: the error, and what GitHub refused on the way."""
    found: list[Annotation] = []
    if result.error is not None:
        from action_patterns.contracts.result import FAILING
        from action_patterns.report.model import reason_links  # a run that goes well does not need it

        level: Level = "error" if result.outcome in FAILING else "warning"
        guide = reason_links.line(reason_links.of([result]))
        message = f"{result.target}: {result.error.message}\n{result.error.remediation}{guide}"
        found.append(Annotation(level=level, message=message, title=f"{result.outcome}: {result.reason}"))
    elif result.outcome == "skipped":
        found.append(
            Annotation(level="notice", message=f"{result.target}: {result.message}", title=f"skipped: {result.reason}")
        )
    if result.refused_fields:
        found.append(
            Annotation(
                level="warning",
                message=f"{result.target}: GitHub refused {', '.join(result.refused_fields)}, or took it and shows it"
                " nowhere. Check the spelling, and that they have access to the repository. No run asks for it again"
                " until the input changes.",
                title="GitHub refused a part of the pull request",
            )
        )
    return tuple(found)


def left_out(notice: str | None) -> tuple[Annotation, ...]:
    """Return the annotation about documents of ours that are no content."""
    if notice is None:
        return ()
    from action_patterns.report.render.annotations import left_out as annotation

    return annotation(notice)


def line(result: TargetResult) -> str:
    """Return the result on one line of the log: outcome, reason, number and address."""
    said = f"Outcome: {result.outcome} ({result.reason}), {result.target}"
    if result.pull_request_number is None:
        return terminal(f"{said}, no pull request")
    state = f" {result.pull_request_state}" if result.pull_request_state else ""
    address = f": {result.pull_request_url}" if result.pull_request_url else ""
    return terminal(f"{said}#{result.pull_request_number}{state}{address}")


def summary(result: TargetResult, server_url: str) -> str:
    """Return the job summary of one target."""
    pull = ""
    if result.pull_request_number is not None:
        pull = " · " + link(f"#{result.pull_request_number}", result.pull_request_url or "", server_url)
        pull += " merged" if result.pull_request_state == "merged" else ""
    lines = [f"### {inline(result.target)}: {result.outcome}{pull}", "", inline(result.message or result.reason)]
    if result.error is not None:
        from action_patterns.report.model import reason_links

        guide = link_url(reason_links.of([result]) or "", server_url)
        lines += ["", f"**What to do:** {inline(result.error.remediation)}" + (f" · [guide]({guide})" if guide else "")]
    if result.checks:
        lines += ["", "| Before writing | Answer | |", "|:--|:--|:--|"]
        lines += [f"| {cell_code(c.check)} | {cell(c.answer)} | {cell(c.message)} |" for c in result.checks]
    if result.files:
        shown = result.files[:100]
        lines += ["", "<details><summary>Files</summary>", "", "| Path |", "|:--|"]
        lines += [f"| {cell_code(path)} |" for path in shown]
        if len(shown) < len(result.files):
            lines.append(f"\nShowing {len(shown)} of {len(result.files)}.")
        lines += ["", "</details>"]
    if result.planned_requests:
        lines += ["", "A real run would send:", "", code_fence("\n".join(result.planned_requests))]
    usage = result.usage
    changed = f" · changed {cell(', '.join(result.changed_fields))}" if result.changed_fields else ""
    lines += ["", f"{counted(usage.requests, 'request')}, {counted(usage.writes, 'write')}{changed}"]
    return "\n".join(lines) + "\n"
