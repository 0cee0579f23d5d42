"""Drawings: SVG without a separate style, each with its text for readers who do not see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from action_patterns.contracts import RunReport
from action_patterns.contracts.wording import counted
from action_patterns.escape import html_code
from action_patterns.report.model.usage_over_time import Spent, spending
from action_patterns.report.render.api_usage import facts
from action_patterns.report.render.headline import LABELS, shares, widths
from action_patterns.report.render.view import percent

BAR = 400
WIDTH, HEIGHT = 1000, 160
SLOTS = 400
"""Points drawn at most: more would not be seen."""


def outcomes(report: RunReport) -> str:
    """The shares as one bar, and its legend, which says the same in words."""
    parts = shares(report.counts)
    if not parts:
        return ""
    total, at, drawn = report.counts.total, 0, []
    for (word, _), width in zip(parts, widths([number for _, number in parts], BAR), strict=True):
        drawn.append(f'<rect class="{word}" x="{at}" width="{width}" height="14"/>')
        at += width
    said = ", ".join(f"{number:,} {LABELS.get(word, word)}" for word, number in parts)
    legend = "".join(
        f'<li><span class="dot {word}" aria-hidden="true"></span><b>{number:,}</b> {LABELS.get(word, word)}'
        f' <span class="quiet">{percent(number, total)}</span></li>'
        for word, number in parts
    )
    return f"""<section aria-labelledby="outcomes-title">
<h2 id="outcomes-title" class="unseen">Outcomes</h2>
<svg class="bar" viewBox="0 0 {BAR} 14" preserveAspectRatio="none" role="img"
 aria-label="Of {counted(total, report.kind)}: {said}">{"".join(drawn)}</svg>
<ul class="legend">{legend}</ul>
</section>
"""


def budget(report: RunReport) -> str:
    """Requests and writes as they added up; nothing where nothing was asked."""
    told = facts(report, html_code)
    points = spending(report.results)
    if not told:
        return ""
    drawing = ""
    if len(points) > 1:
        start = min(report.started_at or points[0].at, points[0].at)
        drawing = _curves(points, start)
    listed = "".join(f"<li>{fact}</li>" for fact in told)
    return f"""<section aria-labelledby="budget-title">
<h2 id="budget-title">API budget</h2>
{drawing}<ul class="facts">{listed}</ul>
</section>
"""


def axis(start: datetime, end: datetime) -> str:
    """Five moments below a drawing; with the date where the run went over midnight."""
    form = "%H:%M:%S" if start.date() == end.date() else "%m-%d %H:%M"
    marks = "".join(f"<span>{start + (end - start) * quarter / 4:{form}}</span>" for quarter in range(5))
    return f'<p class="axis" aria-hidden="true">{marks}</p>'


def grid(height: int) -> str:
    """Lines at the quarters of the time."""
    lines = "".join(f"M{WIDTH * quarter // 4} 0V{height}" for quarter in range(1, 4))
    return f'<path class="grid" d="{lines}"/>'


def _curves(points: Sequence[Spent], start: datetime) -> str:
    end, last = points[-1].at, points[-1]
    seconds = (end - start).total_seconds() or 1.0
    slots: dict[int, Spent] = {}
    for point in points:  # totals only grow, so the last of a slot says all
        slots[round(SLOTS * (point.at - start).total_seconds() / seconds)] = point
    requests = _steps([(slot, point.requests) for slot, point in slots.items()], last.requests)
    writes = _steps([(slot, point.writes) for slot, point in slots.items()], last.requests)
    return f"""<ul class="legend">
<li><span class="line" aria-hidden="true"></span><b>{last.requests:,}</b> requests</li>
<li><span class="line writes" aria-hidden="true"></span><b>{last.writes:,}</b> of them writes</li>
</ul>
<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" height="{HEIGHT}" preserveAspectRatio="none" role="img"
 aria-label="Requests added up from {start:%H:%M:%S} to {end:%H:%M:%S} UTC: {last.requests:,}, {last.writes:,} writes">
{grid(HEIGHT)}<path class="area" d="{requests}V{HEIGHT}H0Z"/>
<path class="requests" d="{requests}"/><path class="writes" d="{writes}"/></svg>
{axis(start, end)}
<p class="quiet">A target's requests count from the moment it was finished: records hold no finer times.</p>
"""


def _steps(points: Sequence[tuple[int, int]], most: int) -> str:
    """A line that goes up in steps, as nothing is known between two points."""
    path = [f"M0 {HEIGHT}"]
    for slot, total in points:
        # Two units stay free above, so that the line is seen whole at its top.
        path.append(f"H{slot * WIDTH / SLOTS:g}V{HEIGHT - (HEIGHT - 2) * total / max(most, 1):.1f}")
    return "".join([*path, f"H{WIDTH}"])
