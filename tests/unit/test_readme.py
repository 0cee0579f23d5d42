"""What the README says to write is accepted by what it is written for."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from action_patterns.discovery.section import Section
from action_patterns.discovery.selection import Selection
from action_patterns.distribution.distribution_file import Distribution, FileRule, PullRequestFields, read_distribution

README = (Path(__file__).parents[2] / "README.md").read_text()
BLOCKS = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)


def spelled(section: type[Section]) -> set[str]:
    return {field.alias or name for name, field in section.model_fields.items()}


def test_every_yaml_block_is_yaml() -> None:
    assert len(BLOCKS) >= 2
    for block in BLOCKS:
        assert yaml.safe_load(block)


def test_the_distribution_file_is_one() -> None:
    (block,) = [block for block in BLOCKS if block.startswith("name: shared-files\ntargets:")]
    distribution = read_distribution(block, name="README.md")
    assert distribution.name == "shared-files"
    assert [rule.absent for rule in distribution.files] == [False, True]


def test_every_key_of_a_distribution_file_is_in_the_table() -> None:
    table = README.partition("| key | meaning |")[2].partition("\n\n")[0]
    for key in spelled(Distribution) - {"targets", "files", "pull-request"}:
        assert f"`{key}`" in table
    for key in spelled(Selection) | spelled(FileRule) | spelled(PullRequestFields):
        assert re.search(rf"[.`]{re.escape(key)}\b", table), key


def test_the_workflow_and_the_distribution_file_name_the_same_campaign() -> None:
    workflows = [yaml.safe_load(block) for block in BLOCKS if "distribute.yml@" in block]
    assert len(workflows) == 2
    for workflow in workflows:
        assert workflow["jobs"]["distribute"]["with"]["name"] == "shared-files"


def test_what_is_handed_to_the_reusable_workflow_is_what_it_takes() -> None:
    called = yaml.safe_load((Path(__file__).parents[2] / ".github/workflows/distribute.yml").read_text())
    takes = called[True]["workflow_call"]  # YAML 1.1 reads `on` as true
    for block in BLOCKS:
        for job in (yaml.safe_load(block).get("jobs") or {}).values():
            assert set(job.get("with", {})) <= set(takes["inputs"])
            assert set(job.get("secrets", {})) <= set(takes["secrets"])
            assert job["permissions"] == {"actions": "read", "contents": "read"}


def test_the_job_that_tracks_a_distribution_reads_what_the_reusable_workflow_gives() -> None:
    root = Path(__file__).parents[2]
    called = yaml.safe_load((root / ".github/workflows/distribute.yml").read_text())[True]["workflow_call"]
    takes = yaml.safe_load((root / "actions/track/action.yml").read_text())["inputs"]
    readme = (root / "actions/track/README.md").read_text()
    (block,) = [block for block in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL) if "distribute.yml@" in block]
    named = set(re.findall(r"needs\.distribute\.outputs\.([a-z-]+)", block))
    assert named
    assert named <= set(called["outputs"])
    jobs = yaml.safe_load(block)["jobs"]
    given = jobs["track"]["steps"][-1]["with"]
    assert set(given) <= set(takes)
    assert given["name"] == jobs["distribute"]["with"]["name"], "or a run without a plan opens another issue"
