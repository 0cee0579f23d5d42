"""Components of a monorepo: discover lists them from git's index without a request, people's own steps record each, and
the report counts each once, under any name.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.campaign_steps import Step, seed, step
from support.editions import first_on
from support.stage import Stage, stage

pytestmark = first_on("full", why="Nothing is asked of GitHub.")

HOSTILE = ("pkg/a b", "pkg/it's", 'pkg/"q"', "pkg/$(touch x)", "pkg/`id`", "pkg/${{ github.token }}", "pkg/::error::x")


def checkout(folder: Path, *paths: str, untracked: str = "") -> None:
    """Make a repository of the folder, with these files."""
    for path in (*paths, *([untracked] if untracked else [])):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("x\n")
    for command in (["init", "-q"], ["add", "--", *paths]):
        subprocess.run(["git", "-C", str(folder), *command], check=True)


def discovered(scene: Stage, folder: Path, *patterns: str, **inputs: str) -> Step:
    return step("discover", scene, folder, components="\n".join(patterns), **inputs)


def matrix(found: Step) -> list[Mapping[str, Any]]:
    assert "\n" not in found.outputs["matrix"]
    entries: list[Mapping[str, Any]] = json.loads(found.outputs["matrix"])["include"]
    assert all(isinstance(value, (str, int)) for entry in entries for value in entry.values())
    return entries


def recorded(scene: Stage, folder: Path, found: Step, outcomes: Mapping[str, str]) -> Step:
    """Record the directories that have an outcome, as a job for each would, and report."""
    plan = {"plan": found.outputs["path"]}
    for entry in matrix(found):
        directory = entry["directory"]
        if directory in outcomes:
            done = step(
                "record",
                scene,
                folder,
                target=f"{scene.context.repository}:{directory}",
                index=str(entry["index"]),
                outcome=outcomes[directory],
                reason="tested",
                **plan,
            )
            assert done.code == 0, done.log
    records = str(folder / "temp/action-patterns-records")
    return step("report", scene, folder, records=records, plan_digest=found.outputs["digest"], **plan)


def test_each_directory_is_an_entry_and_a_target_of_the_report(tmp_path: Path) -> None:
    checkout(tmp_path, "services/api/go.mod", "services/api/package.json", "tools/api/go.mod", "vendor/y/go.mod")
    with stage(seed("api"), served=True) as scene:
        found = discovered(scene, tmp_path, "**/go.mod", "!vendor/", token="")
        here = scene.context.repository
        assert found.code == 0, found.log
        assert len(scene.sandbox.requests) == 0
        assert matrix(found) == [
            {"index": 0, "directory": "services/api", "name": "services-api", "type": "go,node"},
            {"index": 1, "directory": "tools/api", "name": "tools-api", "type": "go"},
        ]
        assert (found.outputs["has-targets"], found.outputs["count"]) == ("true", "2")
        assert json.loads(found.outputs["targets"]) == [f"{here}:services/api", f"{here}:tools/api"]
        assert f"2 directories of {here}" in found.summary
        done = recorded(scene, tmp_path, found, {"services/api": "unchanged", "tools/api": "failed"})
        assert (done.code, done.outputs["verdict"]) == (1, "partial")
        assert json.loads(done.outputs["failed-targets"]) == [f"{here}:tools/api"]
        assert "1 of 2 directories needs attention" in done.summary
        assert "set the input `components` of discover to\n\n```\ntools/api/\n```" in done.summary


def test_a_directory_without_a_record_is_missing(tmp_path: Path) -> None:
    checkout(tmp_path, "a/go.mod", "b/go.mod")
    with stage(seed("api"), served=True) as scene:
        found = discovered(scene, tmp_path, "**/go.mod")
        done = recorded(scene, tmp_path, found, {"a": "unchanged"})
        here = scene.context.repository
        assert {name: outcome for name, (outcome, _) in done.results().items()} == {
            f"{here}:a": "unchanged",
            f"{here}:b": "missing",
        }


def test_two_directories_may_share_the_pull_request_of_their_repository(tmp_path: Path) -> None:
    checkout(tmp_path, "a/go.mod", "b/go.mod")
    with stage(seed("api"), served=True) as scene:
        found = discovered(scene, tmp_path, "**/go.mod")
        here = scene.context.repository
        url = f"{scene.context.server_url}/{here}/pull/7"
        for entry in matrix(found):
            given = {"target": f"{here}:{entry['directory']}", "index": str(entry["index"])}
            given |= {"plan": found.outputs["path"], "outcome": "created", "reason": "opened"}
            assert step("record", scene, tmp_path, pull_request_url=url, **given).code == 0
        records = str(tmp_path / "temp/action-patterns-records")
        done = step("report", scene, tmp_path, records=records, plan=found.outputs["path"])
        assert (done.code, done.outputs["verdict"]) == (0, "passed")


def test_names_with_quotes_and_commands_are_inert_and_kept_to_the_letter(tmp_path: Path) -> None:
    checkout(tmp_path, *(f"{directory}/go.mod" for directory in HOSTILE))
    with stage(seed("api"), served=True) as scene:
        found = discovered(scene, tmp_path, "**/go.mod")
        assert [entry["directory"] for entry in matrix(found)] == sorted(HOSTILE)
        names = [entry["name"] for entry in matrix(found)]
        assert len(set(names)) == len(HOSTILE)
        assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for name in names)
        done = recorded(scene, tmp_path, found, dict.fromkeys(HOSTILE, "failed"))
        here = scene.context.repository
        assert set(done.results()) == {f"{here}:{directory}" for directory in HOSTILE}
        assert not [line for line in done.log.splitlines() if line.startswith("::error::x")]


def test_a_name_with_a_line_end_is_refused(tmp_path: Path) -> None:
    checkout(tmp_path, "a\nb/go.mod", "c/go.mod")
    with stage(seed("api"), served=True) as scene:
        found = discovered(scene, tmp_path, "**/go.mod")
        assert found.code == 2
        assert "has a control character in its name" in found.log
        assert "matrix" not in found.outputs


def test_no_match_is_a_warning_and_an_empty_matrix(tmp_path: Path) -> None:
    checkout(tmp_path, "a/go.mod", untracked="new/go.mood")
    with stage(seed("api"), served=True) as scene:
        found = discovered(scene, tmp_path, "**/go.mood")
        assert (found.code, found.outputs["has-targets"], found.outputs["matrix"]) == (0, "false", '{"include":[]}')
        assert "::warning title=No effect::`**/go.mood` in `components` selected nothing" in found.log
        assert "The nearest name is go.mod." in found.log
        assert "::notice title=Nothing to do::No directory that git tracks matches `components`." in found.log


def test_more_directories_than_jobs_are_an_error_with_its_remedy_or_packed(tmp_path: Path) -> None:
    checkout(tmp_path, *(f"m/{number:03}/go.mod" for number in range(300)))
    with stage(seed("api"), served=True) as scene:
        refused = discovered(scene, tmp_path, "**/go.mod")
        assert refused.code == 2
        assert "`components` chooses 300 directories, and a matrix has at most 256 jobs." in refused.log
        assert len(matrix(discovered(scene, tmp_path, "**/go.mod", limit="256"))) == 256
        packed = discovered(scene, tmp_path, "**/go.mod", targets_per_job="1")
        places = [place for leg in matrix(packed) for place in range(leg["first"], leg["last"] + 1)]
        assert len(matrix(packed)) == 256
        assert places == [*range(300)]
        assert len(json.loads(packed.outputs["targets"])) == 300


@pytest.mark.parametrize(
    "beside", [{"owners": "acme"}, {"only": "api"}, {"distribution": "distribution.yml"}, {"visibility": "public"}]
)
def test_components_and_repositories_are_never_both(tmp_path: Path, beside: dict[str, str]) -> None:
    checkout(tmp_path, "a/go.mod")
    with stage(seed("api"), served=True) as scene:
        found = discovered(scene, tmp_path, "**/go.mod", name="Not a name", **beside)
        assert found.code == 2
        assert f"`components` and `{next(iter(beside))}` are both given." in found.log
        assert "`name` is 'Not a name'" in found.log, "every problem at once"


def test_a_workspace_without_a_checkout_says_what_to_do(tmp_path: Path) -> None:
    with stage(seed("api"), served=True) as scene:
        found = discovered(scene, tmp_path, "**/go.mod")
        assert found.code == 2
        assert "actions/checkout" in found.log
