"""What a test measured or counted is printed at the end, from whichever process it ran in."""

from __future__ import annotations

import pytest
from hypothesis import settings

# How long one example takes says more about the machine than about the code.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = terminalreporter.stats.get("passed", [])
    properties = [pair for report in reports if report.when == "call" for pair in report.user_properties]
    for line in sorted(str(value) for name, value in properties if name == "measured"):
        terminalreporter.write_line(line)
    if cases := sum(value for name, value in properties if name == "cases"):
        terminalreporter.write_line(f"{cases} interrupted runs, each finished by the next")
