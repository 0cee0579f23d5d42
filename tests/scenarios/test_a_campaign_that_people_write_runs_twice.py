"""The campaigns in docs/campaigns: each is run twice, and the second run writes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from github_sandbox.inspection import RepositoryView
from support.campaign_steps import Step, seed, step
from support.editions import first_on
from support.stage import Stage, stage

pytestmark = first_on(
    "full", "no-graphql", why="Each plays whole fleets, and these two read in the most different ways."
)

CAMPAIGNS = Path(__file__).parents[2] / "docs" / "campaigns"


def run(scene: Stage, folder: Path) -> Step:
    return step("distribute", scene, folder)


def twice(tmp_path: Path, campaign: str, repositories: Mapping[str, Any]) -> dict[str, RepositoryView]:
    """Run a campaign twice, and return its repositories."""
    shutil.copytree(CAMPAIGNS / campaign, tmp_path, dirs_exist_ok=True)
    with stage(seed(*repositories, **repositories), served=True) as scene:
        first = run(scene, tmp_path)
        assert first.code == 0, first.log
        assert {outcome for outcome, _ in first.results().values()} == {"created"}, first.results()
        second = run(scene, tmp_path)
        assert {outcome for outcome, _ in second.results().values()} == {"unchanged"}, second.results()
        assert second.outputs["writes"] == "0"
        return {name: scene.sandbox.repository(f"acme/{name}") for name in repositories}


def proposed(repository: RepositoryView) -> dict[str, tuple[str, str]]:
    """Mode and text of each file that the one pull request changes; a deleted one is ("", "")."""
    (pull,) = repository.pulls()
    base, head = repository.files("main"), repository.files(pull.head)
    return {
        path: (head[path][0], head[path][1].decode()) if path in head else ("", "")
        for path in sorted(base.keys() | head.keys())
        if base.get(path) != head.get(path)
    }


def test_a_large_file_sync_gives_each_repository_one_pull_request(tmp_path: Path) -> None:
    there = twice(
        tmp_path,
        "file-sync",
        {"api": {"topics": ["public"]}, "web": {}, "worker": {}, "charts": {}, "legacy": {}},
    )
    api = proposed(there["api"])
    assert sorted(api) == [
        ".github/CODEOWNERS",
        ".github/workflows/ci.yml",
        "CONTRIBUTING.md",
        "Dockerfile",
        "docker/entrypoint.sh",
        "docker/ignore",
    ]
    assert api[".github/CODEOWNERS"][1] == "# Owners of acme/api\n* @acme/platform\n"
    assert api["CONTRIBUTING.md"][1].endswith("Questions: platform@acme.example.\nEverybody is welcome.\n")
    assert 'tag: ["latest", "stable"]\n' in api[".github/workflows/ci.yml"][1]
    assert "runs-on: ${{ vars.RUNNER }}\n" in api[".github/workflows/ci.yml"][1]
    assert api["Dockerfile"][1] == 'FROM python:3.12-slim\nRUN curl -w "%{http_code}" https://acme.example\n'
    assert api["docker/entrypoint.sh"][0] == "100755"
    assert 'python-version: "3.9"' in proposed(there["legacy"])[".github/workflows/ci.yml"][1]
    assert sorted(proposed(there["charts"])) == [".github/CODEOWNERS", "CONTRIBUTING.md"]
    (pull,) = there["api"].pulls()
    assert "Kept in sync by platform@acme.example." in pull.body
    assert set(pull.labels) == {"sync", "python"}


def test_shared_settings_are_mirrored_but_for_what_the_target_owns(tmp_path: Path) -> None:
    old = {
        ".github/ISSUE_TEMPLATE/bug.yml": "name: Bug\n",
        ".github/ISSUE_TEMPLATE/old.yml": "name: Old\n",
        ".github/workflows/old.yml": "on: push\n",
        ".github/workflows/release.yml": "on: release\n",
        "README.md": "x\n",
    }
    there = twice(tmp_path, "shared-settings", {"a": {"files": old}, "b": {}})
    assert proposed(there["a"]) == {
        ".github/ISSUE_TEMPLATE/old.yml": ("", ""),
        ".github/dependabot.yml": ("100644", "version: 2\nupdates: []\n"),
        ".github/workflows/lint.yml": ("100644", "on: push\njobs: {}\n"),
        ".github/workflows/old.yml": ("", ""),
    }
    assert sorted(proposed(there["b"])) == [
        ".github/ISSUE_TEMPLATE/bug.yml",
        ".github/dependabot.yml",
        ".github/workflows/lint.yml",
    ]
