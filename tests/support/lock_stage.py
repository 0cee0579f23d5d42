"""Jobs that use `lock` against the sandbox, on one virtual time: each is a process of its own, with clocks of its own.

One job runs at a time, and time passes only in sleeps and calls. Whose turn is next follows from the times at which
jobs wake; a schedule decides between jobs that wake at the same time. So each play is repeatable.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from action_patterns.action.contract import Finish
from action_patterns.actions.lock import run
from action_patterns.actions.lock.interface import LockInputs, LockOutputs
from action_patterns.errors import ActionPatternsError
from action_patterns.github_api.client import Client
from action_patterns.github_api.ref_text import TOMBSTONE
from action_patterns.github_api.transport.tokens import Authorization
from action_patterns.github_api.transport.transport import Response
from action_patterns.ports.bundle import Ports
from action_patterns.ports.credentials import Allowance, Credentials
from action_patterns.ports.github import GitHub
from action_patterns.ports.processes import Ended
from action_patterns.runner.directory_store import DirectoryStore
from action_patterns.state import lock
from action_patterns.state.lock import LockRecord
from action_patterns.state.record import read
from github_sandbox.model import Repository, WorkflowJob, WorkflowRun
from support.harness import FaultPlan
from support.in_process import StageTransport
from support.memory_machine import MemoryMachine
from support.memory_ports import MemoryCheckout, MemoryFiles
from support.memory_processes import MemoryProcesses
from support.stage import TARGET, Killed, RecordingLog, Stage, VirtualClock, stage

NAME = "deploy production"
CALL_SECONDS = 0.1
"""Time of one call."""
EPOCH = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
FIRST = int(EPOCH.timestamp() * 1_000)
"""Generation of a lock that a job acquires in the first second of a play."""
NO_CLAIM = "0" * 16


class Time:
    """One time for all jobs. The job that wakes first goes on; among equals the schedule, then the order of start."""

    def __init__(self, schedule: Sequence[int] = ()) -> None:
        self.now = 0.0
        self._gate = threading.Condition()
        self._wakes: dict[int, float] = {}
        self._schedule = list(schedule)
        self._current = -1
        self._open = False

    def enter(self, job: int, at: float) -> None:
        """Take note of a job that begins at a time."""
        self._wakes[job] = at

    def begin(self) -> None:
        """Let the first job go."""
        with self._gate:
            self._open = True
            self._next()

    def await_turn(self, job: int) -> None:
        """Block until it is the job's turn."""
        with self._gate:
            self._gate.wait_for(lambda: self._open and self._current == job)

    def sleep(self, job: int, seconds: float) -> None:
        """Let time pass for a job, and others go on meanwhile."""
        with self._gate:
            self._wakes[job] = self.now + max(0.0, seconds)
            self._next()
            self._gate.wait_for(lambda: self._current == job)

    def leave(self, job: int) -> None:
        """Take note of a job's end."""
        with self._gate:
            del self._wakes[job]
            self._next()

    def _next(self) -> None:
        if not self._wakes:
            return
        self.now = max(self.now, min(self._wakes.values()))
        ready = sorted(job for job, at in self._wakes.items() if at <= self.now)
        choice = self._schedule.pop(0) if len(ready) > 1 and self._schedule else 0
        self._current = ready[choice % len(ready)]
        self._gate.notify_all()


class JobClock(VirtualClock):
    """The clocks of one runner: the calendar is off by `skew`, and the monotonic one begins anywhere."""

    def __init__(self, time: Time, job: int, skew: timedelta) -> None:
        super().__init__()
        self._time, self._job, self._skew = time, job, skew
        self.dies_at: float | None = None

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=self._time.now) + self._skew

    def monotonic(self) -> float:
        return self._time.now + 1_000.0 * (self._job + 1)

    def sleep(self, seconds: float) -> None:
        left = None if self.dies_at is None else self.dies_at - self._time.now
        if left is not None and left <= seconds:
            self._time.sleep(self._job, left)
            raise Killed
        self.slept.append(seconds)
        self._time.sleep(self._job, seconds)


class JobTransport(StageTransport):
    """A transport whose calls take time, and may meet faults."""

    def __init__(self, job: Job, credentials: Credentials, allowance: Allowance) -> None:
        super().__init__(credentials, job.context, job.clock, job.log, allowance)
        self._of = job

    def exchange(self, method: str, url: str, body: object, auth: Authorization) -> Response:
        job = self._of
        if job.call_seconds:
            job.clock.sleep(job.call_seconds)
        job.calls += 1

        def send() -> Response:
            return super(JobTransport, self).exchange(method, url, body, auth)

        try:
            return send() if job.plan is None else job.plan.meet(send, job.stage.scene.sandbox, "other")
        finally:
            job.stage.remember()


