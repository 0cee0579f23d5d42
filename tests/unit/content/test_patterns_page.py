"""Every list and every refusal on docs/patterns.md is as it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from action_patterns.content.patterns import PatternList
from action_patterns.discovery.patterns import refuse_pattern
from action_patterns.errors import InputError

PAGE = (Path(__file__).parents[3] / "docs/patterns.md").read_text()
FILES = ["README.md", "app/[id]/page.tsx", "docs/a.md", "docs/deep/b.md", "src/app.py", "src/app_test.py"]


def rows(title: str) -> list[tuple[list[str], list[str]]]:
    section = PAGE.partition(f"## {title}")[2].partition("\n## ")[0]
    table = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return [
        tuple([text.replace("&#124;", "|") for text in re.findall("`([^`]+)`", cell)] for cell in row)  # type: ignore[misc]
        for row in table
    ]


@pytest.mark.parametrize(("patterns", "expected"), rows("Lists"), ids=str)
def test_a_list_selects_what_the_page_says(patterns: list[str], expected: list[str]) -> None:
    found = PatternList.of(patterns).over(FILES)
    assert [path for path in FILES if found.selects(path)] == expected


@pytest.mark.parametrize(("written", "instead"), rows("What is refused"), ids=str)
def test_what_the_page_says_is_refused_is_and_its_remedy_is_a_pattern(written: list[str], instead: list[str]) -> None:
    for text in written:
        if text.startswith(("https", "acme")):
            assert refuse_pattern(text) is not None, text
            continue
        with pytest.raises(InputError):
            PatternList.of([text])
    PatternList.of(["**", *instead])


def test_the_tables_are_read() -> None:
    assert (len(rows("Lists")), len(rows("What is refused"))) == (12, 10)
