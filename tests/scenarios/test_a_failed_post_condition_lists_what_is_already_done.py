"""A failed assertion after work names the steps and targets that the work has changed; one that holds names nothing."""

from __future__ import annotations

import json

from support.asserting import asserted
from support.editions import without_github
from support.memory_ports import MemoryFiles, World
from support.report_builders import record

pytestmark = without_github(why="The records and the outcomes of the steps are files and inputs.")
STEPS = json.dumps(
    {
        "build": {"outputs": {}, "outcome": "success", "conclusion": "success"},
        "deploy": {"outputs": {}, "outcome": "failure", "conclusion": "success"},
        "notify": {"outputs": {}, "outcome": "skipped", "conclusion": "skipped"},
    }
)
BAD = [{"name": "The new version answers", "value": "1.0", "equals": "2.0"}]
LATER = [{"name": "warned", "value": "1.0", "equals": "2.0", "severity": "warning"}]


def world() -> World:
    made, same = record(0, "acme/api", "created"), record(1, "acme/web", "unchanged")
    files = {"records/a.json": made.encode(), "records/b.json": same.encode(), "records/c.json": "{"}
    return World(files=MemoryFiles(files))


def test_the_message_lists_steps_and_targets() -> None:
    step = asserted(BAD, world(), steps=STEPS, records="records")
    (annotation,) = step.finish.annotations
    assert "Step `build` succeeded." in annotation.message
    assert "Step `deploy` failed, perhaps half done." in annotation.message
    assert "notify" not in annotation.message
    assert "Target `acme/api`: created" in annotation.message
    assert "https://github.com/acme/api/pull/40" in annotation.message
    assert "acme/web" not in annotation.message, "nothing was done there"
    assert "1 file of `records` is no record that can be read." in annotation.message
    assert "- Step `build` succeeded." in step.finish.summary


def test_an_assertion_that_holds_lists_nothing() -> None:
    step = asserted([{"value": "a", "equals": "a"}], world(), steps=STEPS, records="records")
    assert step.finish.annotations == ()
    assert step.finish.summary == ""


def test_a_warning_lists_nothing() -> None:
    step = asserted(LATER, world(), steps=STEPS, records="records")
    (annotation,) = step.finish.annotations
    assert "Step" not in annotation.message


def test_records_that_are_not_there_are_none() -> None:
    step = asserted(BAD, World(), records="records")
    (annotation,) = step.finish.annotations
    assert "Already done" not in annotation.message