@dataclass(kw_only=True, eq=False)
class Job:
    """One job: a process with clocks, a log and a story."""

    stage: LockStage
    number: int
    story: Callable[[Job], object]
    run_id: int
    attempt: int
    skew: timedelta
    plan: FaultPlan | None
    call_seconds: float
    runner: str
    log: RecordingLog = field(default_factory=RecordingLog)
    calls: int = 0
    result: Any = None
    error: BaseException | None = None
    claim: str = ""
    processes: MemoryProcesses = field(default_factory=MemoryProcesses)

    def __post_init__(self) -> None:
        self.clock = JobClock(self.stage.time, self.number, self.skew)
        self.context = replace(
            self.stage.scene.context,
            repository=TARGET,
            run_id=self.run_id,
            run_attempt=self.attempt,
            job=f"job-{self.number}",
            runner=self.runner,
            actor="octocat",
        )
        self.processes.clock = self.clock

    @property
    def time(self) -> float:
        """The time that all jobs share."""
        return self.stage.time.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.sleep(seconds)

    def ports(self) -> Ports:
        """The ports of one step of the job."""

        def connect(credentials: Credentials, allowance: Allowance) -> GitHub:
            return Client(JobTransport(self, credentials, allowance))

        return Ports(
            context=self.context,
            github=connect,
            checkout=MemoryCheckout(),
            files=MemoryFiles(),
            processes=self.processes,
            machine=MemoryMachine(),
            clock=self.clock,
            log=self.log,
            random=iter_random(self.number),
            directory=DirectoryStore,
        )

    def lock(self, mode: str, **inputs: Any) -> Finish[LockOutputs]:
        """One step of the job. A release has the claim that this job acquired with, unless another is given."""
        given = {"repository": TARGET, "token": "tok-bot"} | ({} if mode == "clean" else {"name": NAME}) | inputs
        if mode in ("release", "force-unlock") and "claim" not in given:
            given["claim"] = self.claim or NO_CLAIM
        finish = run(LockInputs(mode=mode, **given), self.ports())
        if mode == "acquire" and finish.outputs.acquired:
            self.claim = finish.outputs.claim or ""
            generation = finish.outputs.generation
            self.stage.holds.append(Hold(job=self, generation=generation, claim=self.claim, since=self.time))
        return finish

    def hold(self, seconds: float, **inputs: Any) -> Finish[LockOutputs]:
        """Acquire, work and release. A job that does not acquire does not work."""
        finish = self.lock("acquire", **inputs)
        if finish.outputs.acquired:
            hold = self.stage.holds[-1]
            self.sleep(seconds)
            hold.until = self.time
            finish = self.lock("release")
        return finish

    def command(self, seconds: float, *, exit_code: int = 0, **inputs: Any) -> Finish[LockOutputs]:
        """Run a command of that length under the lock."""
        self.processes._answers = iter([Ended(exit_code=exit_code, seconds=seconds)])
        return self.lock("run", run="deploy", **inputs)


def iter_random(seed: int) -> Callable[[], float]:
    """Return ports.random that gives other numbers to each job."""
    state = [0.1 + seed / 100]

    def draw() -> float:
        state[0] = (state[0] * 997 + 0.123) % 1.0
        return state[0]

    return draw


@dataclass(kw_only=True)
class Hold:
    """One time in which a job held the lock."""

    job: Job
    generation: int
    claim: str
    since: float
    until: float | None = None
    """None: it never gave the lock back."""


