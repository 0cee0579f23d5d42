"""Run a workflow as its owner would: shipped actions, a real runner (act), a local GitHub.

    runner = ActRunner(checkout, tmp_path)
    run = runner.run(consumer, ".github/workflows/distribute.yml", server, secrets={"DISTRIBUTION_TOKEN": "..."})
    assert run.result("apply") == "success"

A run is hermetic: it has a separate HOME, separate XDG directories, a clean environment and free ports, and fetches
nothing. Runners with different `work` directories may run at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets as random
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from github_sandbox import act_events, act_jobs, act_sources
from github_sandbox.act_events import Annotation, Leg, Result
from github_sandbox.act_process import RunTimeoutError, run_act

if TYPE_CHECKING:
    from github_sandbox.server import Server

__all__ = ["ActRun", "ActRunner", "RunTimeoutError"]

WRITE_SPACING_SECONDS = 0.02
"""The spacing of writes, instead of the 1 s that GitHub asks for: the sandbox enforces no secondary limits here."""
FIRST_RUN_ID = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRun:
    """One finished run."""

    exit_code: int
    seconds: float
    legs: tuple[Leg, ...]
    summaries: tuple[act_events.Summary, ...]
    annotations: tuple[Annotation, ...]
    log: str
    """The lines that the steps printed."""
    diagnosis: str
    """act's own messages, for a failed assertion."""
    artifacts: Mapping[str, Path]
    """Name -> zip file, of all attempts of the run so far."""

    def job(self, job: str) -> tuple[Leg, ...]:
        """Return the legs of a job; empty: the job did not run."""
        return tuple(leg for leg in self.legs if leg.job == job)

    def result(self, job: str) -> Result | None:
        """Return the result over all legs, as `needs.<job>.result`; None: the job did not run or did not end."""
        results = {leg.result for leg in self.job(job)}
        if not results or None in results:
            return None
        return "failure" if "failure" in results else "success"

    def output(self, job: str, step: str, name: str) -> str:
        """Return an output of a step in a job without a matrix. Raises KeyError that names the existing outputs."""
        legs = self.job(job)
        try:
            (leg,) = legs
            return leg.outputs[step][name]
        except (ValueError, KeyError):
            found = {leg.job: leg.outputs for leg in self.legs}
            raise KeyError(f"{job}.{step}.{name} in {found}\n{self.diagnosis}") from None

    def summary(self, job: str) -> str:
        """Return the text that a job's steps wrote to the job summary."""
        return "\n".join(summary.text for summary in self.summaries if summary.job == job)

    def errors(self, job: str | None = None) -> list[str]:
        """Return the messages of error annotations."""
        return [a.message for a in self.annotations if a.level == "error" and job in (None, a.job)]


