"""The requests that create-pull-request documents, sent by real git and octokit from a default checkout.

The action itself is in no package registry, so it does not run here. ``RECORD_REQUESTS=1`` writes the recording again,
which ``tests/unit/github_sandbox/test_recorded_requests.py`` plays without node.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from github_sandbox.server import Server
from support import octokit_client, proposals
from support.proposals import BRANCH, CONTENT, MODES, PATH, REPOSITORY, TITLE, TOKEN


def git(*arguments: str, cwd: Path, succeeds: bool = True) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": str(cwd), "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    identity = {f"GIT_{who}_{what}": "x@y" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        ["git", *arguments], cwd=cwd, capture_output=True, check=False, text=True, timeout=30,
        env=environment | identity,
    )  # fmt: skip
    assert not succeeds or done.returncode == 0, done.stderr
    return done.stdout.strip() if done.returncode == 0 else ""


def checkout(server: Server, place: Path) -> Path:
    """Return what actions/checkout leaves by default: one commit of the default branch."""
    place.mkdir()
    git("init", "-q", cwd=place)
    git("remote", "add", "origin", f"{server.url.replace('//', f'//x-access-token:{TOKEN}@')}/{REPOSITORY}", cwd=place)
    git("fetch", "-q", "--no-tags", "--depth=1", "origin", "+HEAD:refs/remotes/origin/main", cwd=place)
    git("checkout", "-q", "--force", "-B", "main", "refs/remotes/origin/main", cwd=place)
    return place


def propose(server: Server, place: Path, mode: str) -> list[Any]:
    """Run one job. Returns the requests that octokit sent."""
    work = checkout(server, place)
    (work / PATH).write_text(CONTENT)
    git("remote", "prune", "origin", cwd=work)
    base = git("rev-parse", "HEAD", cwd=work)
    git("checkout", "-q", "-B", "temporary", cwd=work)
    git("add", "-A", cwd=work)
    git("commit", "-q", "-m", TITLE, cwd=work)
    refs = f"{BRANCH}:refs/remotes/origin/{BRANCH}"
    git("fetch", "-q", "--force", "--depth=11", "origin", refs, cwd=work, succeeds=False)
    known = git("rev-parse", "-q", "--verify", f"origin/{BRANCH}", cwd=work, succeeds=False)
    changed = not known or git("diff", "--name-only", f"origin/{BRANCH}..temporary", cwd=work) != ""
    proposal: dict[str, Any] = {"base": "main", "branch": BRANCH, "title": TITLE}
    if mode == "sign-commits" and changed:
        names = git("diff-tree", "-r", "--name-only", "--no-commit-id", "HEAD", cwd=work).splitlines()
        proposal |= {"parent": base, "root": str(work), "files": names}
    elif changed:
        git("checkout", "-q", "-B", BRANCH, "temporary", cwd=work)
        git("push", "-q", "--force-with-lease", "origin", f"{BRANCH}:refs/heads/{BRANCH}", cwd=work)
    sent = octokit_client.run("propose.mjs", api_url=server.api_url, token=TOKEN, PROPOSAL=json.dumps(proposal))
    return list(sent)


@pytest.mark.parametrize("mode", MODES)
def test_two_jobs_leave_one_pull_request(mode: str, tmp_path: Path) -> None:
    sandbox = proposals.sandbox()
    with sandbox.serve() as server:
        runs = [propose(server, tmp_path / str(run), mode) for run in range(2)]
    proposals.is_proposed(sandbox, mode)
    if os.environ.get("RECORD_REQUESTS"):
        proposals.record(mode, runs)
    assert runs == proposals.recorded()[mode]
