"""pip and uv: finding them, what they may see, and what is made of their failures. Standard library only."""

from __future__ import annotations

import configparser
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
UV_REQUIREMENT = HERE / "requirements-uv.lock"
UV_WHEELS = HERE / "uv-wheels.lock"
FETCHING = "Fetching uv"

# The interpreter itself, also when the one found is a virtual environment's: that one may lack pip and may go away.
INTERPRETER = str(getattr(sys, "_base_executable", sys.executable))

# Attempts follow each other after these pauses. The tools retry single requests once themselves.
PAUSES_SECONDS = (2.0, 6.0)
# For one run of an installer. A line that is slower than half a megabit a second does not get all files in it.
MAX_SECONDS = 600.0
# For a program that only says something of itself.
SHORT_SECONDS = 60.0
# The oldest uv which has every option used here; an older one on PATH is passed over for the pinned one.
OLDEST_UV = (0, 5, 0)

# The variables of our environment that an installer may see. The owner of a self-hosted runner decides about the source
# of files (indexes, mirrors, proxies) and its trust (certificates, credentials). That is harmless: hashes decide which
# files are accepted. Everything else is ours: PIP_TARGET, PIP_NO_BINARY, UV_PYTHON, UV_OVERRIDE, PYTHONPATH and
# VIRTUAL_ENV belong to the caller's own steps and would change what we install. No installer gets INPUT_TOKEN or
# GITHUB_TOKEN.
PASSED_THROUGH = re.compile(
    r"""PATH|HOME|USER|LOGNAME|LANG|LC_ALL|TZ|LD_LIBRARY_PATH|NETRC|XDG_CONFIG_(?:HOME|DIRS)
    |(?i:https?_proxy|all_proxy|no_proxy)
    |SSL_CERT_FILE|SSL_CERT_DIR|SSL_CLIENT_CERT|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE
    |PIP_(?:CONFIG_FILE|INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|TRUSTED_HOST|KEYRING_PROVIDER)
    |PIP_(?:PROXY|CERT|CLIENT_CERT|DEFAULT_TIMEOUT)
    |UV_(?:DEFAULT_INDEX|INDEX|INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|INSECURE_HOST|KEYRING_PROVIDER)
    |UV_(?:NATIVE_TLS|SYSTEM_CERTS|HTTP_TIMEOUT|INDEX_\w+_(?:USERNAME|PASSWORD))""",
    re.VERBOSE,
)

HASH_MISMATCH = re.compile(r"hash mismatch|do not match the hashes|hashes are required|must have a hash", re.IGNORECASE)
NO_WHEEL = re.compile(
    r"no usable wheels|no wheels with a matching|has no wheels|not a supported wheel|no binary distribution",
    re.IGNORECASE,
)
NO_PIP = re.compile(r"No module named '?pip\b")

NETWORK_FIX = (
    "Rerun the job if the network had a bad moment. Behind a proxy or a mirror set HTTPS_PROXY, PIP_INDEX_URL, "
    "UV_DEFAULT_INDEX, SSL_CERT_FILE; for a runner without network put a ready environment in ACTION_PATTERNS_VENV_DIR."
)


class CannotStartError(Exception):
    """No environment, so no action. `args[0]` says what happened, why and how to fix it; `output` is the tool's own."""

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(message)
        self.output = output


class UnreachableError(CannotStartError):
    """Every attempt failed, and none of them for a reason that the lock, this machine or its Python gives."""


def usable_uv(environment: Mapping[str, str]) -> str | None:
    """The uv on PATH, if it starts (a version manager's shim may not) and is not too old."""
    uv = shutil.which("uv", path=environment.get("PATH"))
    if uv is None or not Path(uv).is_absolute():
        return None
    try:
        code, output = run_tool([uv, "--version"], environment, seconds=SHORT_SECONDS)
    except CannotStartError:
        return None
    version = re.match(r"uv (\d+)\.(\d+)\.(\d+)", output)
    return uv if code == 0 and version and tuple(map(int, version.groups())) >= OLDEST_UV else None


