"""Warnings about a selection stay within what GitHub shows of a step, and none is left out in silence."""

from __future__ import annotations

import pytest

from action_patterns.contracts import LeftOut, SelectionWarning
from action_patterns.discovery.summary import MOST_WARNINGS, annotate_selection, summary
from support.report_builders import plan


def warned(count: int) -> tuple[SelectionWarning, ...]:
    return tuple(
        SelectionWarning(
            key="exclude", value=f"x{i}", message=f"`x{i}` in `exclude` excluded nothing.", file="d.yml", line=9
        )
        for i in range(count)
    )


@pytest.mark.parametrize("count", [0, 1, MOST_WARNINGS, MOST_WARNINGS + 1, 100])
def test_annotations_are_bounded_and_count_what_they_leave_out(count: int) -> None:
    found = annotate_selection(plan("acme/api", warnings=warned(count)))
    assert len(found) == min(count, MOST_WARNINGS)
    assert {each.level for each in found} <= {"warning"}
    if count:
        assert (found[0].file, found[0].line, found[0].message) == ("d.yml", 9, "`x0` in `exclude` excluded nothing.")
    if count > MOST_WARNINGS:
        assert found[-1].message.startswith(f"{count - MOST_WARNINGS + 1} more parts")


def test_the_summary_holds_each_of_them() -> None:
    text = summary(plan("acme/api", warnings=warned(20)))
    assert text.count("> [!WARNING]") == 20
    assert "> `x19` in `exclude` excluded nothing." in text


def test_the_summary_counts_the_rules_that_conditions_leave_out() -> None:
    made = plan("acme/a", "acme/b", "acme/c")
    out = LeftOut(group="go", rule="x → y", reason="Its primary language is C, not Go.")
    roster = [entry.model_copy(update={"left_out": (out,)}) if entry.index else entry for entry in made.roster]
    text = summary(made.model_copy(update={"roster": tuple(roster)}))
    assert "| go | x → y | 2 | Its primary language is C, not Go. |" in text
    assert "Rules that do not count" not in summary(made)
