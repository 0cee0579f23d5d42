"""The lock files cannot drift from pyproject.toml unnoticed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture
def project(tmp_path: Path, uv_directory: Path) -> Path:
    """A copy of what the lock is made from, with the pinned uv at hand."""
    for name in ("pyproject.toml", "uv.lock", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, tmp_path)
    shutil.copytree(REPOSITORY / "src/bootstrap", tmp_path / "src/bootstrap")
    kept = uv_directory.parent
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / kept.name).symlink_to(kept)
    return tmp_path


def check(project: Path) -> subprocess.CompletedProcess[str]:
    """`make check`'s question, asked without a network."""
    offline = {"PYTHONPATH": str(project / "src"), "HTTPS_PROXY": "http://127.0.0.1:9", "HOME": str(project)}
    return subprocess.run(
        [sys.executable, "-m", "bootstrap.lock", "--check"],
        cwd=project,
        env={"PATH": os.environ["PATH"], **offline},
        capture_output=True,
        text=True,
        check=False,
    )


def replace(path: Path, old: str, new: str) -> None:
    """Replace the first occurrence, which must exist."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("src/bootstrap/requirements.lock", "sha256:49615", "sha256:00000", "-    --hash=sha256:00000"),
        ("src/bootstrap/requirements.lock", "\npydantic==", "\npydantic==0", "-pydantic==0"),
        ("src/bootstrap/requirements-uv.lock", "sha256:", "sha256:zz", "-    --hash=sha256:zz"),
        ("src/bootstrap/uv-wheels.lock", "x86_64 d", "x86_64 0", "-manylinux_x86_64 0"),
        ("src/bootstrap/uv-wheels.lock", "musllinux_x86_64", "musllinux_riscv64", "-musllinux_riscv64"),
        ("src/bootstrap/uv-wheels.lock", "https://", "https://mirror.example/", "https://mirror.example/"),
        ("uv.lock", 'hash = "sha256:', 'was = "sha256:', "uv.lock has no hash: "),
        ("pyproject.toml", '"PyYAML>=', '"docopt", "PyYAML>=', "uv.lock does not fit pyproject.toml"),
    ],
)
def test_a_changed_line_is_drift(project: Path, file: str, old: str, new: str, said: str) -> None:
    replace(project / file, old, new)
    result = check(project)
    assert result.returncode == 1
    assert said in result.stderr
    assert "make lock" in result.stderr


def test_the_lock_holds_only_what_the_actions_import() -> None:
    names = [
        line.split("==")[0]
        for line in (REPOSITORY / "src/bootstrap/requirements.lock").read_text().splitlines()
        if "==" in line
    ]
    assert {"pygithub", "actions-toolkit", "pydantic", "requests", "pyyaml"} <= set(names)
    assert not {"typer", "rich", "dulwich", "pytest", "uv"} & set(names)
