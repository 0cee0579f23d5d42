"""The quiet end of the job summary: what was left as it is, how to run the failures again, what it cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from action_patterns.contracts import RunReport, TargetResult
from action_patterns.contracts.wording import counted, visible_repositories
from action_patterns.escape import CODE_CHARACTERS, clip, code_fence, code_span
from action_patterns.report.render import run_again as again
from action_patterns.report.render.markdown.tables import pull_request
from action_patterns.report.render.view import Detail, Page, limited, span


def left_alone(report: RunReport, page: Page, detail: Detail) -> list[str]:
    """Unchanged and skipped targets, and excluded repositories, each with its reason."""
    sections = []
    for outcome in ("unchanged", "skipped"):
        reasons = [(r.reason, r.target, _named(r, page)) for r in report.results if r.outcome == outcome]
        sections += _by_reason(outcome.capitalize(), reasons, detail)
    excluded = [(each.reason, each.repository, code_span(each.repository)) for each in report.excluded]
    return sections + _by_reason("Excluded by discovery", excluded, detail)


def _named(result: TargetResult, page: Page) -> str:
    merged = f" ({pull_request(result, page)})" if result.pull_request_state == "merged" else ""
    return f"{code_span(result.target)}{merged}"


def _by_reason(title: str, reasons: Sequence[tuple[str, str, str]], detail: Detail) -> list[str]:
    if not reasons:
        return []
    groups: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for reason, name, text in reasons:
        groups[reason].append((name, text))
    largest_first = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    shown, note = limited(largest_first, detail.cause_rows)
    lines = "\n".join(_reason_line(reason, names, detail) for reason, names in shown)
    more = f", {len(groups):,} reasons{note}" if note else ""
    summary = f"<details><summary>{title} ({len(reasons):,}{more})</summary>"
    return [summary, lines, "</details>"] if lines else [f"{title}: {len(reasons):,}."]


def _reason_line(reason: str, names: Iterable[tuple[str, str]], detail: Detail) -> str:
    ordered = sorted(names)
    shown, note = limited(ordered, detail.names)
    listed = ": " + ", ".join(text for _, text in shown) if shown else ""
    return f"- {code_span(clip(reason, CODE_CHARACTERS)) or 'no reason'} ({len(ordered):,}{note}){listed}"


def run_again(report: RunReport, page: Page) -> list[str]:
    """Return how to run only the failures again, folded."""
    sections: list[str] = []
    for way in again.ways(report, page):
        sections += [f"**{way.title}**{way.text}"]
        sections += [code_fence(way.verbatim)] if way.verbatim else []
        sections += [way.after] if way.after else []
    return [f"<details><summary>{again.title(report)}</summary>", *sections, "</details>"] if sections else []


def cost(report: RunReport) -> str:
    """Return the number of visible repositories, and the run's use of the API."""
    usage = report.usage
    waited = f", waited {span(timedelta(seconds=usage.seconds_waited))} for limits" if usage.seconds_waited else ""
    api = f"API cost: {counted(usage.requests, 'request')}, {usage.writes:,} of them writes{waited}"
    visible, *records = seen(report)
    return " · ".join((visible, api, *records))


def seen(report: RunReport) -> list[str]:
    """Return the number of visible repositories, and the records that do not count."""
    visible = "" if report.kind == "item" else f"{visible_repositories(report.visible)}, "
    told = [f"{visible}{report.counts.total:,} in the roster, {len(report.excluded):,} excluded"]
    if ignored := report.ignored_records:
        told.append(f"{counted(ignored, 'record')} of another plan or attempt not counted")
    if twice := report.duplicate_records:
        told.append(f"{counted(twice, 'more record')} of one target and attempt: the worst counts")
    return told