class ActRunner:
    """Runs workflows. The constructor copies the product, and makes the actions' environment once per checkout."""

    def __init__(
        self, checkout: Path, work: Path, *, environments: Path | None = None, artifacts: Path | None = None
    ) -> None:
        """Prepare `work`, which stays afterwards. `environments` serves many runs (default: the checkout's .cache).

        `artifacts` of another runner gives this one the same artifacts, for a further attempt of the same run.
        """
        self._work = work
        self.product = work / "product"
        """The copy of the checkout that workflows use."""
        self.artifacts = artifacts or work / "artifacts"
        self._environments = environments or checkout / ".cache" / "action-environments"
        act_sources.copy_product(checkout, self.product, work / "sources")
        self._doubles = act_sources.copy_doubles(work / "doubles")
        self._runs = 0
        ensure_environment(checkout, self._environments)

    def run(
        self,
        repository: Path,
        workflow: str,
        server: Server,
        *,
        event: str = "workflow_dispatch",
        payload: Mapping[str, Any] | None = None,
        inputs: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        run_id: int | None = None,
        run_number: int = 1,
        attempt: int = 1,
        conclusions: Mapping[str, str] | None = None,
        timeout_seconds: float = 120.0,
        cancelled: threading.Event | None = None,
    ) -> ActRun:
        """Run one workflow to its end. All attempts of one `run_id` (default: a new one) share its artifacts.

        Meanwhile the server's sandbox lists the run and the jobs that act reports. `conclusions` (by job name) replaces
        act's result, for example by `cancelled`, which act cannot report. Another thread sets `cancelled`: act
        ends its steps, and the run is `cancelled` in the sandbox.

        Raises:
            RunTimeoutError: act exceeded the time limit; none of its processes is left.
            UnknownRunnerError: a job names a runner that does not exist.
        """
        self._runs += 1
        place = self._work / f"run-{self._runs}"
        run_id = run_id or FIRST_RUN_ID + self._runs
        # Without the directory act's artifact server breaks the connection of a listing before the first upload.
        (self.artifacts / str(run_id)).mkdir(parents=True, exist_ok=True)
        for name in ("home", "cache", "config/act"):
            (place / name).mkdir(parents=True)
        (place / "config/act/actrc").touch()
        # act needs an `origin` on github.com; for every git of the jobs it is the sandbox, as GITHUB_SERVER_URL is.
        rule = f'[url "{server.url}/"]\n\tinsteadOf = https://github.com/\n'
        (place / "home/.gitconfig").write_text(rule, "utf-8")
        numbers = {"GITHUB_RUN_ID": run_id, "GITHUB_RUN_NUMBER": run_number, "GITHUB_RUN_ATTEMPT": attempt}
        arguments = [event, "--workflows", workflow, *self._options()]
        if payload is not None:
            (place / "event.json").write_text(json.dumps(payload), "utf-8")
            arguments += ["--eventpath", str(place / "event.json")]
        assignments: tuple[tuple[str, Mapping[str, object]], ...] = (
            ("--env", self._variables(server) | numbers | dict(environment or {})),
            ("--secret", secrets or {}),
            ("--var", variables or {}),
            ("--input", inputs or {}),
            ("--local-repository", act_sources.local_repositories(repository, self.product, self._doubles)),
        )
        for flag, values in assignments:
            for name, value in values.items():
                arguments += [flag, f"{name}={value}"]
        jobs = act_jobs.begin_attempt(
            server,
            repository,
            workflow,
            self.product,
            event=event,
            run_id=run_id,
            number=run_number,
            attempt=attempt,
            conclusions=conclusions or {},
        )
        parser = act_events.LogParser()

        def take(line: str) -> None:
            leg = parser.parse(line)
            if jobs and leg:
                jobs.update(leg)

        started = time.monotonic()
        cancelled = cancelled or threading.Event()
        try:
            exit_code, complaint = run_act(arguments, repository, place, timeout_seconds, take, cancelled)
        finally:
            # act leaves the workspaces of failed jobs there.
            shutil.rmtree(place, ignore_errors=True)
        if jobs:
            jobs.end("cancelled" if cancelled.is_set() else "failure" if exit_code else "success")
        events = parser.end()
        return ActRun(
            exit_code=exit_code,
            seconds=time.monotonic() - started,
            legs=tuple(events.legs),
            summaries=tuple(events.summaries),
            annotations=tuple(events.annotations),
            log=events.log,
            diagnosis="\n".join([*events.messages, complaint, events.log]),
            artifacts={file.stem: file for file in sorted((self.artifacts / str(run_id)).glob("*/*.zip"))},
        )

    def _options(self) -> list[str]:
        """Return act's options that every run has in common."""
        options = ["--json", "--no-cache-server", "--platform", "ubuntu-latest=-self-hosted", "--concurrent-jobs", "4"]
        options += ["--artifact-server-path", str(self.artifacts), "--artifact-server-addr", "127.0.0.1"]
        options += ["--artifact-server-port", str(free_port())]
        for kind in ("env", "secret", "var", "input"):
            options += [f"--{kind}-file", os.devnull]
        return options

    def _variables(self, server: Server) -> dict[str, object]:
        """Return the environment variables of a run that do not depend on the run."""
        return {
            "GITHUB_SERVER_URL": server.url,
            "GITHUB_API_URL": server.api_url,
            "GITHUB_GRAPHQL_URL": server.graphql_url,
            "RUNNER_NAME": act_jobs.RUNNER,
            "ACTION_PATTERNS_WRITE_SPACING_SECONDS": WRITE_SPACING_SECONDS,
            "ACTION_PATTERNS_VENV_DIR": self._environments,
            act_sources.PYTHON: sys.executable,
        }


def ensure_environment(checkout: Path, environments: Path) -> None:
    """Make the shipped actions' Python environment outside act, where pip may be configured for an index."""
    variables = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "ACTION_PATTERNS_", "RUNNER_"))}
    variables["ACTION_PATTERNS_VENV_DIR"] = str(environments)
    launch = ["bash", str(checkout / "src" / "bootstrap" / "launch.sh"), "--version"]
    made = subprocess.run(launch, env=variables, capture_output=True, text=True, check=False)
    if not any(environments.glob("*/.complete")):
        raise RuntimeError(f"could not make the actions' environment:\n{made.stdout}{made.stderr}")


def free_port() -> int:
    """Return a free TCP port of 127.0.0.1, below the range from which the kernel assigns ports to connections.

    act opens the port a moment later, and fails if it is taken by then.
    """
    while True:
        port = 20_000 + random.randbelow(12_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
