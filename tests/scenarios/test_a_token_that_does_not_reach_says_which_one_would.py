"""GITHUB_TOKEN stops before the first request; each kind of token is told apart in the remedy."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from action_patterns import run
from action_patterns.ports.credentials import Allowance
from action_patterns.ports.permissions import needed
from action_patterns.pull_request.upsert import USES
from support.app_fleet import fleet, seed, variables
from support.stage import FLEET, desired_state, stage

DISTRIBUTION = """\
name: ci
targets: {owners: [acme]}
files: [{source: ci.txt, target: ci.txt}]
pull-request: {title: Add ci.txt}
"""


@pytest.mark.parametrize("token", ["", "job"])
def test_the_jobs_token_is_not_tried_on_other_repositories(token: str, tmp_path: Path) -> None:
    (tmp_path / "distribution.yml").write_text(DISTRIBUTION)
    (tmp_path / "ci.txt").write_text("x\n")
    with fleet(seed({"acme": {}}, ["acme/api"])) as scene:
        stream = io.StringIO()
        inputs = {"token": token, "job_token": "job", "app_client_id": "", "app_private_key": ""}
        assert run.main(["distribute"], variables(scene, tmp_path, **inputs), stream) == 2
        assert "GITHUB_TOKEN, which reaches only acme/source" in stream.getvalue()
        assert "app-client-id" in stream.getvalue()
        assert "personal access token" in stream.getvalue()
        assert len(scene.sandbox.requests) == 0


@pytest.mark.parametrize(
    ("token", "kind", "remedy"),
    [
        ("ghs_x", "installation", "Give the App `contents: write` and `pull-requests: write`"),
    ],
)
def test_the_remedy_is_the_one_for_this_kind_of_token(token: str, kind: str, remedy: str) -> None:
    half = {"contents": "read", "pull_requests": "read"}
    with stage({**FLEET, "tokens": {token: {"login": "bot", "kind": kind, "permissions": half}}}, served=True) as scene:
        allowance = Allowance(permissions=needed(USES))
        result = scene.upsert(desired_state(), token=token, allowance=allowance)
        assert (result.outcome, result.reason) == ("failed", "permission"), result
        assert result.error is not None
        assert remedy in result.error.remediation
