"""Two workflows share a lock. The first is cancelled while it holds it: the second goes on, and its log says why."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event

from action_patterns.state.lock import LockRecord
from action_patterns.state.record import read
from github_sandbox.act_runner import ActRun, ActRunner
from support.act_stage import SOURCE, Stage, seed, stage

ACTION = "action-patterns/action-patterns/actions/lock@v0.1.0"
HEAD = """\
on: workflow_dispatch
permissions: {}
jobs:
  deploy:
    runs-on: ubuntu-latest
    permissions: {actions: read, contents: write}
    steps:
      - id: lock
"""
FIRST = f"""{HEAD}\
        uses: {ACTION}
        with: {{mode: acquire, name: production}}
      - run: sleep 600
      # Not `always()`: a runner that dies runs no further step.
      - uses: {ACTION}
        with: {{mode: release, name: production, claim: "${{{{ steps.lock.outputs.claim }}}}"}}
"""
"""Its lease is the default of `acquire`: six hours."""
SECOND = f"""{HEAD}\
        uses: {ACTION}
        with: {{mode: run, name: production, wait-seconds: 900, run: echo the second deploys}}
      - run: echo "${{{{ steps.lock.outputs.outcome }}}} with ${{{{ steps.lock.outputs.generation }}}}"
"""


def test_the_second_goes_on(runner: ActRunner, tmp_path: Path) -> None:
    source = {"README.md": "x\n", ".github/workflows/first.yml": FIRST, ".github/workflows/second.yml": SECOND}
    with stage(runner, tmp_path / "platform", seed(source=source, fleet={})) as on, ThreadPoolExecutor() as threads:
        cancelled = Event()
        first = threads.submit(on.run, "first.yml", secrets={}, cancelled=cancelled)
        wait_until(lambda: has(on, lambda lock: lock.held is not None), first)
        number = lock_of(on).generation
        second = threads.submit(on.run, "second.yml", secrets={})
        wait_until(lambda: has(on, lambda lock: lock.queue != ()), second)
        assert not second.done()
        cancelled.set()
        assert first.result().exit_code != 0
        done = second.result()
        assert done.exit_code == 0, done.diagnosis
        assert "Waiting for the lock `production`. Holder: job `deploy` of" in done.log
        assert "GitHub calls the job over: job `deploy` of" in done.log
        assert done.log.index("GitHub calls the job over") < done.log.index("the second deploys")
        assert f"succeeded with {number + 1}" in done.log
        assert [run.conclusion for run in on.sandbox.world.repository(SOURCE).contents.runs] == ["cancelled", "success"]
        assert has(on, lambda lock: (lock.state, lock.generation, lock.queue) == ("free", number + 1, ()))


def has(on: Stage, holds: Callable[[LockRecord], bool]) -> bool:
    """Return whether there is a lock of which this holds."""
    return any(map(holds, locks(on)))


def lock_of(on: Stage) -> LockRecord:
    """Return the one lock."""
    (found,) = locks(on)
    return found


def locks(on: Stage) -> list[LockRecord]:
    repository = on.sandbox.repository(SOURCE)
    refs = repository.refs(LockRecord.namespace())
    return [read(LockRecord, repository.commit(oid).message, name=name) for name, oid in refs.items()]


def wait_until(holds: Callable[[], bool], run: Future[ActRun]) -> None:
    """Wait until this holds, at the longest until the run ends."""
    while not holds():
        assert not run.done(), run.result().diagnosis
        time.sleep(0.1)