def fetch_uv(target: Path, environment: Mapping[str, str], interpreter: str = INTERPRETER) -> str:
    """Fetch the pinned uv into `target`; return the path of its program.

    It comes straight from PyPI. pip fetches it where that fails, where pip is set up for another index, and where
    `uv-wheels.lock` has no line for this machine.
    """
    wheel = None if has_other_index(environment) else pinned_wheel()
    if wheel is None:
        fetch_uv_with_pip(target, environment, interpreter)
        return str(target / "bin" / "uv")
    fetch = [interpreter, "-I", "-S", str(HERE / "wheel.py"), *wheel, str(target), "uv"]
    try:
        run_with_retries(FETCHING, fetch, environment)
    except UnreachableError as unreachable:
        if run_tool([interpreter, "-I", "-m", "pip", "--version"], environment)[0] != 0:
            raise
        note(f"{FETCHING.lower()} from its address failed: {last_line(unreachable.output)}. pip fetches the same file")
        fetch_uv_with_pip(target, environment, interpreter)
    return str(target / "bin" / "uv")


def fetch_uv_with_pip(target: Path, environment: Mapping[str, str], interpreter: str) -> None:
    """Install the pinned uv into `target`, held to the hashes of `requirements-uv.lock`.

    pip's `--target` is not subject to PEP 668 and leaves the interpreter's own packages alone.
    """
    command = [interpreter, "-I", "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    command += ["--progress-bar", "off", "--no-cache-dir", "--no-compile", "--no-deps", "--only-binary", ":all:"]
    command += ["--require-hashes", "--retries", "1", "--target", str(target), "--requirement", str(UV_REQUIREMENT)]
    run_with_retries(FETCHING, command, environment)


def run_with_retries(what: str, command: list[str], environment: Mapping[str, str]) -> None:
    """Run an installer until it succeeds; only trouble that may pass is tried again."""
    for pause_seconds in (*PAUSES_SECONDS, None):
        code, output = run_tool(command, environment)
        if code == 0:
            return
        if HASH_MISMATCH.search(output):
            raise CannotStartError(
                f"{what} was stopped: a file does not have the hash the lock records for it. Either the index or a "
                "proxy serves another file than the one that was locked, or the lock was edited. Do not edit the lock "
                "by hand and do not remove the hash: restore the lock from git, or find out who serves the other file.",
                output,
            )
        if NO_PIP.search(output):
            raise CannotStartError(
                f"{what} failed: {INTERPRETER} has no pip, and there is no uv on PATH. Install either (on Debian: "
                "apt-get install python3-pip), or set ACTION_PATTERNS_PYTHON to a Python that has pip, or run "
                "actions/setup-python.",
                output,
            )
        if NO_WHEEL.search(output):
            raise CannotStartError(
                f"{what} failed: there is no wheel for this machine among the locked files (Python "
                f"{sys.version.split()[0]}, {os.uname().machine}). Set ACTION_PATTERNS_PYTHON to CPython 3.11 to 3.14 "
                "on x86_64 or aarch64. Building from source is off on purpose: it would run code that is not locked.",
                output,
            )
        if pause_seconds is not None:
            note(f"{what.lower()} failed, trying again in {pause_seconds:g} s: {last_line(output)}")
            time.sleep(pause_seconds)
    attempts = len(PAUSES_SECONDS) + 1
    raise UnreachableError(f"{what} failed {attempts} times: {last_line(output)}. {NETWORK_FIX}", output)


def run_tool(command: list[str], environment: Mapping[str, str], *, seconds: float = MAX_SECONDS) -> tuple[int, str]:
    """Return exit code and whole output of a tool. It has a separate process group, which ends when we are stopped.

    Raises:
        CannotStartError: it did not end within `seconds`. Its own time-outs are for one read each, so an index that
            sends a byte now and then would hold it for hours.
    """
    directory = environment.get("TMPDIR", "/")
    with subprocess.Popen(
        command,
        env=dict(environment),
        cwd=directory,  # never the caller's checkout, whose pyproject.toml or .python-version uv would read
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except BaseException as error:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # all it has is in our own directory, which goes next
            if isinstance(error, subprocess.TimeoutExpired):
                so_far = (error.output or b"").decode("utf-8", errors="replace")
                what = f"`{Path(command[0]).name}` did not end within {seconds:g} seconds and was stopped. "
                raise CannotStartError(what + NETWORK_FIX, so_far) from None
            raise
    return process.returncode, output.decode("utf-8", errors="replace")


def tool_environment(outer: Mapping[str, str], workspace: Path) -> dict[str, str]:
    """The environment of pip and uv: what may pass, one index for both, and nothing kept outside `workspace`."""
    inner = {name: value for name, value in outer.items() if PASSED_THROUGH.fullmatch(name)}
    # uv reads no pip.conf and no PIP_*: a runner set up for pip alone would fetch uv from its mirror and then fail.
    pip_index = inner.get("PIP_INDEX_URL") or pip_setting("index-url", inner)
    uv_index = inner.get("UV_DEFAULT_INDEX") or inner.get("UV_INDEX_URL")
    if pip_index and not uv_index:
        inner["UV_DEFAULT_INDEX"] = pip_index
    if uv_index and not pip_index:
        inner["PIP_INDEX_URL"] = uv_index
    certificates = inner.get("PIP_CERT") or pip_setting("cert", inner)
    if certificates:
        inner.setdefault("SSL_CERT_FILE", certificates)
    if inner.get("PIP_PROXY"):
        inner.setdefault("HTTPS_PROXY", inner["PIP_PROXY"])
    return inner | {
        "TMPDIR": str(workspace),
        # A cache of the machine is trusted without hashing its files again: any earlier job could have changed them.
        "UV_CACHE_DIR": str(workspace / "cache"),
        "UV_HTTP_RETRIES": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "PIP_REQUIRE_VIRTUALENV": "0",  # a developer's pip.conf may ask for one; --target needs none
    }


def has_other_index(environment: Mapping[str, str]) -> bool:
    """Return whether the owner of the machine names another source of dependencies: then it is the source of uv too.

    Sources that only pip reads (its extra index, its find-links) do not count: uv never asks them.
    """
    of_uv = ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS")
    of_pip = ("PIP_INDEX_URL", "PIP_NO_INDEX")
    return any(map(environment.get, of_uv + of_pip)) or pip_setting("no-index", environment) is not None


def pinned_wheel(libc: str | None = None, processor: str | None = None) -> tuple[str, str] | None:
    """Return address and sha256 of the pinned uv for this machine; None: the lock names none."""
    platform = f"{libc or own_libc()}_{processor or os.uname().machine}"
    for line in UV_WHEELS.read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{platform} "):
            _, digest, address = line.split()
            return address, digest
    return None


def own_libc() -> str:
    """Return what wheels call the C library of this machine."""
    try:
        return "manylinux" if os.confstr("CS_GNU_LIBC_VERSION") else "musllinux"
    except (OSError, ValueError):
        return "musllinux"


def pip_setting(name: str, environment: Mapping[str, str]) -> str | None:
    """A [global] setting of pip's configuration files; the file nearest to the user wins, as in pip."""
    home = Path(environment.get("HOME") or "/nonexistent")
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    files = [Path("/etc/pip.conf"), home / ".pip" / "pip.conf", config / "pip" / "pip.conf"]
    if environment.get("PIP_CONFIG_FILE"):
        files.append(Path(environment["PIP_CONFIG_FILE"]))
    parser = configparser.RawConfigParser()
    with contextlib.suppress(configparser.Error, UnicodeDecodeError):  # pip itself will say what is wrong with it
        parser.read(files, encoding="utf-8")
    return parser.get("global", name, fallback=None)


def pinned_uv_version() -> str:
    """The version in requirements-uv.lock."""
    found = re.search(r"^uv==(\S+)", UV_REQUIREMENT.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise CannotStartError(f"{UV_REQUIREMENT} pins no uv. Restore it from git.")
    return found[1]


def note(text: str) -> None:
    """One line for whoever reads the log."""
    print(f"action-patterns: {text}", file=sys.stderr, flush=True)


def last_line(output: str) -> str:
    """The line of a tool's output most likely to name the cause."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"error:|cause:", line, re.IGNORECASE)]
    return (errors or lines or ["no output"])[-1].rstrip(".")[:200]
