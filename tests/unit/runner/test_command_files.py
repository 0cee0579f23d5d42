from __future__ import annotations

import pytest
from actions_toolkit.file_command import prepare_key_value_message
from hypothesis import given
from hypothesis import strategies as st

from action_patterns.runner.command_files import pairs

NAMES = st.text("abcXYZ_-09", min_size=1)
VALUES = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", {}),
        (b"\n\n", {}),
        (b"a=1", {"a": "1"}),
        (b"a=1\na=2\n", {"a": "2"}),
        (b"a=\n", {"a": ""}),
        (b"=x\n", {"": "x"}),
        (b"a=b<<c\n", {"a": "b<<c"}),
        (b"a<<E\nE\n", {"a": ""}),
        (b"a<<E\n\nE", {"a": ""}),
        (b"a<<E\n1\n\n2\nE\nb=3\n", {"a": "1\n\n2", "b": "3"}),
        (b"a<<E=\nx\nE=\n", {"a": "x"}),
        (b"a=1\r\n", {"a": "1\r"}),
        (b"a=\xff\n", {"a": "\ufffd"}),
        ("a=\u2028\n".encode(), {"a": "\u2028"}),
    ],
)
def test_a_file_is_read_as_the_runner_reads_it(content: bytes, found: dict[str, str]) -> None:
    assert pairs(content, "GITHUB_OUTPUT") == (found, None)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"a=1\nb", 2),
        (b"a<<\nx", 1),
        (b"<<E\nE", 1),
        (b"a<<E\nx\n E\nE \n", 1),
        (b"a=1\n\nb<<E\n", 3),
        (b"a<<E\r\nE\n", 1),
    ],
)
def test_a_file_that_the_runner_refuses_gives_nothing_but_the_reason(content: bytes, line: int) -> None:
    found, problem = pairs(content, "GITHUB_ENV")
    assert found == {}
    assert problem is not None
    assert f"line {line} of GITHUB_ENV" in problem.replace("Line", "line")


@given(st.dictionaries(NAMES, VALUES))
def test_what_the_toolkit_writes_is_read(values: dict[str, str]) -> None:
    content = "".join(prepare_key_value_message(name, value) + "\n" for name, value in values.items())
    assert pairs(content.encode(), "GITHUB_OUTPUT") == (values, None)
