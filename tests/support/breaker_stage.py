"""Steps of jobs that use `breaker`, on the one virtual time of `lock_stage`, which is GitHub's clock too."""

from __future__ import annotations

from typing import Any

from action_patterns.action.contract import Finish
from action_patterns.actions.breaker import run
from action_patterns.actions.breaker.interface import BreakerInputs, BreakerOutputs
from action_patterns.github_api.ref_text import TOMBSTONE
from action_patterns.state.breaker import BreakerRecord
from action_patterns.state.record import read
from support.lock_stage import Job, LockStage
from support.stage import TARGET

KEY = "registry"
THRESHOLD = 5
OPEN = 300
PROBE = 900


def breaker(job: Job, mode: str, **inputs: Any) -> Finish[BreakerOutputs]:
    """One step of a job."""
    given = {"repository": TARGET, "token": "tok-bot"} | ({} if mode == "clean" else {"key": KEY}) | inputs
    return run(BreakerInputs(mode=mode, **given), job.ports())


def leg(job: Job, result: str, *, works: float = 5.0, **inputs: Any) -> BreakerOutputs:
    """Check, work, report. Returns the outputs of the last step that ran."""
    checked = breaker(job, "check", **inputs).outputs
    if not checked.allowed:
        return checked
    job.sleep(works)
    return breaker(job, "report", result=result, claim=checked.claim, **inputs).outputs


def record(play: LockStage) -> BreakerRecord | None:
    """The only breaker. None: there is none."""
    repository = play.scene.sandbox.repository(TARGET)
    refs = repository.refs(BreakerRecord.namespace())
    texts = {name: repository.commit(oid).message for name, oid in refs.items()}
    found = [read(BreakerRecord, text, name=name) for name, text in texts.items() if not text.startswith(TOMBSTONE)]
    return found[0] if found else None
