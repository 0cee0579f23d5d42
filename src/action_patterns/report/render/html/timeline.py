"""Every target from start to finish: who worked when, how many at once, and what took long."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from action_patterns.contracts import RunReport, TargetResult
from action_patterns.escape import html_code, html_text
from action_patterns.report.render.headline import shares
from action_patterns.report.render.html.charts import WIDTH, axis, grid
from action_patterns.report.render.html.table import group
from action_patterns.report.render.view import span

SINGLE = 300
"""Up to so many targets each is a bar with its name; of more, bars of one colour that touch are drawn as one."""

ROWS = 40
ROW_HEIGHT = 12
BAR_HEIGHT = 9
NARROWEST = 2.0
"""In thousandths of the whole: what is shorter would not be seen."""


class Work(NamedTuple):
    """A target's time, in UTC."""

    begun: datetime
    ended: datetime
    result: TargetResult


class Bar(NamedTuple):
    """A target in its row; start and end in thousandths of the whole."""

    row: int
    start: float
    end: float
    work: Work


def section(report: RunReport) -> str:
    """Nothing where no record has its times."""
    works = _works(report)
    if not works:
        return ""
    begun, ended = works[0].begun, max(work.ended for work in works)
    lanes, number = _lanes(works)
    rows = min(number, ROWS)
    scale = WIDTH / ((ended - begun).total_seconds() or 1.0)
    bars = [
        Bar(
            lane * rows // number,
            (work.begun - begun).total_seconds() * scale,
            (work.ended - begun).total_seconds() * scale,
            work,
        )
        for lane, work in zip(lanes, works, strict=True)
    ]
    drawn = _singly(bars) if len(bars) <= SINGLE else _joined(bars)
    colours = "".join(
        f'<li><span class="dot {word}" aria-hidden="true"></span>{word}</li>' for word, _ in shares(report.counts)
    )
    height = rows * ROW_HEIGHT
    alone = f"{len(bars):,} targets from {begun:%H:%M:%S} to {ended:%H:%M:%S} UTC, at most {number:,} at once"
    return f"""<section aria-labelledby="timeline-title">
<h2 id="timeline-title">Timeline</h2>
<ul class="legend">{colours}</ul>
<svg class="chart" viewBox="0 0 {WIDTH} {height}" height="{height}" preserveAspectRatio="none" role="img"
 aria-label="{alone}">{grid(height)}{drawn}</svg>
{axis(begun, ended)}
<p class="quiet">{_said(report, works, number)}</p>
</section>
"""


def _works(report: RunReport) -> list[Work]:
    """By start. Clocks of two machines may differ: nothing ends before it began."""
    found = [
        Work(result.started_at.astimezone(UTC), max(result.started_at, result.finished_at).astimezone(UTC), result)
        for result in report.results
        if result.started_at and result.finished_at
    ]
    return sorted(found, key=lambda work: (work.begun, work.result.target))


def _lanes(works: Sequence[Work]) -> tuple[list[int], int]:
    """For each target the lowest lane that is free when it starts; so the lanes are as many as ever ran at once."""
    busy: list[tuple[datetime, int]] = []
    free: list[int] = []
    lanes: list[int] = []
    number = 0
    for begun, ended, _ in works:
        while busy and busy[0][0] <= begun:
            heapq.heappush(free, heapq.heappop(busy)[1])
        if not free:
            heapq.heappush(free, number)
            number += 1
        lanes.append(heapq.heappop(free))
        heapq.heappush(busy, (ended, lanes[-1]))
    return lanes, number


def _singly(bars: Iterable[Bar]) -> str:
    return "".join(
        f'<rect class="{group(bar.work.result)}" x="{bar.start:.2f}" y="{bar.row * ROW_HEIGHT + 1}"'
        f' width="{max(NARROWEST, bar.end - bar.start):.2f}" height="{BAR_HEIGHT}">'
        f"<title>{html_text(bar.work.result.target)}: {bar.work.result.outcome}, {bar.work.begun:%H:%M:%S},"
        f" {_took(bar.work)}</title></rect>"
        for bar in bars
    )


def _joined(bars: Iterable[Bar]) -> str:
    """One path per colour, failures last and so on top."""
    pieces: defaultdict[tuple[str, int], list[list[float]]] = defaultdict(list)
    for bar in bars:
        row = pieces[group(bar.work.result), bar.row]
        end = max(bar.end, bar.start + NARROWEST)
        if row and bar.start - row[-1][1] < 1:
            row[-1][1] = max(row[-1][1], end)
        else:
            row.append([bar.start, end])
    paths: defaultdict[str, list[str]] = defaultdict(list)
    for (word, row_number), row in pieces.items():
        top = row_number * ROW_HEIGHT + 1
        paths[word] += [f"M{begun:.1f} {top}H{ended:.1f}v{BAR_HEIGHT}H{begun:.1f}Z" for begun, ended in row]
    on_top = sorted(paths, key=lambda word: (word == "failed", word == "deferred", word))
    return "".join(f'<path class="{word}" d="{"".join(paths[word])}"/>' for word in on_top)


def _said(report: RunReport, works: Sequence[Work], number: int) -> str:
    told = [f"Showing {len(works):,} of {len(report.results):,} targets"]
    if len(works) < len(report.results):
        told[0] += " (the others returned no times)"
    slowest = max(works, key=lambda work: work.ended - work.begun)
    told += [f"at most {number:,} at once", f"slowest {html_code(slowest.result.target)}, {_took(slowest)}"]
    if number > ROWS:
        told.append(f"{number:,} lanes share {ROWS} rows")
    if len(works) > SINGLE:
        told.append("bars of one colour that touch are drawn as one; the table below has every target's times")
    return " · ".join(told)


def _took(work: Work) -> str:
    return span(work.ended - work.begun)
