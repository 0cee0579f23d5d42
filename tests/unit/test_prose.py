"""The words of this project: rule 3 of CONTRIBUTING's section "Prose", held against everything that people read.

`python tests/unit/test_prose.py` prints every finding, and the exception list as it would have to be now.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]

WORDS = (
    r"wish(?:es|ed|ing)?",
    "anew",
    "besides",
    "somebody(?:'s)?",
    "nobody(?:'s)?",
    "told",
    "whatever",
    "for ever",
    "sight unseen",
    "to be had",
    "at all",
    r"of (?:its|their|our|your) own(?=[.,;:)]|\s*$|\s+(?:and|or|in|to|for|that|which|if|as)\b)",
    "by (?:itself|themselves)",
)
"""Words that have a plainer one, and phrases that add nothing."""
STARTS = ("Of", "What", "Whose", "Whatever", "Where")
"""First words of a sentence whose subject comes late. A question may begin with them."""
TEXTS = (
    "*.md",
    "*.yml",
    ".github/**/*.yml",
    "actions/**/*.md",
    "actions/**/*.yml",
    "benchmarks/*.md",
    "docs/**/*.md",
    "src/**/*.md",
    "src/**/*.py",
    "tests/**/README.md",
)

EVERYTHING = frozenset({"*"})
"""A module that is not converted yet. It leaves the list when it is: a listed file without a finding fails."""
EXCEPTIONS: dict[str, frozenset[str]] = {}
"""File -> the words it may use."""


@dataclass(frozen=True)
class Finding:
    """One word that is not to be used, and the line it stands on."""

    line: int
    word: str
    text: str


_WORD = re.compile(rf"\b(?:{'|'.join(WORDS)})\b", re.IGNORECASE)
_START = re.compile(rf"(?:{'|'.join(STARTS)})\b")
_CODE = re.compile(r"(`+)(?:(?!\1).)+?\1|\]\([^)]*\)|<!--.*?-->|<[a-z/][^>]*>|https?://\S+", re.DOTALL)
_SENTENCE = re.compile(r"(?<=[.!:])\s+(?=[A-Z])|(?<=\?)\s+")
_FEWEST_WORDS = 4
"""A shorter text is a name or the head of a column, not a sentence."""


def findings(path: str, text: str) -> Iterator[Finding]:
    """Yield what a file says in words that are not to be used."""
    for line, prose, is_sentences in _pieces(path, text):
        plain = _CODE.sub(lambda match: "`" + "\n" * match[0].count("\n"), prose)
        for match in _WORD.finditer(plain):
            yield Finding(line + plain.count("\n", 0, match.start()), match[0].lower(), _around(plain, match.start()))
        if is_sentences:
            for sentence in _SENTENCE.split(plain):
                words = sentence.strip(" \n*-|>").split()
                if len(words) >= _FEWEST_WORDS and not words[-1].endswith("?") and _START.match(words[0]):
                    at = line + plain.count("\n", 0, plain.find(sentence.strip()))
                    yield Finding(at, words[0], " ".join(words)[:90])


def _around(text: str, at: int) -> str:
    return " ".join(text[max(0, at - 40) : at + 50].split())


def _pieces(path: str, text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield line, text, and whether the text is made of sentences."""
    if path.endswith(".py"):
        yield from _of_python(text)
    elif path.endswith(".md"):
        yield from _of_markdown(text)
    else:
        yield from _of_yaml(text)


