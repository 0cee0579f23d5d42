"""No input leads into git's files, the runner's, or another step's; and content that looks like a secret is stopped."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from support.editions import only_on
from support.stage import Stage, stage
from support.workspace import Workspace

pytestmark = only_on("full", why="It is refused before a request.")

TOKEN = "ghs_" + "a1B2c3D4" * 3
CAMPAIGN = """\
name: shared
targets: {repositories: [acme/api]}
files:
  - {target: out, source: SOURCE}
pull-request: {title: Shared}
"""


@pytest.fixture
def at(tmp_path: Path) -> Callable[[Stage], Workspace]:
    return lambda scene: prepared(Workspace(scene, tmp_path))


At = Callable[[Stage], Workspace]


def prepared(job: Workspace) -> Workspace:
    """A checkout with checkout's token in it, and the files of a runner and of other steps."""
    job.check_out()
    job.git("config", "http.extraheader", f"AUTHORIZATION: basic {TOKEN}")
    job.write({".gitignore": "ignored/\n"})
    (job.temp / "_runner_file_commands").mkdir(parents=True)
    (job.temp / "_github_workflow").mkdir()
    for name in (
        "other-step/notes.txt",
        "git-credentials-5e.config",
        "_runner_file_commands/set_env_1",
        "_github_workflow/event.json",
    ):
        place = job.temp / name
        place.parent.mkdir(exist_ok=True)
        place.write_text("x")
    return job


def link(job: Workspace, name: str, target: str) -> None:
    place = job.root / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(target)


def separate_git_directory(job: Workspace, name: str) -> None:
    """What `git init --separate-git-dir` makes, and a submodule has below `.git/modules`."""
    (job.root / "apart").mkdir()
    job.git("init", "-q", f"--separate-git-dir={job.root / name}", at="apart")


