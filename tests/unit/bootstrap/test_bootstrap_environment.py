"""bootstrap.py: one good environment, or none, and a message that says which and why."""

from __future__ import annotations

import fcntl
import hashlib
import io
import os
import re
import signal
import subprocess
import sys
import tarfile
import threading
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bootstrap import bootstrap, directories, failures, installers
from bootstrap.failures import CannotStartError

if TYPE_CHECKING:
    from conftest import Checkout, Index

pytestmark = pytest.mark.slow

UNTIL_SECONDS = 20


def source_distribution(directory: Path, *, touches: Path) -> Path:
    """A package whose build runs a program."""
    archive = directory / "locked_thing-1.0.tar.gz"
    content = {
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "build"\nbackend-path = ["."]\n',
        "build.py": f"open({str(touches)!r}, 'w')\n",
        "PKG-INFO": "Metadata-Version: 2.1\nName: locked-thing\nVersion: 1.0\n",
    }
    with tarfile.open(archive, "w:gz") as made:
        for name, text in content.items():
            info = tarfile.TarInfo(f"locked_thing-1.0/{name}")
            info.size = len(text)
            made.addfile(info, io.BytesIO(text.encode()))
    return archive


def test_a_wrong_hash_stops_at_once_and_leaves_nothing(checkout: Checkout, index: Index) -> None:
    checkout.lock("0" * 64)
    result = checkout.run()
    assert result.returncode == 1
    assert "Do not edit the lock by hand" in result.stderr
    assert "trying again" not in result.stderr
    assert sum(path.endswith(".whl") for path in index.requests) <= 2  # metadata and file of one attempt
    assert checkout.environments() == []
    assert checkout.leftovers() == []


def test_a_locked_line_without_a_hash_is_not_installed(checkout: Checkout) -> None:
    (checkout.bootstrap / "requirements.lock").write_text("locked-thing==1.0\n")
    result = checkout.run()
    assert result.returncode == 1
    assert "hash" in result.stderr
    assert checkout.environments() == []


def test_a_source_distribution_is_not_built(checkout: Checkout, index: Index, tmp_path: Path) -> None:
    """It has the locked hash: the lock may name one, and to build it would run what it says."""
    archive = source_distribution(tmp_path, touches=tmp_path / "ran")
    index.offer(archive)
    checkout.lock(hashlib.sha256(archive.read_bytes()).hexdigest())
    result = checkout.run()
    assert result.returncode == 1
    assert "there is no wheel for this machine" in result.stderr
    assert not (tmp_path / "ran").exists()
    assert checkout.environments() == []


def test_where_no_index_is_named_the_locked_addresses_are_used(checkout: Checkout, index: Index) -> None:
    checkout.lock_addresses(hashlib.sha256(index.wheel).hexdigest(), index)
    result = checkout.run()
    assert result.returncode == 0, result.stderr
    assert '"locked": 42' in result.stdout
    assert index.requests == ["/files/locked_thing-1.0-py3-none-any.whl"]
    assert checkout.leftovers() == []


def test_a_locked_address_is_held_to_its_hash(checkout: Checkout, index: Index) -> None:
    checkout.lock_addresses("0" * 64, index)
    result = checkout.run()
    assert result.returncode == 1
    assert "Do not edit the lock by hand" in result.stderr
    assert "trying again" not in result.stderr
    assert checkout.environments() == []
    assert checkout.leftovers() == []


def test_a_locked_address_of_a_source_distribution_is_not_built(
    checkout: Checkout, index: Index, tmp_path: Path
) -> None:
    archive = source_distribution(tmp_path, touches=tmp_path / "ran")
    index.offer(archive)
    checkout.lock_addresses(hashlib.sha256(archive.read_bytes()).hexdigest(), index)
    result = checkout.run()
    assert result.returncode == 1
    assert "there is no wheel for this machine" in result.stderr
    assert not (tmp_path / "ran").exists()
    assert checkout.environments() == []


def test_a_project_around_the_checkout_decides_nothing(checkout: Checkout, index: Index, tmp_path: Path) -> None:
    """A caller may keep a checkout of this project below a workspace of uv that takes every directory as a member."""
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "caller"\nversion = "1"\n[tool.uv.workspace]\nmembers = ["*"]\n'
        '[tool.uv.sources]\nlocked-thing = { path = "evil" }\n'
    )
    (tmp_path / "uv.lock").write_text("not a lock\n")
    (tmp_path / "uv.toml").write_text('index-url = "http://127.0.0.1:9/simple"\n')
    checkout.lock_addresses(hashlib.sha256(index.wheel).hexdigest(), index)
    result = checkout.run()
    assert result.returncode == 0, result.stderr
    assert index.requests == ["/files/locked_thing-1.0-py3-none-any.whl"]


