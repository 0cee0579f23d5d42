"""A checkout that kept no credentials is completed with the token of the step, which is shown nowhere."""

from __future__ import annotations

import base64
from pathlib import Path

from support.detecting import Detected, detect, git
from support.people import target
from support.stage import FLEET, TARGET, Stage, stage

PRIVATE = FLEET | {"repositories": [{"name": TARGET, "private": True, "files": {"README.md": "# api\n"}}]}


def look(scene: Stage, workspace: Path, before: str, sha: str, token: str) -> Detected:
    address = scene.context
    return detect(
        workspace,
        "push",
        {"before": before},
        sha=sha,
        variables={
            "GITHUB_REPOSITORY": TARGET,
            "GITHUB_SERVER_URL": address.server_url,
            "GITHUB_API_URL": address.api_url,
            "GITHUB_GRAPHQL_URL": address.graphql_url,
        },
        token=token,
    )


def test_a_private_repository(tmp_path: Path) -> None:
    with stage(PRIVATE, served=True) as scene:
        before = target(scene).tip("main") or ""
        sha = target(scene).commit_files("main", {"src/a.py": "1\n"})
        workspace = tmp_path / "workspace"
        workspace.mkdir()
        basic = base64.b64encode(b"x-access-token:tok-bot").decode()
        url = f"{scene.context.server_url}/{TARGET}"
        git(workspace, "init", "--quiet")
        git(workspace, "remote", "add", "origin", url)
        header = f"http.extraheader=AUTHORIZATION: basic {basic}"
        git(workspace, "-c", header, "fetch", "--quiet", "--depth=1", "origin", sha)
        git(workspace, "checkout", "--quiet", "--detach", sha)

        with_token = look(scene, workspace, before, sha, "tok-bot")
        assert (with_token.base, with_token.files) == (before, ["src/a.py"]), with_token.log
        wrong = look(scene, workspace, before, sha, "tok-without-account")
        assert (wrong.code, wrong.everything, wrong.base_reason) == (0, True, "base-unreachable")
        assert basic not in with_token.log + wrong.log
        # The credentials that actions/checkout kept come first.
        git(workspace, "config", f"http.{scene.context.server_url}/.extraheader", f"AUTHORIZATION: basic {basic}")
        assert look(scene, workspace, before, sha, "tok-without-account").files == ["src/a.py"]
