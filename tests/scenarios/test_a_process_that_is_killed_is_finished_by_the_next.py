"""kill -9 of a real process at any moment, in the middle of a request as well. The next run finishes its work."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from support.harness import clean_run, state
from support.stage import Stage, stage
from support.stories import STORIES

MORTAL = Path(__file__).parents[1] / "support" / "mortal.py"
KILLED = -signal.SIGKILL
STORY = STORIES["create with every field"]


class Mortals:
    """Children that upsert, one at a time."""

    def __init__(self, stdin: IO[str], stdout: IO[str]) -> None:
        self._stdin, self._stdout = stdin, stdout

    def live(self, scene: Stage, seconds: float = 0) -> int:
        """Let one run for so long, then kill it (0 = let it end by itself); its exit code."""
        context = scene.context
        self._stdin.write(f"{context.server_url} {context.api_url} {context.graphql_url} {seconds}\n")
        self._stdin.flush()
        return int(self._stdout.readline())


@pytest.fixture
def mortals() -> Iterator[Mortals]:
    with subprocess.Popen(
        [sys.executable, str(MORTAL)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdin is not None and parent.stdout is not None
        yield Mortals(parent.stdin, parent.stdout)
        parent.stdin.close()
        assert parent.wait(10) == 0


@pytest.mark.parametrize(
    ("seed", "deaths"), [(1, 10), (2, 10), *(pytest.param(seed, 50, marks=pytest.mark.proof) for seed in (3, 4, 5, 6))]
)
def test_whatever_a_killed_process_left_is_finished(
    mortals: Mortals, seed: int, deaths: int, record_property: Callable[[str, object], None]
) -> None:
    dice = random.Random(seed)
    with stage(checked=False) as scene:
        mortals.live(scene)  # the first is slower than all others
    with stage(checked=False) as scene:
        started = time.monotonic()
        assert mortals.live(scene) == 0
        lifetime = time.monotonic() - started
        assert state(scene) == clean_run(STORY).state

    left: dict[str, int] = {}
    lives = 0
    while sum(left.values()) < deaths:
        lives += 1
        assert lives < deaths * 5, left
        with stage(checked=False) as scene:
            code = mortals.live(scene, dice.uniform(lifetime / 10, lifetime))
            assert code in (0, KILLED)
            if code == KILLED:
                asked = scene.sandbox.requests.all()
                last = str(asked[-1].operation or asked[-1].graphql_operation) if asked else "nothing"
                left[last] = left.get(last, 0) + 1
            else:
                lifetime *= 0.9  # Measured on a busier machine, it seems.
            _finish(scene)
    assert len(left) >= 3, left
    record_property("measured", f"kill -9, seed {seed}: {deaths} of {lives} died, after {left}")


def _finish(scene: Stage) -> None:
    rerun = scene.upsert(STORY.wish)
    assert rerun.error is None, rerun.error
    # What the dead one had sent may still be under way: then this run may have lost a race to it, and repaired that.
    assert state(scene) == clean_run(STORY).state
    scene.forget()
    last = scene.upsert(STORY.wish)
    assert (last.outcome, scene.reads(), scene.writes()) == ("unchanged", 1, 0)
