"""The git binary clones, fetches and pushes over the same objects and refs the API serves."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from github_sandbox_bench import Bench


def git(*arguments: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    identity = {f"GIT_{who}_{what}": "x@y" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {"PATH": os.environ["PATH"], "HOME": str(cwd), "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    return subprocess.run(
        ["git", *arguments],
        cwd=cwd,
        capture_output=True,
        check=False,
        text=True,
        timeout=30,
        env=environment | identity | variables,
    )


def url(bench: Bench, name: str, token: str | None = "tok-bot") -> str:
    who = f"x-access-token:{token}@" if token else ""
    return bench.server.url.replace("//", f"//{who}") + f"/{name}"


@pytest.fixture
def clone(bench: Bench, tmp_path: Path) -> Path:
    assert git("clone", "-q", url(bench, "acme/api"), "work", cwd=tmp_path).returncode == 0
    return tmp_path / "work"


def commit(clone: Path, name: str) -> str:
    (clone / name).write_text(name)
    git("add", "-A", cwd=clone)
    git("commit", "-q", "-m", name, cwd=clone)
    return git("rev-parse", "HEAD", cwd=clone).stdout.strip()


def test_a_clone_has_the_commit_the_api_names(bench: Bench, clone: Path) -> None:
    assert git("rev-parse", "HEAD", cwd=clone).stdout.strip() == bench.repository().tip()
    assert git("fsck", "--strict", cwd=clone).returncode == 0
    assert os.access(clone / "bin/run", os.X_OK)
    assert (clone / "link").is_symlink()
    assert git("symbolic-ref", "--short", "HEAD", cwd=clone).stdout.strip() == "main"


def test_shallow_and_anonymous(bench: Bench, tmp_path: Path) -> None:
    bench.repository().commit_files("main", {"second": b"x"})
    assert git("clone", "-q", "--depth", "1", url(bench, "acme/api.git", None), "s", cwd=tmp_path).returncode == 0
    assert git("rev-list", "--count", "HEAD", cwd=tmp_path / "s").stdout.strip() == "1"
    assert git("clone", "-q", url(bench, "acme/secret", None), "n", cwd=tmp_path).returncode != 0
    assert git("clone", "-q", url(bench, "acme/secret"), "y", cwd=tmp_path).returncode == 0


def test_an_api_commit_can_be_fetched(bench: Bench, clone: Path) -> None:
    oid = bench.repository().commit_files("main", {"from-api": b"x"})
    assert git("pull", "-q", cwd=clone).returncode == 0
    assert git("rev-parse", "HEAD", cwd=clone).stdout.strip() == oid


def test_a_push_moves_the_branch_and_its_pull_request(bench: Bench, clone: Path) -> None:
    number = bench.repository().open_pull("feature").number
    git("checkout", "-q", "feature", cwd=clone)
    oid = commit(clone, "pushed.txt")
    assert git("push", "-q", "origin", "feature", cwd=clone).returncode == 0
    assert bench.repository().pull(number).head_oid == oid
    assert bench.get("/repos/acme/api/contents/pushed.txt?ref=feature").status_code == 200
    assert git("push", "-q", "origin", ":feature", cwd=clone).returncode == 0
    assert bench.repository().pull(number).state == "closed"


def test_a_stale_push_and_a_broken_lease_change_nothing(bench: Bench, clone: Path) -> None:
    theirs = bench.repository().commit_files("main", {"theirs": b"x"})
    commit(clone, "ours")
    assert git("push", "-q", "origin", "main", cwd=clone).returncode != 0
    assert git("push", "-q", "--force-with-lease", "origin", "main", cwd=clone).returncode != 0
    assert bench.repository().tip() == theirs
    assert git("push", "-q", "--force", "origin", "main", cwd=clone).returncode == 0
    assert "theirs" not in bench.repository().files()


@pytest.mark.parametrize(("name", "token"), [
    ("acme/api", None), ("acme/api", "tok-read"), ("acme/api", "wrong"), ("acme/old", "tok-bot"),
])  # fmt: skip
def test_who_may_not_push_does_not(bench: Bench, clone: Path, name: str, token: str | None) -> None:
    before = bench.repository(name).refs()
    commit(clone, "x")
    assert git("push", "-q", "--force", url(bench, name, token), "HEAD:refs/heads/main", cwd=clone).returncode != 0
    assert bench.repository(name).refs() == before


def test_an_empty_repository_takes_its_first_push(bench: Bench, clone: Path) -> None:
    assert git("push", "-q", url(bench, "acme/empty"), "main", cwd=clone).returncode == 0
    assert bench.repository("acme/empty").tip() == bench.repository().tip()
