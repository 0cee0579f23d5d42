"""RunReport -> JUnit XML: one test case per target, for tools that read nothing else.

`failed` and `blocked` are failures; `missing` is an error, as the state of the target is unknown; `skipped`,
`deferred` and `planned` are skipped, as nothing was tried. No suite is empty: some tools call that green, others red.
A run without a roster is one error, a run without targets one skipped case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from action_patterns.contracts import Outcome, RunReport, TargetResult
from action_patterns.contracts.result import FAILING
from action_patterns.escape import xml_text
from action_patterns.report.render.headline import silent_notes, verdict_line
from action_patterns.report.render.tiers import tier_of

if TYPE_CHECKING:
    from junitparser import TestCase

SKIPPED: frozenset[Outcome] = frozenset({"skipped", "deferred", "planned"})


def render(report: RunReport) -> str:
    """The XML, to be written in UTF-8."""
    # Imported here: only a caller who asks for JUnit pays for its library at start-up.
    from junitparser import Error, JUnitXml, Skipped, TestCase, TestSuite

    suite = TestSuite(xml_text(report.name) or "action-patterns")
    suite.timestamp = f"{report.started_at:%Y-%m-%dT%H:%M:%S}" if report.started_at else None
    cases = [_case(report, result) for result in report.results]
    if report.verdict == "inconclusive":
        roster = TestCase("roster", xml_text(report.name))
        roster.result = [Error(verdict_line(report), "no-roster")]
        cases.append(roster)
    elif not cases:
        targets = TestCase("targets", xml_text(report.name) or "action-patterns")
        targets.result = [Skipped(verdict_line(report), report.verdict)]
        cases.append(targets)
    for job, note in zip(report.silent_jobs, silent_notes(report), strict=True):
        case = TestCase(xml_text(job), xml_text(report.name) or "action-patterns")
        case.result = [Error(xml_text(note), "silent-job")]
        cases.append(case)
    properties = [("run", report.run_url), ("commit", report.source_oid), ("verdict", report.verdict)]
    if (share := report.degraded) is not None:
        properties.append(("degraded", f"{share.degraded} of {share.tiered}"))
    for name, value in properties:
        suite.add_property(name, xml_text(value))  # before the cases, where the schema has them
    suite.add_testcases(cases)
    document = JUnitXml(xml_text(report.name) or "action-patterns")
    document.add_testsuite(suite)
    document.update_statistics()
    text: str = document.tostring().decode()
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _case(report: RunReport, result: TargetResult) -> TestCase:
    from junitparser import Error, Failure, Skipped, TestCase

    case = TestCase(xml_text(result.target), xml_text(report.name) or "action-patterns", _seconds(result))
    message = xml_text(result.error.message if result.error else result.message) or xml_text(result.reason)
    if result.outcome in FAILING:
        kind = Error if result.outcome == "missing" else Failure
        outcome = kind(message, xml_text(result.reason))
        outcome.text = xml_text(f"{result.outcome}: {result.error.remediation if result.error else message}")
        case.result = [outcome]
    elif result.outcome in SKIPPED:
        case.result = [Skipped(f"{result.outcome}: {message}", xml_text(result.reason))]
    told = [f"{result.outcome}: {result.pull_request_url}"] if result.pull_request_url else []
    told += [tier_of(result)] if result.tier_index else []
    if told:
        case.system_out = xml_text(", ".join(told))
    return case


def _seconds(result: TargetResult) -> float | None:
    if result.started_at is None or result.finished_at is None:
        return None
    return max(0.0, (result.finished_at - result.started_at).total_seconds())
