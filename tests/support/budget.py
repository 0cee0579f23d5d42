"""The CPU seconds that each tier of the tests takes, held against its share.

Processor time, user and system, of the workers and of every process they wait for. A busy or a slow machine takes more
of it for the same work. So a fixed piece of work, the loop, is measured beside the tests every few seconds, and shares
are counted in loops. What is left of the machine's mood is far below the half by which a tier may exceed its share
before the run fails.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from support import sample

TESTS = Path(__file__).parents[1]
START = "start and collection"
SHARES: dict[str, dict[str, float]] = {
    "test": {
        "checks": 1_750,
        START: 2_700,
        "unit": 9_000,
        "contract": 270,
        "scenarios": 10_600,
        "e2e": 6_500,
        "browser": 200,
        "mutation": 500,
        "all": 30_000,
    },
    "quick": {"all": 4_600},
    "proof": {},
}
"""Loops that each tier may take, by extent. Raise a share only together with the reason.

One idle machine took 683 CPU seconds for all tests at commit 85cc6b7, before the house was rebuilt. With all ten
patterns, which are 3,900 tests more, it took 392, 409 and 454 with three seeds: at most two thirds, the goal. The tests
that a seed takes under act make 40 of it. A loop depends on the machine's mood more than the tests do.

A fresh checkout takes 1,000 more: each worker rewrites the assertions of every test once, and Hypothesis looks for
constants in every module.
"""
FAILS = 1.5
"""A tier that exceeds its share warns; from this many shares on it fails."""
CHECKS_OPTION = "--checks-cpu"
SECONDS_BETWEEN_LOOPS = 4.0
COLLECTS = (700, 10, 1_000_000)
"""How often Python looks for garbage among young objects by default. The loop is measured so, the tests are not."""


def used() -> float:
    """Return the CPU seconds of this process and of all it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def loop() -> float:
    """Do a fixed piece of work, of the kind the tests do, and return its CPU seconds."""
    set_by_tests = gc.get_threshold()
    gc.collect(1)  # What the tests left is no part of the loop.
    gc.set_threshold(*COLLECTS)
    start = time.process_time()
    text = ""
    for turn in range(12):
        records = [{"path": f"a/{turn}/{n}", "size": n * turn, "tags": [str(n), text[:8]]} for n in range(400)]
        text = json.dumps(sorted(records, key=lambda record: str(record["path"])))
        names = {record["path"]: record for record in json.loads(text)}
        text = hashlib.sha256("".join(sorted(names)).encode()).hexdigest()
    taken = time.process_time() - start
    gc.set_threshold(*set_by_tests)
    return taken


@dataclass
class Measured:
    """What was measured in one process, or in several."""

    seconds: dict[str, float] = field(default_factory=dict)
    tests: Counter[str] = field(default_factory=Counter)
    loops: list[float] = field(default_factory=list)

    def add(self, told: Mapping[str, Any]) -> None:
        for tier, seconds in told["seconds"].items():
            self.spend(tier, seconds)
        self.tests.update(told["tests"])
        self.loops += told["loops"]

    def spend(self, tier: str, seconds: float) -> None:
        self.seconds[tier] = self.seconds.get(tier, 0.0) + seconds

    def as_json(self) -> dict[str, Any]:
        return {"seconds": self.seconds, "tests": dict(self.tests), "loops": self.loops}

    def table(self, shares: Mapping[str, float]) -> list[str]:
        """Return the lines to print."""
        one = median(self.loops)
        lines = [f"{'tier':<22}{'tests':>7}{'CPU s':>9}{'loops':>9}{'share':>9}"]
        for tier in [*sorted(self.seconds, key=lambda tier: -self.seconds[tier]), "all"]:
            share = shares.get(tier)
            taken = self.taken(tier)
            tests = self.tests.total() if tier == "all" else self.tests[tier]
            part = f"{taken / one / share:>9.0%}" if share else ""
            lines.append(f"{tier:<22}{tests:>7}{taken:>9.1f}{taken / one:>9.0f}{part}".rstrip())
        return [*lines, f"one loop: {one * 1000:.1f} ms, the median of {len(self.loops)}"]

    def taken(self, tier: str) -> float:
        return sum(self.seconds.values()) if tier == "all" else self.seconds.get(tier, 0.0)

    def over(self, shares: Mapping[str, float], times: float = 1.0) -> list[str]:
        """Return the tiers that take more than so many times their share."""
        one = median(self.loops)
        return [tier for tier, share in shares.items() if self.taken(tier) / one > share * times]


class Budget:
    """A pytest plugin: measures in each worker, adds up and judges in the process that started them."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._measured = Measured()
        self._next_loop = 0.0
        self._has_workers = bool(config.getoption("numprocesses", None))
        self._shares = SHARES[sample.extent()] if sample.EXTENT_VARIABLE in os.environ else None
        """None: a run by hand. It is measured, and not judged."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        if used() > self._next_loop:
            self._measured.loops.append(loop())
            self._next_loop = used() + SECONDS_BETWEEN_LOOPS
        before = used()
        try:
            return (yield)
        finally:
            tier = item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else "elsewhere"
            self._measured.spend(tier, used() - before)
            self._measured.tests[tier] += 1

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        # The workers are children of a process that has them: what they took they tell themselves.
        taken = time.process_time() if self._has_workers else used()
        if not self._has_workers:
            taken -= sum(self._measured.seconds.values()) + sum(self._measured.loops)
        self._measured.spend(START, taken)
        if hasattr(self._config, "workeroutput"):
            self._config.workeroutput["budget"] = self._measured.as_json()
            return
        self._add_checks()
        self._measured.loops = self._measured.loops or [loop()]
        if self._shares and self._measured.over(self._shares, FAILS) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_testnodedown(self, node: Any) -> None:
        if told := getattr(node, "workeroutput", {}).get("budget"):
            self._measured.add(told)

    def _add_checks(self) -> None:
        if told := self._config.getoption(CHECKS_OPTION):
            self._measured.add(json.loads(Path(told).read_text("utf-8")))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._shares is None:
            return
        for line in self._measured.table(self._shares):
            terminalreporter.write_line(line)
        failing = self._measured.over(self._shares, FAILS)
        for tier in self._measured.over(self._shares):
            if tier in failing:
                terminalreporter.write_line(f"ERROR: {tier} takes over {FAILS} times its share of CPU time.", red=True)
            else:
                terminalreporter.write_line(f"WARNING: {tier} takes more than its share of CPU time.", yellow=True)


def measure(tier: str, told: Path, command: list[str]) -> int:
    """Run a command, write down what it took as that tier, and return its exit code."""
    loops = [loop(), loop()]
    done = subprocess.run(command, check=False)
    times = os.times()
    loops += [loop(), loop()]
    measured = Measured({tier: times.children_user + times.children_system}, loops=loops)
    told.parent.mkdir(parents=True, exist_ok=True)
    told.write_text(json.dumps(measured.as_json()), "utf-8")
    return done.returncode


if __name__ == "__main__":  # python -m support.budget <tier> <file> <command> ...
    sys.exit(measure(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
