"""Make the environment of the locked dependencies once, then become its Python.

    bootstrap.py run <venv> <program> [argument...]   an action; started by launch.sh when <venv> is not complete
    bootstrap.py develop                              .venv of this checkout, with everything the Makefile needs

Runs as `python -I -S`, before anything is installed: standard library only. It is safe:

- Every file installed has its sha256 in `uv.lock`, or in the files beside this one that come from it. Only wheels are
  accepted: an index, a mirror or a proxy can refuse to serve us, it cannot make us run something else.
- It builds the environment beside its final place and renames it, so a half-built one is never there. A file lock
  lets parallel starts wait for one build. The next build removes the leftovers of a killed one.
- The installers get a short list of environment variables, so neither a token nor a stray PIP_TARGET reaches them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import NoReturn

# -I leaves this file's directory off the path, which is right for everything but our own package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bootstrap import failures, installers, sources
from bootstrap.directories import building_directory, must_run_programs, one_at_a_time, prune
from bootstrap.failures import CannotStartError, SourceError
from bootstrap.installers import (
    INTERPRETER,
    SHORT_SECONDS,
    fetch_uv,
    fetch_uv_by_any_way,
    has_pip,
    note,
    pinned_uv_version,
    run_pip,
    run_tool,
    run_with_retries,
    tool_environment,
    usable_uv,
)

CHECKOUT = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path(__file__).resolve().parent / "requirements.lock"
INSTALLING = "Installing the locked dependencies"
# The module that every action loads, and which is a program for one processor and one C library.
COMPILED = "pydantic_core"

IGNORED_BY_PARENT = frozenset(
    number for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP) if signal.getsignal(number) is signal.SIG_IGN
)


class Interrupted(BaseException):
    """A signal asked us to stop. Not an Exception: nothing but clean-up may come between it and the exit."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def main(arguments: list[str]) -> int:
    """Run one command of this module; returns an exit code, unless it became the action's Python."""
    handle_signals(interrupt)
    try:
        match arguments:
            case ["run", venv, program, *rest]:
                ensure_environment(Path(venv), shared=bool(os.environ.get("ACTION_PATTERNS_VENV_DIR")))
                become([f"{venv}/bin/python", "-I", program, *rest])
            case ["develop"]:
                develop(CHECKOUT)
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except CannotStartError as error:
        show_failure(str(error), error.output)
        return 1
    except OSError as error:  # a full or read-only disk, a directory of another user
        show_failure(str(failures.of_system(error, arguments[1] if arguments[1:] else str(CHECKOUT))), "")
        return 1
    except Interrupted as stop:
        note(f"stopped by {signal.Signals(stop.number).name}; nothing was left behind")
        return 128 + stop.number
    return 0


