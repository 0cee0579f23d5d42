"""What an action costs before it does anything useful, in multiples of bare Python's start in the same run.

    python benchmarks/startup.py [CHECKOUT]     some minutes; needs PyPI for the cold starts

Exit code 1 if a figure is over its budget or not measured. CHECKOUT: measure another one with this script, to compare.
Every round starts bare Python right before what is measured, so a slower machine or a busy one changes both.
Everything runs on this machine against loopback: no GitHub, no TLS, no runner.
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
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal, NamedTuple

OURS = Path(__file__).resolve().parents[1]
CHECKOUT = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else OURS
LAUNCH = CHECKOUT / "src/bootstrap/launch.sh"
RUN = CHECKOUT / "src/action_patterns/run.py"
WARM_ROUNDS = 21
COLD_ROUNDS = 5

sys.path.insert(0, str(OURS / "src"))

from github_sandbox import Sandbox
from github_sandbox.server import Server

# The caller's settings for reaching PyPI; nothing else of this shell may change a figure.
KEPT = ("PATH", "HOME", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "PIP_CERT", "PIP_INDEX_URL", "UV_DEFAULT_INDEX")

TARGET = "acme/api"
SEED = {
    "organizations": {"acme": {}},
    "tokens": {"benchmark-token": {"login": "acme", "rate-limit": 1_000_000}},
    "repositories": [{"name": TARGET, "files": {"README.md": "# API\n"}}],
}


class Cost(NamedTuple):
    """Seconds that passed, and seconds of CPU that a process and its children used."""

    wall: float
    cpu: float


class NotMeasuredError(Exception):
    """Why a figure could not be taken."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """What is measured, and how much of bare Python's start it may cost."""

    name: str
    budget: float
    """In multiples of bare Python's start, by the same clock."""
    once: Callable[[], Cost]
    clock: Literal["wall", "cpu"] = "wall"
    rounds: int = WARM_ROUNDS


@dataclass(kw_only=True)
class Figure:
    """Every round of a row, with the bare starts before each."""

    row: Row
    costs: list[Cost] = field(default_factory=list)
    bare: list[Cost] = field(default_factory=list)
    node: list[Cost] = field(default_factory=list)
    reason: str = ""

    def milliseconds(self, costs: list[Cost]) -> float:
        """Return the median by the row's clock."""
        return statistics.median(getattr(cost, self.row.clock) for cost in costs) * 1000

    def line(self) -> tuple[str, bool]:
        """Return the row of the table, and whether the figure is within its budget."""
        row = self.row
        title = f"{row.name} ({row.clock})"
        if not self.costs:
            return f"{title:58}{'-':>8}  NOT MEASURED: {self.reason}", False
        own, multiple = self.milliseconds(self.costs), self.milliseconds(self.costs) / self.milliseconds(self.bare)
        of_node = f"{own / self.milliseconds(self.node):.1f}x" if self.node else "-"
        good = multiple <= row.budget
        shown = f"{title:58}{own:>8.0f}{multiple:>8.1f}x{row.budget:>8g}x{of_node:>9}{row.rounds:>8}"
        return f"{shown}  {'ok' if good else 'OVER'}", good


def main() -> int:
    """Measure, print the table, return the exit code."""
    with tempfile.TemporaryDirectory(prefix="action-patterns-bench-") as name, ExitStack() as serving:
        room = Room(Path(name), serving)
        rows = [
            Row(name="launch.sh, before the action's Python starts", budget=2.5, once=room.launch_overhead),
            Row(name="record: start to end, no API", budget=14, once=room.record),
            Row(name="upsert-pr: start to its first request", budget=23, once=room.first_request),
            Row(name="upsert-pr that finds nothing to do, whole", budget=26, once=room.no_op, clock="cpu"),
            Row(name="first action of a job", budget=125, once=room.cold_start, rounds=COLD_ROUNDS),
            Row(name="first action of a job", budget=170, once=room.cold_start, rounds=COLD_ROUNDS, clock="cpu"),
            Row(name="four parallel first actions", budget=160, once=room.parallel_cold_starts, rounds=COLD_ROUNDS),
        ]
        lines = [measure(row, room).line() for row in rows]
        bare = statistics.median(room.bare().wall for _ in range(WARM_ROUNDS)) * 1000
    python = f"CPython {sys.version.split()[0]}, {os.cpu_count()} cores, bare start {bare:.0f} ms"
    print(f"Measured here: {python}; medians; multiples of bare Python's start, and of node's where there is one\n")
    print(f"{'':58}{'ms':>8}{'Python':>9}{'budget':>9}{'node':>9}{'rounds':>8}")
    print("\n".join(text for text, _ in lines))
    print("\nFor scale: a JavaScript action that makes one request takes 3.2x of node's start to its end.")
    return 0 if all(good for _, good in lines) else 1


def measure(row: Row, room: Room) -> Figure:
    """Take every round of a row; where rounds are cheap one more goes first, uncounted."""
    figure = Figure(row=row)
    try:
        if row.rounds == WARM_ROUNDS:
            row.once()
        for _ in range(row.rounds):
            figure.bare.append(room.bare())
            if room.node:
                figure.node.append(room.cost([room.node, "-e", ""], {}))
            figure.costs.append(row.once())
    except NotMeasuredError as error:
        figure.costs, figure.reason = [], str(error)
    return figure


