"""Run a workflow of another repository the way its owner would: shipped actions, a real runner (act), a local GitHub.

    runner = ActRunner(checkout, tmp_path)
    run = runner.run(consumer, ".github/workflows/distribute.yml", server, secrets={"DISTRIBUTION_TOKEN": "..."})
    assert run.result("apply") == "success"

Hermetic: its own HOME, XDG directories and environment, free ports, nothing fetched. Not thread safe across equal
`work` directories; many runners with a directory each may run at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets as random
import shutil
import signal
import socket
import subprocess
import sysconfig
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from github_sandbox import act_events, act_sources
from github_sandbox.act_events import Annotation, Leg, Result

if TYPE_CHECKING:
    from github_sandbox.server import Server

ACT = Path(sysconfig.get_path("scripts")) / "act"
WRITE_SPACING_SECONDS = 0.02
"""Here instead of the second GitHub asks for: the sandbox has no secondary limits to protect."""
FIRST_RUN_ID = 1000
TRACKING = "GITHUB_SANDBOX_RUN"
"""Marks the processes of a run, so that what a step left in the background is ended with it. GitHub's runner does so by
RUNNER_TRACKING_ID, which act sets to nothing."""
_GRACE_SECONDS = 2.0


class RunTimeoutError(AssertionError):
    """act did not end in time and was killed; the message ends with the last lines of the log."""


@dataclass(frozen=True, slots=True)
class ActRun:
    """One finished run."""

    exit_code: int
    seconds: float
    legs: tuple[Leg, ...]
    summaries: tuple[act_events.Summary, ...]
    annotations: tuple[Annotation, ...]
    log: str
    """What the steps printed."""
    diagnosis: str
    """What act itself had to say, for a failed assertion."""
    artifacts: Mapping[str, Path]
    """Name -> zip file, of all attempts of the run so far."""

    def job(self, job: str) -> tuple[Leg, ...]:
        """The legs of a job; empty if it did not run."""
        return tuple(leg for leg in self.legs if leg.job == job)

    def result(self, job: str) -> Result | None:
        """Result over all legs, as `needs.<job>.result`; None if it did not run or did not end."""
        results = {leg.result for leg in self.job(job)}
        if not results or None in results:
            return None
        return "failure" if "failure" in results else "success"

    def output(self, job: str, step: str, name: str) -> str:
        """An output of a step in a job without a matrix. Raises KeyError with what there is."""
        legs = self.job(job)
        try:
            (leg,) = legs
            return leg.outputs[step][name]
        except (ValueError, KeyError):
            found = {leg.job: leg.outputs for leg in self.legs}
            raise KeyError(f"{job}.{step}.{name} in {found}\n{self.diagnosis}") from None

    def summary(self, job: str) -> str:
        """All that a job's steps wrote to the job summary."""
        return "\n".join(summary.text for summary in self.summaries if summary.job == job)

    def errors(self, job: str | None = None) -> list[str]:
        """Messages of error annotations."""
        return [a.message for a in self.annotations if a.level == "error" and job in (None, a.job)]


