"""The tier of each target is in its record and in the report, which warns above a share of degraded targets."""

from __future__ import annotations

import json

import pytest

from action_patterns.action.contract import Finish
from action_patterns.actions.report.interface import ReportOutputs
from action_patterns.errors import InputError
from action_patterns.report.build import build
from action_patterns.report.render import junit
from support.degrade_stage import FAILED, WELL, degrade
from support.editions import without_github
from support.report_builders import context, plan, record
from support.report_stage import ReportStage

pytestmark = without_github(why="Records and their report are files.")


def fleet(number: int, degraded: int, *, without_tier: int = 0) -> ReportStage:
    """Return a run whose last targets fell back, as a step of degrade gives it to record."""
    total = number + without_tier
    stage = ReportStage(plan=plan(*(f"acme/service-{index:03d}" for index in range(total)), name="sync"))
    for index in range(total):
        inputs = {}
        if index < number:
            answers = (FAILED, WELL, WELL) if index >= number - degraded else (WELL, WELL)
            outputs = degrade(*answers).outputs
            inputs = {"tier": outputs.tier, "tier_index": outputs.tier_index, "message": outputs.message}
        stage.record(index, "unchanged", **inputs)
    return stage


def alerts(finish: Finish[ReportOutputs]) -> list[str]:
    return [each.title for each in finish.annotations if each.level == "warning"]


def test_2_of_20_is_an_alert_and_stays_green() -> None:
    report, finish = fleet(20, 2).report()
    assert alerts(finish) == ["Degraded: 2 of 20 targets"]
    assert "more than 5 %" in finish.annotations[0].message
    assert (report.verdict, finish.exit_code) == ("passed", 0)
    outputs = finish.outputs
    assert (outputs.degraded_count, outputs.degraded_alert) == (2, True)
    assert json.loads(outputs.degraded_targets) == ["acme/service-018", "acme/service-019"]
    assert report.degraded is not None
    assert report.degraded.model_dump() == {"degraded": 2, "tiered": 20, "alert_percent": 5, "alert": True}
    assert [(each.tier, each.tier_index) for each in report.results[-3:]] == [
        ("optimal", 1),
        ("acceptable", 2),
        ("acceptable", 2),
    ]
    assert "2 of 20 targets \\(10.0 %\\) hold by a tier below their first" in finish.summary
    assert (
        "| tier 2, acceptable | unchanged | Degraded: tier 2 of 3, `acceptable`, holds. optimal: `run` ended with"
        in finish.summary
    )
    assert "tier 1" not in finish.summary


def test_5_of_100_is_exactly_the_threshold_and_no_alert() -> None:
    report, finish = fleet(100, 5).report()
    assert (alerts(finish), finish.outputs.degraded_alert) == ([], False)
    assert finish.outputs.degraded_count == 5
    assert "5 of 100 targets \\(5.0 %\\) hold by a tier below their first" in finish.summary, "never silent"
    assert "mend" not in finish.summary
    assert report.verdict == "passed"


def test_without_degraded_targets_nothing_is_said() -> None:
    _, finish = fleet(20, 0).report(degraded_alert_percent=0)
    assert alerts(finish) == []
    assert "egraded" not in finish.summary
    plain, finish = fleet(0, 0, without_tier=2).report(degraded_alert_percent=0)
    assert (plain.degraded, finish.outputs.degraded_count, finish.outputs.degraded_alert) == (None, 0, False)


@pytest.mark.parametrize(("percent", "alert"), [(0, True), (9.9, True), (10, False), (100, False)])
def test_the_threshold_is_an_input(percent: float, alert: bool) -> None:
    assert fleet(20, 2).report(degraded_alert_percent=percent)[1].outputs.degraded_alert is alert


def test_targets_without_a_tier_do_not_thin_the_share() -> None:
    _, finish = fleet(20, 2, without_tier=80).report()
    assert alerts(finish) == ["Degraded: 2 of 20 targets"]


def test_of_several_recorders_the_lowest_tier_counts() -> None:
    stage = ReportStage()
    for index in (0, 1):
        stage.record(index, "unchanged", job="build", tier="cached", tier_index=3)
        stage.record(index, "updated", job="test", tier="mirror", tier_index=1, name="test")
    report, finish = stage.report()
    assert [(each.tier, each.tier_index) for each in report.results] == [("cached", 3)] * 2
    assert finish.outputs.degraded_count == 2


def test_a_tier_without_its_place_is_refused() -> None:
    for given in ({"tier": "cached"}, {"tier_index": 2}):
        with pytest.raises(InputError, match="is given, and"):
            ReportStage().record(0, **given)


def test_every_rendering_has_the_tier_of_a_target() -> None:
    records = [
        record(0, "acme/api", tier="mirror", tier_index=1, message="fine"),
        record(1, "acme/web", tier="cached", tier_index=2, message="no mirror"),
        record(2, "acme/x", "failed"),
    ]
    made = build(plan("acme/api", "acme/web", "acme/x"), records, context())
    assert "tier 1, mirror" in made.html
    assert "no mirror · tier 2, cached" in made.html
    assert "up-to-date (tier 2, cached)" in made.text
    assert "| tier 2, cached | unchanged | no mirror |" in made.markdown
    for told in (made.text, made.markdown.replace("\\", ""), made.html):
        assert "Degraded: 1 of 2 targets (50.0 %) hold by a tier below their first (tier 2, cached: 1)" in told
    xml = junit.render(made.report)
    assert '<property name="degraded" value="1 of 2"/>' in xml.replace(" />", "/>")
    assert "tier 1, mirror" in xml
    assert "tier 2, cached" in xml


def test_a_hostile_tier_changes_no_structure() -> None:
    name = "x | y</summary><script>`@acme"
    made = build(plan("acme/api"), [record(0, "acme/api", tier=name, tier_index=2)], context())
    assert "<script>`" not in made.html + made.markdown
    (row,) = [line for line in made.markdown.splitlines() if "tier 2, x" in line and line.startswith("| ")]
    assert row.count(" | ") == 3
