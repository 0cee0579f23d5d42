"""One browser for all tests of a process: starting it takes longer than most of them.

It ends with them, as an open page goes on to take CPU time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.browser import ABSENT, Browser, browser, installed
from support.example_report import example


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marked, not skipped one by one: pytest then says why once for each file."""
    if installed() is None:
        for item in items:
            if item.path.parent == Path(__file__).parent:
                item.add_marker(pytest.mark.skip(reason=ABSENT))


@pytest.fixture(scope="package")
def window() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example report, as a file."""
    path = tmp_path_factory.mktemp("example") / "report.html"
    path.write_text(example().html, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def _nothing_is_said_on_the_console(window: Browser) -> Iterator[None]:
    window.console()
    yield
    assert window.console() == []
