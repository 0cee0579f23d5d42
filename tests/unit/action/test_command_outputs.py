from __future__ import annotations

import pytest

from action_patterns.action.command_outputs import MOST_BYTES, are_too_long, length
from action_patterns.runner.outputs import encode


@pytest.mark.parametrize(
    "outputs", [{}, {"a": "b"}, {"log": "line\n" * 3}, {"a": "é", "b": "\U0001f600", "c": "\udcff"}]
)
def test_the_length_is_at_least_that_of_the_output_that_is_written(outputs: dict[str, str]) -> None:
    written = encode(outputs).encode("utf-16-le", "surrogatepass")
    assert len(written) <= length(outputs) <= len(written) + 4 * len(outputs) * 2


@pytest.mark.parametrize(("character", "times"), [("x", 1), ("é", 6), ("\U0001f600", 12)])
def test_outputs_that_github_would_drop_are_too_long(character: str, times: int) -> None:
    most = MOST_BYTES // 2 // times - 10
    assert not are_too_long({"a": character * most})
    assert are_too_long({"a": character * (most + 20)})
