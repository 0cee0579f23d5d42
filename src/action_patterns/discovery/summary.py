"""A plan -> what discover shows: the job summary and the annotations. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from action_patterns.contracts import LeftOut, Plan, PlanEntry
from action_patterns.contracts.plan import NOT_IN_ONLY
from action_patterns.contracts.wording import counted, visible_repositories
from action_patterns.escape import cell, cell_code, cell_prose, code_span, prose
from action_patterns.ports.log import Annotation

MOST_ROWS = 500
"""Repositories in one list of the summary."""
MOST_WARNINGS = 7
"""GitHub shows ten warnings of a step (docs: "Workflow commands", limits). The others are for what else happened."""
NAMES_SHOWN = 10
"""Names in one annotation."""


def summary(plan: Plan) -> str:
    """Return the job summary of discover."""
    lines = [f"### {_found(plan)}", "", f"{counted(len(plan.packing), 'job')}, {plan.budget.max_parallel} at once"]
    if plan.kind == "repository":
        lines[-1] += f"; {counted(plan.budget.requests_needed, 'request')} at most"
    else:
        named = [entry.target.directory or entry.target.address for entry in plan.found[:MOST_ROWS]]
        lines += ["", ", ".join(map(code_span, named)), *_left_out(len(plan.found))] if named else []
    if part := narrowed(plan):
        lines += ["", part]
    lines += [f"\n> [!WARNING]\n> {prose(each.message)}" for each in plan.warnings[:MOST_ROWS]]
    if absent := _absent(plan):
        listed = ", ".join(map(code_span, absent[:MOST_ROWS]))
        lines += ["", f"Named and not found, so they fail in the report ({len(absent)}): {listed}"]
        lines += _left_out(len(absent))
    if plan.stopped:
        lines += ["", f"Without a job, because they cannot succeed ({len(plan.stopped)}):", ""]
        lines += ["| Repository | Outcome | Reason | How to fix it |", "|:--|:--|:--|:--|"]
        for entry in plan.stopped[:MOST_ROWS]:
            assert entry.stopped is not None
            stop = entry.stopped
            cells = (cell(entry.target.address), stop.outcome, cell_code(stop.reason), cell_prose(stop.remediation))
            lines.append(f"| {' | '.join(cells)} |")
        lines += _left_out(len(plan.stopped))
    if plan.excluded:
        header = f"| {plan.kind.capitalize()} | Reason | |"
        lines += ["", "<details><summary>Left out</summary>", "", header, "|:--|:--|:--|"]
        shown = plan.excluded[:MOST_ROWS]
        lines += [f"| {cell(item.repository)} | {cell_code(item.reason)} | {cell(item.detail)} |" for item in shown]
        lines += [*_left_out(len(plan.excluded)), "", "</details>"]
    if rules := left_out_rules(plan):
        lines += ["", "<details><summary>Rules that do not count for some targets</summary>", ""]
        lines += ["| Group | Rule | Targets | |", "|:--|:--|--:|:--|"]
        lines += [
            f"| {cell(each.group)} | {cell(each.rule or 'all')} | {number:,} | {cell(each.reason)} |"
            for each, number in rules[:MOST_ROWS]
        ]
        lines += [*_left_out(len(rules)), "", "</details>"]
    return "\n".join(lines) + "\n"


def left_out_rules(plan: Plan) -> list[tuple[LeftOut, int]]:
    """Return the groups and rules that conditions leave out, each with the number of targets, most first."""
    return Counter(each for entry in plan.found for each in entry.left_out).most_common()


def narrowed(plan: Plan) -> str:
    """Return a sentence about the targets that `only` and `limit` left out. Empty: they left out none."""
    left_out, roster = sum(each.reason == NOT_IN_ONLY for each in plan.excluded), len(plan.roster)
    by = " and ".join(f"`{name}`" for name, value in (("only", plan.only), ("limit", plan.limit)) if value)
    return f"{roster:,} of {roster + left_out:,} targets: {by} left out {left_out:,}." if left_out else ""


def _found(plan: Plan) -> str:
    number = len(plan.found)
    if plan.kind == "item":
        return counted(number, "item")
    if plan.kind == "directory":
        return f"{counted(number, 'directory')} of {plan.source_repository}"
    return f"{counted(number, 'target')} of {visible_repositories(plan.visible)}"


def annotate(plan: Plan) -> tuple[Annotation, ...]:
    """Return the annotations of discover."""
    return (*annotate_selection(plan), *_not_found(plan), *_stopped(plan), *_nothing_to_do(plan), *_rate_limit(plan))


def annotate_selection(plan: Plan) -> tuple[Annotation, ...]:
    """Return the annotations about parts of the selection without effect. Every way to start a campaign shows them."""
    shown = plan.warnings if len(plan.warnings) <= MOST_WARNINGS else plan.warnings[: MOST_WARNINGS - 1]
    found = [
        Annotation(level="warning", message=each.message, title="No effect", file=each.file, line=each.line)
        for each in shown
    ]
    if more := len(plan.warnings) - len(shown):
        message = f"{more} more parts of the selection had no effect; the job summary has them."
        found.append(Annotation(level="warning", message=message, title="No effect"))
    return tuple(found)


def _absent(plan: Plan) -> list[str]:
    return [entry.target.repository for entry in plan.roster if entry.error]


def _left_out(number: int) -> list[str]:
    return [f"\nShowing {MOST_ROWS} of {number}; the plan file has all."] if number > MOST_ROWS else []


def _not_found(plan: Plan) -> Iterator[Annotation]:
    if absent := _absent(plan):
        more = f" and {len(absent) - NAMES_SHOWN} more" if len(absent) > NAMES_SHOWN else ""
        yield Annotation(
            level="warning",
            message=f"{len(absent)} named repositories do not exist, or this token may not see them:"
            f" {', '.join(absent[:NAMES_SHOWN])}{more}. Each fails in the report.",
            title="Repositories not found",
        )


def _stopped(plan: Plan) -> Iterator[Annotation]:
    """Yield one warning for all targets without a job: each reason with its number, its first names and its fix."""
    by_reason: dict[str, list[PlanEntry]] = {}
    for entry in plan.stopped:
        assert entry.stopped is not None
        by_reason.setdefault(entry.stopped.reason, []).append(entry)
    lines = []
    for reason, entries in by_reason.items():
        stop = entries[0].stopped
        assert stop is not None
        names = ", ".join(entry.target.address for entry in entries[:NAMES_SHOWN])
        more = f" and {len(entries) - NAMES_SHOWN} more" if len(entries) > NAMES_SHOWN else ""
        lines.append(f"{reason}, {stop.outcome}: {names}{more}. {stop.remediation}")
    if lines:
        number = len(plan.stopped)
        head = f"{counted(number, 'target gets', 'targets get')} no job, because none could succeed:"
        yield Annotation(level="warning", message="\n".join((head, *lines)), title="Preflight")


def _nothing_to_do(plan: Plan) -> Iterator[Annotation]:
    if not plan.roster and (part := narrowed(plan)):
        yield Annotation(level="notice", message=part, title="Nothing to do")
    elif not plan.roster and plan.kind == "item":
        message = "The list of items is empty. If you expected some, check the step that writes it."
        yield Annotation(level="notice", message=message, title="Nothing to do")
    elif not plan.roster and plan.kind == "directory":
        message = "No directory that git tracks matches `components`. If you expected some, check the patterns."
        yield Annotation(level="notice", message=message, title="Nothing to do")
    elif not plan.roster:
        yield Annotation(
            level="notice",
            message=f"No target among {visible_repositories(plan.visible)}. If you expected some: the"
            " token may not see them (App installation, organization membership), or the filters exclude them.",
            title="Nothing to do",
        )


def _rate_limit(plan: Plan) -> Iterator[Annotation]:
    budget = plan.budget
    if budget.requests_remaining is not None and budget.requests_remaining < budget.requests_needed:
        yield Annotation(
            level="warning",
            message=f"At worst {budget.requests_needed} requests are needed and {budget.requests_remaining} remain this"
            " hour; targets that do not fit are deferred to the next run.",
            title="Rate limit",
        )
