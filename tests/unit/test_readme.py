"""The README and the guide: what they tell to write is accepted by what it is written for, and links lead somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from action_patterns import registry
from action_patterns.contracts.artifact import is_name
from action_patterns.distribution.distribution_file import read_distribution
from action_patterns.metadata import distribution_reference
from action_patterns.metadata.schemas import address
from support.cases import CASES, TWICE
from support.editions import WITHOUT_LEASES
from support.harness import FAULTS, KILLS, SAMPLE, SECOND, Case, clean_run

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
GUARANTEES = (ROOT / "docs/guarantees.md").read_text()
SCHEMA_LINE = f"# yaml-language-server: $schema={address(distribution_reference.SCHEMA)}\n"
"""The first line of a distribution file, by which an editor finds the schema."""
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
LINKED = [*PAGES, *sorted(ROOT.glob("*.md")), *sorted((ROOT / "actions").rglob("*.md"))]


def blocks(page: Path) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL)


BLOCKS = [block for page in PAGES for block in blocks(page)]


def kind_of(block: str) -> str:
    document = yaml.safe_load(block)
    if isinstance(document, list):
        return "step"
    if "jobs" not in document:
        return "distribution"
    return "call" if "distribute.yml@" in block else "recipe"


def test_every_yaml_block_is_of_a_kind_that_is_tested() -> None:
    """Each kind is tested below: a block of another kind would not be."""
    kinds = sorted(kind_of(block) for block in BLOCKS)
    assert kinds == ["call", "call", "call", *["distribution"] * 4, *["recipe"] * 4, "step", "step"]


def test_a_recipe_widens_its_matrix_by_an_expression_and_splices_nothing_into_a_script() -> None:
    """A test of tests/e2e runs each."""
    recipes = [(block, yaml.safe_load(block)["jobs"]) for block in BLOCKS if kind_of(block) == "recipe"]
    for _, jobs in recipes:
        assert not [step for job in jobs.values() for step in job["steps"] if "${{" in step.get("run", "")]
    ((block, jobs),) = (each for each in recipes if "components:" in each[0])
    assert "jq" not in block
    python = jobs["test"]["strategy"]["matrix"]["python"]
    assert "\n" not in python
    assert python.startswith("${{ fromJSON(github.event_name == 'pull_request' && '")
    few, all_of_them = (json.loads(text) for text in re.findall(r"'(\[.*?\])'", python))
    assert [each["name"] for each in few] == ["py313"]
    assert [each["name"] for each in all_of_them] == ["py312", "py313"]
    assert all(is_name(each["name"]) for each in all_of_them)


def test_the_drill_names_every_tier_of_its_list() -> None:
    (job,) = (
        jobs["build"]
        for block in BLOCKS
        if kind_of(block) == "recipe" and "build" in (jobs := yaml.safe_load(block)["jobs"])
    )
    (step,) = (each for each in job["steps"] if "/degrade@" in each.get("uses", ""))
    drilled, forced = (json.loads(text) for text in re.findall(r"'(\[.*?\])'", job["strategy"]["matrix"]["tier"]))
    assert forced == [""]
    assert drilled == [tier["name"] for tier in yaml.safe_load(step["with"]["tiers"])]


def test_the_distribution_file_is_one() -> None:
    found = [block for block in BLOCKS if block.startswith(f"{SCHEMA_LINE}name: shared-files\ntargets:")]
    assert len(found) == 2
    assert len(set(found)) == 1, "the README and its page show the same file"
    distribution = read_distribution(found[0], name="README.md")
    assert distribution.name == "shared-files"
    assert [rule.absent for rule in distribution.files] == [False, True]


def test_every_distribution_file_on_a_page_can_be_read() -> None:
    found = [block for block in BLOCKS if "pull-request:" in block and "jobs:" not in block]
    assert len(found) == 4
    for block in found:
        read_distribution(block, name="page.md")
        assert block.startswith(SCHEMA_LINE)


def test_the_step_of_seven_lines_is_the_step_of_the_example() -> None:
    block = blocks(README)[0]
    (step,) = yaml.safe_load(block)
    example = yaml.safe_load((ROOT / "actions/upsert-pr/example.yml").read_text())
    (run,) = [each for each in example["jobs"]["update"]["steps"] if each.get("uses") == step["uses"]]
    assert {key: value for key, value in run.items() if key != "id"} == step
    assert len(block.splitlines()) == 7


def test_the_workflow_and_the_distribution_file_name_the_same_campaign() -> None:
    workflows = [yaml.safe_load(block) for block in BLOCKS if "distribute.yml@" in block]
    assert len(workflows) == 3
    for workflow in workflows:
        assert workflow["jobs"]["distribute"]["with"]["name"] == "shared-files"


def test_what_is_handed_to_the_reusable_workflow_is_what_it_takes() -> None:
    called = yaml.safe_load((ROOT / ".github/workflows/distribute.yml").read_text())
    takes = called[True]["workflow_call"]  # YAML 1.1 reads `on` as true
    for block in BLOCKS:
        if "distribute.yml@" not in block:
            continue
        for job in yaml.safe_load(block)["jobs"].values():
            assert set(job.get("with", {})) <= set(takes["inputs"])
            assert set(job.get("secrets", {})) <= set(takes["secrets"])
            assert job["permissions"] == {"actions": "read", "contents": "read"}


def test_the_status_counts_the_patterns_as_the_table_does() -> None:
    text = README.read_text()
    table = text.partition("<!-- generated:patterns -->")[2].partition("<!-- /")[0]
    status = [row.rstrip(" |").rpartition("| ")[2].partition(";")[0] for row in table.strip().splitlines()[2:]]
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    ships, in_part, not_yet = (words[status.count(each)] for each in ("ships", "in part", "not yet"))
    counted = f"{ships} ship, {in_part} ship in part and {not_yet} do not ship yet"
    sentence = "All ten patterns ship." if ships == "ten" else counted
    assert sentence in " ".join(text.split())


def test_every_action_is_on_the_first_page() -> None:
    table = README.read_text().partition("<!-- generated:patterns -->")[2].partition("<!-- /")[0]
    for name in registry.ACTIONS:
        assert f"[`{name}`]" in table


def test_the_first_page_is_short() -> None:
    assert len(README.read_text().splitlines()) <= 120


def test_every_python_example_of_contributing_is_code_of_this_repository() -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
    assert len(blocks) == 3
    sources = [
        " ".join(path.read_text().split()) for folder in ("src", "tests") for path in (ROOT / folder).rglob("*.py")
    ]
    for block in blocks:
        assert any(" ".join(block.split()) in source for source in sources), block


def slugs(page: Path) -> set[str]:
    """The anchors of a page: those of its headings as GitHub derives them, and those that are written."""
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", each)).strip().lower().replace(" ", "-")
        for each in headings
    } | set(re.findall(r'<a name="([^"]+)">', text))


@pytest.mark.parametrize("page", LINKED, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        place = page.parent / path if path else page
        assert place.exists(), target
        if anchor:
            assert anchor in slugs(place / "README.md" if place.is_dir() else place), target


def test_the_job_that_tracks_a_distribution_reads_what_the_reusable_workflow_gives() -> None:
    called = yaml.safe_load((ROOT / ".github/workflows/distribute.yml").read_text())[True]["workflow_call"]
    takes = yaml.safe_load((ROOT / "actions/track/action.yml").read_text())["inputs"]
    readme = (ROOT / "actions/track/README.md").read_text()
    (block,) = [block for block in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL) if "distribute.yml@" in block]
    named = set(re.findall(r"needs\.distribute\.outputs\.([a-z-]+)", block))
    assert named
    assert named <= set(called["outputs"])
    jobs = yaml.safe_load(block)["jobs"]
    given = jobs["track"]["steps"][-1]["with"]
    assert set(given) <= set(takes)
    assert given["name"] == jobs["distribute"]["with"]["name"], "or a run without a plan opens another issue"


def test_the_interrupted_runs_of_make_test_are_counted() -> None:
    calls = sum(len(case.calls) for case in CASES.values())
    counted = (
        f"{len(CASES)} situations, and every call: {calls * (len(KILLS) + SAMPLE):,} interrupted runs in `make test`"
    )
    assert counted in " ".join(GUARANTEES.split())


@pytest.mark.proof
def test_the_interrupted_runs_of_make_proof_are_counted() -> None:
    """Those of test_a_run_killed_at_any_call and of test_a_fault_never_comes_alone, which print the sums."""

    def met(case: Case, calls: tuple[str, ...], edition: str = "full") -> int:
        return sum(case.meets(fault, call, edition) for call in calls for fault in FAULTS)

    twice = [CASES[name] for name in TWICE]
    full = sum(met(case, case.calls) for case in CASES.values())
    full += sum(met(case, case.calls) * len(SECOND) + len(KILLS) ** 2 * len(case.calls) ** 2 for case in twice)
    clean = [(case, edition, clean_run(case, edition)) for case in CASES.values() for edition in WITHOUT_LEASES]
    lesser = sum(met(case, run.kinds, edition) + len(run.writes) for case, edition, run in clean)
    assert f"{full:,} interrupted runs, and {lesser:,} on the lesser editions" in " ".join(GUARANTEES.split())
