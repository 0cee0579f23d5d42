"""Octokit, GitHub's own client for JavaScript, installed once and run by node."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from support.act_stage import CHECKOUT

SOURCES = Path(__file__).parent / "octokit"
INSTALL_SECONDS, RUN_SECONDS = 120, 60


@cache
def _installed() -> tuple[Path | None, str]:
    """Return the directory that holds octokit, or none and the reason."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        return None, "no npm with its node on PATH"
    lock = SOURCES / "package-lock.json"
    target = CHECKOUT / ".cache" / f"octokit-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    if target.is_dir():
        return target, ""
    target.parent.mkdir(exist_ok=True)
    # Made beside its place and moved there whole: other processes install at the same time, or this one is killed.
    made = tempfile.mkdtemp(prefix="octokit-", dir=target.parent)
    try:
        for name in ("package.json", lock.name):
            shutil.copy(SOURCES / name, made)
        quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=0")
        done = subprocess.run(
            [npm, "ci", *quiet], cwd=made, capture_output=True, check=False, text=True, timeout=INSTALL_SECONDS
        )
        if done.returncode:
            return None, f"npm ci failed: {done.stderr.strip()[:200]}"
        with suppress(OSError):
            Path(made).rename(target)  # fails where another process was first
    except subprocess.TimeoutExpired:
        return None, f"npm ci took over {INSTALL_SECONDS} seconds"
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return target, ""


def run(script: str, *, api_url: str, token: str, **variables: str) -> Any:
    """Run a script of ``support/octokit``, and return the JSON that it prints. Skips the test without octokit."""
    place, reason = _installed()
    if place is None:
        pytest.skip(f"octokit is not installed: {reason}")
    done = subprocess.run(
        ["node", "--input-type=module"],
        cwd=place,  # where node looks for the packages
        input=(SOURCES / script).read_text("utf-8"),
        capture_output=True,
        check=False,
        text=True,
        timeout=RUN_SECONDS,
        env={"PATH": os.environ["PATH"], "API_URL": api_url, "TOKEN": token, **variables},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
