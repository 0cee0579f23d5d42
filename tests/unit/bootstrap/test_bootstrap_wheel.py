"""uv comes straight from where PyPI keeps it, unless the machine is set up for another place or that fails."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import bootstrap.wheel
from bootstrap import installers
from bootstrap.failures import CannotStartError
from bootstrap.installers import fetch_uv, fetch_uv_by_any_way, pinned_wheel, tool_environment
from bootstrap.sources import add_to_pypi, replace_pypi

SCRIPT = "#!/bin/sh\necho fetched\n"
METADATA = {
    "METADATA": "Metadata-Version: 2.1\nName: uv\nVersion: 1.0\n",
    "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: py3-none-any\n",
    "RECORD": "",
}
PYTHON_WITHOUT_PIP = '#!/bin/sh\ncase " $* " in *pip*) echo "No module named pip"; exit 1;; esac\nexec {} "$@"\n'


def wheel(program: str = "uv") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in METADATA.items():
            archive.writestr(f"uv-1.0.dist-info/{name}", text)
        archive.writestr("uv/__init__.py", "")
        script = zipfile.ZipInfo(f"uv-1.0.data/scripts/{program}")
        script.external_attr = 0o100755 << 16  # pip keeps the mode
        archive.writestr(script, SCRIPT)
        archive.writestr("uv-1.0.data/scripts/uvx", "")
    return content.getvalue()


class Files:
    """A server of one file: its answers in turn, the last for ever; None breaks the connection half-way."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes | None]] = [(200, wheel())]
        self.asked: list[tuple[str, dict[str, str]]] = []
        files = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                files.asked.append((self.path, dict(self.headers)))
                status, body = files.answers[0] if len(files.answers) == 1 else files.answers.pop(0)
                self.send_response(status)
                self.send_header("Content-Length", str(len(wheel() if body is None else body)))
                self.end_headers()
                self.wfile.write(b"PK" if body is None else body)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/uv-1.0.whl"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Files]:
    """The server, and a lock that names its file for this machine."""
    served = Files()
    lock = tmp_path / "uv-wheels.lock"
    digest = hashlib.sha256(wheel()).hexdigest()
    lock.write_text(f"# Generated.\n{installers.own_libc()}_{os.uname().machine} {digest} {served.url}\n")
    monkeypatch.setattr(installers, "UV_WHEELS", lock)
    monkeypatch.setattr(installers, "sleep", lambda _: None)
    yield served
    served.server.shutdown()
    served.server.server_close()


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """That of a runner set up for nothing, with a token in the way."""
    (tmp_path / "workspace").mkdir()
    outer = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PIP_CONFIG_FILE": os.devnull, "INPUT_TOKEN": "secret"}
    return tool_environment(outer, tmp_path / "workspace")


def test_the_locked_file_is_fetched_and_its_program_runs(
    files: Files, environment: dict[str, str], tmp_path: Path
) -> None:
    uv = fetch_uv(tmp_path / "uv", environment)
    assert subprocess.run([uv], capture_output=True, text=True, check=True).stdout == "fetched\n"
    assert sorted(path.name for path in (tmp_path / "uv").rglob("*")) == ["bin", "uv"]
    assert [path for path, _ in files.asked] == ["/uv-1.0.whl"]
    assert not {"Authorization", "Cookie"} & set(files.asked[0][1])


def test_another_file_than_the_locked_one_is_not_unpacked(
    files: Files, environment: dict[str, str], tmp_path: Path
) -> None:
    files.answers = [(200, wheel("other"))]
    with pytest.raises(CannotStartError, match="does not have the hash the lock records"):
        fetch_uv(tmp_path / "uv", environment)
    assert len(files.asked) == 1
    assert not (tmp_path / "uv/bin").exists()


@pytest.mark.parametrize("trouble", [(503, b""), (200, None)])
def test_trouble_that_passes_is_tried_again(
    files: Files, environment: dict[str, str], tmp_path: Path, trouble: tuple[int, bytes | None]
) -> None:
    files.answers = [trouble, trouble, (200, wheel())]
    assert Path(fetch_uv(tmp_path / "uv", environment)).exists()
    assert len(files.asked) == 3


