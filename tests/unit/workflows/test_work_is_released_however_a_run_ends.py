"""Each `once fail` that people copy runs in a cancelled and in a timed-out job too, where `failure()` is false."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = sorted([*ROOT.glob("actions/*/example.yml"), *ROOT.glob("actions/*/README.md"), *ROOT.glob("docs/**/*.md")])
RELEASES = [
    pytest.param(step, id=f"{page.relative_to(ROOT)}-{number}")
    for page in PAGES
    for number, step in enumerate(re.split(r"^ *- ", page.read_text(), flags=re.MULTILINE))
    if re.search(r"^ *mode: fail$", step, re.MULTILINE)
]


@pytest.mark.parametrize("step", RELEASES)
def test_it_runs_where_failure_is_false(step: str) -> None:
    condition = re.search(r"if: (.*)", step)
    assert condition is not None
    assert "(failure() || cancelled())" in condition[1]
    assert "outputs.begun == 'true'" in condition[1]
    assert re.search(r"claim: \$\{\{ steps\.\w+\.outputs\.claim \}\}", step)


def test_there_are_some() -> None:
    assert len(RELEASES) >= 3
