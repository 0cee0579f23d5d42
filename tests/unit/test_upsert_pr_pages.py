"""What the pages about upsert-pr claim: tests that are there, inputs and outputs that exist, figures as measured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from action_patterns.actions.upsert_pr.interface import UpsertPrInputs, UpsertPrOutputs
from action_patterns.input_types import input_name

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "actions" / "upsert-pr"
README = ACTION / "README.md"
MIGRATING = ACTION / "MIGRATING.md"
SCENARIOS = ROOT / "tests" / "scenarios" / "README.md"

THEIRS = [
    "token",
    "branch-token",
    "path",
    "add-paths",
    "commit-message",
    "committer",
    "author",
    "signoff",
    "branch",
    "delete-branch",
    "branch-suffix",
    "base",
    "push-to-fork",
    "sign-commits",
    "title",
    "body",
    "body-path",
    "labels",
    "assignees",
    "reviewers",
    "team-reviewers",
    "milestone",
    "draft",
    "maintainer-can-modify",
]
"""Inputs of create-pull-request 8."""
THEIR_OUTPUTS = [
    "pull-request-number",
    "pull-request-url",
    "pull-request-operation",
    "pull-request-head-sha",
    "pull-request-branch",
    "pull-request-commits-verified",
]
FEATURES = 38
"""Lines in which the tools of this kind that were compared differ."""
TECHNIQUES = {
    "Check-before-act",
    "Upsert",
    "Force overwrite",
    "Unique identifiers",
    "Tombstone marker",
    "Cache handling",
    "Decision matrix",
    "Testing",
}


def rows(page: Path, header: str) -> list[list[str]]:
    """The cells of the table below a header line, without header and rule."""
    table = page.read_text().partition(f"{header}\n")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in table.splitlines()[1:]]


def test_what_is_different_without_graphql_is_what_a_scenario_expects_of_each_edition() -> None:
    lines = rows(README, "| With both | Without | Shown by |")
    assert len(lines) == 8
    for *_, shown in lines:
        assert linked(shown)
        for link in linked(shown):
            scenario = (ACTION / link).read_text()
            assert re.search(r"has_(graphql|leases)|rewritten\(", scenario), link


def linked(text: str) -> list[str]:
    return re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text)


def code(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def in_tests(page: Path, link: str) -> bool:
    place = (page.parent / link).resolve()
    return (
        place.is_relative_to(ROOT / "tests") and place.name.startswith("test_") and "\ndef test_" in place.read_text()
    )


def test_every_line_of_the_feature_table_is_shown_by_tests_that_exist() -> None:
    found = rows(README, "| What | upsert-pr | Shown by |")
    assert len(found) == FEATURES
    assert len({what for what, _, _ in found}) == FEATURES
    for what, ours, shown in found:
        assert ours.startswith("Y: "), what
        tests = linked(shown)
        assert tests, f"{what}: nothing shows it"
        assert all(in_tests(README, each) for each in tests), f"{what}: {tests}"


def test_every_trap_is_shown_by_a_scenario_that_exists() -> None:
    found = rows(SCENARIOS, "| Technique | Trap | Shown by |")
    assert {technique for technique, _, _ in found} == TECHNIQUES
    for _, trap, shown in found:
        (name,) = linked(shown)
        assert "/" not in name, trap
        assert in_tests(SCENARIOS, name), f"{trap}: {name}"


@pytest.mark.parametrize("page", [README, MIGRATING, SCENARIOS], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    for link in linked(text):
        assert "://" in link or (page.parent / link).exists(), link


def inputs() -> set[str]:
    return {input_name(name) for name in UpsertPrInputs.model_fields}


def outputs() -> set[str]:
    return {input_name(name) for name in UpsertPrOutputs.model_fields}


def test_every_input_of_create_pull_request_has_its_line() -> None:
    found = rows(MIGRATING, "| create-pull-request | upsert-pr | |")
    assert [code(theirs) for theirs, _, _ in found] == [[name] for name in THEIRS]
    for theirs, ours, why in found:
        assert set(code(ours)) <= inputs(), theirs
        assert code(ours) or (ours == "none" and why), f"{theirs}: neither a name nor a reason"


def test_every_output_of_create_pull_request_has_its_line_and_its_old_name() -> None:
    _, _, second = MIGRATING.read_text().partition("## Outputs\n")
    lines = second.partition("\n\n## ")[0].strip().splitlines()[2:]
    found = [[code(cell) for cell in line.strip("|").split("|")] for line in lines]
    assert [theirs for theirs, _, _ in found] == [[name] for name in THEIR_OUTPUTS]
    for (theirs,), ours, _ in found:
        assert theirs in ours
        assert set(ours) <= outputs(), theirs


def steps_of_ours(page: Path) -> Iterator[dict[str, object]]:
    for block in re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL):
        for job in (yaml.safe_load(block).get("jobs") or {}).values():
            yield from (step for step in job["steps"] if "/actions/upsert-pr@" in step.get("uses", ""))


def test_what_the_pages_examples_give_and_take_exists() -> None:
    for page in (README, MIGRATING):
        found = list(steps_of_ours(page))
        assert found
        for step in found:
            assert set(step["with"]) <= inputs()  # type: ignore[call-overload]
        assert set(re.findall(r"steps\.pull-request\.outputs\.([a-z-]+)", page.read_text())) <= outputs()


MEASURED = {
    "the same content again": ["same content again"],
    "create, without and with labels, assignees, reviewers": ["create", "create, labels, assignees, reviewers"],
    "other content": ["content changed"],
    "the difference vanished": ["difference vanished"],
    "create with 640 text files": ["create, 640 text files"],
}
"""A line of the README, and of what `make bench` prints."""


def test_the_requests_are_those_that_are_measured() -> None:
    header = "| situation | requests | of them writes | create-pull-request, `sign-commits` |"
    measured = {what: (requests, writes) for what, requests, writes, _ in rows(ROOT / "benchmarks/requests.md", header)}
    found = rows(README, "| Run | Requests | of them writes |")
    assert {what for what, _, _ in found} == set(MEASURED)
    for what, requests, writes in found:
        of = [measured[name] for name in MEASURED[what]]
        assert (requests, writes) == (", ".join(r for r, _ in of), ", ".join(w for _, w in of)), what


def test_the_policies_are_told_with_their_defaults() -> None:
    found = rows(README, "| Situation | Default | Otherwise |")
    told = dict(default.partition("`:")[0].strip("`").split(": ") for _, default, _ in found)
    fields = {
        name: UpsertPrInputs.model_fields[name]
        for name in ("on_closed", "on_human_commits", "on_converged", "on_base_moved", "adopt")
    }
    assert set(told) == {input_name(name) for name in fields}
    for name, field in fields.items():
        default = told[input_name(name)].partition("`")[0]
        assert default == field.default, name