@dataclass
class LockStage:
    """A sandbox, one time, and the jobs of a play."""

    scene: Stage
    time: Time
    jobs: list[Job] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    history: list[LockRecord] = field(default_factory=list)
    """Each record that the calls of the jobs left at the ref of a lock."""

    def job(
        self,
        story: Callable[[Job], object],
        *,
        at: float = 0.0,
        dies_at: float | None = None,
        run_id: int | None = None,
        attempt: int = 1,
        skew: timedelta = timedelta(),
        plan: FaultPlan | None = None,
        call_seconds: float = CALL_SECONDS,
        runner: str = "",
    ) -> Job:
        """Add a job that begins at a time, and may die at another."""
        number = len(self.jobs)
        job = Job(
            stage=self,
            number=number,
            story=story,
            run_id=run_id or 70_001 + number,
            attempt=attempt,
            skew=skew,
            plan=plan,
            call_seconds=call_seconds,
            runner=runner,
        )
        job.clock.dies_at = dies_at
        self.time.enter(number, at)
        self.jobs.append(job)
        return job

    def play(self) -> None:
        """Run all jobs to their end. A killed job ends; its error and each deliberate one are kept at the job."""

        def go(job: Job) -> None:
            self.time.await_turn(job.number)
            try:
                job.result = job.story(job)
            except (Killed, ActionPatternsError) as error:
                job.error = error
            except BaseException as error:  # noqa: BLE001 - raised again where the test sees it
                job.error = error
                failures.append(error)
            finally:
                self.time.leave(job.number)

        failures: list[BaseException] = []
        threads = [threading.Thread(target=go, args=(job,)) for job in self.jobs if job.result is None]
        for thread in threads:
            thread.start()
        self.time.begin()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]

    def remember(self) -> None:
        """Take note of the record where it is new."""
        for record in self.records():
            if record not in self.history:
                self.history.append(record)

    def records(self) -> list[LockRecord]:
        """The locks of the target."""
        repository = self.scene.sandbox.repository(TARGET)
        refs = repository.refs(LockRecord.namespace())
        texts = {name: repository.commit(oid).message for name, oid in refs.items()}
        return [read(LockRecord, text, name=name) for name, text in texts.items() if not text.startswith(TOMBSTONE)]

    def record(self) -> LockRecord:
        """The only lock of the target."""
        (record,) = self.records()
        return record

    def order(self) -> list[int]:
        """Numbers of the jobs in the order in which they held the lock."""
        return [hold.job.number for hold in self.holds]

    def queued(self) -> list[int]:
        """Numbers of the jobs in the order in which they came to the lock: as first holder, or with a ticket."""
        known = {hold.claim: hold.job.number for hold in self.holds}
        came: dict[str, None] = {}
        for entry in (each for record in self.history for each in lock.entries(record)):
            came[entry.claim] = None
        return [known[claim] for claim in came if claim in known]

    def assert_exclusive(self) -> None:
        """No two holds overlap, and the fencing number grows with each. A hold without an end is a dead job's."""
        for before, after in zip(self.holds, self.holds[1:], strict=False):
            assert before.generation < after.generation
            assert before.until is None or before.until <= after.since

    def _target(self) -> Repository:
        found = self.scene.sandbox.world.repository(TARGET)
        assert found is not None
        return found

    def has_run(self, run_id: int, *, status: str = "in_progress", attempt: int = 1) -> WorkflowRun:
        """Let GitHub know a run."""
        repository = self._target()
        actor = self.scene.sandbox.world.account("bot")
        assert actor is not None
        tip = self.scene.sandbox.repository(TARGET).tip("main")
        assert tip is not None
        item = WorkflowRun(
            id=run_id,
            number=1,
            name="CI",
            event="push",
            branch="main",
            head_oid=tip,
            actor=actor,
            created_at=0.0,
            status=status,
            conclusion="cancelled" if status == "completed" else None,
            attempt=attempt,
        )
        repository.contents.runs.append(item)
        return item

    def has_job(self, run_id: int, runner: str, *, status: str = "in_progress", attempt: int = 1) -> WorkflowJob:
        """Let GitHub know a job of a run."""
        repository = self._target()
        item = WorkflowJob(
            id=900 + len(repository.contents.jobs),
            run_id=run_id,
            name="deploy",
            created_at=0.0,
            attempt=attempt,
            status=status,
            conclusion="failure" if status == "completed" else None,
            runner=runner,
        )
        repository.contents.jobs.append(item)
        return item


@contextmanager
def lock_stage(schedule: Sequence[int] = (), *, checked: bool = True, **options: Any) -> Iterator[LockStage]:
    """A fresh sandbox and a time that begins at zero."""
    with stage(checked=checked, **options) as scene:
        time = Time(schedule)
        scene.sandbox.services.clock = scene.sandbox.world.clock = lambda: EPOCH.timestamp() + time.now
        yield LockStage(scene, time)


def outputs(job: Job) -> LockOutputs:
    """Outputs of a story that returned a Finish."""
    assert job.error is None, job.error
    result: Finish[LockOutputs] = job.result
    return result.outputs
