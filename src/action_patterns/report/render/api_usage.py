"""The run's use of GitHub's API, in a fold: totals, the lowest limit, the busiest minute, the most costly target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from action_patterns.contracts import RunReport, TargetResult
from action_patterns.escape import code_span
from action_patterns.report.render.view import span


def section(report: RunReport) -> list[str]:
    """Nothing where nothing was asked."""
    told = facts(report, code_span)
    return ["<details><summary>API budget</summary>", " · ".join(told), "</details>"] if told else []


def facts(report: RunReport, code: Callable[[str], str]) -> list[str]:
    """The same, one fact each; `code` writes a name for the channel."""
    usage = report.usage
    if not usage.requests:
        return []
    told = [f"{usage.requests:,} requests ({usage.writes:,} writes, {usage.requests - usage.writes:,} reads)"]
    if usage.seconds_waited:
        told.append(f"waited {span(timedelta(seconds=usage.seconds_waited))} for limits")
    told += _lowest(report, code)
    told += _busiest(report.results)
    most = max(report.results, key=lambda result: result.usage.requests)  # the first by name of equals
    told.append(f"most for one target: {most.usage.requests:,} ({code(most.target)})")
    return told


def _lowest(report: RunReport, code: Callable[[str], str]) -> list[str]:
    # REST and GraphQL are two budgets, and each token has its own: of so many numbers the one nearest to its end.
    limit, ended = report.usage.lowest_limit, report.finished_at
    if limit is None:
        return []
    left = f"lowest remaining {limit.remaining:,} of {limit.limit:,} ({code(limit.resource)}, of one token)"
    form = "%H:%M" if ended and limit.resets_at.date() == ended.date() else "%Y-%m-%d %H:%M"
    word = "was reset" if ended and limit.resets_at <= ended else "resets"
    return [f"{left} · {word} {limit.resets_at:{form}} UTC"]


def _busiest(results: Sequence[TargetResult]) -> list[str]:
    # A target's requests count in the minute it was finished: records hold no finer times.
    minutes: Counter[datetime] = Counter()
    for result in results:
        if result.finished_at:
            at = result.finished_at.astimezone(UTC)
            minutes[at.replace(second=0, microsecond=0)] += result.usage.requests
    if len(minutes) < 2:
        return []
    minute, requests = min(minutes.items(), key=lambda item: (-item[1], item[0]))
    form = "%H:%M" if len({each.date() for each in minutes}) == 1 else "%Y-%m-%d %H:%M"
    return [f"busiest minute: {minute:{form}} UTC, targets finished in it took {requests:,} requests"]
