"""Repositories and events for detect-changes: what happened on a remote, and a job that checked it out."""

from __future__ import annotations

import io
import json
import os
import subprocess
from atexit import register
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

from action_patterns import run

GIT = {
    "PATH": os.environ["PATH"],
    "HOME": os.devnull,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_DATE": "2026-07-01T12:00:00Z",
    "GIT_COMMITTER_DATE": "2026-07-01T12:00:00Z",
    **{f"GIT_{role}_{name}": "a@b.example" for role in ("AUTHOR", "COMMITTER") for name in ("NAME", "EMAIL")},
}
ZERO = "0" * 40
REPOSITORY = "acme/platform"


def git(place: Path, *arguments: str, given: bytes | None = None) -> str:
    """Run git, and return what it prints."""
    done = subprocess.run(["git", *arguments], cwd=place, env=GIT, input=given, capture_output=True, check=False)
    assert done.returncode == 0, f"git {arguments}: {done.stderr.decode(errors='replace')}"
    return done.stdout.decode(errors="surrogateescape").removesuffix("\n")


@dataclass(frozen=True)
class Detected:
    """An answer of the action."""

    code: int
    log: str
    outputs: Mapping[str, str]

    def __getattr__(self, name: str) -> Any:
        value = self.outputs[name.replace("_", "-")]
        if value in ("true", "false"):
            return value == "true"
        return json.loads(value) if value.startswith(("[", "{")) else value

    @property
    def paths(self) -> list[str]:
        """The paths of the file, by their bytes."""
        names = Path(self.outputs["files-path"]).read_bytes().split(b"\0")[:-1]
        return [name.decode(errors="surrogateescape") for name in names]


@dataclass
class Remote:
    """A repository on a server, and the clone of a person who works on it."""

    folder: Path
    jobs: int = field(default=0)

    def __post_init__(self) -> None:
        self.bare, self.clone = self.folder / "remote.git", self.folder / "person"
        self.folder.mkdir(parents=True, exist_ok=True)
        git(self.folder, "init", "--quiet", "--bare", "-b", "main", str(self.bare))
        git(self.folder, "init", "--quiet", "-b", "main", str(self.clone))
        git(self.bare, "config", "uploadpack.allowFilter", "true")
        git(self.bare, "config", "uploadpack.allowAnySHA1InWant", "true")
        git(self.clone, "remote", "add", "origin", self.url)

    @property
    def url(self) -> str:
        return f"file://{self.bare}"

    def git(self, *arguments: str) -> str:
        return git(self.clone, *arguments)

    def commit(self, files: Mapping[str, str | bytes | None] | None = None, *, message: str = "change") -> str:
        """Write files, None deletes one, and commit. Return the commit."""
        for name, content in (files or {}).items():
            place = self.clone / name
            if content is None:
                place.unlink()
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def push(self, *refs: str) -> None:
        self.git("push", "--quiet", "--force", "origin", *refs)

    def pull_request(self, base: str, head: str, number: int = 1) -> str:
        """Merge two commits as GitHub does for a pull request. Return the merge commit, which has its own ref."""
        tree = self.git("merge-tree", "--write-tree", base, head)
        merge = self.git("commit-tree", tree.splitlines()[0], "-p", base, "-p", head, "-m", "merge")
        self.push(f"{merge}:refs/pull/{number}/merge", f"{head}:refs/pull/{number}/head")
        return merge

    def check_out(self, oid: str, *, depth: int = 1, folder: Path | None = None) -> Path:
        """Check a commit out as actions/checkout does. `depth` 0: all history. `folder`: of the job."""
        self.jobs += 1
        place = (folder or self.folder / f"job-{self.jobs}") / "workspace"
        place.mkdir(parents=True)
        git(place, "init", "--quiet", "-b", "none")
        git(place, "remote", "add", "origin", self.url)
        if depth:
            git(place, "fetch", "--quiet", "--no-tags", f"--depth={depth}", "origin", oid)
        else:
            everything = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
            git(place, "fetch", "--quiet", "origin", *everything, oid)
        git(place, "checkout", "--quiet", "--detach", oid)
        return place


def detect(
    workspace: Path,
    event: str,
    payload: Mapping[str, Any],
    *,
    sha: str,
    action: str = "detect-changes",
    **more: Any,
) -> Detected:
    """Run the action in this process. `more`: see `job`."""
    stream = io.StringIO()
    code = run.main([action], job(workspace, event, payload, sha=sha, **more), stream)
    return Detected(code, stream.getvalue(), read_outputs((workspace.parent / "output").read_text()))


