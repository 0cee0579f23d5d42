"""pip and uv: finding them, what they may see, and running them. Standard library only."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import sleep

from bootstrap import failures, sources, trust
from bootstrap.failures import CannotStartError, Room, SourceError

HERE = Path(__file__).resolve().parent
UV_REQUIREMENT = HERE / "requirements-uv.lock"
UV_WHEELS = HERE / "uv-wheels.lock"
FETCHING = "Fetching uv"

# The interpreter itself, also when the one found is a virtual environment's: that one may lack pip and may go away.
INTERPRETER = str(getattr(sys, "_base_executable", sys.executable))

# For one run of an installer. A line that is slower than half a megabit a second does not get all files in it.
MAX_SECONDS = 600.0
# For a program that only says something of itself.
SHORT_SECONDS = 60.0
# The oldest uv which has every option used here; an older one on PATH is passed over for the pinned one.
OLDEST_UV = (0, 5, 0)
# The Pythons that launch.sh has looked at, and what each lacks; the action has no use for it.
OTHER_PYTHONS = os.environ.pop("ACTION_PATTERNS_OTHER_PYTHONS", "")

# The variables of our environment that an installer may see as they are. `sources` and `trust` say the others: the
# owner of a runner decides where files come from and which certificates are trusted. That is harmless: hashes decide
# which files are accepted. Everything else is ours: PIP_TARGET, PIP_NO_BINARY, UV_PYTHON, UV_OVERRIDE, PYTHONPATH and
# VIRTUAL_ENV belong to the caller's own steps and would change what we install. No installer gets INPUT_TOKEN or
# GITHUB_TOKEN.
PASSED_THROUGH = re.compile(
    r"""PATH|HOME|USER|LOGNAME|LANG|LC_ALL|TZ|LD_LIBRARY_PATH|NETRC|XDG_(?:CONFIG|DATA)_HOME
    |(?i:https?_proxy|all_proxy|no_proxy)|UV_INDEX_\w+_(?:USERNAME|PASSWORD)""",
    re.VERBOSE,
)


def usable_uv(environment: Mapping[str, str]) -> str | None:
    """The uv on PATH, if it starts (a version manager's shim may not) and is not too old."""
    uv = shutil.which("uv", path=environment.get("PATH"))
    if uv is None or not Path(uv).is_absolute():
        return None
    try:
        code, output = run_tool([uv, "--version"], environment, seconds=SHORT_SECONDS)
    except (CannotStartError, OSError):  # another processor's, or one on a file system that runs nothing
        return None
    version = re.match(r"uv (\d+)\.(\d+)\.(\d+)", output)
    return uv if code == 0 and version and tuple(map(int, version.groups())) >= OLDEST_UV else None


def has_pip(environment: Mapping[str, str]) -> bool:
    """Return whether the Python has pip, and what makes an environment."""
    # As launch.sh asks: to import pip takes twice as long.
    asked = "import os,sys; sys.exit(not all(any(os.path.isfile(f'{p}/{m}/__main__.py') for p in sys.path) "
    asked += "for m in ('pip', 'venv')))"
    return run_tool([INTERPRETER, "-I", "-c", asked], environment, seconds=SHORT_SECONDS)[0] == 0


def fetch_uv(target: Path, environment: Mapping[str, str]) -> str:
    """Fetch the pinned uv from PyPI's address into `target`; return the path of its program."""
    wheel = pinned_wheel()
    if wheel is None:
        raise SourceError(f"{FETCHING} failed: the lock names no file of uv for this machine. Put a uv on PATH.")
    run_with_retries(
        FETCHING, [INTERPRETER, "-I", "-S", str(HERE / "wheel.py"), *wheel, str(target), "uv"], environment
    )
    return str(target / "bin" / "uv")


def fetch_uv_by_any_way(target: Path, environment: Mapping[str, str]) -> str:
    """Fetch the pinned uv as `fetch_uv` does, or with pip where that fails or the runner names another index."""
    if not sources.replace_pypi(environment):
        try:
            return fetch_uv(target, environment)
        except SourceError as error:
            if not has_pip(environment):
                raise
            note(f"{error.args[0]} pip fetches the same file")
    run_pip(FETCHING, ["--no-compile"], UV_REQUIREMENT, target, environment)
    return str(target / "bin" / "uv")


def run_pip(what: str, options: Sequence[str], lock: Path, target: Path, environment: Mapping[str, str]) -> None:
    """Install what a lock names into a directory: only wheels, each with its hash.

    pip's `--target` is not subject to PEP 668, leaves the interpreter's own packages alone, and takes one start of pip.
    """
    command = [INTERPRETER, "-I", "-m", "pip", "install", "--target", str(target)]
    command += ["--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--no-cache-dir", "--no-deps"]
    command += ["--only-binary", ":all:", "--require-hashes", "--retries", "1", *options]
    command += ["--requirement", str(lock)]
    # pip says that a package is not there also where an index refused, and names the refusal only when it is asked to.
    run_with_retries(what, command, environment, explained=[*command, "-vv"])


def run_with_retries(
    what: str, command: Sequence[str], environment: Mapping[str, str], explained: Sequence[str] = ()
) -> None:
    """Run an installer until it succeeds; only trouble that may pass is tried again.

    `explained`: the same command, which says more; it is run once where the first names no cause.

    Raises:
        SourceError: it got no files from there.
        CannotStartError: another source would not help.
    """
    attempts = 0
    while True:
        code, output = run_tool(command, environment)
        attempts += 1
        if code == 0:
            return
        failure = failures.read(output)
        if explained and failure is failures.MISSING:
            code, output = run_tool(explained, environment)
            if code == 0:
                return
            failure = failures.read(output)
        error = failures.error(what, failure, output, room(environment), attempts)
        if attempts > len(failure.pauses_seconds):
            raise error
        pause_seconds = failure.pauses_seconds[attempts - 1]
        note(f"{str(error).partition('. ')[0]}; trying again in {pause_seconds:g} s")
        sleep(pause_seconds)


def room(environment: Mapping[str, str]) -> Room:
    """Return what a message names beside the output of a tool."""
    return Room(
        directory=str(Path(environment.get("TMPDIR", "/")).parent),
        proxy=sources.proxy(environment),
        sources=sources.shown(environment),
        unreadable=tuple(trust.unreadable(os.environ, sources.certificates(os.environ))),
        others=OTHER_PYTHONS,
        python=INTERPRETER,
    )


def run_tool(
    command: Sequence[str], environment: Mapping[str, str], *, seconds: float = MAX_SECONDS
) -> tuple[int, str]:
    """Return exit code and whole output of a tool. It has a separate process group, which ends when we are stopped.

    Raises:
        CannotStartError: it did not end within `seconds`. Its own time-outs are for one read each, so an index that
            sends a byte now and then would hold it for hours.
    """
    directory = environment.get("TMPDIR", "/")
    with subprocess.Popen(
        list(command),
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
                raise SourceError(what + failures.NETWORK, so_far) from None
            raise
    return process.returncode, output.decode("utf-8", errors="replace")


def tool_environment(outer: Mapping[str, str], workspace: Path) -> dict[str, str]:
    """The environment of pip and uv: what may pass, one way to the files, and nothing kept outside `workspace`."""
    inner = {name: value for name, value in outer.items() if PASSED_THROUGH.fullmatch(name)}
    inner |= sources.variables(outer) | trust.variables(outer, sources.certificates(outer), workspace)
    return inner | {
        "TMPDIR": str(workspace),
        # A cache of the machine is trusted without hashing its files again: any earlier job could have changed them.
        "UV_CACHE_DIR": str(workspace / "cache"),
        "UV_HTTP_RETRIES": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "PIP_REQUIRE_VIRTUALENV": "0",
    }


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


def pinned_uv_version() -> str:
    """The version in requirements-uv.lock."""
    found = re.search(r"^uv==(\S+)", UV_REQUIREMENT.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise CannotStartError(f"{UV_REQUIREMENT} pins no uv. Restore it from git.")
    return found[1]


def note(text: str) -> None:
    """One line for whoever reads the log."""
    print(f"action-patterns: {text}", file=sys.stderr, flush=True)