@pytest.mark.parametrize(
    ("present", "addresses"), [(["pyproject.toml", "uv.lock"], True), (["uv.lock"], False), (["pyproject.toml"], False)]
)
def test_a_copy_without_the_project_does_not_take_that_of_a_directory_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, present: list[str], *, addresses: bool
) -> None:
    """A caller may keep a copy of `src` below a `pyproject.toml` that is not ours."""
    ways: list[str] = []
    monkeypatch.setattr(bootstrap, "install_from_pypi", lambda *_, **__: ways.append("addresses"))
    monkeypatch.setattr(bootstrap, "install_from_sources", lambda *_, **__: ways.append("index"))
    monkeypatch.setattr(bootstrap, "check_imports", lambda *_: None)
    monkeypatch.setattr(bootstrap, "tool_environment", lambda *_: {})
    monkeypatch.setattr(bootstrap, "CHECKOUT", tmp_path)
    for name in present:
        (tmp_path / name).touch()
    (tmp_path / "venv").mkdir()
    bootstrap.build(tmp_path, compile_bytecode=False)
    assert ways == ["addresses" if addresses else "index"]


def test_this_project_is_the_root_of_its_uv_workspace() -> None:
    """Else a project around the checkout would be the root, and its lock the one that uv reads."""
    pyproject = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())
    assert pyproject["tool"]["uv"]["workspace"] == {"members": []}


@pytest.mark.parametrize("setting", ["--require-hashes", "--only-binary"])
def test_pip_is_held_to_the_same_rules(setting: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ran: list[list[str]] = []
    monkeypatch.setattr(installers, "run_with_retries", lambda _what, command, *_, **__: ran.append(command))
    installers.run_pip("Fetching it", [], tmp_path / "lock", tmp_path, {})
    assert setting in ran[0]


def test_an_environment_of_another_user_is_not_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / ".complete").touch()
    assert bootstrap.is_complete(tmp_path, shared=False)
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    assert not bootstrap.is_complete(tmp_path, shared=False)
    assert bootstrap.is_complete(tmp_path, shared=True)


def test_a_directory_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(CannotStartError, match="belongs to another user"):
        bootstrap.ensure_environment(tmp_path / "base" / "venv", shared=False)


def test_four_parallel_first_starts_make_one_environment(checkout: Checkout) -> None:
    processes = [checkout.start() for _ in range(4)]
    answers = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0, 0], answers
    assert len(checkout.environments()) == 1
    assert checkout.leftovers() == []
    assert sum("made the Python environment" in err for _, err in answers) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_build_leaves_nothing_and_the_next_start_succeeds(
    checkout: Checkout, index: Index, number: signal.Signals
) -> None:

    index.hold = threading.Event()
    process = checkout.start()
    assert index.asked_for_wheel.wait(UNTIL_SECONDS)
    assert checkout.leftovers() != []
    process.send_signal(number)
    _, err = process.communicate(timeout=UNTIL_SECONDS)
    assert process.returncode == 128 + number
    assert number.name in err
    assert "Traceback" not in err
    assert checkout.environments() == []
    time.sleep(0.3)  # an installer which outlived us would write again
    assert checkout.leftovers() == []
    index.hold.set()
    assert checkout.run().returncode == 0
    assert len(checkout.environments()) == 1


def test_what_a_killed_build_left_is_removed_by_the_next(checkout: Checkout, index: Index) -> None:

    index.hold = threading.Event()
    process = checkout.start()
    assert index.asked_for_wheel.wait(UNTIL_SECONDS)
    process.kill()
    process.communicate()
    assert checkout.leftovers() != []
    index.hold.set()
    assert checkout.run().returncode == 0
    assert checkout.leftovers() == []


@pytest.mark.parametrize("damage", ["no marker", "no interpreter"])
def test_an_incomplete_environment_is_replaced(checkout: Checkout, damage: str) -> None:
    checkout.run()
    (made,) = checkout.environments()
    if damage == "no marker":
        (made / ".complete").unlink()
    else:
        (made / "bin/python").unlink()
        (made / "bin/python").symlink_to("/nonexistent/python3")
    assert checkout.run().returncode == 0
    assert checkout.environments() == [made]
    assert checkout.leftovers() == []


