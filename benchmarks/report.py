"""What reporting 10,000 targets costs: every channel from records in memory. Exit code 1 if over its budget.

    python benchmarks/report.py [targets]

Time is wall clock of the slowest of the rounds; memory is what Python allocated at the peak, records included.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(CHECKOUT / "src"), str(CHECKOUT / "tests")]

from action_patterns.contracts import Plan, RunReport, TargetResult
from action_patterns.discovery.packing import pack
from action_patterns.report.model.aggregate import aggregate
from action_patterns.report.render import comment, html, junit, plain_text
from action_patterns.report.render.markdown import layout
from action_patterns.report.render.view import Page
from support.report_builders import context, fleet, job

TARGETS = 10_000
ROUNDS = 3
BUDGET_SECONDS = 3.0
BUDGET_MEBIBYTES = 200.0
MIXED = ["updated", "unchanged", "failed", "deferred", "skipped", "created", "missing", "blocked", "closed", "planned"]


@dataclass(frozen=True)
class Cost:
    """Seconds by channel, and the peak of memory over all of them."""

    seconds: dict[str, float]
    mebibytes: float

    @property
    def total_seconds(self) -> float:
        return sum(self.seconds.values())


def channels(report: RunReport) -> dict[str, Callable[[], str]]:
    """Every rendering of a report."""
    page = Page(context=context(), artifact_name="sync-files-report-a2")
    return {
        "job summary": lambda: layout.fit(report, page),
        "comment": lambda: comment.fit(report, page),
        "log": lambda: plain_text.render(report, page),
        "run-report.json": report.encode,
        "JUnit": lambda: junit.render(report),
        "HTML": lambda: html.render(report, page),
    }


def run(plan: Plan, records: list[TargetResult], before: RunReport) -> dict[str, float]:
    """Seconds of each part."""
    started = time.perf_counter()
    jobs = [job(leg, "failure") for leg in range(len(plan.packing))]
    report = aggregate(plan, records, context(), needs={"apply": "failure"}, jobs=jobs, previous=before)
    seconds = {"aggregate and compare": time.perf_counter() - started}
    for name, render in channels(report).items():
        started = time.perf_counter()
        render()
        seconds[name] = time.perf_counter() - started
    return seconds


def packed(targets: int) -> tuple[Plan, list[TargetResult]]:
    """Every outcome in turn, in as many legs as a matrix may have."""
    plan, records = fleet((MIXED * (targets // len(MIXED) + 1))[:targets])
    return plan.model_copy(update={"packing": pack(targets, per_leg=20)}), records


def measure(targets: int = TARGETS, rounds: int = ROUNDS) -> Cost:
    """Time first, memory in a round of its own: counting allocations is slow."""
    plan, records = packed(targets)
    before = aggregate(plan, records, context(run_id=1, run_number=411))
    junit.render(before.model_copy(update={"results": ()}))  # its library is imported once
    slowest = max((run(plan, records, before) for _ in range(rounds)), key=lambda seconds: sum(seconds.values()))
    del plan, records, before
    tracemalloc.start()
    plan, records = packed(targets)
    run(plan, records, aggregate(plan, records, context(run_id=1, run_number=411)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return Cost(slowest, peak / 2**20)


def main(arguments: list[str]) -> int:
    targets = int(arguments[0]) if arguments else TARGETS
    cost = measure(targets)
    for name, seconds in cost.seconds.items():
        print(f"{name:<24}{seconds:8.2f} s")
    print(f"{'all channels':<24}{cost.total_seconds:8.2f} s    budget {BUDGET_SECONDS:.0f} s for {TARGETS:,} targets")
    print(f"{'memory at the peak':<24}{cost.mebibytes:8.0f} MiB  budget {BUDGET_MEBIBYTES:.0f} MiB")
    return int(cost.total_seconds > BUDGET_SECONDS or cost.mebibytes > BUDGET_MEBIBYTES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