def handle_signals(handler: Callable[[int, FrameType | None], NoReturn] | signal.Handlers) -> None:
    """Set what the stopping signals do, except those our parent had us ignore (nohup, a shell's background job)."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if number not in IGNORED_BY_PARENT:
            signal.signal(number, handler)


def interrupt(number: int, _frame: FrameType | None) -> NoReturn:
    """Turn the first signal into an exception, so that `finally` runs; a second one must not cut the clean-up short."""
    handle_signals(signal.SIG_IGN)
    raise Interrupted(number)


def become(command: list[str]) -> NoReturn:
    """Replace this process, with signals as they were given to us."""
    handle_signals(signal.SIG_DFL)
    sys.stderr.flush()
    os.execv(command[0], command)


# --- an action's environment ----------------------------------------------------------------------


def ensure_environment(venv: Path, *, shared: bool) -> None:
    """Make `venv` unless it is complete. `shared`: it outlives the job, so compiling it once pays."""
    base = venv.parent
    base.mkdir(mode=0o755 if shared else 0o700, parents=True, exist_ok=True)
    if not shared and base.stat().st_uid != os.geteuid():
        raise CannotStartError(
            f"The Python environment was not made. {base} belongs to another user, who could change what we run. "
            "Remove it, or name a directory you trust in ACTION_PATTERNS_VENV_DIR."
        )
    must_run_programs(base)
    with one_at_a_time(base / f".{venv.name}.lock"):
        if is_complete(venv, shared=shared):
            return
        started = time.monotonic()
        for leftover in base.glob(f".{venv.name}.building-*"):  # we hold the lock: whoever made it was killed
            shutil.rmtree(leftover, ignore_errors=True)
        with building_directory(base, venv.name) as workspace:
            if shared:
                prune(base, venv.name, workspace)
            build(workspace, compile_bytecode=shared)
            if venv.exists():  # half of a restored cache, an interpreter that was uninstalled since, another user's
                venv.rename(workspace / "replaced")
            (workspace / "venv").rename(venv)
        note(f"made the Python environment in {time.monotonic() - started:.1f} s; later steps of this job reuse it")


def is_complete(venv: Path, *, shared: bool) -> bool:
    """Return whether a build of this user finished here, and its interpreter is still installed.

    launch.sh asks the same question.
    """
    finished = (venv / ".complete").is_file() and os.access(venv / "bin" / "python", os.X_OK)
    return finished and (shared or venv.stat().st_uid == os.geteuid())


def build(workspace: Path, *, compile_bytecode: bool) -> None:
    """Leave a complete environment in `workspace`/venv."""
    environment = tool_environment(os.environ, workspace)
    venv = workspace / "venv"
    # uv looks for a project in the directories above, too: beside a part of our files it would find the caller's.
    whole = all((CHECKOUT / name).is_file() for name in ("pyproject.toml", "uv.lock"))
    if not whole or sources.replace_pypi(environment):
        install_from_sources(venv, environment, compile_bytecode=compile_bytecode)
    else:
        install_from_pypi(venv, environment, compile_bytecode=compile_bytecode)
    check_imports(venv, environment)
    (venv / ".complete").touch()


def install_from_pypi(venv: Path, environment: Mapping[str, str], *, compile_bytecode: bool) -> None:
    """Make the environment from the addresses of uv.lock, or from the sources beside PyPI where that fails."""
    try:
        uv = usable_uv(environment) or fetch_uv(venv.parent / "uv", environment)
        install_from_addresses(uv, venv, environment, compile_bytecode=compile_bytecode)
    except SourceError as error:
        more = sources.add_to_pypi(environment)
        if not more and (venv.exists() or not has_pip(environment)):
            raise
        cause = str(error).partition(". ")[0]
        note(f"{cause}. {'The sources beside PyPI follow' if more else 'pip is asked for the same files'}")
        shutil.rmtree(venv, ignore_errors=True)
        others = sources.without_pypi(environment) if more else environment
        install_from_sources(venv, others, compile_bytecode=compile_bytecode)


def install_from_addresses(uv: str, venv: Path, environment: Mapping[str, str], *, compile_bytecode: bool) -> None:
    """Make the environment in one process, from the addresses and hashes of uv.lock: no index is asked."""
    sync = [uv, "--quiet", "--no-config", "--project", str(CHECKOUT), "sync", "--frozen", "--no-dev"]
    sync += ["--no-install-project", "--no-build", "--python", INTERPRETER]
    sync += ["--compile-bytecode"] if compile_bytecode else []
    run_with_retries(INSTALLING, sync, {**environment, "UV_PROJECT_ENVIRONMENT": str(venv)})


def install_from_sources(venv: Path, environment: Mapping[str, str], *, compile_bytecode: bool) -> None:
    """Make the environment from the sources that the owner of the runner names, with the tool they are named for."""
    if problem := sources.problem(environment):
        raise CannotStartError(f"{INSTALLING} failed: {problem}")
    uv = usable_uv(environment)
    if uv and (sources.is_set_up_for_uv(os.environ) or sources.uv_speaks(environment)):
        install_with_uv(uv, venv, environment, compile_bytecode=compile_bytecode)
    elif has_pip(environment):
        run_with_retries(INSTALLING, [INTERPRETER, "-I", "-S", "-m", "venv", "--without-pip", str(venv)], environment)
        options = ["--compile" if compile_bytecode else "--no-compile"]
        (packages,) = venv.glob("lib/python3*/site-packages")
        run_pip(INSTALLING, options, REQUIREMENTS, packages, environment)
    elif uv or not sources.replace_pypi(environment):
        uv = uv or fetch_uv(venv.parent / "uv", environment)
        install_with_uv(uv, venv, environment, compile_bytecode=compile_bytecode)
    else:
        output = f"{INTERPRETER}: No module named pip"
        raise failures.error(INSTALLING, failures.read(output), output, installers.room(environment))


def install_with_uv(uv: str, venv: Path, environment: Mapping[str, str], *, compile_bytecode: bool) -> None:
    """Make the environment from a mirror, which has the locked files under addresses that only it knows."""
    create = [uv, "--quiet", "--no-config", "venv", "--python", INTERPRETER, str(venv)]
    run_with_retries(f"Making an environment of {INTERPRETER}", create, environment)
    install = [uv, "--quiet", "--no-config", "pip", "install", "--python", str(venv / "bin" / "python")]
    install += ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--requirement", str(REQUIREMENTS)]
    install += ["--no-index"] if environment.get("UV_NO_INDEX") else []
    install += ["--compile-bytecode"] if compile_bytecode else []
    # Any index may serve any package, as with pip: safe since the hash decides, needed where mirrors are partial. uv
    # names an index that refused only without it.
    any_index = ["--index-strategy", "unsafe-best-match"] if environment.get("UV_INDEX") else []
    run_with_retries(INSTALLING, [*install, *any_index], environment, explained=install if any_index else ())


def check_imports(venv: Path, environment: Mapping[str, str]) -> None:
    """Load a compiled module once: a wheel may fit this machine by its name, and not run on it.

    The module alone, since what its package imports takes three times as long.
    """
    if f"{COMPILED}==".replace("_", "-") not in REQUIREMENTS.read_text(encoding="utf-8"):
        return
    file = next((str(found) for found in venv.glob(f"lib/python3*/site-packages/{COMPILED}/*.so")), "absent")
    load = "from importlib.machinery import ExtensionFileLoader as L; from importlib.util import *; import sys; "
    load += "n, f = sys.argv[1:]; s = spec_from_file_location(n, f, loader=L(n, f)); "
    load += "s.loader.exec_module(module_from_spec(s))"
    python = str(venv / "bin" / "python")
    code, output = run_tool([python, "-I", "-S", "-c", load, f"{COMPILED}._{COMPILED}", file], environment)
    if code != 0:
        raise CannotStartError(
            f"{INSTALLING} was stopped: {COMPILED} is installed and cannot be loaded: "
            f"{failures.last_line(output)}. {failures.remedy_of_import(output)}",
            output,
        )


# --- this checkout's .venv ------------------------------------------------------------------------


def develop(checkout: Path) -> None:
    """Make or refresh `.venv` from uv.lock with every extra. Touches nothing outside the checkout."""
    started = time.monotonic()
    cache = checkout / ".cache"
    cache.mkdir(exist_ok=True)
    uv = pinned_uv(cache)
    own = checkout / ".venv" / "bin" / "python"
    with building_directory(cache, "develop") as workspace:
        environment = tool_environment(os.environ, workspace)
        environment["UV_PROJECT_ENVIRONMENT"] = str(checkout / ".venv")
        # Kept inside the checkout: after a dependency changed only that is downloaded, and nothing is written to the
        # home directory.
        environment["UV_CACHE_DIR"] = str(cache / "uv")
        sync = [uv, "--quiet", "--project", str(checkout), "sync", "--frozen", "--all-extras"]
        sync += ["--python", str(own) if is_supported(own, environment) else INTERPRETER]
        run_with_retries("Installing the development dependencies", sync, environment)
    note(f"made .venv in {time.monotonic() - started:.1f} s")


def pinned_uv(cache: Path) -> str:
    """The uv of requirements-uv.lock, fetched once into `cache`."""
    kept = cache / f"uv-{pinned_uv_version()}"
    if not (kept / "bin" / "uv").is_file():
        with building_directory(cache, kept.name) as workspace:
            fetch_uv_by_any_way(workspace / "uv", tool_environment(os.environ, workspace))
            with contextlib.suppress(OSError):  # another process was faster: its uv has the same hash
                (workspace / "uv").rename(kept)
    return str(kept / "bin" / "uv")


def is_supported(python: Path, environment: Mapping[str, str]) -> bool:
    """Whether a developer's existing environment may keep its interpreter."""
    if not os.access(python, os.X_OK):
        return False
    probe = [str(python), "-I", "-S", "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    code, _ = run_tool(probe, environment, seconds=SHORT_SECONDS)
    return code == 0


def show_failure(message: str, output: str) -> None:
    """The tool's output, folded on a runner, then the one line that becomes the annotation."""
    on_runner = os.environ.get("GITHUB_ACTIONS") == "true"
    if output.strip():
        # Each line is prefixed: text that came from an index must not be read as a workflow command.
        body = "\n".join(f"  | {line}" for line in output.strip().splitlines()).replace("##[", "## [")
        print(f"::group::Output of the installer\n{body}\n::endgroup::" if on_runner else body, file=sys.stderr)
    prefix = "::error title=action-patterns could not start::" if on_runner else "error: "
    escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A") if on_runner else message
    print(f"{prefix}{escaped}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