def test_another_lock_gets_another_environment(checkout: Checkout) -> None:
    checkout.run()
    path = checkout.bootstrap / "requirements.lock"
    path.write_text(path.read_text() + "# changed\n")
    checkout.run()
    assert len(checkout.environments()) == 2


def test_a_directory_that_cannot_be_made_is_named(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = checkout.run(ACTION_PATTERNS_VENV_DIR=str(tmp_path / "file"))
    assert result.returncode == 1
    assert str(tmp_path / "file") in result.stderr and "Traceback" not in result.stderr


def test_a_shared_directory_keeps_what_is_used_and_loses_what_is_not(checkout: Checkout, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    old = time.time() - directories.KEPT_SECONDS - 60
    for name in ("0123456789abcdef-3.11.2-x", "fedcba9876543210-3.12.1-x", "theirs", "aaaaaaaaaaaaaaaa-3.12.1-x"):
        (shared / name).mkdir(parents=True)
        (shared / name / ".complete").touch()
        os.utime(shared / name / ".complete", (old, old))
    (shared / "fedcba9876543210-3.12.1-x/.used").touch()
    with (shared / ".aaaaaaaaaaaaaaaa-3.12.1-x.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        result = checkout.run(ACTION_PATTERNS_VENV_DIR=str(shared))
    assert result.returncode == 0, result.stderr
    left = sorted(path.name for path in shared.iterdir() if path.is_dir())
    made = left.pop([name[16:].startswith("-3") and "linux" in name for name in left].index(True))
    assert left == ["aaaaaaaaaaaaaaaa-3.12.1-x", "fedcba9876543210-3.12.1-x", "theirs"]
    assert f"removed {shared}/0123456789abcdef-3.11.2-x, which no job has used for 30 days" in result.stderr
    assert not (shared / made / ".used").exists()
    checkout.run(ACTION_PATTERNS_VENV_DIR=str(shared))
    assert (shared / made / ".used").exists()


def test_a_compiled_module_that_does_not_load_makes_no_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    requirements = tmp_path / "requirements.lock"
    requirements.write_text("pydantic-core==1.0 --hash=sha256:00\n")
    monkeypatch.setattr(bootstrap, "REQUIREMENTS", requirements)
    python = tmp_path / "venv/bin/python"
    python.parent.mkdir(parents=True)
    for says, remedy in (
        ("ImportError: x.so: failed to map segment from shared object", "noexec"),
        ("ImportError: /lib/libc.so.6: version `GLIBC_2.34' not found (required by x.so)", "C library .* is too old"),
        ("ImportError: x.so: wrong ELF class", "does not run on this processor"),
    ):
        python.write_text(f'#!/bin/sh\necho "{says}"; exit 1\n'.replace("`", "\\`"))
        python.chmod(0o755)
        with pytest.raises(CannotStartError, match=f"pydantic_core is installed and cannot be loaded.*{remedy}"):
            bootstrap.check_imports(tmp_path / "venv", {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)})
    python.write_text("#!/bin/sh\n")
    bootstrap.check_imports(tmp_path / "venv", {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a file system")
@pytest.mark.parametrize(
    ("options", "says"),
    [("size=64k", "disk is full"), ("noexec", "runs no programs .*`noexec`"), ("ro", "file system is read-only")],
)
def test_a_file_system_that_cannot_hold_programs_is_named(
    checkout: Checkout, tmp_path: Path, options: str, says: str
) -> None:
    place = tmp_path / "small"
    place.mkdir()
    mount = f"mount -t tmpfs -o {options} none {place} && "
    command = ["unshare", "-m", "bash", "-c", f'{mount} exec bash "$0" record', str(checkout.bootstrap / "launch.sh")]
    environment = checkout.environment | {"ACTION_PATTERNS_VENV_DIR": f"{place}/venvs"}
    result = subprocess.run(
        command, env=environment, cwd=checkout.workspace, capture_output=True, text=True, check=False
    )
    if result.stderr.startswith(("mount:", "unshare:")):
        pytest.skip(f"this machine mounts nothing: {result.stderr}")
    assert result.returncode == 1
    assert re.search(says, result.stderr), result.stderr
    assert str(place) in result.stderr
    assert "ACTION_PATTERNS_VENV_DIR" in result.stderr
    assert "Traceback" not in result.stderr
    assert "trying again" not in result.stderr


def test_a_uv_of_another_processor_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "uv").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(57))
    (tmp_path / "uv").chmod(0o755)
    assert installers.usable_uv({"PATH": str(tmp_path), "TMPDIR": str(tmp_path)}) is None


def test_an_unusable_uv_on_path_is_passed_over(tmp_path: Path, uv_directory: Path) -> None:
    shim = tmp_path / "uv"
    environment = {"PATH": str(tmp_path), "TMPDIR": str(tmp_path)}
    assert installers.usable_uv(environment) is None
    for script in ("echo 'uv: not selected' >&2; exit 127", "echo 'uv 0.1.2'"):
        shim.write_text(f"#!/bin/sh\n{script}\n")
        shim.chmod(0o755)
        assert installers.usable_uv(environment) is None
    assert installers.usable_uv(environment | {"PATH": str(uv_directory)}) == str(uv_directory / "uv")


def test_tools_run_outside_the_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own").mkdir()
    monkeypatch.chdir(tmp_path)
    assert installers.run_tool(["pwd"], {"TMPDIR": str(tmp_path / "own")}) == (0, f"{tmp_path / 'own'}\n")


def test_a_tool_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(CannotStartError, match="`sleep` did not end within 0 seconds and was stopped"):
        installers.run_tool(["sleep", "600"], {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)}, seconds=0.0)


def test_a_uv_that_does_not_answer_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shim = tmp_path / "uv"
    shim.write_text("#!/bin/sh\nexec sleep 600\n")
    shim.chmod(0o755)
    monkeypatch.setattr(installers, "SHORT_SECONDS", 0.0)
    assert installers.usable_uv({"PATH": f"{tmp_path}:{os.environ['PATH']}", "TMPDIR": str(tmp_path)}) is None


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A tool which fails with the text in `says` as often as `failures` has lines, then succeeds."""
    monkeypatch.setattr(installers, "sleep", lambda _: None)
    script = tmp_path / "tool.py"
    script.write_text(
        "import pathlib, sys\n"
        "left = pathlib.Path(sys.argv[1]); lines = left.read_text().splitlines(True)\n"
        "if not lines: sys.exit(0)\n"
        "left.write_text(''.join(lines[1:])); sys.exit(lines[0])\n"
    )
    return [sys.executable, str(script), str(tmp_path / "failures")]


def test_network_trouble_is_tried_again(tool: list[str], tmp_path: Path) -> None:
    (tmp_path / "failures").write_text("error: connection reset\n" * 2)
    installers.run_with_retries("Fetching it", tool, {"TMPDIR": str(tmp_path)})
    assert (tmp_path / "failures").read_text() == ""


def test_network_trouble_that_stays_names_the_settings(tool: list[str], tmp_path: Path) -> None:
    (tmp_path / "failures").write_text("error: https://files.corp/x: connection reset\n" * 9)
    with pytest.raises(CannotStartError, match=r"failed 3 times: https://files.corp/x did not answer .*HTTPS_PROXY"):
        installers.run_with_retries("Fetching it", tool, {"TMPDIR": str(tmp_path)})
    assert len((tmp_path / "failures").read_text().splitlines()) == 6


def test_a_cause_that_a_tool_keeps_to_itself_is_asked_for(tool: list[str], tmp_path: Path) -> None:
    """pip says that a package is not there when the index was only busy; then another try may go well."""
    missing = "ERROR: No matching distribution found for idna==3.20\n"
    (tmp_path / "failures").write_text(missing + "too many 503 error responses\n" + missing + "403 Client Error\n" * 9)
    with pytest.raises(CannotStartError, match=r"failed 2 times: .* refuses the file \(403\)"):
        installers.run_with_retries("Fetching it", tool, {"TMPDIR": str(tmp_path)}, explained=tool)
    assert len((tmp_path / "failures").read_text().splitlines()) == 8


def test_a_number_in_an_address_is_no_status() -> None:
    output = "Skipping link https://files.corp/401/403/407/503/x\nERROR: No matching distribution found for idna==3"
    assert failures.read(output) is failures.MISSING


@pytest.mark.parametrize(
    "says", ["Connection refused (os error 111)", "[Errno -3] Temporary failure in name resolution"]
)
def test_a_host_that_may_be_starting_is_asked_once_more(tool: list[str], tmp_path: Path, says: str) -> None:
    (tmp_path / "failures").write_text(f"error: https://mirror.corp/x: {says}\n" * 9)
    with pytest.raises(CannotStartError, match=r"failed 2 times: .*https://mirror\.corp/x.*PIP_INDEX_URL"):
        installers.run_with_retries("Fetching it", tool, {"TMPDIR": str(tmp_path)})
    assert len((tmp_path / "failures").read_text().splitlines()) == 7


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ("error: Hash mismatch for `idna==3.11`", "Do not edit the lock by hand"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "Do not edit the lock by hand"),
        ("ERROR: Hashes are required in --require-hashes mode", "Do not edit the lock by hand"),
        ("/usr/bin/python3: No module named pip", "apt-get install python3-pip"),
        ("Because docopt==0.6.2 has no usable wheels and you require it", "Building from source is off on purpose"),
        (
            "error: https://me:pw@mirror.corp/x: [SSL: CERTIFICATE_VERIFY_FAILED]",
            "of https://mirror.corp/x is not trusted",
        ),
        ("OSError: Tunnel connection failed: 407 Proxy Authentication Required", "HTTPS_PROXY or PIP_PROXY"),
        ("error: https://mirror.corp/x: HTTP Error 401: Unauthorized", "asks for a user and a password"),
        ("hint: An index URL (https://m.corp/x) could not be queried (401 Unauthorized)", "https://m.corp/x asks for"),
        (
            "Could not fetch URL https://m.corp/x/: 401 Client Error: no for url: y - skipping",
            "https://m.corp/x/ asks for",
        ),
        ("cause: because idna was not found in the package registry and you require it", r"idna==3\.\S+ is not at"),
        ("error: https://mirror.corp/x: HTTP Error 403: Forbidden", "https://mirror.corp/x refuses the file"),
        ("cause: failed to lookup address information: Name or service not known", "there is no host of the name"),
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "the disk is full at .*200 MB"),
        ("ERROR: No matching distribution found for idna==3.20", "idna==3.20 is not at https://pypi.org/simple"),
    ],
)
def test_trouble_that_will_not_pass_is_not_tried_again(
    tool: list[str], tmp_path: Path, says: str, expected: str
) -> None:
    (tmp_path / "failures").write_text(f"{says}\n" * 3)
    with pytest.raises(CannotStartError, match=expected):
        installers.run_with_retries("Fetching it", tool, {"TMPDIR": str(tmp_path)})
    assert len((tmp_path / "failures").read_text().splitlines()) == 2


def test_installers_see_where_to_fetch_from_and_nothing_secret(tmp_path: Path) -> None:
    outer = {
        "PATH": "/bin",
        "HOME": str(tmp_path),
        "HTTPS_PROXY": "http://proxy",
        "PIP_INDEX_URL": "https://mirror/simple",
        "UV_INDEX_COMPANY_PASSWORD": "for the index",
        "INPUT_TOKEN": "secret",
        "GITHUB_TOKEN": "secret",
        "PIP_TARGET": "/stray",
        "UV_PYTHON": "2.7",
        "UV_CACHE_DIR": "/machine/cache",
        "PYTHONPATH": "/stray",
    }
    inner = installers.tool_environment(outer, tmp_path)
    assert "secret" not in inner.values() and "/stray" not in inner.values() and "2.7" not in inner.values()
    assert inner["HTTPS_PROXY"] == "http://proxy"
    assert inner["UV_DEFAULT_INDEX"] == "https://mirror/simple"
    assert inner["UV_INDEX_COMPANY_PASSWORD"] == "for the index"
    assert inner["UV_CACHE_DIR"].startswith(str(tmp_path))


def test_a_mirror_known_only_to_pip_serves_uv_too(tmp_path: Path) -> None:
    (tmp_path / ".config/pip").mkdir(parents=True)
    (tmp_path / ".config/pip/pip.conf").write_text("[global]\nindex-url = https://user:50%25@mirror/simple\n")
    inner = installers.tool_environment({"HOME": str(tmp_path)}, tmp_path)
    assert inner["UV_DEFAULT_INDEX"] == "https://user:50%25@mirror/simple"


def test_tool_output_cannot_issue_workflow_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    bootstrap.show_failure("100% broken\nindeed", "::add-path::/evil\n##[add-path]/evil")
    said = capsys.readouterr().err.splitlines()
    assert [line for line in said if line.lstrip().startswith("::")] == [
        "::group::Output of the installer",
        "::endgroup::",
        "::error title=action-patterns could not start::100%25 broken%0Aindeed",
    ]
    assert not any("##[" in line for line in said)


def test_it_runs_without_anything_installed() -> None:
    """Its imports are the standard library's: a Python without site packages can start it."""
    script = Path(__file__).parents[3] / "src/bootstrap/bootstrap.py"
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-I", "-S", str(script), "no-such-command"]) == 2
