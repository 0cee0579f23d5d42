"""What every shipped action.yml must and must not hold, whoever wrote or generated it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
ACTIONS = [ROOT / "action.yml", *sorted((ROOT / "actions").glob("*/action.yml"))]
FORBIDDEN = re.compile(r"ACTIONS_RUNTIME_\w*|ACTIONS_RESULTS_URL")


def violations(text: str) -> list[str]:
    document: dict[str, Any] = yaml.safe_load(text)
    found = []
    runs = document["runs"]
    if runs.get("using") != "composite":
        found.append("is no composite")
    for step in runs.get("steps", []):
        command = step.get("run", "")
        if "uses" in step:
            found.append(f"uses {step['uses']}")
        if "${{" in command:
            found.append("has an expression in run")
        if re.search(r"python[\d.]*\s+(-I\s+)?-m\b", command):
            found.append("runs a module by name")
        if re.search(r"python[\d.]*\s", command) and " -I " not in command:
            found.append("runs Python without -I")
        if command and "$GITHUB_ACTION_PATH" not in command:
            found.append("does not reach its code through $GITHUB_ACTION_PATH")
        if command and step.get("env", {}).get("BASH_ENV") != "":
            found.append("lets BASH_ENV of an earlier step run")
        found += [
            f"passes {name} otherwise than by INPUT_"
            for name in step.get("env", {}).keys() - {"BASH_ENV"}
            if not re.fullmatch(r"INPUT_[A-Z][A-Z0-9_]*", name)
        ]
    # The runner evaluates expressions wherever they are, in a description too.
    outside = {"name": document["name"], "description": document["description"], "inputs": document.get("inputs")}
    outside["outputs"] = {name: output["description"] for name, output in document.get("outputs", {}).items()}
    if "${{" in json.dumps(outside):
        found.append("has an expression outside of env and outputs")
    if FORBIDDEN.search(text):
        found.append("asks for the runner's own token")
    return found


@pytest.mark.parametrize("path", ACTIONS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_shipped_action_keeps_the_rules_of_composites(path: Path) -> None:
    assert violations(path.read_text()) == []


def test_every_action_is_looked_at() -> None:
    assert len(ACTIONS) >= 6


GOOD = """\
name: x
description: x
inputs: {a: {description: x}}
outputs: {b: {description: x, value: "${{ steps.run.outputs.b }}"}}
runs:
  using: composite
  steps:
    - id: run
      shell: bash
      run: bash "$GITHUB_ACTION_PATH/../../src/bootstrap/launch.sh" x
      env: {BASH_ENV: "", INPUT_A: "${{ inputs.a }}"}
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("using: composite", "using: node24"),
        ("run: bash", "uses: actions/checkout@v4\n      run: bash"),
        ('launch.sh" x', 'launch.sh" ${{ inputs.a }}'),
        ("run: bash", "run: python -I -m"),
        ("run: bash", "run: python3"),
        ("$GITHUB_ACTION_PATH/../../", "./"),
        ("INPUT_A:", "TOKEN:"),
        ('BASH_ENV: "", ', ""),
        ('BASH_ENV: ""', "BASH_ENV: x.sh"),
        ("{description: x}", "{description: 'as ${{ github.ref }}'}"),
        ("{b: {description: x", "{b: {description: 'as ${{ github.ref }}'"),
        ("name: x", "name: ACTIONS_RUNTIME_TOKEN"),
    ],
)
def test_those_rules_find_what_they_are_for(old: str, new: str) -> None:
    assert violations(GOOD) == []
    assert violations(GOOD.replace(old, new, 1))


def test_nothing_of_the_product_asks_for_the_runners_own_token() -> None:
    # A `run:` step has no such token on GitHub; act gives one, so a test there would pass and the action would not.
    places = [ROOT / "src/action_patterns", ROOT / "actions"]
    found = {
        str(path.relative_to(ROOT))
        for place in places
        for path in place.rglob("*")
        if path.suffix in (".py", ".sh", ".yml", ".md") and FORBIDDEN.search(path.read_text())
    }
    assert found == set()
