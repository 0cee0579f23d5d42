"""Jobs that do a work by `once`, on the one virtual time of `lock_stage`, which is GitHub's clock too."""

from __future__ import annotations

from typing import Any

from action_patterns.action.contract import Finish
from action_patterns.actions.once import run
from action_patterns.actions.once.interface import OnceInputs, OnceOutputs
from action_patterns.ports.processes import Ended
from action_patterns.state.once import OnceRecord
from action_patterns.state.record import read
from support.lock_stage import Job, LockStage
from support.memory_processes import Answer
from support.stage import TARGET

LEASE = 60


def step(job: Job, mode: str, **inputs: Any) -> Finish[OnceOutputs]:
    """One step of a job."""
    given = {"operation": "announce", "values": "v1.0.0", "repository": TARGET, "token": "tok-bot"} | inputs
    if mode in ("complete", "fail"):
        given.setdefault("claim", job.claim or "0" * 16)
    finish = run(OnceInputs(mode=mode, **given), job.ports())
    job.claim = finish.outputs.claim or job.claim
    return finish


def works(job: Job, seconds: float = 10.0, *, ends: Answer | None = None, **inputs: Any) -> Finish[OnceOutputs]:
    """A step that does the work by a command of that length, and succeeds unless `ends` says another end."""
    job.processes._answers = iter([ends or Ended(exit_code=0, seconds=seconds)])
    return step(job, "run", run="announce", **inputs)


def marker(play: LockStage) -> OnceRecord:
    """The only marker."""
    repository = play.scene.sandbox.repository(TARGET)
    ((name, oid),) = repository.refs(OnceRecord.namespace()).items()
    return read(OnceRecord, repository.commit(oid).message, name=name)


def ran(play: LockStage) -> list[int]:
    """Numbers of the jobs whose command ran."""
    return [job.number for job in play.jobs if job.processes.commands]


def outputs(job: Job) -> OnceOutputs:
    """Outputs of a story that returned a Finish."""
    assert job.error is None, job.error
    result: Finish[OnceOutputs] = job.result
    return result.outputs
