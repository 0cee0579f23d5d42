"""What an action costs before it does anything useful, against its budget. Exit code 1 if one is over or not measured.

    python benchmarks/startup.py        a minute; needs PyPI for the cold starts

Everything runs on this machine against loopback: no GitHub, no TLS, no runner. Compare ratios, not machines.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
LAUNCH = CHECKOUT / "src/bootstrap/launch.sh"
RUN = CHECKOUT / "src/action_patterns/run.py"
WARM_ROUNDS = 21
COLD_ROUNDS = 3

# The caller's settings for reaching PyPI; nothing else of this shell may change a figure.
KEPT = ("PATH", "HOME", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "PIP_CERT", "PIP_INDEX_URL", "UV_DEFAULT_INDEX")

# Measured elsewhere, once, and not by this script: JavaScript actions on a 2-core machine with Node 20.20 and 24.21,
# loopback HTTP, median of 21. They are the scale to read our figures on, not a result of this run.
ELSEWHERE = (
    ("node process, nothing imported", 56, 24),
    ("create-or-update-comment: start, one POST, end", 177, 89),
    ("paths-filter: start, one GET, end", 181, 98),
    ("create-pull-request: start to its first log line", 143, 98),
)


class NotMeasuredError(Exception):
    """Why a figure could not be taken."""


@dataclass(frozen=True)
class Figure:
    """One row: a median in milliseconds, or why there is none."""

    name: str
    budget_milliseconds: float
    rounds: int
    milliseconds: float | None
    reason: str = ""

    @property
    def verdict(self) -> str:
        """One word for the table."""
        if self.milliseconds is None:
            return f"NOT MEASURED: {self.reason}"
        return "ok" if self.milliseconds <= self.budget_milliseconds else "OVER"


def main() -> int:
    """Measure, print the tables, return the exit code."""
    with tempfile.TemporaryDirectory(prefix="action-patterns-bench-") as name:
        room = Room(Path(name))
        figures = [
            measure("launch.sh, before the action's Python starts", 30, WARM_ROUNDS, room.launch_overhead),
            measure("record: start to end, no API", 200, WARM_ROUNDS, room.record),
            measure("upsert-pr: start to its first request", 330, WARM_ROUNDS, room.first_request),
            measure("first action of a job, with the bootstrap", 3500, COLD_ROUNDS, room.cold_start),
            measure("four parallel first actions, until the last ended", 3500, COLD_ROUNDS, room.parallel_cold_starts),
        ]
    print(f"Measured here: CPython {sys.version.split()[0]}, {os.cpu_count()} cores, medians\n")
    print(f"{'':52}{'ms':>8}{'budget':>8}{'rounds':>8}")
    for figure in figures:
        shown = "-" if figure.milliseconds is None else f"{figure.milliseconds:.0f}"
        print(f"{figure.name:52}{shown:>8}{figure.budget_milliseconds:>8.0f}{figure.rounds:>8}  {figure.verdict}")
    print("\nMeasured elsewhere, not by this run (JavaScript actions, 2 cores)\n")
    print(f"{'':52}{'node20':>8}{'node24':>8}")
    for title, node20, node24 in ELSEWHERE:
        print(f"{title:52}{node20:>8}{node24:>8}")
    return 0 if all(figure.verdict == "ok" for figure in figures) else 1


def measure(name: str, budget_milliseconds: float, rounds: int, once: Callable[[], float]) -> Figure:
    """The median of `rounds` calls which each return seconds; where they are cheap one more goes first, uncounted."""
    try:
        if rounds == WARM_ROUNDS:
            once()
        median = statistics.median(once() for _ in range(rounds))
    except NotMeasuredError as error:
        return Figure(name, budget_milliseconds, rounds, None, str(error))
    return Figure(name, budget_milliseconds, rounds, median * 1000)


class Room:
    """A temporary runner: its directories, its environment, and an environment of the locked dependencies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.workspace = path / "workspace"
        self.workspace.mkdir()
        self.files = 0
        self.tools = path / "tools"  # PATH without uv, as on every hosted image: a cold start has to fetch it
        self.tools.mkdir()
        for tool in ("bash", "sh", "dirname", "sha256sum", "git", "python3"):
            found = shutil.which(tool)
            if found:
                (self.tools / tool).symlink_to(found)
        self.prepared: Path | None = None

    def environment(self, runner_temp: Path, **inputs: str) -> dict[str, str]:
        """What GitHub's runner sets, with files of its own for every step."""
        self.files += 1
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        command_files = {}
        for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV", "GITHUB_STATE", "GITHUB_PATH"):
            file = self.path / f"{name}-{self.files}"
            file.touch()
            command_files[name] = str(file)
        return (
            kept
            | {
                "PATH": str(self.tools),
                "RUNNER_TEMP": str(runner_temp),
                "GITHUB_ACTIONS": "true",
                "GITHUB_WORKSPACE": str(self.workspace),
                "GITHUB_REPOSITORY": "octo/hub",
                "GITHUB_RUN_ID": "1",
                "GITHUB_RUN_ATTEMPT": "1",
                "GITHUB_RUN_NUMBER": "1",
                "GITHUB_SHA": "0" * 40,
                "GITHUB_REF_NAME": "main",
                "GITHUB_WORKFLOW": "Benchmark",
                "GITHUB_JOB": "benchmark",
                "GITHUB_EVENT_NAME": "push",
                "GITHUB_SERVER_URL": "https://github.com",
                "GITHUB_API_URL": "https://api.github.com",
                "GITHUB_GRAPHQL_URL": "https://api.github.com/graphql",
            }
            | command_files
            | inputs
        )

    def record_inputs(self) -> dict[str, str]:
        """Inputs of `record`, which needs no API."""
        return {"INPUT_TARGET": "octo/one", "INPUT_INDEX": "0", "INPUT_OUTCOME": "updated", "INPUT_REASON": "benchmark"}

    def environment_of_the_lock(self) -> Path:
        """The environment launch.sh makes here, made once."""
        if self.prepared is None:
            temp = self.path / "prepared"
            temp.mkdir()
            subprocess.run(
                ["bash", str(LAUNCH), "record"],
                env=self.environment(temp),
                cwd=self.workspace,
                capture_output=True,
                check=False,  # the action may refuse its inputs; only the environment is wanted
            )
            made = list(temp.glob("action-patterns/*/.complete"))
            if len(made) != 1:
                raise NotMeasuredError("launch.sh made no environment; run it by hand to see why")
            self.prepared = made[0].parent
        return self.prepared

    def launch_overhead(self) -> float:
        """launch.sh with an environment whose Python is /bin/true, less what starting /bin/true costs."""
        true = str(shutil.which("true"))
        name = self.environment_of_the_lock().name
        stand_in = self.path / "stand-in" / "action-patterns" / name
        if not stand_in.exists():
            (stand_in / "bin").mkdir(parents=True)
            (stand_in / "bin/python").symlink_to(true)
            (stand_in / ".complete").touch()
        environment = self.environment(self.path / "stand-in")
        return self.seconds(["bash", str(LAUNCH), "record"], environment) - self.seconds([true], environment)

    def record(self) -> float:
        """The action's own process, launch.sh not included."""
        python = self.environment_of_the_lock() / "bin/python"
        return self.seconds(
            [str(python), "-I", str(RUN), "record"], self.environment(self.path, **self.record_inputs())
        )

    def first_request(self) -> float:
        """From the start of the action's process to the moment a server has read its first request line."""
        python = self.environment_of_the_lock() / "bin/python"
        (self.workspace / "file.txt").write_text("content\n")
        inputs = {
            "INPUT_TOKEN": "benchmark-token",
            "INPUT_JOB_TOKEN": "another-token",
            "INPUT_REPOSITORY": "octo/one",
            "INPUT_KEY": "benchmark",
            "INPUT_TITLE": "Benchmark",
            "INPUT_BODY": "Benchmark",
            "INPUT_COMMIT_MESSAGE": "Benchmark",
            "INPUT_PATHS": "file.txt",
        }
        if not (self.workspace / ".git").exists():
            git = [
                "git",
                "-C",
                str(self.workspace),
                "-c",
                "user.name=Benchmark",
                "-c",
                "user.email=benchmark@example.com",
            ]
            subprocess.run([*git, "init", "--quiet"], check=True)
            subprocess.run([*git, "commit", "--quiet", "--allow-empty", "--message", "First"], check=True)
        with loopback() as server:
            urls = {"GITHUB_API_URL": server.url, "GITHUB_GRAPHQL_URL": f"{server.url}/graphql"}
            started = time.perf_counter()
            with subprocess.Popen(
                [str(python), "-I", str(RUN), "upsert-pr"],
                env=self.environment(self.path, **inputs) | urls,
                cwd=self.workspace,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as process:
                while not server.seen.wait(0.01) and process.poll() is None:
                    pass
                process.kill()
                said = process.stdout.read() if process.stdout else ""
            if server.first is None:
                raise NotMeasuredError(f"upsert-pr sent no request: {tail(said)}")
            return server.first - started

    def cold_start(self) -> float:
        """launch.sh and the action on a runner which has neither uv nor the environment."""
        return self.cold(1)

    def parallel_cold_starts(self) -> float:
        """The same, four at once in one RUNNER_TEMP."""
        return self.cold(4)

    def cold(self, starts: int) -> float:
        """Seconds until the last of `starts` has ended well."""
        with tempfile.TemporaryDirectory(dir=self.path) as temp:
            started = time.perf_counter()
            processes = [
                subprocess.Popen(
                    ["bash", str(LAUNCH), "record"],
                    env=self.environment(Path(temp), **self.record_inputs()),
                    cwd=self.workspace,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
                for _ in range(starts)
            ]
            said = [process.communicate()[0] for process in processes]
            seconds = time.perf_counter() - started
            for process, output in zip(processes, said, strict=True):
                if process.returncode != 0:
                    raise NotMeasuredError(f"exit code {process.returncode}: {tail(output)}")
            return seconds

    def seconds(self, command: list[str], environment: dict[str, str]) -> float:
        """How long a command takes, which must succeed."""
        started = time.perf_counter()
        done = subprocess.run(
            command,
            env=environment,
            cwd=self.workspace,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - started
        if done.returncode != 0:
            raise NotMeasuredError(f"exit code {done.returncode}: {tail(done.stdout)}")
        return seconds


class Loopback:
    """A server which notes when its first request came; its answer is of no interest."""

    def __init__(self) -> None:
        self.first: float | None = None
        self.seen = threading.Event()
        noted = self

        class Handler(BaseHTTPRequestHandler):
            def parse_request(self) -> bool:
                if noted.first is None:
                    noted.first = time.perf_counter()
                    noted.seen.set()
                return super().parse_request()

            def do_GET(self) -> None:
                body = json.dumps({"message": "benchmark"}).encode()
                self.send_response(404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                """Quiet: the table is the output."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def loopback() -> Iterator[Loopback]:
    """Serve while the block runs."""
    noting = Loopback()
    thread = threading.Thread(target=noting.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield noting
    finally:
        noting.server.shutdown()
        noting.server.server_close()


def tail(output: str) -> str:
    """The last line a process wrote."""
    lines = output.strip().splitlines()
    return lines[-1][:160] if lines else "it wrote nothing"


if __name__ == "__main__":
    sys.exit(main())
