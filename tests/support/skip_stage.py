"""Runs that use `skip-unchanged` against the sandbox: each has a checkout in memory, and its own clock and event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from action_patterns.action.contract import Finish
from action_patterns.actions.skip_unchanged import run
from action_patterns.actions.skip_unchanged.interface import SkipUnchangedInputs, SkipUnchangedOutputs
from action_patterns.github_api.client import Client
from action_patterns.github_api.ref_text import TOMBSTONE
from action_patterns.ports.bundle import Ports
from action_patterns.ports.credentials import Allowance, Credentials
from action_patterns.ports.github import GitHub
from action_patterns.ports.workspace import Checkout
from action_patterns.state.proof import Proof, ProofRecord
from action_patterns.state.record import read
from support.marker_stage import LaterClock, github_is
from support.memory_machine import MemoryMachine
from support.memory_ports import MemoryCheckout, MemoryFiles
from support.memory_processes import Answer, MemoryProcesses
from support.report_builders import context as no_scene
from support.stage import TARGET, DyingTransport, Meanwhile, RecordingLog, Stage

MAIN = "refs/heads/main"
FILES = {"src/app.py": "print(1)\n", "src/util.py": "X = 1\n", "README.md": "# app\n"}


@dataclass
class Job:
    """One job of one run."""

    run_id: int = 70_001
    attempt: int = 1
    ref: str = MAIN
    event_name: str = "schedule"
    event: Mapping[str, object] = field(default_factory=dict)
    platform: str = "Linux-X64"
    checkout: Checkout = field(default_factory=lambda: MemoryCheckout(files=dict(FILES)))
    files: MemoryFiles = field(default_factory=MemoryFiles)
    commands: Iterable[Answer] = ()
    """How the commands of `tools` and `validate` end."""
    wrong_by: timedelta = timedelta()
    """How far its clock is ahead."""
    log: RecordingLog = field(default_factory=RecordingLog)


def pull_request(number: int, run_id: int, *, base: str = "main", event_name: str = "pull_request") -> Job:
    """Return a job of a pull request."""
    ref = f"refs/pull/{number}/merge" if event_name == "pull_request" else f"refs/heads/{base}"
    event = {"pull_request": {"number": number, "base": {"ref": base}}}
    return Job(run_id=run_id, ref=ref, event_name=event_name, event=event)


def alone() -> AbstractContextManager[None]:
    """Return the scene of steps that ask GitHub nothing."""
    return nullcontext()


def skip(
    scene: Stage | None,
    mode: str,
    job: Job | None = None,
    *,
    later: timedelta = timedelta(),
    meanwhile: Meanwhile | None = None,
    token: str = "tok-bot",
    **inputs: Any,
) -> Finish[SkipUnchangedOutputs]:
    """One step of a job. `later`: how long after now it happens."""
    job = job or Job()
    clock = LaterClock(later + job.wrong_by)
    context = replace(
        scene.context if scene else no_scene(),
        run_id=job.run_id,
        run_attempt=job.attempt,
        ref=job.ref,
        event_name=job.event_name,
        event=job.event,
        default_branch="main",
        platform=job.platform,
        temp="/temp",
    )

    def connect(credentials: Credentials, allowance: Allowance) -> GitHub:
        assert scene is not None, "GitHub is asked"
        scene.transport = DyingTransport(
            context, token=credentials.token, clock=clock, log=job.log, meanwhile=meanwhile
        )
        return Client(scene.transport)

    ports = Ports(
        context=context,
        github=connect,
        checkout=job.checkout,
        files=job.files,
        processes=MemoryProcesses(job.commands),
        machine=MemoryMachine(),
        clock=clock,
        log=job.log,
        random=lambda: 0.5,
    )
    given: dict[str, Any] = {"token": token, "repository": TARGET}
    if mode == "check":
        given |= {"key": "scan"} | ({} if "digest" in inputs else {"files": "src/**"})
    elif mode == "digest":
        given |= {"files": "src/**"}
    elif mode == "complete":
        given |= {"outcomes": "success"}
    with github_is(later, scene) if scene else nullcontext():
        return run(SkipUnchangedInputs.model_validate({"mode": mode} | given | inputs, by_name=True), ports)


def night(scene: Stage, job: Job | None = None, *, later: timedelta = timedelta(), **inputs: Any) -> str:
    """A whole job: check, the work unless it is skipped, and complete. Return the reason of `check`."""
    job = job or Job()
    before = skip(scene, "check", job, later=later, **inputs).outputs
    if not before.skip:
        skip(scene, "complete", job, later=later, claim=before.claim)
    return before.reason


def proofs(scene: Stage) -> tuple[Proof, ...]:
    """Return every proof of the target."""
    repository = scene.sandbox.repository(TARGET)
    texts = {name: repository.commit(oid).message for name, oid in repository.refs(ProofRecord.namespace()).items()}
    records = [read(ProofRecord, text, name=name) for name, text in texts.items() if not text.startswith(TOMBSTONE)]
    return tuple(proof for record in records for proof in record.proofs)
