"""The files of a directory are new, different or equal in the target's own branch, whatever a bot proposes."""

from __future__ import annotations

from pathlib import Path

from support.detecting import Detected, detect
from support.people import target
from support.stage import FLEET, TARGET, Stage, stage


def compare(scene: Stage, folder: Path, files: dict[str, str], **inputs: str) -> Detected:
    workspace = folder / "workspace"
    for name, content in files.items():
        place = workspace / "shared" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content)
    address = scene.context
    return detect(
        workspace,
        "workflow_dispatch",
        {},
        sha="0" * 40,
        variables={
            "GITHUB_SERVER_URL": address.server_url,
            "GITHUB_API_URL": address.api_url,
            "GITHUB_GRAPHQL_URL": address.graphql_url,
        },
        **{"source": "target", "directory": "shared", "repository": TARGET, "token": "tok-bot"} | inputs,
    )


def test_new_different_and_equal_files(tmp_path: Path) -> None:
    with stage(served=True) as scene:
        files = {"README.md": "# api\n", "old.txt": "other\n", "docs/new.md": "1\n"}
        answer = compare(scene, tmp_path, files, groups="docs: docs/**\nrest: [README.md, old.txt]\nnone: README.md")
        assert answer.code == 0, answer.log
        assert (answer.files, answer.added, answer.deleted) == (["docs/new.md", "old.txt"], ["docs/new.md"], [])
        assert answer.groups == {"docs": True, "rest": True, "none": False}
        assert (answer.base_reason, answer.base) == ("target", target(scene).tip("main"))
        (tmp_path / "workspace/shared/README.md").chmod(0o755)
        assert "README.md" in compare(scene, tmp_path, {}).files, "a mode is a difference"
        assert scene.writes() == 0


def test_a_target_that_has_all_is_unchanged_whatever_a_bot_proposes(tmp_path: Path) -> None:
    with stage(served=True) as scene:
        target(scene).commit_files("bot", {"README.md": "# proposed\n"})
        assert not compare(scene, tmp_path, {"README.md": "# api\n"}).changed
        assert compare(scene, tmp_path, {}, branch="bot").changed


def test_an_empty_target_lacks_everything(tmp_path: Path) -> None:
    seed = FLEET | {"repositories": [{"name": TARGET}]}
    with stage(seed, served=True) as scene:
        answer = compare(scene, tmp_path, {"a": "1\n"})
        assert (answer.files, answer.everything, answer.base_reason) == (["a"], True, "first-commit"), answer.log


def test_a_target_that_is_not_there_is_red(tmp_path: Path) -> None:
    with stage(served=True) as scene:
        answer = compare(scene, tmp_path, {"a": "1\n"}, repository="acme/apy")
        assert answer.code == 1
        assert "There is no repository acme/apy for this token." in answer.log
        answer = compare(scene, tmp_path, {}, branch="mian")
        assert answer.code == 1
        assert "has no branch 'mian'" in answer.log
        answer = compare(scene, tmp_path, {}, directory="nothing")
        assert answer.code == 2