PLACES: dict[str, Callable[[Workspace], str]] = {
    "git's directory": lambda job: ".git",
    "a part of it": lambda job: ".git/hooks",
    "by way of another": lambda job: "src/../.git",
    "a link to it": lambda job: (link(job, "tpl", ".git"), "tpl")[1],
    "a link in a link": lambda job: (link(job, "a/b", "../tpl"), link(job, "tpl", ".git"), "a/b/hooks")[2],
    "a directory with one below": lambda job: (job.git("init", "-q", "nested/deep"), "nested")[1],
    "a worktree's file": lambda job: (
        job.git("worktree", "add", "-q", "--detach", "tree"),
        "tree",
    )[1],
    "git's directory under another name": lambda job: (separate_git_directory(job, "store"), "store")[1],
    "a submodule's directory": lambda job: (
        separate_git_directory(job, ".git/modules"),
        link(job, "m", ".git/modules"),
        "m",
    )[2],
    "a link to RUNNER_TEMP": lambda job: (link(job, "tmp", str(job.temp)), "tmp")[1],
    "a link to another step's": lambda job: (link(job, "tmp", str(job.temp / "other-step")), "tmp")[1],
    "a relative link to it": lambda job: (link(job, "tmp", "../temp/other-step"), "tmp")[1],
    "the runner's commands": lambda job: str(job.temp / "_runner_file_commands"),
    "the event": lambda job: str(job.temp / "_github_workflow"),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("use", ["directory", "source", "files of unique-id", "files of once"])
def test_a_directory_that_leads_there_is_refused(at: At, place: str, use: str) -> None:
    with stage(served=True) as scene:
        job = at(scene)
        path = PLACES[place](job)
        if use == "directory":
            ended = job.run(directory=path)
        elif use == "source":
            job.write({"distribution.yml": CAMPAIGN.replace("SOURCE", path)})
            ended = job.run("distribute", token="tok-bot")
        elif use == "files of unique-id":
            ended = job.run("unique-id", token="", files=f"{path}/**")
        else:
            ended = job.run("once", mode="begin", operation="announce", files=f"{path}/**")
        if use.startswith("files") and place in ("a directory with one below", "a worktree's file"):
            # What is below a directory, or matches a pattern, is taken without git's own.
            assert ended.code in (0, 2)
        else:
            assert ended.code == 2, ended.log
        assert TOKEN not in ended.log
        assert scene.writes() == 0 or use == "files of once"
        assert [pull.number for pull in scene.sandbox.repository("acme/api").pulls()] == []


FILES: dict[str, Callable[[Workspace], str]] = {
    "git's configuration": lambda job: ".git/config",
    "a link to it": lambda job: (link(job, "notes.md", ".git/config"), "notes.md")[1],
    "another step's": lambda job: (link(job, "notes.md", str(job.temp / "other-step/notes.txt")), "notes.md")[1],
    "checkout's credentials": lambda job: str(job.temp / "git-credentials-5e.config"),
    "a command file": lambda job: str(job.temp / "_runner_file_commands/set_env_1"),
    "the payload": lambda job: str(job.temp / "_github_workflow/event.json"),
}


@pytest.mark.parametrize("place", FILES)
def test_a_body_is_not_read_from_there(at: At, place: str) -> None:
    with stage(served=True) as scene:
        job = at(scene)
        path = FILES[place](job)
        ended = job.run(body_path=path)
        assert (ended.code, len(scene.sandbox.requests)) == (2, 0)
        assert path in ended.log


@pytest.mark.parametrize(
    "variable",
    ["GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH"],
)
@pytest.mark.parametrize("how", ["itself", "hard link", "below a directory"])
def test_a_file_that_the_runner_names_is_refused_wherever_it_lies(at: At, variable: str, how: str) -> None:
    with stage(served=True) as scene:
        job = at(scene)
        job.write({"out/commands": "{}"})
        if how == "hard link":
            os.link(job.root / "out/commands", job.root / "out/notes.md")
        name = "out/notes.md" if how == "hard link" else "out/commands"
        given = {"directory": "out"} if how == "below a directory" else {"body_path": name}
        ended = job.run(variables={variable: str(job.root / "out/commands")}, **given)
        assert (ended.code, len(scene.sandbox.requests)) == (2, 0)
        assert "is a file of the runner" in ended.log


def test_what_the_caller_names_in_runner_temp_is_taken(at: At) -> None:
    with stage(served=True) as scene:
        job = at(scene)
        assert job.proposed(job.run(directory=str(job.temp / "other-step"))) == {"notes.txt"}
        body = job.temp / "body.md"
        body.write_text("From a step.\n")
        assert job.run(directory="../temp/other-step", body_path=str(body)).outputs["changed-fields"] == "body"


@pytest.mark.parametrize("how", ["worktree", "directory", "body_path", "source"])
def test_content_that_looks_like_a_secret_is_stopped_with_file_and_line(at: At, how: str) -> None:
    with stage(served=True) as scene:
        job = at(scene)
        job.write({"out/settings.env": f"A=1\nTOKEN={TOKEN}\n"})
        where = "out/settings.env"
        if how == "source":
            job.write({"distribution.yml": CAMPAIGN.replace("SOURCE", "out")})
            ended = job.run("distribute")
        else:
            inputs = {"worktree": {}, "directory": {"directory": "out"}, "body_path": {"body_path": where}}[how]
            ended = job.run(**inputs)
            where = where if how != "directory" else "settings.env"
        assert (ended.code, scene.writes()) == (2, 0)
        assert f"file={where},line=2" in ended.log
        assert TOKEN not in ended.log


def test_content_that_is_meant_is_taken(at: At) -> None:
    with stage(served=True) as scene:
        job = at(scene)
        job.write({"out/settings.env": f"TOKEN={TOKEN}\n"})
        ended = job.run(directory="out", push_protection_bypass="settings.env")
        assert job.proposed(ended) == {"settings.env"}
        rule = "source: out, push-protection-bypass: true"
        job.write({"distribution.yml": CAMPAIGN.replace("source: SOURCE", rule)})
        assert job.run("distribute").code == 0


def test_a_secret_that_the_base_holds_already_stops_no_other_change(at: At) -> None:
    with stage(served=True) as scene:
        scene.sandbox.repository("acme/api").commit_files("main", {"example.env": f"TOKEN={TOKEN}\n"}, message="Was")
        job = at(scene)
        job.write({"example.env": f"TOKEN={TOKEN}\nMORE=1\n"})
        assert job.proposed(job.run()) == {"example.env", ".gitignore"}