def job(
    workspace: Path,
    event: str,
    payload: Mapping[str, Any],
    *,
    sha: str,
    ref: str = "refs/heads/main",
    attempt: int = 1,
    run_id: int = 7,
    variables: Mapping[str, str] | None = None,
    **inputs: str,
) -> dict[str, str]:
    """Return the variables of a job, and make the files that they name."""
    folder = workspace.parent
    for name in ("output", "event", "summary"):
        (folder / name).unlink(missing_ok=True)
    (folder / "output").touch()
    (folder / "event").write_text(json.dumps({"repository": {"default_branch": "main"}, **payload}))
    return {
        **GIT,
        "GITHUB_WORKSPACE": str(workspace),
        "RUNNER_TEMP": str(folder / "temp"),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "GITHUB_EVENT_PATH": str(folder / "event"),
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_SHA": sha,
        "GITHUB_REF": ref,
        "GITHUB_REF_NAME": ref.split("/", 2)[-1],
        "GITHUB_WORKFLOW": "Test",
        "GITHUB_JOB": "test",
        "GITHUB_EVENT_NAME": event,
        "GITHUB_RUN_ID": str(run_id),
        "GITHUB_RUN_NUMBER": "1",
        "GITHUB_RUN_ATTEMPT": str(attempt),
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_API_URL": "https://api.github.com",
        "GITHUB_GRAPHQL_URL": "https://api.github.com/graphql",
        "ACTION_PATTERNS_WRITE_SPACING_SECONDS": "0",
        **{f"INPUT_{name.upper()}": value for name, value in inputs.items()},
        **(variables or {}),
    }


def read_outputs(text: str) -> dict[str, str]:
    """Return the outputs in the file of GITHUB_OUTPUT."""
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


def truth(remote: Remote, base: str | None, head: str) -> list[str]:
    """Return the paths that differ, by git itself."""
    before = base or "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    text = git(remote.clone, "diff-tree", "-r", "-z", "--no-renames", "--name-only", before, head)
    return sorted(text.split("\0")[:-1])


@dataclass(frozen=True)
class Story:
    """One remote with a history that the scenarios share. No scenario may push to it."""

    remote: Remote
    main: tuple[str, ...]
    topic: tuple[str, ...]
    """Leaves the default branch at its second commit."""
    orphan: str
    replaced: str
    """On no branch since a force push."""
    merge: str
    """The pull request of the topic, merged into the third commit of the default branch."""


@cache
def checked_out(oid: str, depth: int = 1) -> Path:
    """Return a checkout of a commit of the story. No scenario may change it."""
    return story().remote.check_out(oid, depth=depth)


GROUPS = """
library: library/**
services:
  paths: services/<service>/**
  depends-on: [library]
manual: ["docs/**", "*.md"]
"""


@cache
def story() -> Story:
    """Return the story. A process makes it once."""
    remote = Remote(Path(mkdtemp(prefix="story-")))
    register(rmtree, remote.folder, ignore_errors=True)
    files = ("README.md", "docs/use.md", "library/a.py", "services/api/main.py", "services/web/main.py", "package.json")
    main = [remote.commit(dict.fromkeys(files, "1\n"))]
    remote.git("tag", "api-1.0")
    remote.git("tag", "web-1.0")
    main.append(remote.commit({"services/api/main.py": "2\n"}))
    remote.git("tag", "web-2.0")
    remote.git("checkout", "--quiet", "-b", "topic")
    topic = (remote.commit({"docs/use.md": "2\n"}), remote.commit({"services/web/main.py": "2\n"}))
    remote.git("checkout", "--quiet", "main")
    main.append(remote.commit({"library/a.py": "2\n"}))
    remote.git("tag", "-a", "api-1.1", "-m", "x")
    replaced = remote.commit({"package.json": "2\n"})
    remote.push("main", "topic")
    remote.git("reset", "--quiet", "--hard", main[-1])
    remote.git("checkout", "--quiet", "--orphan", "orphan")
    orphan = remote.commit(message="orphan")
    remote.push("main", "orphan", "refs/tags/*:refs/tags/*")
    merge = remote.pull_request(main[-1], topic[-1])
    return Story(remote, tuple(main), topic, orphan, replaced, merge)
