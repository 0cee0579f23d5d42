"""Every example on retry's page is one that the action takes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from action_patterns.actions.retry.conditions import CLASSES
from action_patterns.actions.retry.interface import RetryInputs
from action_patterns.actions.retry.validate import validate
from support.retrying import ended, retried

ROOT = Path(__file__).resolve().parents[4]
PAGES = ("actions/retry/README.md", "docs/patterns/error-handling.md", "actions/retry/example.yml")


def steps(document: Any) -> list[dict[str, Any]]:
    """Return the inputs of each step of retry: a list of steps, a workflow, or inputs alone."""
    if isinstance(document, dict) and "jobs" in document:
        document = [step for job in document["jobs"].values() for step in job["steps"]]
    if isinstance(document, list):
        return [step["with"] for step in document if "actions/retry@" in step.get("uses", "")]
    return [{"run": "true"} | document]


def test_every_example_is_taken() -> None:
    found = []
    for page in PAGES:
        text = (ROOT / page).read_text()
        blocks = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if page.endswith(".md") else [text]
        found += [inputs for block in blocks for inputs in steps(yaml.safe_load(block))]
    assert len(found) == 11
    for inputs in found:
        validate(RetryInputs.model_validate({name: str(value) for name, value in inputs.items()}))


def test_the_table_of_classes_has_every_class() -> None:
    text = (ROOT / PAGES[0]).read_text().partition("## Which failures are retried")[2].partition("Your own rules")[0]
    assert set(re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE)) == set(CLASSES)


def test_without_a_breaker_it_asks_github_for_nothing_and_needs_no_token() -> None:
    step = retried(ended(0), job_token="t")
    assert step.ended == (0, 1, "", "succeeded")
    assert step.world.tokens == []
    assert retried(ended(0)).ended == (0, 1, "", "succeeded")
