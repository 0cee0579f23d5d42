"""For every test: what GitHub would not say or take fails it, and what it measured is printed at the end.

Each exchange with the sandbox is held against GitHub's description, end to end included. A test whose requests are
wrong on purpose says so: `sandbox.contract = False`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from github_sandbox import Sandbox

# How long one example takes says more about the machine than about the code.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

_violations: list[list[str]] = []
"""Of every sandbox made in this process, also of those that several tests share."""


@pytest.fixture(scope="session", autouse=True)
def _sandboxes_check_their_exchanges() -> Iterator[None]:
    make = Sandbox.__init__

    def make_strict(sandbox: Sandbox, **options: Any) -> None:
        make(sandbox, **options)
        sandbox.contract = True
        _violations.append(sandbox.violations)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Sandbox, "__init__", make_strict)
        yield


@pytest.fixture(autouse=True)
def _exchanges_fit_githubs_description() -> Iterator[None]:
    """Fails the test that made the exchange; another test that shares the sandbox is not blamed again."""
    known = [len(lines) for lines in _violations]
    yield
    known += [0] * (len(_violations) - len(known))
    found = [line for lines, before in zip(_violations, known, strict=True) for line in lines[before:]]
    assert not found, "GitHub's OpenAPI description does not allow:\n" + "\n".join(found)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = terminalreporter.stats.get("passed", [])
    properties = [pair for report in reports if report.when == "call" for pair in report.user_properties]
    for line in sorted(str(value) for name, value in properties if name == "measured"):
        terminalreporter.write_line(line)
    if cases := sum(value for name, value in properties if name == "cases"):
        terminalreporter.write_line(f"{cases} interrupted runs, each finished by the next")
