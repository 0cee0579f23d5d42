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
        # Groups, templates, conditions, merges and blocks cost no request; a mirror costs one where it finds something.
        targets = len(second.results())
        most = targets * (2 if "mirror: true" in (tmp_path / "distribution.yml").read_text() else 1)
        assert targets <= int(second.outputs["requests"]) <= most or not scene.has_leases
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


def test_a_fleet_by_language_has_common_files_and_its_own(tmp_path: Path) -> None:
    there = twice(
        tmp_path,
        "by-language",
        {
            "py": {"language": "Python", "files": {"CONTRIBUTING.md": "theirs\n"}},
            "go": {"language": "Go"},
            "rust": {"language": "Rust"},
            "site": {"language": "HTML"},
            "book": {},
            "notes": {"language": "Go"},
        },
    )
    assert sorted(proposed(there["py"])) == [".editorconfig", "LICENSE", "ruff.toml"]
    assert sorted(proposed(there["go"])) == [".golangci.yml", "CONTRIBUTING.md", "LICENSE"]
    assert sorted(proposed(there["rust"])) == ["CONTRIBUTING.md", "LICENSE", "rustfmt.toml"]
    assert sorted(proposed(there["site"])) == ["CONTRIBUTING.md", "LICENSE", "content/style.md"]
    assert sorted(proposed(there["notes"])) == [".golangci.yml", "CONTRIBUTING.md", "LICENSE", "content/style.md"]


def test_one_policy_has_a_form_for_public_and_a_page_for_private_repositories(tmp_path: Path) -> None:
    there = twice(
        tmp_path,
        "public-and-private",
        {"open": {}, "closed": {"private": True}, "inside": {"visibility": "internal"}},
    )
    assert list(proposed(there["open"])) == [".github/report.yml"]
    assert list(proposed(there["closed"])) == [".github/report.md"]
    assert list(proposed(there["inside"])) == [".github/report.md"]


def test_keys_and_blocks_leave_every_other_byte_of_a_file_alone(tmp_path: Path) -> None:
    package = '{\n\t"name": "web",\n\t"private": true,\n\t"engines": {"node": ">=18", "npm": "10"}\n}\n'
    pyproject = '# ours\n[project]\nname = "api"  # keep\n\n[tool.ruff]\nline-length = 88\r\nselect = ["E"]\n'
    dependabot = "# weekly\nversion: 2\nupdates:\n  - package-ecosystem: npm   # npm\n    directory: /\n"
    files = {
        "package.json": package,
        "pyproject.toml": pyproject.replace("\r", ""),
        ".github/dependabot.yml": dependabot,
        ".gitignore": "node_modules\n",
        "inventory.json": '{\n  "generated": "2020-01-01",\n  "owner": "platform"\n}\n',
    }
    there = twice(tmp_path, "shared-keys", {"web": {"files": files}, "empty": {}})
    web = proposed(there["web"])
    assert sorted(web) == [".github/dependabot.yml", ".gitignore", "CLAUDE.md", "package.json", "pyproject.toml"]
    assert web["package.json"][1] == (
        '{\n\t"name": "web",\n\t"engines": {"node": ">=22", "npm": "10"},\n\t"license": "MIT"\n}\n'
    )
    assert web["pyproject.toml"][1] == pyproject.replace("\r", "").replace("88", "120")
    assert web[".github/dependabot.yml"][1].startswith(dependabot)
    assert web[".github/dependabot.yml"][1].endswith(
        "  acme:\n    type: npm-registry\n    url: https://npm.acme.example\n"
    )
    assert web[".gitignore"][1] == (
        "node_modules\n\n# BEGIN action-patterns: shared-keys\n.env\n*.log\n# END action-patterns: shared-keys\n"
    )
    assert web["CLAUDE.md"] == ("120000", "AGENTS.md")
    assert sorted(proposed(there["empty"])) == [".github/dependabot.yml", ".gitignore", "CLAUDE.md", "inventory.json"]


def test_a_campaign_tools_run_selects_by_topics_names_and_open_pull_requests(tmp_path: Path) -> None:
    there = {".github/workflows/setup.yml": "on: workflow_call\n"}
    chosen = {"topics": ["backend"], "files": there}
    repositories: dict[str, dict[str, Any]] = {
        "acme/pay-service": chosen,
        "acme/old-lib": chosen | {"topics": ["library"]},
        "acme/ui-lib": chosen | {"topics": ["frontend", "x"]},
        "acme/mail-service": chosen | {"topics": ["x"]},
        "acme/Pay2-service": chosen,
        "umbrella/bus-service": chosen | {"files": {"README.md": "x\n"}},
        "initech/tools": chosen | {"topics": []},
    }
    shutil.copytree(CAMPAIGNS / "pinned-action", tmp_path, dirs_exist_ok=True)
    made = seed() | {
        "users": ["bot", "ann", "bob", "cy", "dan", "eve"],
        "organizations": {
            name: {"members": ["bot", "ann", "bob", "cy", "dan", "eve"]} for name in ("acme", "umbrella", "initech")
        },
        "repositories": [{"name": name} | fields for name, fields in repositories.items()],
    }
    with stage(made, served=True) as scene:
        first = run(scene, tmp_path)
        assert first.code == 0, first.log
        assert {target: outcome for target, (outcome, _) in first.results().items()} == {
            "acme/pay-service": "created",
            "acme/ui-lib": "created",
            "initech/tools": "created",
            "umbrella/bus-service": "unchanged",
        }
        (pull,) = scene.sandbox.repository("acme/pay-service").pulls()
        assert (pull.draft, len(pull.reviewers), pull.labels) == (True, 2, ["dependencies"])
        second = run(scene, tmp_path)
        # A repository that is named passes filters.
        assert {outcome for outcome, _ in second.results().values()} == {"unchanged"}
        assert sorted(second.results()) == ["initech/tools", "umbrella/bus-service"]
        assert second.outputs["writes"] == "0"
