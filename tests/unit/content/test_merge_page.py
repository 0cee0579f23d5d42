"""The examples of docs/merge-and-block.md are what merge, block and volatile parts give."""

from __future__ import annotations

import re
from pathlib import Path

from action_patterns.content.block import comment_of, with_block
from action_patterns.content.merge import merge
from action_patterns.content.volatile import VolatileParts

PAGE = (Path(__file__).parents[3] / "docs/merge-and-block.md").read_text()


def examples(language: str) -> list[bytes]:
    return [each.encode() for each in re.findall(rf"```{language} \w+\n(.*?)```", PAGE, re.DOTALL)]


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_merge_gives_its_result() -> None:
    source, target, result = examples("yaml")
    assert merge("yaml", target, source, path="p.yml") == result


def test_the_block_gives_its_result() -> None:
    source, target, result = examples("text")
    assert with_block(target, source, name="platform-files", path=".gitignore") == result


def test_the_two_files_are_the_same() -> None:
    one, other = examples("json")
    assert VolatileParts.of(["$.at"], path="a.json").same(one, other, "a.json")
    assert not VolatileParts.of(["$.version"], path="a.json").same(one, other, "a.json")


def test_the_files_of_the_table_have_its_comments() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| (`.*) \|$", section("Block"), re.MULTILINE)
    assert len(rows) == 6
    for comment, files in rows:
        for name in re.findall(r"`([^`]+)`", files):
            path = f"a{name}" if name.startswith(".") and name != ".gitignore" else name
            assert comment_of(path) == comment_of("x", comment), name


def test_the_expressions_of_the_table_are_read() -> None:
    rows = re.findall(r"^\| (`.*`) \|", section("Volatile parts"), re.MULTILINE)
    expressions = [each for row in rows for each in re.findall(r"`([^`]+)`", row)]
    assert len(expressions) == 5
    VolatileParts.of(expressions, path="a.json")