class Room:
    """A temporary runner: its directories, its environment, and an environment of the locked dependencies."""

    def __init__(self, path: Path, serving: ExitStack) -> None:
        self.path = path
        self.serving = serving
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
        self.node = shutil.which("node")
        self.converged: Server | None = None
        self.sha = "0" * 40
        """The commit that is checked out, once there is one."""

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
                "GITHUB_SHA": self.sha,
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
            made = list(temp.glob("action-patterns-python-*/*/.complete"))
            if len(made) != 1:
                raise NotMeasuredError("launch.sh made no environment; run it by hand to see why")
            self.prepared = made[0].parent
        return self.prepared

    def bare(self) -> Cost:
        """Python that does nothing: the unit of every figure."""
        return self.cost([str(self.environment_of_the_lock() / "bin/python"), "-I", "-c", "pass"], {})

    def launch_overhead(self) -> Cost:
        """launch.sh with an environment whose Python is /bin/true, less what starting /bin/true costs."""
        true = str(shutil.which("true"))
        name = self.environment_of_the_lock().name
        stand_in = self.path / "stand-in" / f"action-patterns-python-{os.geteuid()}" / name
        if not stand_in.exists():
            (stand_in / "bin").mkdir(parents=True)
            (stand_in / "bin/python").symlink_to(true)
            (stand_in / ".complete").touch()
        environment = self.environment(self.path / "stand-in")
        whole, end = self.cost(["bash", str(LAUNCH), "record"], environment), self.cost([true], environment)
        return Cost(whole.wall - end.wall, whole.cpu - end.cpu)

    def record(self) -> Cost:
        """The action's own process, launch.sh not included."""
        python = self.environment_of_the_lock() / "bin/python"
        return self.cost([str(python), "-I", str(RUN), "record"], self.environment(self.path, **self.record_inputs()))

    def upsert_inputs(self) -> dict[str, str]:
        """Inputs of `upsert-pr`, and a worktree with something to open a pull request for."""
        (self.workspace / "file.txt").write_text("content\n")
        if not (self.workspace / ".git").exists():
            git = ["git", "-C", str(self.workspace), "-c", "user.name=B", "-c", "user.email=b@example.com"]
            subprocess.run([*git, "init", "--quiet"], check=True)
            subprocess.run([*git, "commit", "--quiet", "--allow-empty", "--message", "First"], check=True)
            subprocess.run([*git, "remote", "add", "origin", f"https://github.com/{TARGET}"], check=True)
            head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
            self.sha = head.stdout.strip()
        return {
            "INPUT_TOKEN": "benchmark-token",
            "INPUT_JOB_TOKEN": "another-token",
            "INPUT_REPOSITORY": TARGET,
            "INPUT_KEY": "benchmark",
            "INPUT_TITLE": "Benchmark",
            "INPUT_BODY": "Benchmark",
            "INPUT_COMMIT_MESSAGE": "Benchmark",
            "INPUT_PATHS": "file.txt",
        }

    def no_op(self) -> Cost:
        """A whole run of `upsert-pr` whose pull request is open and current: one read, and nothing else."""
        python = self.environment_of_the_lock() / "bin/python"
        command, inputs = [str(python), "-I", str(RUN), "upsert-pr"], self.upsert_inputs()
        if self.converged is None:
            self.converged = self.serving.enter_context(Sandbox.from_seed(SEED).serve(port=0))
            self.cost(command, self.environment(self.path, **inputs) | self.urls())
        environment = self.environment(self.path, **inputs) | self.urls()
        spent = self.cost(command, environment)
        if "\nunchanged\n" not in Path(environment["GITHUB_OUTPUT"]).read_text():
            raise NotMeasuredError("upsert-pr found something to do")
        return spent

    def urls(self) -> dict[str, str]:
        """Where the sandbox is. The address of the web pages stays github.com's, which the checkout's remote names."""
        server = self.converged
        assert server is not None
        return {
            "GITHUB_API_URL": server.api_url,
            "GITHUB_GRAPHQL_URL": server.graphql_url,
            "ACTION_PATTERNS_WRITE_SPACING_SECONDS": "0",
        }

    def first_request(self) -> Cost:
        """From the start of the action's process to the moment a server has read its first request line."""
        python = self.environment_of_the_lock() / "bin/python"
        inputs = self.upsert_inputs()
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
            return Cost(server.first - started, 0.0)

    def cold_start(self) -> Cost:
        """launch.sh and the action on a runner which has neither uv nor the environment."""
        return self.cold(1)

    def parallel_cold_starts(self) -> Cost:
        """The same, four at once in one RUNNER_TEMP."""
        return self.cold(4)

    def cold(self, starts: int) -> Cost:
        """The cost until the last of `starts` has ended well."""
        with tempfile.TemporaryDirectory(dir=self.path) as temp:
            # As the runner unpacks a release: nothing is compiled yet.
            release = Path(temp) / "release"
            shutil.copytree(CHECKOUT / "src", release / "src", ignore=shutil.ignore_patterns("__pycache__"))
            for name in ("pyproject.toml", "uv.lock"):
                shutil.copy(CHECKOUT / name, release)
            launch = str(release / "src/bootstrap/launch.sh")
            started = time.perf_counter()
            processes = [
                self.started(["bash", launch, "record"], self.environment(Path(temp), **self.record_inputs()))
                for _ in range(starts)
            ]
            cpu = sum(ended(process) for process in processes)
            return Cost(time.perf_counter() - started, cpu)

    def cost(self, command: list[str], environment: dict[str, str]) -> Cost:
        """Run a command, which must succeed."""
        started = time.perf_counter()
        cpu = ended(self.started(command, environment))
        return Cost(time.perf_counter() - started, cpu)

    def started(self, command: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
        """Start a command in the workspace."""
        return subprocess.Popen(
            command,
            env=environment,
            cwd=self.workspace,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def ended(process: subprocess.Popen[str]) -> float:
    """Wait for a process; return the seconds of CPU that it and its children used."""
    assert process.stdout is not None
    with process.stdout:
        output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise NotMeasuredError(f"exit code {process.returncode}: {tail(output)}")
    return used.ru_utime + used.ru_stime


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
