"""One report of a test that passed, and not six messages.

A worker of pytest-xdist sends each start, report and end of a test to the process that started it. For most tests, both
sides spend more on these messages than on the test.
"""

from __future__ import annotations

import pytest
from _pytest.runner import runtestprotocol


class BriefReports:
    """A pytest plugin of a worker."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run the test and report its call. Set-up and clean-up are reported only of a test that did not pass."""
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        passed = all(report.passed for report in reports)
        for report in reports:
            if not passed or report.when == "call":
                item.ihook.pytest_runtest_logreport(report=report)
        return True
