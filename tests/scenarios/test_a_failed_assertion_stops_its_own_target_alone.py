"""One target's assertion fails: its record says so with the message, and the report shows the others as done."""

from __future__ import annotations

from support.asserting import asserted
from support.editions import without_github
from support.report_builders import plan
from support.report_stage import ReportStage

pytestmark = without_github(why="Assertion, record and report are steps on files.")
VERSIONS = {"acme/api": "2.0", "acme/web": "1.0", "acme/docs": "2.0"}


def test_the_report_shows_one_failed_target_and_the_others_done() -> None:
    run = ReportStage(plan=plan(*VERSIONS, name="sync"))
    for index, version in enumerate(VERSIONS.values()):
        # A leg of the matrix: an assertion, and `record` behind it, as in the example of assert.
        step = asserted([{"name": "The version is out", "value": version, "equals": "2.0"}])
        outcome = "failure" if step.finish.exit_code else "success"
        run.record(index, None, steps=f"verify={outcome}", message=step.outputs.message)
    report, finish = run.report()
    assert (report.counts.unchanged, report.counts.failed, report.counts.missing) == (2, 1, 0)
    assert report.verdict == "partial"
    (failed,) = (each for each in report.results if each.outcome == "failed")
    assert (failed.target, failed.reason) == ("acme/web", "step-failed")
    assert "`The version is out`" in failed.message
    assert "The version is out" in finish.summary