class ActRunner:
    """Runs workflows. Making one copies the product and, once in a checkout, makes the actions' environment."""

    def __init__(
        self, checkout: Path, work: Path, *, environments: Path | None = None, artifacts: Path | None = None
    ) -> None:
        """`work` is filled and left behind; `environments` is kept between runs (default: the checkout's .cache).

        `artifacts` of another runner makes this one see its artifacts, for a further attempt of the same run.
        """
        self._work = work
        self.product = work / "product"
        """The copy of the checkout that workflows use."""
        self.artifacts = artifacts or work / "artifacts"
        self._environments = environments or checkout / ".cache" / "action-environments"
        act_sources.copy_product(checkout, self.product)
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
        attempt: int = 1,
        timeout_seconds: float = 120.0,
    ) -> ActRun:
        """Run one workflow to its end. Artifacts of one `run_id` (default: a new one) are shared by its attempts.

        Raises:
            RunTimeoutError: it took longer than allowed; nothing of it is left running.
            UnknownRunnerError: a job names a runner there is none of.
        """
        self._runs += 1
        place = self._work / f"run-{self._runs}"
        run_id = run_id or FIRST_RUN_ID + self._runs
        artifacts = self.artifacts
        # act's artifact server answers a listing before the first upload with a broken connection otherwise.
        (artifacts / str(run_id)).mkdir(parents=True, exist_ok=True)
        for name in ("home", "cache", "config/act"):
            (place / name).mkdir(parents=True)
        (place / "config/act/actrc").touch()
        command = [
            str(ACT),
            event,
            "--workflows",
            workflow,
            "--json",
            "--no-cache-server",
        ]
        command += [
            "--platform",
            "ubuntu-latest=-self-hosted",
            "--concurrent-jobs",
            "4",
        ]
        command += [
            "--artifact-server-path",
            str(artifacts),
            "--artifact-server-addr",
            "127.0.0.1",
        ]
        command += ["--artifact-server-port", str(free_port())]
        for kind in ("env", "secret", "var", "input"):
            command += [f"--{kind}-file", os.devnull]
        if payload is not None:
            (place / "event.json").write_text(json.dumps(payload), "utf-8")
            command += ["--eventpath", str(place / "event.json")]
        served = {
            "GITHUB_SERVER_URL": server.url,
            "GITHUB_API_URL": server.api_url,
            "GITHUB_GRAPHQL_URL": server.graphql_url,
            "GITHUB_RUN_ID": str(run_id),
            "GITHUB_RUN_ATTEMPT": str(attempt),
            "ACTION_PATTERNS_WRITE_SPACING_SECONDS": str(WRITE_SPACING_SECONDS),
            "ACTION_PATTERNS_VENV_DIR": str(self._environments),
        }
        local = act_sources.local_repositories(repository, self.product, self._doubles)
        options: tuple[tuple[str, Mapping[str, object]], ...] = (
            ("--env", served | dict(environment or {})),
            ("--secret", secrets or {}),
            ("--var", variables or {}),
            ("--input", inputs or {}),
            ("--local-repository", local),
        )
        for flag, values in options:
            for name, value in values.items():
                command += [flag, f"{name}={value}"]
        started = time.monotonic()
        try:
            exit_code, output, complaint = _run(command, repository, _environment(place), timeout_seconds)
        finally:
            # Failed jobs leave their workspaces there.
            shutil.rmtree(place, ignore_errors=True)
        events = act_events.read(output.splitlines())
        return ActRun(
            exit_code=exit_code,
            seconds=time.monotonic() - started,
            legs=tuple(events.legs),
            summaries=tuple(events.summaries),
            annotations=tuple(events.annotations),
            log=events.log,
            diagnosis="\n".join([*events.messages, complaint, events.log]),
            artifacts={file.stem: file for file in sorted((artifacts / str(run_id)).glob("*/*.zip"))},
        )


def ensure_environment(checkout: Path, environments: Path) -> None:
    """Make the shipped actions' Python environment outside of act, where an index may be configured for pip."""
    variables = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "ACTION_PATTERNS_", "RUNNER_"))}
    variables["ACTION_PATTERNS_VENV_DIR"] = str(environments)
    launch = ["bash", str(checkout / "src" / "bootstrap" / "launch.sh"), "--version"]
    made = subprocess.run(launch, env=variables, capture_output=True, text=True, check=False)
    if not any(environments.glob("*/.complete")):
        raise RuntimeError(f"the actions' environment could not be made:\n{made.stdout}{made.stderr}")


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on at this moment.

    From below the range the kernel takes ports of connections from: act opens it a moment later, or dies if it is gone.
    """
    while True:
        port = 20_000 + random.randbelow(12_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _environment(place: Path) -> dict[str, str]:
    # Without this virtual environment: the shipped actions must find a Python by themselves, as on a runner.
    own = {str(ACT.parent), str(Path(ACT.parent).resolve())}
    path = [entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if entry and entry not in own]
    return {
        "PATH": os.pathsep.join(path),
        "HOME": str(place / "home"),
        TRACKING: f"{os.getpid()}-{place}",
        "XDG_CACHE_HOME": str(place / "cache"),
        "XDG_CONFIG_HOME": str(place / "config"),
        "TMPDIR": str(place),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
    }


def _run(
    command: list[str],
    directory: Path,
    environment: Mapping[str, str],
    timeout_seconds: float,
) -> tuple[int, str, str]:
    with subprocess.Popen(
        command,
        cwd=directory,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            output, complaint = process.communicate(timeout=timeout_seconds)
        except subprocess.TimeoutExpired:
            _stop(process)
            output, complaint = process.communicate()
            tail = "\n".join([*output.splitlines()[-20:], complaint])
            raise RunTimeoutError(f"act did not end within {timeout_seconds:g} s:\n{tail}") from None
        except BaseException:  # Ctrl-C above all
            _stop(process)
            raise
        finally:
            _end_all(environment[TRACKING])
    return process.returncode, output, complaint


def _stop(process: subprocess.Popen[str]) -> None:
    """Ask act to end, which ends its steps; if it takes too long, make it."""
    process.terminate()
    try:
        process.wait(_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _end_all(tracking_id: str) -> None:
    """End every process of a run, whatever session and process group it has put itself in."""
    while alive := _tracked(tracking_id):
        for pid in alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def _tracked(tracking_id: str) -> list[int]:
    """Processes that inherited the id, from /proc (the shipped actions run on Linux only)."""
    mark = f"{TRACKING}={tracking_id}\0".encode()
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended, or is another user's
            if mark in (place / "environ").read_bytes():
                found.append(int(place.name))
    return found
