"""A copy of src/bootstrap in a checkout of its own, a package index on loopback, and a launcher to start it with."""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import os
import shutil
import ssl
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bootstrap.bootstrap import pinned_uv
from bootstrap.installers import INTERPRETER

REPOSITORY = Path(__file__).resolve().parents[3]
WHEEL = "locked_thing-1.0-py3-none-any.whl"

# What stands in for an action: it shows which Python it became, and that the locked package is there.
RUN_PY = """\
import sys
import json
import locked_thing
print(json.dumps({"argv": sys.argv[1:], "executable": sys.executable, "isolated": sys.flags.isolated,
                  "json": json.__file__, "locked": locked_thing.VALUE}))
"""


PYPROJECT = """\
[project]
name = "checkout"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["locked-thing"]

[tool.uv.workspace]
members = []
"""
UV_LOCK = """\
version = 1
revision = 3
requires-python = ">=3.11"

[[package]]
name = "checkout"
version = "1.0"
source = {{ virtual = "." }}
dependencies = [{{ name = "locked-thing" }}]

[package.metadata]
requires-dist = [{{ name = "locked-thing" }}]

[[package]]
name = "locked-thing"
version = "1.0"
source = {{ registry = "{index}" }}
{kind} = {files}
"""


def wheel_bytes(value: int = 42) -> bytes:
    """The smallest wheel: one module."""
    content = BytesIO()
    info = "locked_thing-1.0.dist-info"
    texts = {
        "locked_thing.py": f"VALUE = {value}\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: locked-thing\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name), text)  # without the time, so that every index has the same bytes
    return content.getvalue()


class Index:
    """A package index with one package. `hold` makes downloads hang until it is set, `requests` is what was asked."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.wheel = wheel_bytes()
        self.name = WHEEL
        self.requests: list[str] = []
        self.asked_for_wheel = threading.Event()
        self.hold: threading.Event | None = None
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.requests.append(self.path)
                body = f'<a href="/files/{index.name}">{index.name}</a>'.encode()
                if self.path.endswith((".whl", ".tar.gz")):
                    index.asked_for_wheel.set()
                    if index.hold:
                        index.hold.wait(30)
                    body = index.wheel
                self.send_response(200)
                self.send_header(
                    "Content-Type", "text/html" if not self.path.startswith("/files/") else "application/zip"
                )
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            do_HEAD = do_GET

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that does not trust it
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self.server.server_port}/simple"

    @staticmethod
    def make(value: int) -> bytes:
        """Return another file of the same name, whose module has this value."""
        return wheel_bytes(value)

    def offer(self, file: Path) -> None:
        """Serve this file, and no other."""
        self.name, self.wheel = file.name, file.read_bytes()


@pytest.fixture
def index() -> Iterator[Index]:
    served = Index()
    yield served
    if served.hold:
        served.hold.set()
    served.server.shutdown()
    served.server.server_close()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that only its own authority signs; key and certificate in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - dt.timedelta(days=1))
    builder = builder.not_valid_after(now + dt.timedelta(days=1))
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    made = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True).sign(
        key, hashes.SHA256()
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + made.public_bytes(serialization.Encoding.PEM)
    file = tmp_path_factory.mktemp("authority") / "server.pem"
    file.write_bytes(pem)
    return file


@pytest.fixture(scope="session")
def secure_index(authority: Path) -> Iterator[Index]:
    """An index over TLS, the same for all tests."""
    served = Index(authority)
    yield served
    served.server.shutdown()
    served.server.server_close()


@pytest.fixture(scope="session")
def uv_directory() -> Path:
    """Where the pinned uv lives; the set-up of this checkout has already fetched it."""
    cache = REPOSITORY / ".cache"
    cache.mkdir(exist_ok=True)
    return Path(pinned_uv(cache)).parent


class Checkout:
    """One checkout of action-patterns on one runner."""

    def __init__(self, root: Path, environment: dict[str, str]) -> None:
        self.root = root
        self.environment = environment
        self.bootstrap = root / "src/bootstrap"
        self.temp = Path(environment["RUNNER_TEMP"])
        self.workspace = root / "workspace"
        self.workspace.mkdir()

    def start(self, **changed: str) -> subprocess.Popen[str]:
        """Start an action in the workspace; `changed` environment variables, '' to remove one."""
        environment = {k: v for k, v in (self.environment | changed).items() if v}
        return subprocess.Popen(
            ["bash", str(self.bootstrap / "launch.sh"), "record", "a b"],
            env=environment,
            cwd=self.workspace,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, **changed: str) -> subprocess.CompletedProcess[str]:
        """Start an action and wait for it."""
        process = self.start(**changed)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def lock(self, digest: str) -> None:
        """Write requirements.lock with this sha256 for the only package."""
        (self.bootstrap / "requirements.lock").write_text(f"locked-thing==1.0 --hash=sha256:{digest}\n")

    def lock_addresses(self, digest: str, index: Index) -> None:
        """Write uv.lock with the address and this sha256 of the index's file; the machine names no index."""
        kind = "wheels" if index.name.endswith(".whl") else "sdist"
        file = f'{{ url = "{index.url.removesuffix("/simple")}/files/{index.name}", hash = "sha256:{digest}" }}'
        self.environment["UV_DEFAULT_INDEX"] = ""
        (self.root / "pyproject.toml").write_text(PYPROJECT)
        (self.root / "uv.lock").write_text(
            UV_LOCK.format(index=index.url, kind=kind, files=f"[{file}]" if kind == "wheels" else file)
        )

    def environments(self) -> list[Path]:
        """Complete environments."""
        return [marker.parent for marker in self.temp.glob("action-patterns-python-*/*/.complete")]

    def leftovers(self) -> list[str]:
        """Everything in the base directory that is neither a complete environment nor a lock file."""
        base = self.temp / f"action-patterns-python-{os.geteuid()}"
        entries = list(base.iterdir()) if base.exists() else []
        return [e.name for e in entries if e not in self.environments() and e.suffix != ".lock"]


@pytest.fixture
def checkout(tmp_path: Path, index: Index, uv_directory: Path) -> Checkout:
    """A runner with a Python, uv and an index which has the only locked package."""
    root = tmp_path / "check out"  # a space, as on some self-hosted runners
    shutil.copytree(REPOSITORY / "src/bootstrap", root / "src/bootstrap", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "src/action_patterns").mkdir()
    (root / "src/action_patterns/run.py").write_text(RUN_PY)
    (tmp_path / "temp").mkdir()
    made = Checkout(
        root,
        {
            "PATH": f"{uv_directory}:/usr/bin:/bin",
            "HOME": str(tmp_path),
            "RUNNER_TEMP": str(tmp_path / "temp"),
            "GITHUB_ACTIONS": "true",
            "ACTION_PATTERNS_PYTHON": INTERPRETER,
            "UV_DEFAULT_INDEX": index.url,
            "PIP_CONFIG_FILE": os.devnull,
            "INPUT_TOKEN": "not-for-installers",
        },
    )
    made.lock(hashlib.sha256(index.wheel).hexdigest())
    return made


@pytest.fixture
def python_shim(tmp_path: Path) -> Callable[[str, str], Path]:
    """Make a `python3` which is the real one, or believes to be another version, or has no pip."""

    def make(path: str, version: str) -> Path:
        shim = tmp_path / path
        shim.parent.mkdir(parents=True, exist_ok=True)
        script = f'exec {INTERPRETER} "$@"'
        if version == "without pip":
            script = f'case "$*" in *pip*) exit 1;; esac; {script}'
        elif version != "real":
            faked = f"import sys; sys.version_info = tuple(map(int, '{version}'.split('.'))); exec(sys.argv[1])"
            script = f'exec {INTERPRETER} -I -S -c "{faked}" "$4"'  # launch.sh asks with: -I -S -c <program>
        shim.write_text(f"#!/bin/sh\n{script}\n")
        shim.chmod(0o755)
        return shim

    return make
