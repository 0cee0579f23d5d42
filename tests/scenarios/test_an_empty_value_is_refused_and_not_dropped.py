"""An expression that came to nothing leaves an empty line: it would give different lists one id, and skip work."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from action_patterns.actions import once, unique_id
from action_patterns.actions.once.interface import OnceInputs
from action_patterns.actions.unique_id import UniqueIdInputs
from action_patterns.errors import InputError
from action_patterns.input_types import values_of
from support.editions import without_github
from support.memory_ports import MemoryFiles, World

pytestmark = without_github(why="The inputs are refused before the first request.")

BEGIN: dict[str, Any] = {"mode": "begin", "operation": "announce", "token": "t"}


@pytest.mark.parametrize(
    ("text", "lines"),
    [("prod\n\nblue", "2 of 3"), ("\nprod\nblue", "1 of 3"), ("prod\n \t\nblue\n", "2 of 3"), ("prod\n\n", "2 of 2")],
)
def test_an_empty_line_is_named(text: str, lines: str) -> None:
    for build in (lambda: UniqueIdInputs(values=text), lambda: OnceInputs(values=text, **BEGIN)):
        with pytest.raises(ValidationError, match=rf"values\s+.*empty value in line {lines}"):
            build()


@pytest.mark.parametrize("text", ["prod\nblue", "prod\nblue\n", "prod\r\nblue\r\n"])
def test_the_line_end_of_the_last_line_counts_for_nothing(text: str) -> None:
    assert UniqueIdInputs(values=text).values == ("prod", "blue")


@given(st.lists(st.sampled_from(("a", "b", "")), max_size=5), st.lists(st.sampled_from(("a", "b", "")), max_size=5))
def test_different_lists_are_never_read_as_one(one: list[str], other: list[str]) -> None:
    read = []
    for values in (one, other):
        try:
            read.append(values_of("".join(f"{value}\n" for value in values)))
        except ValueError:
            return
    assert (read[0] == read[1]) == (one == other)


def run_once(files: dict[str, str | bytes], **inputs: Any) -> None:
    once.run(OnceInputs(**(BEGIN | inputs)), World(files=MemoryFiles(files)).ports())


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({}, "done once and never again"),
        ({"values": ""}, "done once and never again"),
        ({"values": "v1", "operation_only": True}, "`operation-only` is true"),
        ({"values": "v1", "values_path": "v.txt"}, "both given"),
        ({"values_path": "v.txt"}, "empty value in line 2 of 3"),
        ({"values_path": "none.txt"}, "holds no value"),
    ],
)
def test_a_begin_of_nothing_is_refused(inputs: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        run_once({"v.txt": "a\n\nb\n", "none.txt": ""}, **inputs)


def test_a_file_of_values_gives_the_same_id_as_the_values() -> None:
    def name(**inputs: Any) -> str:
        ports = World(files=MemoryFiles({"v.txt": "prod\nblue\n"})).ports()
        return unique_id.run(UniqueIdInputs(**inputs), ports).outputs.id

    assert name(values_path="v.txt") == name(values="prod\nblue")
