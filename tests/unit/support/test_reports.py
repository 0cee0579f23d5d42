"""A worker reports less of a test that passed, and all of any other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.reports import BriefReports

TESTS = """
import pytest

@pytest.fixture
def red_before(): assert False

@pytest.fixture
def red_after():
    yield
    assert False

def test_passes(): pass
def test_fails(): assert False
def test_never_begins(red_before): pass
def test_ends_badly(red_after): pass
def test_is_skipped(): pytest.skip("why")
"""


class Reports:
    """A pytest plugin that remembers the reports."""

    def __init__(self) -> None:
        self.seen: dict[str, list[tuple[str, str]]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seen.setdefault(report.nodeid.partition("::")[2], []).append((report.when or "", report.outcome))


@pytest.mark.slow
def test_a_test_that_passed_has_one_report_and_any_other_has_all(tmp_path: Path) -> None:
    file, reports = tmp_path / "test_five.py", Reports()
    file.write_text(TESTS)
    options = ["-c", os.devnull, "--rootdir", str(tmp_path), "--import-mode=importlib", "-p", "no:cacheprovider", "-q"]
    assert pytest.main([*options, str(file)], plugins=[BriefReports(), reports]) == pytest.ExitCode.TESTS_FAILED
    begun, ended = ("setup", "passed"), ("teardown", "passed")
    assert reports.seen == {
        "test_passes": [("call", "passed")],
        "test_fails": [begun, ("call", "failed"), ended],
        "test_never_begins": [("setup", "failed"), ended],
        "test_ends_badly": [begun, ("call", "passed"), ("teardown", "failed")],
        "test_is_skipped": [begun, ("call", "skipped"), ended],
    }
