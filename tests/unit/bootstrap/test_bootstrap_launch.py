"""launch.sh as a composite step starts it."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Checkout, Index

Shim = Callable[[str, str], Path]

pytestmark = pytest.mark.slow


def shown(result: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """What the stand-in action printed."""
    assert result.returncode == 0, result.stderr
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def error_lines(result: subprocess.CompletedProcess[str]) -> list[str]:
    """The error annotations a runner would show."""
    return [line for line in result.stderr.splitlines() if line.startswith("::error")]


def without_system_python(checkout: Checkout, tmp_path: Path, stand_in: Path) -> dict[str, str]:
    """A machine whose /usr/bin/python3 is `stand_in` and whose PATH holds no other Python."""
    script = checkout.bootstrap / "launch.sh"
    assert script.read_text().count("(/usr/bin/python3 ") == 1
    script.write_text(script.read_text().replace("(/usr/bin/python3 ", f"({stand_in} "))
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "dirname", "sha256sum"):
        (tools / name).symlink_to(str(shutil.which(name)))
    (tools / "uv").symlink_to(Path(checkout.environment["PATH"].split(":")[0]) / "uv")
    return {"ACTION_PATTERNS_PYTHON": "", "PATH": str(tools)}


def test_the_action_runs_isolated_in_the_environment_with_its_arguments(checkout: Checkout) -> None:
    answer = shown(checkout.run())
    assert answer["argv"] == ["record", "a b"]
    assert answer["isolated"] == 1
    assert answer["locked"] == 42
    assert answer["executable"].startswith(str(checkout.environments()[0]))


def test_without_a_usable_python_one_line_says_what_why_and_how(
    checkout: Checkout, tmp_path: Path, python_shim: Shim
) -> None:
    machine = without_system_python(checkout, tmp_path, python_shim("usr/python3", "3.9.18"))
    python_shim("tools/python3", "3.10.12")
    result = checkout.run(**machine)
    assert result.returncode == 1
    (line,) = error_lines(result)
    assert "CPython >= 3.11" in line
    assert "3.9.18" in line and "3.10.12" in line
    assert "ACTION_PATTERNS_PYTHON" in line and "actions/setup-python" in line
    assert result.stderr.strip() == line


def test_with_no_python_at_all_the_line_says_none_answered(checkout: Checkout, tmp_path: Path) -> None:
    result = checkout.run(**without_system_python(checkout, tmp_path, tmp_path / "absent"))
    assert result.returncode == 1
    assert "none answered" in error_lines(result)[0]


@pytest.mark.parametrize(
    "place",
    ["tools/python3", "tools/python3.13", "toolcache/Python/3.12.4/x64/bin/python3"],
    ids=["name", "named", "toolcache"],
)
def test_a_too_old_python_found_first_is_passed_over(
    checkout: Checkout, tmp_path: Path, python_shim: Shim, place: str
) -> None:
    machine = without_system_python(checkout, tmp_path, python_shim("usr/python3", "3.9.18"))
    if place != "tools/python3":
        python_shim("tools/python3", "3.9.18")
    python_shim(place, "real")
    assert shown(checkout.run(**machine, RUNNER_TOOL_CACHE=str(tmp_path / "toolcache")))["locked"] == 42


def test_a_python_without_an_installer_is_passed_over_for_one_that_has_pip(
    checkout: Checkout, tmp_path: Path, python_shim: Shim
) -> None:
    """As on a minimal Debian: its own Python has no pip, that of setup-python has."""
    machine = without_system_python(checkout, tmp_path, python_shim("usr/python3", "without pip"))
    (tmp_path / "tools/uv").unlink()
    able = python_shim("tools/python3", "real")
    able.write_text(able.read_text().replace("exec ", f'echo "$*" >>{tmp_path / "asked"}; exec '))
    checkout.run(**machine)
    assert "bootstrap.py run" in (tmp_path / "asked").read_text()


def test_where_no_python_has_an_installer_each_is_named(checkout: Checkout, tmp_path: Path, python_shim: Shim) -> None:
    system = python_shim("usr/python3", "without pip")
    machine = without_system_python(checkout, tmp_path, system)
    (tmp_path / "tools/uv").unlink()
    other = python_shim("tools/python3", "without pip")
    # The one that is chosen becomes the interpreter it stands for, whose pip must not count.
    script = checkout.bootstrap / "bootstrap.py"
    script.write_text(script.read_text().replace("sys.exit(main(", "has_pip = lambda _: False\n    sys.exit(main("))
    result = checkout.run(**machine)
    (line,) = error_lines(result)
    assert "has no pip, and there is no uv on PATH" in line
    assert re.search(rf"{system} is 3\S+ without pip, .*{other.name} is 3\S+ without pip", line)
    assert "trying again" not in result.stderr


def test_a_uv_on_path_is_enough(checkout: Checkout, tmp_path: Path, python_shim: Shim) -> None:
    machine = without_system_python(checkout, tmp_path, python_shim("usr/python3", "without pip"))
    assert shown(checkout.run(**machine))["locked"] == 42


@pytest.mark.parametrize("leftover", ["file", "link", "read-only"])
def test_a_name_that_is_taken_in_runner_temp_is_left_alone(checkout: Checkout, tmp_path: Path, leftover: str) -> None:
    taken = checkout.temp / f"action-patterns-python-{os.geteuid()}"
    if leftover == "file":
        taken.write_text("theirs")
    elif leftover == "link":
        taken.symlink_to(tmp_path / "absent")
    else:
        taken.mkdir(mode=0o555)
        if os.access(taken, os.W_OK):
            pytest.skip("this user writes to every directory")
    assert shown(checkout.run())["executable"].startswith(f"{taken}-1/")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory to another user")
def test_directories_that_another_user_left_in_runner_temp_are_passed_by(checkout: Checkout) -> None:
    taken = checkout.temp / "action-patterns-python-0"
    taken.mkdir(mode=0o777)
    os.chown(taken, 65534, 65534)
    (checkout.temp / "action-patterns").mkdir(mode=0o700)
    os.chown(checkout.temp / "action-patterns", 65534, 65534)
    for _start in ("cold", "warm"):
        assert shown(checkout.run())["executable"].startswith(f"{taken}-1/")
    for number in range(1, 10):
        shutil.rmtree(f"{taken}-{number}", ignore_errors=True)
        Path(f"{taken}-{number}").mkdir()
        os.chown(f"{taken}-{number}", 65534, 65534)
    (line,) = error_lines(checkout.run())
    assert f"{taken} and nine names like it belong to other users" in line
    assert "ACTION_PATTERNS_VENV_DIR" in line


def test_a_tilde_is_the_home_directory(checkout: Checkout, tmp_path: Path) -> None:
    answer = shown(checkout.run(ACTION_PATTERNS_VENV_DIR="~/venvs", GITHUB_WORKSPACE=str(checkout.workspace)))
    assert answer["executable"].startswith(f"{tmp_path}/venvs/")
    assert not (checkout.workspace / "~").exists()


def test_a_relative_directory_is_refused(checkout: Checkout) -> None:
    result = checkout.run(ACTION_PATTERNS_VENV_DIR="../venvs")
    assert "ACTION_PATTERNS_VENV_DIR names ../venvs, which is a relative path" in error_lines(result)[0]
    assert not (checkout.root / "venvs").exists()


@pytest.mark.parametrize("name", ["GITEA_ACTIONS", "FORGEJO_ACTIONS"])
def test_another_forge_is_named_as_not_supported(checkout: Checkout, name: str) -> None:
    result = checkout.run(**{name: "true", "GITHUB_SERVER_URL": "https://forge.example"})
    (line,) = error_lines(result)
    assert "does not support Gitea and Forgejo, and https://forge.example is one of them" in line
    assert not checkout.environments()


def test_an_explicit_python_is_never_overruled(checkout: Checkout, python_shim: Shim) -> None:
    chosen = python_shim("chosen/python3", "3.9.18")
    result = checkout.run(ACTION_PATTERNS_PYTHON=str(chosen))
    assert result.returncode == 1
    assert f"ACTION_PATTERNS_PYTHON={chosen} is not one" in error_lines(result)[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ACTION_PATTERNS_PYTHON", "bin/python3"),
        ("ACTION_PATTERNS_PYTHON", "./bin/python3"),
        ("ACTION_PATTERNS_PYTHON", "{workspace}/bin/python3"),
        ("ACTION_PATTERNS_PYTHON", "{workspace}/../workspace/bin/python3"),
        ("ACTION_PATTERNS_PYTHON", "{outside}/python3"),
        ("ACTION_PATTERNS_PYTHON", "evil-python"),
        ("ACTION_PATTERNS_VENV_DIR", "venv"),
        ("ACTION_PATTERNS_VENV_DIR", "{workspace}/venv"),
        ("ACTION_PATTERNS_VENV_DIR", "{outside}"),
    ],
)
def test_no_program_of_the_workspace_is_started(checkout: Checkout, tmp_path: Path, name: str, value: str) -> None:
    programs = checkout.workspace / "bin"
    programs.mkdir()
    for program in ("python3", "evil-python"):
        (programs / program).write_text(f"#!/bin/sh\ntouch {shlex.quote(str(tmp_path / 'ran'))}\n")
        (programs / program).chmod(0o755)
    (tmp_path / "outside").symlink_to(programs)
    value = value.format(workspace=checkout.workspace, outside=tmp_path / "outside")
    path = f"{programs}:{checkout.environment['PATH']}"
    result = checkout.run(**{name: value, "GITHUB_WORKSPACE": str(checkout.workspace), "PATH": path})
    assert result.returncode == 1
    assert f"{name} names {value}, which is inside the workspace" in error_lines(result)[0]
    assert not (tmp_path / "ran").exists()
    assert not checkout.environments()


def test_a_program_beside_the_workspace_is_started(checkout: Checkout) -> None:
    workspace = str(checkout.workspace)
    answer = shown(checkout.run(GITHUB_WORKSPACE=workspace, ACTION_PATTERNS_VENV_DIR=f"{workspace}-venvs"))
    assert answer["executable"].startswith(f"{workspace}-venvs")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory to another user")
def test_an_environment_of_another_user_is_not_started(checkout: Checkout, tmp_path: Path) -> None:
    shown(checkout.run())
    (environment,) = checkout.environments()
    (environment / "bin/python").unlink()
    (environment / "bin/python").write_text(f"#!/bin/sh\ntouch {shlex.quote(str(tmp_path / 'ran'))}\n")
    (environment / "bin/python").chmod(0o755)
    os.chown(environment, 65534, 65534)
    checkout.run()
    assert not (tmp_path / "ran").exists()


def test_another_system_than_linux_is_refused(checkout: Checkout) -> None:
    result = checkout.run(OSTYPE="darwin22")
    assert result.returncode == 1
    assert "darwin22" in error_lines(result)[0] and "runs-on" in error_lines(result)[0]


def test_outside_a_runner_the_message_is_no_workflow_command(checkout: Checkout) -> None:
    result = checkout.run(OSTYPE="darwin22", GITHUB_ACTIONS="")
    assert result.stderr.startswith("error: ")


def test_the_second_start_makes_no_network_call(checkout: Checkout, index: Index) -> None:
    checkout.run()
    asked = len(index.requests)
    assert asked > 0
    (checkout.bootstrap / "bootstrap.py").unlink()  # nor does it start anything but the action
    dead = "http://127.0.0.1:9/simple"
    result = checkout.run(UV_DEFAULT_INDEX=dead, PIP_INDEX_URL=dead, PATH="/usr/bin:/bin")
    assert shown(result)["locked"] == 42
    assert result.stderr == ""
    assert len(index.requests) == asked


def test_nothing_of_the_workspace_is_imported(checkout: Checkout, tmp_path: Path) -> None:
    loud = f"import pathlib; pathlib.Path({str(tmp_path / 'imported')!r}).write_text(__file__)\n"
    names = ("requests", "sitecustomize", "usercustomize", "json", "locked_thing", "subprocess", "pip")
    for name in names:
        (checkout.workspace / f"{name}.py").write_text(loud)
    (checkout.workspace / "uv.toml").write_text("this is not toml")
    (checkout.workspace / ".python-version").write_text("2.7")
    caller = {"PYTHONPATH": str(checkout.workspace), "PYTHONSTARTUP": str(checkout.workspace / "json.py")}
    for _start in ("cold", "warm"):
        answer = shown(checkout.run(**caller))
        assert answer["locked"] == 42
        assert not answer["json"].startswith(str(checkout.root))
    assert not (tmp_path / "imported").exists()


def test_settings_meant_for_the_callers_own_steps_change_nothing(checkout: Checkout, tmp_path: Path) -> None:
    stray = {
        "PIP_TARGET": str(tmp_path / "stray"),
        "UV_TARGET": str(tmp_path / "stray"),
        "UV_NO_BINARY": "1",
        "UV_PYTHON": "2.7",
        "UV_OFFLINE": "1",
        "VIRTUAL_ENV": str(tmp_path / "stray"),
        "PYTHONHOME": "/nonexistent",
    }
    assert shown(checkout.run(**stray))["locked"] == 42
    assert not (tmp_path / "stray").exists()


def test_a_shared_directory_is_used_when_named(checkout: Checkout, tmp_path: Path) -> None:
    answer = shown(checkout.run(ACTION_PATTERNS_VENV_DIR=str(tmp_path / "shared")))
    assert answer["executable"].startswith(str(tmp_path / "shared"))
    assert checkout.environments() == []


def test_a_first_start_needs_neither_uv_nor_an_unmanaged_python(checkout: Checkout, tmp_path: Path) -> None:
    """The one test on PyPI: the pinned uv is fetched, with an externally managed Python where there is one."""
    query = "import os,sys,sysconfig; sys.exit(not os.path.exists(sysconfig.get_path('stdlib')+'/EXTERNALLY-MANAGED'))"
    interpreter = checkout.environment["ACTION_PATTERNS_PYTHON"]
    if sys.version_info >= (3, 11) and subprocess.run(["/usr/bin/python3", "-c", query], check=False).returncode == 0:
        interpreter = "/usr/bin/python3"
    repository = Path(__file__).parents[3]
    shutil.copy(repository / "src/bootstrap/requirements.lock", checkout.bootstrap)
    for name in ("pyproject.toml", "uv.lock"):
        shutil.copy(repository / name, checkout.root)
    (checkout.root / "src/action_patterns/run.py").write_text("import github, pydantic, yaml\nprint(github.__file__)\n")
    real = {k: os.environ.get(k, "") for k in ("PIP_CERT", "SSL_CERT_FILE", "HTTPS_PROXY", "PIP_INDEX_URL")}
    real["UV_DEFAULT_INDEX"] = os.environ.get("UV_DEFAULT_INDEX", "")
    tools = without_system_python(checkout, tmp_path, Path(interpreter))
    (tmp_path / "tools/uv").unlink()
    result = checkout.run(**tools, **real)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(str(checkout.environments()[0]))
    (said,) = result.stderr.splitlines()
    assert said.startswith("action-patterns: made the Python environment in ")
    assert checkout.leftovers() == []


def test_the_script_is_shellcheck_clean() -> None:
    shellcheck = shutil.which("shellcheck", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if shellcheck is None:
        pytest.skip("shellcheck is not installed")
    script = Path(__file__).parents[3] / "src/bootstrap/launch.sh"
    checked = subprocess.run(
        [shellcheck, "--enable=all", "--exclude=SC2250,SC2292,SC2310,SC2312", str(script)], check=False
    )
    assert checked.returncode == 0
