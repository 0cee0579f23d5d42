from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.ports.log import Annotation, Level
from action_patterns.runner.commands import Commands, plain
from action_patterns.runner.log import RunnerLog

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
HOSTILE = st.lists(
    st.sampled_from(["::", "##[", "\r", "\n", " ", "%", "%0A", ",", ":", "error", "]", "=", "x", "\u2028"])
).map("".join)


def parsed(log: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Commands as the runner reads them (actions/runner, ActionCommand.TryParseV2 and TryParse)."""
    for line in re.split(r"\r\n|\r|\n", log):
        text = line.lstrip()
        if text.startswith("::") and (end := text.find("::", 2)) > 0:
            command, _, properties = text[2:end].partition(" ")
            pairs = (pair.split("=", 1) for pair in properties.split(",") if "=" in pair)
            yield (
                command,
                {name: unescape(value, {"%3A": ":", "%2C": ","}) for name, value in pairs},
                unescape(text[end + 2 :], {}),
            )
        elif match := re.search(r"##\[(\w*)[^]]*\](.*)", line):
            yield match.group(1), {}, match.group(2)


def unescape(text: str, more: dict[str, str]) -> str:
    for code, character in {"%0D": "\r", "%0A": "\n", **more}.items():
        text = text.replace(code, character)
    return text.replace("%25", "%")


def written(*annotations: Annotation) -> list[tuple[str, dict[str, str], str]]:
    stream = io.StringIO(newline="")
    commands = Commands(stream)
    for annotation in annotations:
        commands.annotate(annotation)
    commands.finish()
    return list(parsed(stream.getvalue()))


# The runner decodes `%25` last, so a text that holds a code literally is the hard case.
@given(
    level=st.sampled_from([level for level in get_args(Level) if level != "debug"]),
    message=TEXT | HOSTILE,
    title=TEXT | HOSTILE,
    file=TEXT | HOSTILE,
    line=st.integers(0, 10**6) | st.none(),
)
def test_an_annotation_is_read_back_as_it_was_meant(
    level: Level, message: str, title: str, file: str, line: int | None
) -> None:
    properties = {"title": title, "file": file, "line": str(line) if file and line is not None else ""}
    assert written(Annotation(level=level, message=message, title=title, file=file, line=line)) == [
        (level, {name: value for name, value in properties.items() if value}, message)
    ]


@given(TEXT | HOSTILE)
def test_no_text_of_a_repository_is_taken_for_a_command(text: str) -> None:
    stream = io.StringIO(newline="")
    log = RunnerLog(Commands(stream))
    log.info(text)
    log.progress(1, 2, text)
    assert list(parsed(stream.getvalue())) == []


def test_ten_annotations_of_a_level_are_shown() -> None:
    assert [message for _, _, message in written(*(Annotation(level="error", message=f"e{n}") for n in range(10)))] == [
        f"e{n}" for n in range(10)
    ]


def test_from_the_eleventh_on_they_are_lines_and_the_last_annotation_says_how_many() -> None:
    stream = io.StringIO()
    commands = Commands(stream)
    for n in range(14):
        commands.annotate(Annotation(level="error", message=f"e{n}", title="title", file="a.py", line=n))
    commands.annotate(Annotation(level="warning", message="w"))
    commands.finish()
    found = list(parsed(stream.getvalue()))
    assert [message for level, _, message in found if level == "error"] == [
        *(f"e{n}" for n in range(9)),
        "5 more errors are in the log of this step: GitHub shows 10.",
    ]
    assert [message for level, _, message in found if level == "warning"] == ["w"]
    for n in range(9, 14):
        assert f"\nerror: a.py:{n}: title: e{n}\n" in stream.getvalue()


def test_debug_messages_are_not_counted() -> None:
    assert len(written(*(Annotation(level="debug", message=str(n)) for n in range(30)))) == 30


def test_secrets_are_redacted_in_every_part_and_announced_first() -> None:
    stream = io.StringIO()
    commands = Commands(stream)
    commands.secrets.add("s3cr3t%")
    assert stream.getvalue() == "::add-mask::s3cr3t%25\n"
    commands.line("s3cr3t%")
    commands.debug("s3cr3t%")
    commands.annotate(Annotation(level="error", message="m s3cr3t%", title="t s3cr3t%", file="f s3cr3t%"))
    with commands.group("g s3cr3t%"):
        pass
    assert "s3cr3t" not in stream.getvalue().partition("\n")[2]


def test_a_group_is_closed_whatever_happens() -> None:
    stream = io.StringIO()
    commands = Commands(stream)
    try:
        with commands.group("work"):
            raise KeyError
    except KeyError:
        pass
    assert stream.getvalue() == "::group::work\n::endgroup::\n"


def test_progress_is_aligned() -> None:
    stream = io.StringIO()
    RunnerLog(Commands(stream)).progress(7, 480, "o/r: created")
    assert stream.getvalue() == "[  7/480] o/r: created\n"


def test_a_value_is_redacted_with_all_that_was_hidden_until_then() -> None:
    log = RunnerLog(Commands(io.StringIO()))
    assert log.redact("ghs_a_b_c_d") == "ghs_a_b_c_d"
    log.hide("ghs_a_b_c_d")
    assert log.redact("x ghs_a_b_c_d y") == "x *** y"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("space", ["", " ", "\t"])
def test_a_command_after_any_line_ending_is_plain_text(newline: str, space: str) -> None:
    text = plain(f"x{newline}{space}::error::y")
    assert text == f"x{newline}{space}: :error::y"
