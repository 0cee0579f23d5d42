"""Every scenario is played on every edition of GitHub, by doing nothing: see support.editions.

Scenarios that are about a process share the one that theirs are forked from.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from support import editions
from support.action_process import ActionProcesses, action_processes


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.parametrize("edition", editions.of_test(metafunc.definition), indirect=True)


@pytest.fixture(autouse=True)
def edition(request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of the edition this test is played on."""
    by_default = request.node.get_closest_marker("editions") is None
    at_ctrl_c = signal.getsignal(signal.SIGINT)
    with editions.played_on(request.param, by_default=by_default):
        yield request.param
    # A command of the terminal that was played in this process has its own answer to Ctrl-C.
    signal.signal(signal.SIGINT, at_ctrl_c)


@pytest.fixture(scope="session")
def processes() -> Iterator[ActionProcesses]:
    with action_processes() as started:
        yield started
