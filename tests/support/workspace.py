"""The workspace of a job on the sandbox: a checkout as actions/checkout makes it, and an action that runs in it."""

from __future__ import annotations

import io
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from action_patterns import run
from support.job_variables import job_variables
from support.stage import TARGET, Stage

GIT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{role}_{name}": "a@b.example" for role in ("AUTHOR", "COMMITTER") for name in ("NAME", "EMAIL")},
}


@dataclass(frozen=True)
class Ended:
    """How an action ended."""

    code: int
    log: str
    outputs: dict[str, str]


@dataclass
class Workspace:
    """The directories of one job."""

    scene: Stage
    folder: Path
    repository: str = TARGET
    """The repository whose workflow runs."""
    runs: int = field(default=0)

    @property
    def root(self) -> Path:
        return self.folder / "workspace"

    @property
    def temp(self) -> Path:
        return self.folder / "temp"

    def git(self, *arguments: str, at: str = ".") -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.root / at, env=GIT, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def check_out(self, repository: str = TARGET, at: str = ".", *, url: str | None = "") -> None:
        """Lay the default branch's files there and commit them. `url`: of the remote; "" as it is, None for none."""
        place = self.root / at
        for name, (_, content) in self.scene.sandbox.repository(repository).files("main").items():
            file = place / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        self.git("init", "-q", "-b", "main", at=at)
        self.git("add", "-A", at=at)
        self.git("commit", "-q", "-m", "first", at=at)
        if url is not None:
            self.git("remote", "add", "origin", url or f"{self.scene.context.server_url}/{repository}", at=at)
            self.git("update-ref", "refs/remotes/origin/main", "HEAD", at=at)

    def write(self, files: dict[str, str | bytes]) -> None:
        """Write files of the workspace, as an earlier step does."""
        for name, content in files.items():
            place = self.root / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)

    def run(self, action: str = "upsert-pr", variables: dict[str, str] | None = None, **inputs: str) -> Ended:
        """Run an action in this process. An input that is "" is left out."""
        self.runs += 1
        self.temp.mkdir(exist_ok=True)
        output = self.folder / f"output-{self.runs}"
        output.touch()
        given = {"token": "tok-bot", "key": "sync", "title": "Sync"} if action == "upsert-pr" else {"token": "tok-bot"}
        stream = io.StringIO()
        code = run.main(
            [action],
            {
                **GIT,
                **job_variables(self.scene.context, self.root, repository=self.repository),
                "RUNNER_TEMP": str(self.temp),
                "GITHUB_OUTPUT": str(output),
                **{f"INPUT_{name.upper()}": value for name, value in (given | inputs).items()},
                **(variables or {}),
            },
            stream,
        )
        return Ended(code, stream.getvalue(), _outputs(output.read_text()))

    def proposed(self, ended: Ended, repository: str = TARGET) -> set[str]:
        """Return the paths that the pull request changes."""
        there = self.scene.sandbox.repository(repository)
        before, after = there.files("main"), there.files(ended.outputs["branch"])
        return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def _outputs(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, _, end = line.partition("<<")
        value: list[str] = []
        for each in lines:
            if each == end:
                break
            value.append(each)
        found[name] = "\n".join(value)
    return found
