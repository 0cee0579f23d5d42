"""Keep the two lock files that launch.sh installs from in step with pyproject.toml. Actions never run this.

    python -m bootstrap.lock --check    exit 1 and a diff if a lock is not what its source says; no network
    python -m bootstrap.lock --write    lock what pyproject.toml asks for, keeping versions; export

pyproject.toml is the only source. Its group `installer` pins uv. uv installs from the addresses in `uv.lock`, which are
those of one index. The exported files name no address, so they install from any mirror.
"""

from __future__ import annotations

import argparse
import difflib
import itertools
import os
import re
import sys
import tomllib
from pathlib import Path

from bootstrap import installers
from bootstrap.bootstrap import CHECKOUT, REQUIREMENTS, pinned_uv
from bootstrap.directories import building_directory
from bootstrap.failures import CannotStartError
from bootstrap.installers import UV_REQUIREMENT, UV_WHEELS

REQUIREMENTS_HEADER = """\
# Generated from uv.lock by `make lock`: do not edit. What every shipped action installs, and nothing else.
"""
UV_HEADER = """\
# Generated from uv.lock by `make lock`: do not edit. The installer that is fetched where no uv is on PATH.
"""
WHEELS_HEADER = """\
# Generated from uv.lock by `make lock`: do not edit. The same installer at PyPI: machine, sha256, address.
"""
# Linux is what launch.sh supports; the libc and the processor are the runner's choice.
PLATFORMS = tuple(itertools.product(("manylinux", "musllinux"), ("x86_64", "aarch64")))


def main(arguments: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bootstrap.lock", description=__doc__)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="compare only")
    action.add_argument("--write", action="store_true", help="write every lock; needs the network")
    options = parser.parse_args(arguments)
    try:
        return write() if options.write else check()
    except CannotStartError as error:
        print(f"{error.output}\nerror: {error}", file=sys.stderr)
        return 1


def check() -> int:
    """0 if pyproject.toml, uv.lock and the files made from it agree, and each file to install has a hash."""
    problems = []
    if not lock_is_current():
        problems.append("uv.lock does not fit pyproject.toml")
    # uv holds a file to its hash where the lock has one, and takes any file where it has none.
    files = [
        line.strip() for line in (CHECKOUT / "uv.lock").read_text(encoding="utf-8").splitlines() if "url =" in line
    ]
    problems += [f"uv.lock has no hash: {line}" for line in files if 'hash = "sha256:' not in line]
    wanted = derived()
    for path, content in wanted.items():
        problems += differences(path, content)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print("error: a lock file has drifted. Run `make lock` and commit the result; do not edit it.", file=sys.stderr)
        return 1
    print(f"locks agree: {', '.join(path.name for path in wanted)}")
    return 0


def write() -> int:
    """Write every lock."""
    uv("lock")
    for path, content in derived().items():
        path.write_text(content, encoding="utf-8")
    return 0


def lock_is_current() -> bool:
    """Whether uv.lock fits pyproject.toml; uv needs no network to say so when it does."""
    try:
        uv("lock", "--check", "--offline")
    except CannotStartError:
        return False
    return True


def derived() -> dict[Path, str]:
    """Return the content that each file made from uv.lock must have."""
    # Only the default dependencies: no group, no extra, not the project itself.
    export = ("export", "--frozen", "--no-dev", "--no-emit-project", "--no-header")
    return {
        REQUIREMENTS: REQUIREMENTS_HEADER + uv(*export),
        UV_REQUIREMENT: UV_HEADER + uv(*export, "--only-group", "installer"),
        UV_WHEELS: WHEELS_HEADER + wheels_of_uv((CHECKOUT / "uv.lock").read_text(encoding="utf-8")),
    }


def wheels_of_uv(lock: str) -> str:
    """Return one line for each platform: the platform, the sha256 of its uv, and the address."""
    (package,) = (package for package in tomllib.loads(lock)["package"] if package["name"] == "uv")
    lines = ""
    for libc, processor in PLATFORMS:
        # One wheel may be for both libc; the name of a platform begins a tag, and its processor ends it.
        fitting = [w for w in package["wheels"] if re.search(rf"{libc}_\d+_\d+_{processor}\b", w["url"])]
        if not fitting:
            raise CannotStartError(f"uv {package['version']} has no {libc} {processor} wheel. Pin another version.")
        chosen = min(fitting, key=lambda wheel: str(wheel["url"]).rpartition("/")[2])
        lines += f"{libc}_{processor} {chosen['hash'].removeprefix('sha256:')} {chosen['url']}\n"
    return lines


def uv(*arguments: str) -> str:
    """Run the pinned uv on this checkout: another version may word its export differently, as if it had drifted."""
    cache = CHECKOUT / ".cache"
    cache.mkdir(exist_ok=True)
    program = pinned_uv(cache)
    with building_directory(cache, "lock") as workspace:
        environment = installers.tool_environment(os.environ, workspace)
        command = [program, "--quiet", "--no-config", "--project", str(CHECKOUT), *arguments]
        code, output = installers.run_tool([*command, "--python", installers.INTERPRETER], environment)
    if code != 0:
        raise CannotStartError(f"`uv {' '.join(arguments)}` failed with exit code {code}.", output)
    return output


def differences(path: Path, wanted: str) -> list[str]:
    """A unified diff, one element per line; empty if the file has the wanted content."""
    present = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return list(difflib.unified_diff(present, wanted.splitlines(), path.name, "what uv.lock says", lineterm="", n=0))


if __name__ == "__main__":
    sys.exit(main())