@pytest.fixture
def without_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python that has no pip."""
    python = tmp_path / "python"
    python.write_text(PYTHON_WITHOUT_PIP.format(installers.INTERPRETER))
    python.chmod(0o755)
    monkeypatch.setattr(installers, "INTERPRETER", str(python))


@pytest.mark.usefixtures("without_pip")
def test_trouble_that_stays_names_the_address_and_the_settings(
    files: Files, environment: dict[str, str], tmp_path: Path
) -> None:
    files.answers = [(403, b"")]
    with pytest.raises(CannotStartError) as stopped:
        fetch_uv_by_any_way(tmp_path / "uv", environment)
    assert f"{files.url} refuses the file (403)" in str(stopped.value)
    assert "UV_DEFAULT_INDEX" in str(stopped.value)
    assert len(files.asked) == 1


@pytest.fixture
def pip_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> Callable[[bytes], None]:
    """Give pip a wheel of uv, in a directory and with no index in reach; the lock is that of `wheel()`."""
    lock = tmp_path / "requirements-uv.lock"
    lock.write_text(f"uv==1.0 --hash=sha256:{hashlib.sha256(wheel()).hexdigest()}\n")
    monkeypatch.setattr(installers, "UV_REQUIREMENT", lock)

    def put(content: bytes) -> None:
        (tmp_path / "wheels").mkdir()
        (tmp_path / "wheels/uv-1.0-py3-none-any.whl").write_bytes(content)
        # Not a setting of the runner, which would name another source: pip alone sees it.
        config = tmp_path / "pip.conf"
        config.write_text(f"[global]\nno-index = true\nfind-links = {tmp_path / 'wheels'}\n")
        environment["PIP_CONFIG_FILE"] = str(config)

    return put


@pytest.mark.slow
@pytest.mark.parametrize("trouble", [(503, b""), (200, None)])
def test_where_the_address_does_not_answer_pip_fetches_uv(
    files: Files,
    environment: dict[str, str],
    tmp_path: Path,
    pip_has: Callable[[bytes], None],
    capfd: pytest.CaptureFixture[str],
    trouble: tuple[int, bytes | None],
) -> None:
    pip_has(wheel())
    files.answers = [trouble]
    uv = fetch_uv_by_any_way(tmp_path / "uv", environment)
    assert subprocess.run([uv], capture_output=True, text=True, check=True).stdout == "fetched\n"
    assert len(files.asked) == 3
    said = capfd.readouterr().err
    assert f"Fetching uv failed 3 times: {files.url} did not answer in full" in said
    assert "pip fetches the same file" in said


@pytest.mark.slow
def test_what_pip_fetches_is_held_to_its_hash(
    files: Files, environment: dict[str, str], tmp_path: Path, pip_has: Callable[[bytes], None]
) -> None:
    pip_has(wheel("other"))
    files.answers = [(503, b"")]
    with pytest.raises(CannotStartError, match="does not have the hash the lock records"):
        fetch_uv_by_any_way(tmp_path / "uv", environment)
    assert not (tmp_path / "uv/bin").exists()


def test_after_a_wrong_hash_pip_is_not_asked(
    files: Files, environment: dict[str, str], tmp_path: Path, pip_has: Callable[[bytes], None]
) -> None:
    pip_has(wheel())
    files.answers = [(200, wheel("other"))]
    with pytest.raises(CannotStartError, match="does not have the hash the lock records"):
        fetch_uv_by_any_way(tmp_path / "uv", environment)
    assert not (tmp_path / "uv/bin").exists()


@pytest.mark.parametrize(
    ("setting", "replaced"),
    [
        ({"PIP_INDEX_URL": "https://mirror.example/simple"}, True),
        ({"UV_DEFAULT_INDEX": "https://mirror.example/simple"}, True),
        ({"UV_INDEX_URL": "https://mirror.example/simple"}, True),
        ({"PIP_NO_INDEX": "1"}, True),
        ({"UV_INDEX": "https://mirror.example/simple"}, False),
        ({"UV_EXTRA_INDEX_URL": "https://mirror.example/simple"}, False),
        ({"UV_FIND_LINKS": "/wheels"}, False),
        ({"PIP_EXTRA_INDEX_URL": "https://mirror.example/simple"}, False),
    ],
)
def test_who_names_another_index_gets_it_and_who_adds_one_keeps_pypi(
    tmp_path: Path, setting: dict[str, str], *, replaced: bool
) -> None:
    outer = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PIP_CONFIG_FILE": os.devnull}
    plain, changed = tool_environment(outer, tmp_path), tool_environment(outer | setting, tmp_path)
    assert not replace_pypi(plain)
    assert not add_to_pypi(plain)
    assert (replace_pypi(changed), add_to_pypi(changed)) == (replaced, not replaced)


def test_each_machine_has_its_wheel_and_an_unknown_one_none() -> None:
    found = {
        (libc, processor): pinned_wheel(libc, processor)
        for libc in ("manylinux", "musllinux")
        for processor in ("x86_64", "aarch64")
    }
    for (libc, processor), pinned in found.items():
        assert pinned is not None
        assert libc in pinned[0]
        assert processor in pinned[0]
    assert pinned_wheel("manylinux", "riscv64") is None


def test_a_machine_without_a_line_in_the_lock_asks_pip(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(installers, "run_pip", lambda what, *_: asked.append(what))
    monkeypatch.setattr(installers, "pinned_wheel", lambda: None)
    fetch_uv_by_any_way(tmp_path / "uv", environment)
    assert asked == ["Fetching uv"]


def test_a_file_without_end_does_not_fill_the_disk(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.wheel, "MAX_BYTES", 10)
    with pytest.raises(OSError, match="more than 10 bytes"):
        bootstrap.wheel.download(files.url, tmp_path / "fetched")
    assert (tmp_path / "fetched").stat().st_size <= 10
