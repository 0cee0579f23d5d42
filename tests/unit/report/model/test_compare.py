"""What is said about the previous run: only what both reports know."""

from __future__ import annotations

import pytest

from action_patterns.contracts import Exclusion, RunReport, Usage
from action_patterns.errors import InputError
from action_patterns.report.model.aggregate import aggregate
from support.report_builders import context, plan, record


def run(number: int, previous: RunReport | None = None, /, **outcomes: str) -> RunReport:
    """One run over `acme/<name>`, each with its outcome."""
    names = [f"acme/{name}" for name in outcomes]
    records = [
        record(i, name, outcome)
        for i, (name, outcome) in enumerate(zip(names, outcomes.values(), strict=True))
        if outcome != "missing"
    ]
    run_context = context(run_id=1000 + number, run_number=number, run_attempt=1)
    return aggregate(plan(*names), records, run_context, previous=previous)


def test_each_target_is_told_as_what_it_became() -> None:
    before = run(411, api="failed", docs="missing", web="blocked", cli="updated", old="unchanged")
    now = run(412, before, api="updated", docs="unchanged", web="failed", cli="blocked", ml="missing", new="created")
    changes = now.changes
    assert changes is not None
    assert changes.recovered == ("acme/api", "acme/docs")
    assert changes.still_failing == ("acme/web",)
    assert changes.newly_failing == ("acme/cli", "acme/ml")
    assert changes.new == ("acme/ml", "acme/new")
    assert changes.gone == ("acme/old",)
    assert (changes.previous.run_number, changes.previous.run_id) == (411, 1411)
    assert changes.requests_delta == now.usage.requests - before.usage.requests != 0
    assert changes.writes_delta == now.usage.writes - before.usage.writes != 0
    assert now.failing_runs == {"acme/cli": 1, "acme/ml": 1, "acme/web": 2}


def part(number: int, previous: RunReport | None, left_out: tuple[str, ...], /, **outcomes: str) -> RunReport:
    """One run over a part of the targets; `only` leaves out the others."""
    names = [f"acme/{name}" for name in outcomes]
    excluded = tuple(Exclusion(repository=f"acme/{name}", reason="not-in-only") for name in left_out)
    records = [record(i, name, outcomes[name.removeprefix("acme/")]) for i, name in enumerate(names)]
    here = context(run_id=1000 + number, run_number=number, run_attempt=1)
    return aggregate(plan(*names, excluded=excluded), records, here, previous=previous)


def test_what_only_left_out_is_neither_gone_nor_recovered_nor_new_afterwards() -> None:
    before = run(1, api="failed", web="failed", docs="updated", old="unchanged")
    narrowed = part(2, before, ("web", "docs"), api="updated")
    assert narrowed.changes is not None
    assert (narrowed.changes.gone, narrowed.changes.recovered) == (("acme/old",), ("acme/api",))
    assert narrowed.failing_runs == {"acme/web": 1}
    after = run(3, narrowed, api="unchanged", web="failed", docs="unchanged", more="created")
    assert after.changes is not None
    assert after.changes.new == ("acme/more",)
    assert (after.changes.still_failing, after.changes.newly_failing) == (("acme/web",), ())
    assert after.failing_runs == {"acme/web": 2}
    gone = run(3, narrowed, api="unchanged", web="updated").changes
    assert gone is not None
    assert (gone.gone, gone.recovered) == (("acme/docs",), ("acme/web",))


def test_runs_in_a_row_are_counted_from_the_last_report_alone() -> None:
    report = None
    for number in range(1, 6):
        report = run(number, report, web="failed")
    assert report is not None
    assert report.failing_runs == {"acme/web": 5}
    assert run(7, run(6, report, web="unchanged"), web="failed").failing_runs == {"acme/web": 1}


@pytest.mark.parametrize("outcome", ["skipped", "deferred", "planned"])
def test_what_was_not_tried_is_neither_recovered_nor_counted_again(outcome: str) -> None:
    paused = run(2, run(1, web="failed"), web=outcome)
    assert paused.changes is not None
    assert not (paused.changes.recovered or paused.changes.still_failing or paused.changes.newly_failing)
    assert paused.failing_runs == {"acme/web": 1}
    again = run(3, paused, web="failed")
    assert again.failing_runs == {"acme/web": 2}
    assert again.changes is not None
    assert again.changes.still_failing == ("acme/web",)
    recovered = run(3, paused, web="updated").changes
    assert recovered is not None
    assert recovered.recovered == ("acme/web",)


def test_without_a_previous_roster_nothing_is_compared() -> None:
    inconclusive = aggregate(None, [], context())
    for report in (run(1, web="failed"), run(1, inconclusive, web="failed")):
        assert report.changes is None
        assert report.failing_runs == {"acme/web": 1}
    assert aggregate(None, [], context(), previous=run(1, web="failed")).changes is None


def test_a_report_survives_its_file() -> None:
    report = run(2, run(1, api="failed", web="failed"), api="updated", web="failed")
    assert RunReport.decode(report.encode(), name="run-report.json") == report
    assert report.usage != Usage()


def test_what_an_earlier_report_says_of_targets_it_does_not_have_is_not_believed() -> None:
    before = run(1, web="updated").model_copy(update={"failing_runs": {"acme/api": 41}})
    now = run(2, before, api="failed", web="updated")
    assert now.failing_runs == {"acme/api": 1}
    assert now.changes is not None
    assert now.changes.newly_failing == ("acme/api",)


@pytest.mark.parametrize("runs", [0, -3])
def test_an_earlier_report_cannot_count_backwards(runs: int) -> None:
    text = run(1, web="failed").encode().replace('"acme/web": 1', f'"acme/web": {runs}').replace("\n", "")
    with pytest.raises(InputError):
        RunReport.decode(text, name="run-report.json")