def _of_python(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield docstrings (a field's too), comments, and literals of several words: those are messages."""
    nodes = list(ast.walk(ast.parse(text)))
    docstrings = set()
    for node in nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            docstrings.add(node.value)
            for offset, paragraph in _paragraphs(node.value.value):
                yield node.lineno + offset, paragraph, True
    inside = {part for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "…" for part in node.values]
            yield node.lineno, "".join(map(str, parts)), False
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node not in docstrings
            and node not in inside
            and " " in node.value.strip()
        ):
            yield node.lineno, node.value, False
    yield from _comments(
        (token.start[0], token.string, not token.line[: token.start[1]].strip())
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    )


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    line = 0
    for paragraph in re.split(r"(\n\s*\n)", text):
        if paragraph.strip():
            yield line, paragraph
        line += paragraph.count("\n")


def _comments(lines: Iterator[tuple[int, str, bool]]) -> Iterator[tuple[int, str, bool]]:
    """Join the lines of a comment that goes over several: a sentence may, too."""
    first, joined, last = 0, "", 0
    for line, text, alone in lines:
        content = text.lstrip("#").strip()
        if joined and alone and line == last + 1:
            joined += "\n" + content
        else:
            if joined:
                yield first, joined, True
            first, joined = line, content
        last = line if alone else 0
    if joined:
        yield first, joined, True


def _of_markdown(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield headings, cells, list items and paragraphs. A block of code is left out but for its comments."""
    fenced, block, first = False, "", 1
    for number, line in enumerate(text.splitlines(), start=1):
        opens = re.match(r"\s*(?:```|~~~)", line)
        if opens or fenced:
            if block:
                yield first, block, True
            block = ""
            if opens:
                fenced = not fenced
            elif comment := re.search(r"(?:^|\s)#\s+(.*)", line):
                yield number, comment[1], True
            continue
        begins = re.match(r"\s*(?:[-*|#]|\d+\.)\s*|\s*$", line)
        if begins and block:
            yield first, block, True
            block = ""
        if line.startswith("#"):
            yield number, line.lstrip("# "), False
        elif line.lstrip().startswith("|"):
            for cell in re.split(r"(?<!\\)\|", line):
                yield number, cell.strip(), True
        elif line.strip():
            if not block:
                first = number
            block += re.sub(r"^\s*(?:[-*]\s+|\d+\.\s+)", "", line) + "\n"
    if block:
        yield first, block, True


def _of_yaml(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield comments, and what is called a name, a title or a description."""
    numbered = list(enumerate(text.splitlines(), start=1))
    yield from _comments(
        (number, match[2], not match[1].strip())
        for number, line in numbered
        if (match := re.match(r"(.*?)(?:^|(?<=\s))(#\s.*)$", line))
    )
    for node in _nodes(yaml.compose(text)):
        for key, value in node.value:
            if key.value in ("name", "title", "description") and isinstance(value, yaml.ScalarNode):
                yield value.start_mark.line + 1, value.value, True


def _nodes(node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from _nodes(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _nodes(value)


def files() -> list[str]:
    """Return the files that people read, from the root of the repository."""
    found = {path for pattern in TEXTS for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(str(path.relative_to(ROOT)) for path in found)


@pytest.mark.slow
def test_everything_people_read_is_in_plain_words_and_no_exception_outlives_its_reason() -> None:
    problems = []
    for file in files():
        allowed = EXCEPTIONS.get(file, frozenset())
        found = list(findings(file, (ROOT / file).read_text()))
        if allowed != EVERYTHING:
            problems += [f"{file}:{each.line}: {each.word}: {each.text}" for each in found if each.word not in allowed]
        words = EVERYTHING if found and allowed == EVERYTHING else allowed & {each.word for each in found}
        if allowed != words:
            problems.append(f"{file}: has more exceptions than it needs")
    assert problems == [], "\n".join(problems)
    assert set(EXCEPTIONS) <= set(files()), "of files that are gone"


PYTHON = '''"""Return it.

What it is, nobody knows."""
NAME = "nobody"
field: int = 1
"""Whose it is."""


def f(x: str) -> str:
    # A comment that goes on
    # at all costs. Where it ends is here.
    raise ValueError(f"{x} was told `to wish`, by itself")
'''


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "a.py",
            PYTHON,
            [(3, "nobody"), (3, "What"), (12, "told"), (12, "by itself"), (11, "at all"), (11, "Where")],
        ),
        ("a.md", "# What it does\n\nIt does it.\nWhat it does is\nthis.\n", [(4, "What")]),
        ("a.md", "Is it? What is it now?\n\n| What | Where to go now? |\n", []),
        ("a.md", "- Where it ends it begins.\n1. Of a file it says this.\n", [(1, "Where"), (2, "Of")]),
        ("a.md", "```sh\nsay anew # said anew\n```\nanew\n", [(2, "anew"), (4, "anew")]),
        ("a.md", "`anew` [x](anew.md) <!-- anew -->\n", []),
        ("a.yml", "a: 1 # it is told\nb:\n  description: Done\n    anew\n", [(1, "told"), (3, "anew")]),
        ("a.yml", "run: echo '#anew' anew\n", []),
    ],
)
def test_a_finding_is_a_word_or_a_beginning_and_its_line(path: str, text: str, expected: list[tuple[int, str]]) -> None:
    assert [(each.line, each.word) for each in findings(path, text)] == expected


if __name__ == "__main__":
    needed = {file: list(findings(file, (ROOT / file).read_text())) for file in files()}
    for file, found in needed.items():
        for each in found:
            sys.stderr.write(f"{file}:{each.line}: {each.word}: {each.text}\n")
    sys.stdout.write("".join(f'    "{file}": EVERYTHING,\n' for file, found in needed.items() if found))
