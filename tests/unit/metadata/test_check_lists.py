"""The schema of check lists takes what a person writes, and what our own example has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema_rs import validator_for

ROOT = Path(__file__).parents[3]
SCHEMA = validator_for(json.loads((ROOT / "schemas/checks-v1.json").read_text()), offline=True)


@pytest.mark.parametrize(("action", "key"), [("assert", "assertions"), ("preflight", "checks")])
def test_the_lists_of_the_example_meet_the_schema(action: str, key: str) -> None:
    example = yaml.safe_load((ROOT / f"actions/{action}/example.yml").read_text())
    steps = [step for job in example["jobs"].values() for step in job.get("steps", ())]
    lists = [step["with"][key] for step in steps if key in step.get("with", {})]
    assert lists
    for text in lists:
        assert [each.message for each in SCHEMA.iter_errors(yaml.safe_load(text))] == []


@pytest.mark.parametrize(
    "entry",
    [
        {"tool": ["git >=2.30", "bash"]},
        {"value": 3, "equals": 3},
        {"value": 3, "at-least": 3, "at-most": "10 MiB"},
        {"command": "x", "exit-code": 1},
        {"command": "x", "exit-code": [1, 2]},
        {"file": ["a", "b"]},
        {"value": "x", "contains": "y", "required": False},
        {"value": "x", "contains": ["y"], "required": ["push"]},
        {"value": {"a": 1}, "one-of": [{"a": 1}, 2]},
    ],
)
def test_an_entry_that_is_taken_meets_the_schema(entry: dict[str, Any]) -> None:
    assert SCHEMA.is_valid([entry])


@pytest.mark.parametrize("entry", [{"file": "a", "bogus": 1}, {"file": "a", "value": "b"}, {"equals": "x"}, "x"])
def test_an_entry_that_is_refused_breaks_the_schema(entry: object) -> None:
    assert not SCHEMA.is_valid([entry])
