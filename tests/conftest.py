"""For every test: what GitHub would not say or take fails it, and what it measured is printed at the end.

A seed chooses the part of the large matrices (`support.sample`) and the variants (`support.rotation`) that are played;
each tier has a budget of CPU time (`support.budget`).

Each exchange with the sandbox is held against GitHub's description, end to end included. A test whose requests are
wrong on purpose says so: `sandbox.contract = False`.
"""

from __future__ import annotations

import gc
import os
import weakref
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from github_sandbox import Sandbox
from support import rotation, sample, signals
from support.budget import CHECKS_OPTION, Budget
from support.reports import BriefReports

# The seed chooses the examples, so that a run can be repeated: nothing is kept from one run for the next. How long one
# example takes says more about the machine than about the code.
settings.register_profile("suite", deadline=None, database=None, print_blob=False, max_examples=sample.examples(100))
settings.load_profile("suite")

# Python looks for garbage after each 700 new objects, and passes all that stay: modules, GitHub's descriptions, tests.
# A sixth of the time of a scenario went there. The last look of pytest still finds what no test has closed.
gc.set_threshold(100_000, 20, 100)

INTERRUPTED = ("interrupted", "interrupted on a lesser edition")
"""What a test records of the runs it interrupted; the README quotes the sums."""
COUNTED = {
    "odd values": "{:,} runs met an odd value in one answer",
    "garbage": "{:,} calls of a verb met garbage in place of each answer",
}
"""What other tests count, and the line that tells the sum."""

_made: list[tuple[weakref.ref[Sandbox], list[str]]] = []
"""The sandboxes of this process that are still there, or were when the test began, and the violations of each."""


@pytest.fixture(scope="session", autouse=True)
def _sandboxes_check_their_exchanges() -> Iterator[None]:
    make = Sandbox.__init__

    def make_strict(sandbox: Sandbox, **options: Any) -> None:
        make(sandbox, **options)
        sandbox.contract = True
        _made.append((weakref.ref(sandbox), sandbox.violations))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sandbox, "__init__", make_strict)
        yield


@pytest.fixture(autouse=True)
def _exchanges_fit_githubs_description() -> Iterator[None]:
    """Fails the test that made the exchange; another test that shares the sandbox is not blamed again."""
    _made[:] = [(sandbox, lines) for sandbox, lines in _made if sandbox() is not None]
    known = [len(lines) for _, lines in _made]
    yield
    known += [0] * (len(_made) - len(known))
    found = [line for (_, lines), before in zip(_made, known, strict=True) for line in lines[before:]]
    assert not found, "GitHub's OpenAPI description does not allow:\n" + "\n".join(found)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(CHECKS_OPTION, default="", help="file with the CPU time that `make check` took just before")


def pytest_configure(config: pytest.Config) -> None:
    signals.restore()
    os.environ[sample.SEED_VARIABLE] = sample.seed()  # The workers, and pytest in a test, play the same.
    config.option.hypothesis_seed = sample.number("hypothesis")
    config.pluginmanager.register(Budget(config), "budget")
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(BriefReports(), "brief reports")
    if sample.extent() == "quick":
        from support.touched import touched_first  # what it imports only this needs

        config.pluginmanager.register(touched_first(config), "touched first")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to `make proof` what is marked for it, to `make test` what is slow, and to the next run what rotates."""
    marks = {"quick": ("proof", "slow"), "test": ("proof",), "proof": ()}[sample.extent()]
    left = dict.fromkeys(item for item in items if any(item.get_closest_marker(mark) for mark in marks))
    if sample.EXTENT_VARIABLE in os.environ:  # By hand each test is played that is named.
        left |= dict.fromkeys(rotation.left_out(item for item in items if item not in left))
    if left:
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=list(left))


def pytest_collection_finish(session: pytest.Session) -> None:
    gc.collect()
    gc.freeze()  # What is there now stays to the end: no later look passes it.


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = terminalreporter.stats.get("passed", [])
    properties = [pair for report in reports if report.when == "call" for pair in report.user_properties]
    for line in sorted(str(value) for name, value in properties if name == "measured"):
        terminalreporter.write_line(line)
    played: Counter[str] = Counter()
    for name, value in properties:
        if name in INTERRUPTED or name in COUNTED:
            played[name] += value
    for name, line in COUNTED.items():
        if played[name]:
            terminalreporter.write_line(line.format(played[name]))
    if any(played[name] for name in INTERRUPTED):
        full, lesser = (played[name] for name in INTERRUPTED)
        terminalreporter.write_line(
            f"{full:,} interrupted runs, and {lesser:,} on the lesser editions, each finished by the next"
        )
    terminalreporter.write_line(
        f"sample of {sample.extent()}, to repeat: {sample.EXTENT_VARIABLE}={sample.extent()} "
        f"{sample.SEED_VARIABLE}={sample.seed()}"
    )
