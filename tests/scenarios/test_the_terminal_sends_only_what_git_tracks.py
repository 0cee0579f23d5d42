"""A person's checkout holds more than is meant: `apply` takes the files that git tracks, and names the others."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.action_process import ActionProcesses, Said
from support.editions import first_on
from support.stage import TARGET, Stage, stage
from support.workspace import GIT

pytestmark = first_on("full", why="Each run is a process, and what it sends is the same on every edition.")

DISTRIBUTION = """\
name: shared
targets: {repositories: [acme/api]}
files:
  - {source: SOURCE, target: shared}
pull-request: {title: Shared}
"""


@pytest.fixture
def scene() -> Iterator[Stage]:
    with stage(served=True) as staged:
        yield staged


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    for name, text in {"files/a.md": "a\n", "files/.env": "X=1\n", "files/build/out.js": "x\n"}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / ".gitignore").write_text("build/\n")
    (root / "distribution.yml").write_text(DISTRIBUTION.replace("SOURCE", "files"))
    subprocess.run(["git", "init", "-q"], cwd=root, env=GIT, check=True)
    subprocess.run(["git", "add", "files/a.md"], cwd=root, env=GIT, check=True)
    return root


Apply = Callable[..., Said]


@pytest.fixture
def apply(processes: ActionProcesses, scene: Stage, folder: Path) -> Apply:
    def applied(directory: Path = folder, **variables: str) -> Said:
        given = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder.parent),
            "TMPDIR": str(folder.parent),
            "COLUMNS": "200",
            "GH_TOKEN": "tok-bot",
            "GITHUB_API_URL": scene.context.api_url,
            "GITHUB_GRAPHQL_URL": scene.context.graphql_url,
            "GITHUB_SERVER_URL": scene.context.server_url,
            "ACTION_PATTERNS_WRITE_SPACING_SECONDS": "0",
        }
        return processes.terminal(["apply", "--yes"], given | variables, folder.parent, directory)

    return applied


def proposed(scene: Stage) -> set[str]:
    repository = scene.sandbox.repository(TARGET)
    (pull,) = repository.pulls()
    return set(repository.files(pull.head)) - set(repository.files("main"))


def test_a_directory_is_sent_without_what_git_does_not_track(apply: Apply, scene: Stage, folder: Path) -> None:
    done = apply()
    assert done.returncode == 0, done.stderr
    assert proposed(scene) == {"shared/a.md"}
    assert "left out: 2 files that git does not track: files/.env, files/build/out.js" in done.stdout


def test_a_tracked_file_is_sent_as_it_lies_there(apply: Apply, scene: Stage, folder: Path) -> None:
    (folder / "files/a.md").write_text("changed\n")
    assert apply().returncode == 0
    repository = scene.sandbox.repository(TARGET)
    assert repository.files(repository.pulls()[0].head)["shared/a.md"] == ("100644", b"changed\n")


def test_a_directory_below_the_root_is_one_too(apply: Apply, scene: Stage, folder: Path) -> None:
    (folder / "files/distribution.yml").write_text(DISTRIBUTION.replace("SOURCE", "."))
    assert apply(folder / "files").returncode == 0
    assert proposed(scene) == {"shared/a.md"}


@pytest.mark.parametrize("source", ["files/.env", "files/build/out.js", "files/build"])
def test_what_a_rule_names_and_git_does_not_track_is_refused(
    apply: Apply, scene: Stage, folder: Path, source: str
) -> None:
    (folder / "distribution.yml").write_text(DISTRIBUTION.replace("SOURCE", source))
    done = apply()
    assert done.returncode == 2
    assert source in done.stderr
    assert scene.writes() == 0


def test_git_that_refuses_is_no_folder_without_git(apply: Apply, scene: Stage, folder: Path) -> None:
    done = apply(GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    assert done.returncode == 2
    assert "only files that git tracks are sent" in done.stderr
    assert scene.writes() == 0
