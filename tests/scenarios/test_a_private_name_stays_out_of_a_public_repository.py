"""A public repository's run works on private ones: it counts them, and shows their ids instead of their names."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.action_process import ActionProcesses
from support.editions import first_on
from support.job_variables import job_variables
from support.stage import Stage, stage

pytestmark = first_on("full", "no-graphql", why="Each run is a process, and a visibility is read in one of two ways.")

SECRET = "takeover-2027"
HOME = "acme/platform"
DISTRIBUTION = """\
name: editorconfig
targets: {owners: [acme], exclude: ["acme/hidden-*"]}
files: [{source: editorconfig, target: .editorconfig}]
pull-request: {title: Add .editorconfig}
"""


def seed(home: str | None, token: str = "all") -> dict[str, Any]:
    """`home`: the visibility of the workflow's repository; None: the job's token does not see it."""
    repositories: list[dict[str, Any]] = [
        {"name": "acme/api", "files": {"README.md": "# api\n"}},
        {"name": f"acme/{SECRET}", "private": True, "files": {"README.md": "# secret\n"}},
        {"name": f"acme/hidden-{SECRET}", "private": True, "files": {"README.md": "# secret\n"}},
        {"name": f"acme/full-{SECRET}", "private": True, "protected": ["main"], "files": {".editorconfig": "x\n"}},
    ]
    if home is not None:
        repositories.append({"name": HOME, "private": home == "private", "files": {"README.md": "# home\n"}})
    bot = {"login": "bot", "kind": "pat", "permission": "write", "repositories": token}
    return {
        "organizations": {"acme": {"members": ["bot"]}},
        "users": ["bot"],
        "tokens": {"tok-bot": bot, "tok-job": bot | {"permission": "read"}},
        "repositories": repositories,
    }


Run = Callable[..., "Ended"]


class Ended:
    """What a run leaves: its exit code, and every text that others can read."""

    def __init__(self, code: int, log: str, place: Path) -> None:
        self.code, self.log = code, log
        self.summary = (place / "summary").read_text() if (place / "summary").exists() else ""
        self.outputs = (place / "output").read_text()
        files = sorted(each for each in (place / "temp").rglob("*") if each.is_file() and ".git" not in each.parts)
        self.files = {str(each.relative_to(place)): each.read_text() for each in files}

    def told(self) -> str:
        return "\n".join((self.log, self.summary, self.outputs, *self.files, *self.files.values()))

    def file(self, name: str) -> str:
        return next(path for path in self.files if path.endswith(name))


@pytest.fixture
def run(processes: ActionProcesses, tmp_path: Path) -> Run:
    def ran(scene: Stage, action: str, number: int = 7, **inputs: str) -> Ended:
        (tmp_path / "distribution.yml").write_text(DISTRIBUTION)
        (tmp_path / "editorconfig").write_text("root = true\n")
        (tmp_path / "output").write_text("")
        (tmp_path / "summary").write_text("")
        (tmp_path / "temp").mkdir(exist_ok=True)
        variables = {
            "PATH": os.environ["PATH"],
            **job_variables(scene.context, tmp_path),
            "GITHUB_REPOSITORY": HOME,
            "GITHUB_RUN_ID": str(number),
            "GITHUB_RUN_NUMBER": str(number),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
            "INPUT_TOKEN": "tok-bot",
            **{f"INPUT_{name.upper()}": value for name, value in inputs.items()},
        }
        done = processes.action(action, variables, tmp_path)
        return Ended(done.returncode, done.stdout + done.stderr, tmp_path)

    return ran


@pytest.mark.parametrize("home", ["public", None])
def test_the_root_action_counts_them_and_names_none(run: Run, home: str | None) -> None:
    with stage(seed(home), served=True) as scene:
        ended = run(scene, "distribute", job_token="tok-job", junit="true")
        assert SECRET not in ended.told()
        assert "private repository #" in ended.summary
        assert "private repository #" in ended.files[ended.file("junit.xml")]
        report = json.loads(ended.files[ended.file("run-report.json")])
        assert report["counts"]["created"] == 3
        # A second run compares itself with the first, by the same labels.
        again = run(scene, "distribute", 8, job_token="tok-job", previous=str(ended.file("run-report.json")))
        assert SECRET not in again.told()
        changes = json.loads(again.files[again.file("run-report.json")])["changes"]
        assert (changes["new"], changes["gone"]) == ([], [])


@pytest.mark.parametrize(("home", "reveal"), [("private", "false"), ("public", "true")])
def test_a_private_repository_and_a_caller_who_reveals_see_names(run: Run, home: str, reveal: str) -> None:
    with stage(seed(home), served=True) as scene:
        ended = run(scene, "distribute", job_token="tok-job", reveal_private=reveal)
        assert f"acme/{SECRET}" in ended.summary
        assert "private repository #" not in ended.told()


def test_without_a_private_repository_nothing_is_asked(run: Run) -> None:
    public = seed("public")
    public["repositories"] = [each for each in public["repositories"] if not each.get("private")]
    with stage(public, served=True) as scene:
        assert run(scene, "distribute", job_token="tok-job").code == 0
        assert scene.sent("Repositories") == scene.sent("repos/get") == 0 or not scene.has_graphql


@pytest.mark.parametrize("home", ["public", None])
def test_discover_stops_before_a_plan_that_names_them_and_names_the_ways_out(run: Run, home: str | None) -> None:
    with stage(seed(home), served=True) as scene:
        ended = run(scene, "discover", distribution="distribution.yml", job_token="tok-job")
        assert ended.code == 2
        assert SECRET not in ended.told()
        assert not [path for path in ended.files if path.endswith("plan.json")]
        for way in ("root action", "private repository", "`reveal-private: true`", "`visibility: public`"):
            assert way in ended.log


def test_a_report_of_a_plan_that_came_all_the_same_names_none_and_no_issue_does(run: Run, tmp_path: Path) -> None:
    with stage(seed("public"), served=True) as scene:
        made = run(scene, "discover", distribution="distribution.yml", job_token="tok-job", reveal_private="true")
        assert SECRET in made.files[made.file("plan.json")]
        plan = json.loads(made.files[made.file("plan.json")]) | {"reveal_private": False}
        (tmp_path / "plan.json").write_text(json.dumps(plan))
        reported = run(scene, "report", plan="plan.json", records="none")
        texts = {path: text for path, text in reported.files.items() if "plan.json" not in path}
        assert SECRET not in "\n".join((reported.log, reported.summary, reported.outputs, *texts.values()))
        assert "private repository #" in reported.summary
        tracked = run(scene, "track", report=reported.file("run-report.json"))
        assert tracked.code == 0, tracked.log
        (issue,) = scene.sandbox.repository(HOME)._repository.contents.issues.values()
        assert SECRET not in issue.body
        assert "private repository #" in issue.body
