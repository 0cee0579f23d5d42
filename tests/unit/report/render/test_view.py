"""The short words of a row."""

from __future__ import annotations

from typing import Any

import pytest

from action_patterns.contracts import FileCounts
from action_patterns.report.render.view import files, pull_request_state
from support.report_builders import record


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"pull_request_state": "open", "review": "approved"}, "open, approved"),
        ({"pull_request_state": "draft", "review": "changes-requested"}, "draft, changes requested"),
        ({"pull_request_state": "open"}, "open"),
        ({"pull_request_state": "merged", "review": "approved"}, "merged"),
        ({}, ""),
    ],
)
def test_a_pull_request_in_two_words(told: dict[str, Any], said: str) -> None:
    assert pull_request_state(record(1, "acme/api", **told)) == said


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (FileCounts(added=2, changed=1), "+2 ~1"),
        (FileCounts(deleted=1_000), "−1,000"),
        (FileCounts(), ""),
        (None, "2 files"),
    ],
)
def test_files_by_what_happens_to_them(counts: FileCounts | None, said: str) -> None:
    assert files(record(1, "acme/api", files=("a", "b"), file_counts=counts)) == said


def test_one_file_is_one() -> None:
    assert files(record(1, "acme/api", files=("a",))) == "1 file"
    assert files(record(1, "acme/api")) == ""
